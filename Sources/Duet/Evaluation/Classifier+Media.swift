import Foundation
import MediaFeatures
import PairedData

extension Classifier {
    /// Judges pairs of picture files and sound files.
    ///
    /// Pictures get the size and the preparation, recordings the rate, the length and the features that the model file
    /// says. Where a pair lacks one of the two, that modality counts as absent, as in an evaluation of the other alone. Memory
    /// does not grow with the number of pairs, but for what is returned.
    ///
    /// - Parameters:
    ///   - pairs: the files, at least one in each pair.
    ///   - preparation: what is done to pictures first.
    ///   - advance: called after each pair that was read, with the number of pairs read.
    /// - Returns: a judgement for each pair, in their order.
    /// - Throws: `DuetError` of kind `badData` or `missingInput`, naming every file that cannot be used and why; `MediaError` or
    ///   `DuetError` of kind `badData` where the model cannot see pictures or hear recordings.
    public func judge(
        _ pairs: [MediaPair], preparation: PreparationChoice = .automatic,
        advance: (Int) throws -> Void = { _ in }
    ) throws -> [Judgement] {
        if let empty = pairs.firstIndex(where: { $0.image == nil && $0.audio == nil }) {
            throw DuetError(.badData, "pair \(empty) has neither an image nor audio; expected at least one")
        }
        let reader = MediaReader(model, preparation: preparation)
        try reader.check(pairs)
        var judgements: [Judgement] = []
        var problems: [MediaError] = []
        for start in stride(from: 0, to: pairs.count, by: Self.batchSize) {
            let batch = start..<min(start + Self.batchSize, pairs.count)
            var examples: [MediaReader.Example] = []
            for row in batch {
                let (example, found) = try reader.example(pairs[row])
                examples.append(example)
                problems += found
                try advance(row + 1)
            }
            // After the first bad file, the others are only looked at.
            if problems.isEmpty { judgements += try judge(examples, predictor(forPairs: pairs.count)) }
        }
        guard problems.isEmpty else { throw Self.error(problems) }
        return judgements
    }

    /// Judges a picture and a recording that are in memory. One of them may be missing.
    ///
    /// - Parameters:
    ///   - image: a picture of any size; nil counts as absent.
    ///   - audio: a recording at any rate; nil counts as absent.
    ///   - preparation: what is done to the picture first.
    /// - Returns: what the model says about them.
    /// - Throws: `DuetError` of kind `badData` where both are missing, `MediaError` or `DuetError` of kind `badData` where the
    ///   model cannot see pictures or hear recordings, or the recording cannot be resampled.
    public func judge(
        image: Image?, audio: AudioClip?, preparation: PreparationChoice = .automatic
    ) throws -> Judgement {
        guard image != nil || audio != nil else {
            throw DuetError(.badData, "there is neither an image nor audio; expected at least one")
        }
        let reader = MediaReader(model, preparation: preparation)
        let example = MediaReader.Example(
            image: try image.map { try reader.values(of: $0) }, audio: try audio.map { try reader.values(of: $0) })
        return try judge([example], predictor(forPairs: 1))[0]
    }

    /// Classifies a picture and a recording that are in memory, one of which may be missing: the decision of
    /// `judge(image:audio:preparation:)`, which throws the same.
    public func classify(
        image: Image?, audio: AudioClip?, preparation: PreparationChoice = .automatic
    ) throws -> Prediction {
        try judge(image: image, audio: audio, preparation: preparation).decision
    }

    private func judge(_ examples: [MediaReader.Example], _ predictor: Predictor) throws -> [Judgement] {
        let (imageShape, audioShape) = (model.architecture.image.input, model.architecture.audio.input)
        // What stands in for a missing modality is never looked at.
        let noImage = [UInt8](repeating: 0, count: imageShape.elementCount)
        let noAudio = [Float](repeating: 0, count: audioShape.elementCount)
        let dataset = try PairedDataset(
            images: examples.flatMap { ($0.image?.values ?? noImage).map { Float($0) } }, imageShape: imageShape,
            audio: examples.flatMap { $0.audio?.values ?? noAudio }, audioShape: audioShape, classNames: classNames)
        let opinions = try predictor.opinions(of: dataset, rows: Array(examples.indices))
        let (fused, imageOnly, audioOnly) = (
            predictions(opinions.fused), predictions(opinions.imageOnly), predictions(opinions.audioOnly)
        )
        return examples.enumerated().map { row, example in
            let imageAlone = example.image == nil ? nil : imageOnly[row]
            let audioAlone = example.audio == nil ? nil : audioOnly[row]
            let both = example.image != nil && example.audio != nil
            return Judgement(
                decision: both ? fused[row] : example.image != nil ? imageOnly[row] : audioOnly[row],
                imageAlone: imageAlone, audioAlone: audioAlone,
                disagree: both && imageOnly[row].classIndex != audioOnly[row].classIndex,
                picture: example.image?.picture, clip: example.audio?.clip)
        }
    }

    /// One error for all files that cannot be used, each named once.
    private static func error(_ problems: [MediaError]) -> DuetError {
        var known: Set<String> = []
        let lines = problems.map(\.description).filter { known.insert($0).inserted }
        let kind: DuetError.Kind = problems.allSatisfy { $0.kind == .missingInput } ? .missingInput : .badData
        guard lines.count > 1 else { return DuetError(kind, lines[0]) }
        return DuetError(kind, "\(lines.count) files cannot be used:\n  " + lines.joined(separator: "\n  "))
    }
}
