import SeededRandom

/// In which order the training examples are seen: a new permutation for each epoch, which depends on nothing but the seed and the
/// epoch's number. A run that is stopped and resumed therefore goes on exactly as it would have gone.
package struct BatchOrder: Sendable {
    /// The rows to train on.
    package let indices: [Int]
    /// Rows per batch; the last batch of an epoch may be smaller.
    package let batchSize: Int
    /// The seed of the permutations.
    package let seed: UInt64

    /// An order over `indices`, in batches of `batchSize`, which must be positive.
    package init(indices: [Int], batchSize: Int, seed: UInt64) {
        precondition(batchSize > 0, "a batch has at least one row")
        self.indices = indices
        self.batchSize = batchSize
        self.seed = seed
    }

    /// Batches per epoch, the last, smaller one included.
    package var batchCount: Int { (indices.count + batchSize - 1) / batchSize }

    /// The batches of an epoch, counting from 0: slices of that epoch's permutation of `indices`.
    package func batches(epoch: Int) -> [ArraySlice<Int>] {
        var generator = SeededGenerator(seed: seed, stream: "batches/\(epoch)")
        let order = indices.shuffled(seeded: &generator)
        return stride(from: 0, to: order.count, by: batchSize).map {
            order[$0..<Swift.min($0 + batchSize, order.count)]
        }
    }
}
