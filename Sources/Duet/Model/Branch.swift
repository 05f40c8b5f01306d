public import Datasets
public import NeuralNetwork

/// One modality's own network: a stack of layers over its input, ending in a vector. Or an ensemble of such networks, of which each is
/// trained on the labels by itself, and whose probabilities are averaged (Lakshminarayanan et al., "Simple and scalable predictive
/// uncertainty estimation using deep ensembles", 2017).
public struct Branch: Sendable {
    /// What the branch takes.
    public let modality: Modality
    /// The shape of one example: `[height, width, channels]` or `[steps, channels]`.
    public let input: Shape
    /// The layers of each network, in order; of one network, or of several that are an ensemble.
    public let networks: [[any Layer]]

    /// A branch of one network, from a list of layers.
    public init(_ modality: Modality, input: Shape, layers: [any Layer]) {
        self.init(modality, input: input, networks: [layers])
    }

    /// A branch of one network as the paper's tables write it, one layer per line.
    public init(_ modality: Modality, input: Shape, @LayerBuilder layers: () -> [any Layer]) {
        self.init(modality, input: input, networks: [layers()])
    }

    /// A branch of several networks.
    /// - Parameters:
    ///   - modality: what the branch takes.
    ///   - input: the shape of one example.
    ///   - networks: the layers of each network. Equal networks start from different weights. Where there is more than one, each ends in
    ///     `Dense` with softmax, one unit per class.
    public init(_ modality: Modality, input: Shape, networks: [[any Layer]]) {
        (self.modality, self.input, self.networks) = (modality, input, networks)
    }
}

extension Branch {
    /// Whether it is an ensemble.
    var isEnsemble: Bool { networks.count > 1 }

    /// Adds the branch's input and layers to a network. The layers are named after the modality, such as `image.conv2d`; those of an
    /// ensemble after their place in it too, such as `image.network_1.conv2d`.
    func add(to network: inout Network) throws {
        let name = modality.name
        try network.addInput(name, shape: input)
        guard isEnsemble else {
            for layers in networks { try network.addSequence(layers, prefix: name, reading: name) }
            return
        }
        for (layers, prefix) in zip(networks, networkNames) {
            try layers.requireSoftmax("each network of the branch '\(modality)'")
            try network.addSequence(layers, prefix: prefix, reading: name)
        }
        let ends = outputNames(in: network)
        try network.add(Concatenate(), name: embeddingName, reading: ends.map(network.embedding))
        _ = try AverageFusion().join(ends, head: [], prefix: name, in: &network)
    }

    /// The name of the node that gives the branch's output.
    func outputName(in network: Network) -> String { network.end(of: modality.name) }

    /// The names of the nodes that give each network's output.
    func outputNames(in network: Network) -> [String] {
        isEnsemble ? networkNames.map(network.end) : [outputName(in: network)]
    }

    /// The name of the node that gives the branch's embedding: what the last layer reads. The embeddings of an ensemble's networks are put
    /// one behind the other.
    func embeddingName(in network: Network) -> String {
        isEnsemble ? embeddingName : network.embedding(before: outputName(in: network))
    }

    private var networkNames: [String] { networks.indices.map { "\(modality.name).network_\($0 + 1)" } }

    private var embeddingName: String { "\(modality.name).concatenate" }
}

extension [any Layer] {
    /// Checks that the layers end in probabilities.
    /// - Parameter part: what they are, for the message.
    /// - Throws: `NetworkError` where they do not.
    func requireSoftmax(_ part: String) throws {
        guard let last = last as? Dense, last.activation == .softmax else {
            throw NetworkError("\(part) must end in a Dense layer with softmax, one unit per class")
        }
    }
}

extension Network {
    /// The last node of a part, such as `image`.
    func end(of part: String) -> String { nodes.last { $0.name.hasPrefix(part + ".") }?.name ?? part }

    /// What the last node of a part reads; the node itself where it is the part's only one.
    func embedding(before end: String) -> String {
        let part = end.prefix { $0 != "." }
        let source = nodes.first { $0.name == end }?.inputs.first ?? end
        return source.hasPrefix(part + ".") ? source : end
    }
}

/// Gathers the branches of a model, one per statement.
@resultBuilder
public enum BranchBuilder {
    /// One branch.
    public static func buildExpression(_ branch: Branch) -> [Branch] { [branch] }
    /// Several branches, such as those of another model.
    public static func buildExpression(_ branches: [Branch]) -> [Branch] { branches }
    /// All statements' branches.
    public static func buildBlock(_ branches: [Branch]...) -> [Branch] { branches.flatMap { $0 } }
}
