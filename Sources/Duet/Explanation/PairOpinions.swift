/// What a model says about each of some pairs whose classes are known.
public struct PairOpinions: Codable, Sendable, Equatable {
    /// The pairs' rows in their dataset.
    public let rows: [Int]
    /// Each pair's true class, from 0.
    public let truth: [Int]
    /// The number of classes.
    public let classCount: Int
    /// The probabilities on both modalities, [pair × class], 0 to 1.
    public let fused: [Float]
    /// The probabilities with the audio absent, [pair × class].
    public let imageOnly: [Float]
    /// The probabilities with the image absent, [pair × class].
    public let audioOnly: [Float]

    /// What was said of each pair.
    /// - Precondition: as many rows as true classes, and for each of them as many probabilities as classes.
    public init(
        rows: [Int], truth: [Int], classCount: Int, fused: [Float], imageOnly: [Float], audioOnly: [Float]
    ) {
        precondition(rows.count == truth.count)
        precondition([fused, imageOnly, audioOnly].allSatisfy { $0.count == rows.count * classCount })
        self.rows = rows
        self.truth = truth
        self.classCount = classCount
        self.fused = fused
        self.imageOnly = imageOnly
        self.audioOnly = audioOnly
    }

    /// The number of pairs.
    public var count: Int { rows.count }

    /// Which of the three opinions.
    public enum Source: String, Codable, Sendable, CaseIterable {
        /// Image and audio.
        case fused
        /// The image, the audio absent.
        case image
        /// The audio, the image absent.
        case audio
    }

    /// The probabilities of one opinion, [pair × class].
    public func probabilities(_ source: Source) -> [Float] {
        switch source {
        case .fused: fused
        case .image: imageOnly
        case .audio: audioOnly
        }
    }

    /// The probabilities of one opinion of the pair at `position`, in the order of the classes.
    public func probabilities(_ source: Source, at position: Int) -> ArraySlice<Float> {
        probabilities(source)[(position * classCount)..<((position + 1) * classCount)]
    }

    /// The most probable class of the pair at `position` by one opinion; the first of equal ones.
    public func said(_ source: Source, at position: Int) -> Int {
        let values = probabilities(source, at: position)
        return values.indices.reduce(values.startIndex) { values[$1] > values[$0] ? $1 : $0 } - values.startIndex
    }

    /// The most probable class of each pair by one opinion.
    public func said(_ source: Source) -> [Int] {
        rows.indices.map { said(source, at: $0) }
    }

    /// The measures of one opinion.
    public func metrics(_ source: Source) throws -> ClassificationMetrics {
        try ClassificationMetrics(probabilities: probabilities(source), labels: truth, classes: classCount)
    }

    /// The positions of the pairs that image and audio together get wrong, the surest mistake first: by the probability of
    /// what was said, less that of the truth. Of equal ones, the first pair comes first.
    public var mistakes: [Int] {
        let said = said(.fused)
        func sureness(_ position: Int) -> Float {
            let start = position * classCount
            return fused[start + said[position]] - fused[start + truth[position]]
        }
        return rows.indices.filter { said[$0] != truth[$0] }
            .sorted { (-sureness($0), $0) < (-sureness($1), $1) }
    }
}
