import SeededRandom

/// In which order the training examples are seen: a new permutation for each epoch, which depends on nothing but the seed and the
/// epoch's number. A run that is stopped and resumed therefore goes on exactly as it would have gone.
package struct BatchOrder: Sendable {
    /// The rows to train on.
    package let indices: [Int]
    /// Rows of background examples.
    private let background: Range<Int>
    /// How many of these are drawn for an epoch, anew each time.
    private let backgroundCount: Int
    /// Rows per batch; the last batch of an epoch may be smaller.
    package let batchSize: Int
    /// The seed of the permutations.
    package let seed: UInt64

    /// An order over `indices` and some background examples, in batches of `batchSize`, which must be positive.
    package init(
        indices: [Int], background: Range<Int> = 0..<0, backgroundCount: Int = 0, batchSize: Int, seed: UInt64
    ) {
        precondition(batchSize > 0, "a batch has at least one row")
        self.indices = indices
        self.background = background
        self.backgroundCount = background.isEmpty ? 0 : backgroundCount
        self.batchSize = batchSize
        self.seed = seed
    }

    /// Examples per epoch.
    package var count: Int { indices.count + backgroundCount }

    /// Batches per epoch, the last, smaller one included.
    package var batchCount: Int { (count + batchSize - 1) / batchSize }

    /// The batches of an epoch, counting from 0: slices of that epoch's permutation of `indices` and the background examples that are
    /// drawn for it.
    package func batches(epoch: Int) -> [ArraySlice<Int>] {
        var draws = SeededGenerator(seed: seed, stream: "background/\(epoch)")
        let drawn = (0..<backgroundCount).map { _ in background.lowerBound + draws.index(below: background.count) }
        var generator = SeededGenerator(seed: seed, stream: "batches/\(epoch)")
        let order = (indices + drawn).shuffled(seeded: &generator)
        return stride(from: 0, to: order.count, by: batchSize).map {
            order[$0..<Swift.min($0 + batchSize, order.count)]
        }
    }
}
