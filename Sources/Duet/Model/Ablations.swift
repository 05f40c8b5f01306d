/// Which of a model's modalities are present.
public enum Ablation: Hashable, Sendable {
    /// All of them.
    case all
    /// One alone, all others absent.
    case alone(String)

    /// `all`, or the modality's name, as in names of files and columns.
    public var key: String {
        switch self {
        case .all: "all"
        case .alone(let modality): modality
        }
    }

    /// As tables and figures say it: "image and audio", "image alone".
    /// - Parameter modalities: all modalities of the model.
    /// - Returns: the title, in lower case.
    public func title(of modalities: [String]) -> String {
        switch self {
        case .all: modalities.formatted
        case .alone(let modality): "\(modality) alone"
        }
    }
}

/// As its key.
extension Ablation: Codable {
    /// Reads the key.
    public init(from decoder: any Decoder) throws {
        let key = try decoder.singleValueContainer().decode(String.self)
        self = key == Ablation.all.key ? .all : .alone(key)
    }

    /// Writes the key.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(key)
    }
}

extension [String] {
    /// "a", "a and b", "a, b and c".
    fileprivate var formatted: String {
        count < 2 ? first ?? "" : dropLast().joined(separator: ", ") + " and " + self[count - 1]
    }
}

/// A value for all modalities of a model together, and one for each of them alone with the others absent: predictions,
/// accuracies, embeddings.
///
/// A model of one modality has the first only.
public struct Ablations<Value> {
    /// With every modality present.
    public var all: Value
    /// With one modality present, in the order of the model's branches.
    public var alone: [(modality: String, value: Value)]

    /// Values for all modalities together and for each alone.
    public init(all: Value, alone: [(String, Value)]) {
        self.all = all
        self.alone = alone.map { ($0, $1) }
    }

    /// The value of one modality alone; nil where there is none.
    public subscript(modality: String) -> Value? { alone.first { $0.modality == modality }?.value }

    /// The value of an ablation; nil where there is none.
    public subscript(ablation: Ablation) -> Value? {
        switch ablation {
        case .all: all
        case .alone(let modality): self[modality]
        }
    }

    /// All values: that of all modalities first, then each alone.
    public var entries: [(ablation: Ablation, value: Value)] {
        [(.all, all)] + alone.map { (.alone($0.modality), $0.value) }
    }

    /// Which ablation each value is of.
    var keyed: Ablations<Ablation> {
        Ablations<Ablation>(all: .all, alone: alone.map { ($0.modality, .alone($0.modality)) })
    }

    /// One value made of two, for each ablation.
    func merged<Other, Result>(
        with other: Ablations<Other>, _ merge: (Value, Other) -> Result
    ) -> Ablations<Result> {
        Ablations<Result>(
            all: merge(all, other.all), alone: zip(alone, other.alone).map { ($0.modality, merge($0.value, $1.value)) })
    }

    /// The same with another value for each.
    public func map<Result>(_ transform: (Value) throws -> Result) rethrows -> Ablations<Result> {
        Ablations<Result>(all: try transform(all), alone: try alone.map { ($0.modality, try transform($0.value)) })
    }
}

extension Ablations: Sendable where Value: Sendable {}

extension Ablations: Equatable where Value: Equatable {
    /// Whether all values are equal.
    public static func == (a: Self, b: Self) -> Bool {
        a.all == b.all && a.alone.count == b.alone.count && a.alone.allSatisfy { b[$0.modality] == $0.value }
    }
}

/// `{"all": …, "alone": {"image": …, "audio": …}}`
extension Ablations: Encodable where Value: Encodable {
    /// Writes all values, by modality.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: AblationKey.self)
        try container.encode(all, forKey: AblationKey("all"))
        var modalities = container.nestedContainer(keyedBy: AblationKey.self, forKey: AblationKey("alone"))
        for (modality, value) in alone { try modalities.encode(value, forKey: AblationKey(modality)) }
    }
}

extension Ablations: Decodable where Value: Decodable {
    /// Reads all values, by modality.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: AblationKey.self)
        let modalities = try container.nestedContainer(keyedBy: AblationKey.self, forKey: AblationKey("alone"))
        self.init(
            all: try container.decode(Value.self, forKey: AblationKey("all")),
            alone: try modalities.allKeys.sorted { $0.stringValue < $1.stringValue }.map {
                ($0.stringValue, try modalities.decode(Value.self, forKey: $0))
            })
    }
}

private struct AblationKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
}
