/// As JSON, a rule is `{"scaling": {"divisor"}}` or `{"standardization": {"mean", "standardDeviation"}}`. Where means and standard deviations
/// are the same in every frame, they are those of one frame, and `frames` says how often they follow each other.
extension Normalization.Rule: Codable {
    private enum CodingKeys: String, CodingKey {
        case scaling
        case standardization
    }

    private struct Scaling: Codable {
        let divisor: Float
    }

    private struct Standardization: Codable {
        let mean: [Float]
        let standardDeviation: [Float]
        let frames: Int?
    }

    /// More values than a row of any dataset has: a damaged file does not take the memory.
    private static let mostValues = 1 << 24

    /// Reads a rule.
    /// - Throws: `DecodingError` where it is none, or has not as many means as standard deviations.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let scaling = try container.decodeIfPresent(Scaling.self, forKey: .scaling) {
            self = .scaling(divisor: scaling.divisor)
            return
        }
        let read = try container.decode(Standardization.self, forKey: .standardization)
        let frames = read.frames ?? 1
        guard read.mean.count == read.standardDeviation.count, frames > 0,
            frames <= Self.mostValues / max(read.mean.count, 1)
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .standardization, in: container,
                debugDescription:
                    "\(read.mean.count) means and \(read.standardDeviation.count) standard deviations in \(frames) frames"
            )
        }
        self = .standardization(
            mean: Self.repeated(read.mean, frames), standardDeviation: Self.repeated(read.standardDeviation, frames))
    }

    /// Writes the rule.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .scaling(let divisor): try container.encode(Scaling(divisor: divisor), forKey: .scaling)
        case .standardization(let mean, let deviation):
            let width = Self.frameWidth(mean, deviation)
            try container.encode(
                Standardization(
                    mean: Array(mean.prefix(width)), standardDeviation: Array(deviation.prefix(width)),
                    frames: width < mean.count ? mean.count / width : nil),
                forKey: .standardization)
        }
    }

    private static func repeated(_ values: [Float], _ count: Int) -> [Float] {
        count == 1 ? values : Array(repeatElement(values, count: count).joined())
    }

    /// The fewest values that both arrays repeat from their start to their end.
    private static func frameWidth(_ mean: [Float], _ deviation: [Float]) -> Int {
        let count = mean.count
        func repeats(_ values: [Float], _ width: Int) -> Bool { values.dropFirst(width) == values.dropLast(width) }
        return (1..<max(count, 1)).first {
            count.isMultiple(of: $0) && repeats(mean, $0) && repeats(deviation, $0)
        } ?? count
    }
}
