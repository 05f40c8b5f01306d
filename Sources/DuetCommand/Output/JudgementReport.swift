import Duet
import Foundation

/// What the command prints about files that were judged.
struct JudgementReport {
    /// The classes' names, in the order of the probabilities.
    let classNames: [String]
    /// The files, and what the model says about them; at least one pair.
    let pairs: [(files: MediaPair, judgement: Judgement)]

    /// The first pair as a JSON object.
    func firstAsJSON() throws -> String {
        try JSON.prettyText(PairEntry(classNames: classNames, pair: pairs[0]))
    }

    /// All pairs as a JSON object.
    func json() throws -> String {
        let entries = pairs.map { PairEntry(classNames: nil, pair: $0) }
        return try JSON.prettyText(ManifestEntry(classNames: classNames, pairs: entries))
    }
}

/// The judgement's own keys, with the files beside them.
private struct PairEntry: Encodable {
    private enum CodingKeys: CodingKey {
        case classNames, image, audio
    }

    /// Nil where they stand above all pairs.
    let classNames: [String]?
    let pair: (files: MediaPair, judgement: Judgement)

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(classNames, forKey: .classNames)
        try container.encodeIfPresent(pair.files.image?.relativePath, forKey: .image)
        try container.encodeIfPresent(pair.files.audio?.relativePath, forKey: .audio)
        try pair.judgement.encode(to: encoder)
    }
}

private struct ManifestEntry: Encodable {
    let classNames: [String]
    let pairs: [PairEntry]
}
