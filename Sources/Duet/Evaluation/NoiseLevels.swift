public import Datasets
import FileFormats

/// Noise to measure a model with: on which modality, and how strong.
public struct NoiseLevels: Sendable, Equatable {
    /// What gets the noise; the other modality stays clean.
    public let modality: Modality
    /// How strong the noise is, in the order of measuring, at least one level.
    ///
    /// Image: the standard deviation on the 0-to-1 scale of the pixels, 0 to 10. Audio: the signal-to-noise ratio in dB,
    /// −100 to 100.
    public let levels: [Double]

    /// Levels for one modality.
    /// - Throws: `DuetError` of kind `usage` where there is no level, or one out of range.
    public init(_ modality: Modality, _ levels: [Double]) throws {
        guard !levels.isEmpty else {
            throw DuetError(.usage, "noise on \(modality) has no level; expected \(modality.expectedLevels)")
        }
        for level in levels where !modality.kind.possibleLevels.contains(level) {
            throw DuetError(
                .usage, "noise on \(modality) has the level \(level); expected \(modality.expectedLevels)")
        }
        self.modality = modality
        self.levels = levels
    }

    /// Levels as the command takes them: `image:0.1,0.2,0.4` or `audio:20,10,0`.
    /// - Parameters:
    ///   - text: a modality's name, a colon, and levels with commas between them.
    ///   - modalities: those that there are.
    /// - Throws: `DuetError` of kind `usage` where the text says something else.
    public init(_ text: String, of modalities: [Modality] = [.image, .audio]) throws {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else {
            throw DuetError(
                .usage, "noise '\(text)' has no colon; expected MODALITY:LEVELS, such as image:0.1,0.2 or audio:20,10")
        }
        guard let modality = modalities.first(where: { $0.name == parts[0] }) else {
            throw DuetError(
                .usage,
                "noise '\(text)' is for the modality '\(parts[0])'; expected \(modalities.map(\.name).joined(separator: " or ")), "
                    + "such as image:0.1,0.2")
        }
        let levels = try parts[1].split(separator: ",", omittingEmptySubsequences: false).map { level in
            guard let number = Double(String(level)) else {
                throw DuetError(
                    .usage,
                    "noise '\(text)' has the level '\(level)', which is no number; expected \(modality.expectedLevels)")
            }
            return number
        }
        try self.init(modality, levels)
    }
}

extension Modality.Kind {
    // Beyond these, nothing of the signal or nothing of the noise is left in 32 bits.
    fileprivate var possibleLevels: ClosedRange<Double> { self == .image ? 0...10 : -100...100 }
}

extension Modality {
    fileprivate var expectedLevels: String {
        switch kind {
        case .image: "standard deviations from 0 to 10, pixels being 0 to 1, such as \(name):0.1,0.2,0.4"
        case .audio: "signal-to-noise ratios from -100 to 100 dB, such as \(name):20,10,0"
        }
    }
}
