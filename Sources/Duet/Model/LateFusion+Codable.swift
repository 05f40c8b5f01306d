import NeuralNetwork

/// As files write it:
///
/// ```yaml
/// name: my-model
/// audio: {input: [507, 1], layers: [Conv1D: {filters: 16, kernel: 2}, …]}
/// image: {input: [28, 28, 1], layers: […]}
/// head: [Dense: {units: 10, activation: softmax}]
/// ```
extension LateFusion: Codable {
    enum CodingKeys: String, CodingKey, CaseIterable { case name, audio, image, head }

    enum BranchKeys: String, CodingKey, CaseIterable { case input, layers }

    /// Reads a description and checks that its layers fit.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func branch(_ key: CodingKeys) throws -> Branch {
            let branch = try container.nestedContainer(keyedBy: BranchKeys.self, forKey: key)
            return Branch(
                key.rawValue, input: try branch.decode([Int].self, forKey: .input),
                layers: try branch.decode([CodedLayer].self, forKey: .layers).map(\.layer))
        }
        self.init(
            try container.decode(String.self, forKey: .name), of: try branch(.audio), try branch(.image),
            head: try container.decode([CodedLayer].self, forKey: .head).map(\.layer))
    }

    /// Writes the description with every setting.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        for (key, branch) in [(CodingKeys.audio, audio), (.image, image)] {
            var coded = container.nestedContainer(keyedBy: BranchKeys.self, forKey: key)
            try coded.encode(branch.input, forKey: .input)
            try coded.encode(branch.layers.map(CodedLayer.init), forKey: .layers)
        }
        try container.encode(head.map(CodedLayer.init), forKey: .head)
    }
}
