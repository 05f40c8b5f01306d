import Datasets
import FileFormats
import NeuralNetwork

/// As files write it:
///
/// ```yaml
/// name: my-model
/// branches:
///   - {modality: audio, input: [507, 1], layers: [Conv1D: {filters: 16, kernel: 2}, …]}
///   - {modality: left, kind: image, input: [28, 28, 1], layers: […]}
/// fusion: concatenate
/// head: [Dense: {units: 10, activation: softmax}]
/// ```
///
/// A branch that is an ensemble has `networks`, a list of such lists, in place of `layers`.
///
/// `kind` may be left out where the modality is called after it; `fusion` is `concatenate` unless it says otherwise; a model of
/// one branch has no `head`, and one whose fusion gives probabilities may have none.
extension FusionModel: Codable {
    enum CodingKeys: String, CodingKey, CaseIterable { case version, name, branches, fusion, head }

    enum BranchKeys: String, CodingKey, CaseIterable { case modality, kind, input, layers, networks }

    static let formatVersion = 1

    /// Reads a description. `network()` tells whether its layers fit.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let version = try container.decodeIfPresent(Int.self, forKey: .version) ?? Self.formatVersion
        try FormatVersion.check(
            version, current: Self.formatVersion, in: "the description of the network", remedy: "write it anew")
        var list = try container.nestedUnkeyedContainer(forKey: .branches)
        var branches: [Branch] = []
        while !list.isAtEnd {
            branches.append(try Self.branch(list.nestedContainer(keyedBy: BranchKeys.self)))
        }
        var fusion: any Fusion = Concatenation()
        if let name = try container.decodeIfPresent(String.self, forKey: .fusion) {
            do {
                fusion = try Fusions.required(name)
            } catch let error as DuetError {
                throw DecodingError.dataCorruptedError(
                    forKey: .fusion, in: container, debugDescription: error.message)
            }
        }
        self.init(
            try container.decode(String.self, forKey: .name), branches: branches, fusion: fusion,
            head: try (container.decodeIfPresent([CodedLayer].self, forKey: .head) ?? []).map(\.layer))
    }

    private static func branch(_ container: KeyedDecodingContainer<BranchKeys>) throws -> Branch {
        let name = try container.decode(String.self, forKey: .modality)
        let kind = try container.decodeIfPresent(Modality.Kind.self, forKey: .kind)
        guard let modality = kind.map({ Modality(name, $0) }) ?? Modality(named: name) else {
            throw DecodingError.dataCorruptedError(
                forKey: .modality, in: container,
                debugDescription: "what kind of modality is '\(name)'? Add kind: image or kind: audio")
        }
        let input = try container.decode([Int].self, forKey: .input)
        guard let networks = try container.decodeIfPresent([[CodedLayer]].self, forKey: .networks) else {
            return Branch(
                modality, input: input, layers: try container.decode([CodedLayer].self, forKey: .layers).map(\.layer))
        }
        guard !container.contains(.layers), !networks.isEmpty else {
            throw DecodingError.dataCorruptedError(
                forKey: .networks, in: container,
                debugDescription:
                    "the branch '\(name)' has either layers, or one network or more, each a list of layers")
        }
        return Branch(modality, input: input, networks: networks.map { $0.map(\.layer) })
    }

    /// Writes the description with every setting.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.formatVersion, forKey: .version)
        try container.encode(name, forKey: .name)
        var list = container.nestedUnkeyedContainer(forKey: .branches)
        for branch in branches {
            var coded = list.nestedContainer(keyedBy: BranchKeys.self)
            try coded.encode(branch.modality.name, forKey: .modality)
            try coded.encode(branch.modality.kind, forKey: .kind)
            try coded.encode(branch.input, forKey: .input)
            let networks = branch.networks.map { $0.map(CodedLayer.init) }
            if branch.isEnsemble {
                try coded.encode(networks, forKey: .networks)
            } else {
                try coded.encode(networks.first ?? [], forKey: .layers)
            }
        }
        try container.encode(type(of: fusion).name, forKey: .fusion)
        try container.encode(head.map(CodedLayer.init), forKey: .head)
    }
}
