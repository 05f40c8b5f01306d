import Datasets
import FileFormats
import SeededRandom

/// Which recording each image is paired with.
package struct DigitsPairing: Sendable, Equatable {
    /// The recording of each image, in the order of the images.
    package let recordings: [Int]

    /// Gives each image a recording of its digit.
    ///
    /// A tenth of each digit's recordings goes with the test images only, the others with the training images only, so that no
    /// recording stands on both sides. Within a side and a digit, the recordings are dealt out like cards, round after round in a
    /// shuffled order: each is used as often as any other, give or take one.
    ///
    /// - Throws: `DuetError` of kind `badData`, when a digit that is on an image has no recording on that image's side.
    package init(_ source: DigitsSource, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed, stream: "pair digits")
        var decks: [DatasetFolder.Side: [Int: [Int]]] = [.train: [:], .test: [:]]
        for digit in Set(source.recordingLabels).sorted() {
            let all = source.recordingLabels.indices.filter { source.recordingLabels[$0] == digit }
                .shuffled(seeded: &generator)
            let testCount = all.count > 1 ? max(1, all.count.fraction(10)) : 0
            decks[.test]?[digit] = Array(all[..<testCount])
            decks[.train]?[digit] = Array(all[testCount...])
        }
        var dealt: [DatasetFolder.Side: [Int: Int]] = [.train: [:], .test: [:]]
        recordings = try source.imageLabels.enumerated().map { image, digit in
            let side: DatasetFolder.Side = image < source.trainImageCount ? .train : .test
            guard let deck = decks[side]?[digit], !deck.isEmpty else {
                throw DuetError(.badData, "no recording of the digit \(digit) is left for the \(side) side")
            }
            let turn = dealt[side]?[digit] ?? 0
            dealt[side]?[digit] = turn + 1
            return deck[turn % deck.count]
        }
    }
}
