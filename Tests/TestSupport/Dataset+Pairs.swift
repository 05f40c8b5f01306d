import Datasets

/// Datasets of an image and audio, as most tests have them.
extension Dataset {
    package init(
        images: [Float], imageShape: [Int], audio: [Float], audioShape: [Int], labels: [Int]? = nil,
        groups: [Int32]? = nil, classNames: [String]? = nil
    ) throws {
        try self.init(
            [
                Column(.image, shape: imageShape, values: images), Column(.audio, shape: audioShape, values: audio),
            ], labels: labels, groups: groups, classNames: classNames)
    }

    package var images: [Float] { values("image") }
    package var audio: [Float] { values("audio") }
    package var imageShape: [Int] { self["image"]?.shape ?? [] }
    package var audioShape: [Int] { self["audio"]?.shape ?? [] }

    /// Nothing where the values cannot be read, which no test expects.
    private func values(_ modality: String) -> [Float] {
        (try? self[modality].map { column in try (0..<count).flatMap { try column[$0] } }) ?? []
    }
}

extension Normalization {
    package var audioMean: [Float] { audio.mean }
    package var audioDeviation: [Float] { audio.standardDeviation }

    private var audio: (mean: [Float], standardDeviation: [Float]) {
        guard case .standardization(let mean, let standardDeviation)? = rules["audio"] else { return ([], []) }
        return (mean, standardDeviation)
    }
}
