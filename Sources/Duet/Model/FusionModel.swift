public import Datasets
import FileFormats
public import NeuralNetwork

/// Late fusion: a branch for each modality, a fusion that joins what they give, and a head that decides.
///
/// ```swift
/// let model = FusionModel("small") {
///     Branch(.audio, input: [507, 1]) { Flatten(); Dense(10, activation: .softmax) }
///     Branch(.image, input: [28, 28, 1]) { Flatten(); Dense(10, activation: .softmax) }
/// } head: {
///     Dense(10, activation: .softmax)
/// }
/// ```
///
/// A model of one branch has neither fusion nor head: the branch's own output is the prediction. One whose fusion gives
/// probabilities, such as `ProductFusion`, may have no head: then the fusion's output is the prediction.
public struct FusionModel: Sendable {
    /// What the model is called, such as `model-2`.
    public let name: String
    /// The branches, in the order in which they are joined.
    public let branches: [Branch]
    /// How the branches' outputs are joined.
    public let fusion: any Fusion
    /// The layers behind the fusion. The last is a `Dense` with softmax, one unit per class. Empty in a model of one branch, and
    /// where the fusion's output is the prediction.
    public let head: [any Layer]

    /// A model from its parts.
    public init(
        _ name: String, branches: [Branch], fusion: any Fusion = Concatenation(), head: [any Layer] = []
    ) {
        self.name = name
        self.branches = branches
        self.fusion = fusion
        self.head = branches.count == 1 ? [] : head
    }

    /// A model from its parts, one branch or layer per line.
    public init(
        _ name: String, fusion: any Fusion = Concatenation(), @BranchBuilder branches: () -> [Branch],
        @LayerBuilder head: () -> [any Layer] = { [] }
    ) {
        self.init(name, branches: branches(), fusion: fusion, head: head())
    }

    /// The modalities, in the order of the branches.
    public var modalities: [Modality] { branches.map(\.modality) }

    /// The number of classes: the units of the last layer.
    public var classCount: Int {
        ((head.isEmpty ? branches.first?.networks.first ?? [] : head).last as? Dense)?.units ?? 0
    }

    /// The model of some of the branches. With one of them, it is that branch alone; else the same fusion and head join fewer.
    /// - Parameter names: the modalities to keep.
    /// - Returns: a model of that name and those of the modalities, such as `model-2-image`.
    /// - Throws: `DuetError` of kind `usage` where the model has no such modality, or none is left.
    public func selecting(_ names: [String]) throws -> FusionModel {
        let known = modalities.map(\.name)
        if let unknown = names.first(where: { !known.contains($0) }) {
            throw DuetError(
                .usage, "the model '\(name)' has no modality '\(unknown)'; it has \(known.joined(separator: ", "))")
        }
        guard !names.isEmpty else { throw DuetError(.usage, "there is no modality to train; expected one at least") }
        let kept = branches.filter { names.contains($0.modality.name) }
        guard kept.count < branches.count else { return self }
        let suffix = kept.map(\.modality.name).joined(separator: "-")
        return FusionModel("\(name)-\(suffix)", branches: kept, fusion: fusion, head: head)
    }

    /// The model with another fusion, called after it: `model-2-product`. One that gives probabilities takes the place of the
    /// head.
    public func joined(by fusion: any Fusion) -> FusionModel {
        guard type(of: fusion).name != type(of: self.fusion).name else { return self }
        return FusionModel(
            "\(name)-\(type(of: fusion).name)", branches: branches, fusion: fusion,
            head: fusion.givesProbabilities ? [] : head)
    }
}

extension FusionModel {
    /// The whole as one network: an input for each modality, by its name; layers named `image.…` after the modality, and `head.…`.
    /// - Parameter modalityDropout: the share of training examples of which the fusion gets one modality less, the absent one
    ///   drawn for each example. It keeps the head from relying on one modality alone (ModDrop, Neverova et al. 2016). 0 for a
    ///   network to predict with.
    /// - Returns: the network.
    /// - Throws: `NetworkError` or `DuetError` where the layers do not fit each other, a name cannot name a modality, or the
    ///   output is not a softmax over the classes.
    public func network(modalityDropout: Float = 0) throws -> Network {
        try Modality.check(modalities)
        var network = Network()
        for branch in branches { try branch.add(to: &network) }
        if branches.count > 1 {
            try addHead(to: &network, modalityDropout: modalityDropout)
        } else {
            try branches[0].requireSoftmax("the branch '\(branches[0].modality)', which is the whole model,")
        }
        return network
    }

    /// One branch alone, its layers named as in the whole.
    public func network(of branch: Branch) throws -> Network {
        var network = Network()
        try branch.add(to: &network)
        return network
    }

    /// Fusion and head alone. The inputs are what the fusion reads of the branches, named as in the whole.
    /// - Parameter modalityDropout: as in `network(modalityDropout:)`.
    /// - Returns: the network.
    /// - Throws: as `network(modalityDropout:)` does.
    public func headNetwork(modalityDropout: Float = 0) throws -> Network {
        let whole = try network()
        var network = Network()
        for end in fusedNames(in: whole) {
            guard let shape = whole.shape(of: end) else { continue }
            try network.addInput(end, shape: shape)
        }
        try addHead(to: &network, modalityDropout: modalityDropout, fused: fusedNames(in: whole))
        return network
    }

    /// The names of the nodes where the branches' outputs, what the fusion reads of them, and the model's output can be read.
    public func outputNames() throws -> (branches: [String], fused: [String], model: String) {
        outputNames(in: try network())
    }

    /// As `outputNames()`, in the network of the whole where that is there already.
    func outputNames(in whole: Network) -> (branches: [String], fused: [String], model: String) {
        let ends = branches.map { $0.outputName(in: whole) }
        return (ends, fusedNames(in: whole), branches.count == 1 ? ends[0] : whole.end(of: Self.headName))
    }

    /// The names of the nodes that the fusion reads.
    private func fusedNames(in network: Network) -> [String] {
        branches.map { branch in
            switch fusion.reads {
            case .output: branch.outputName(in: network)
            case .embedding: branch.embeddingName(in: network)
            }
        }
    }

    /// The names of the nodes whose outputs are the model's embeddings: what the last layer of the head, and of each branch,
    /// reads. A part of a single layer has no hidden one: then it is that layer's output. `whole` is the network of the whole.
    func embeddingNames(in whole: Network) -> Ablations<String> {
        let alone = branches.map { ($0.modality.name, $0.embeddingName(in: whole)) }
        guard alone.count > 1 else { return Ablations(all: alone[0].1, alone: []) }
        return Ablations(all: whole.embedding(before: outputNames(in: whole).model), alone: alone)
    }

    /// What the head's layers are named after.
    static let headName = "head"

    private func addHead(to network: inout Network, modalityDropout: Float, fused: [String]? = nil) throws {
        if head.isEmpty {
            try requireProbabilities()
        } else {
            try head.requireSoftmax("the head")
        }
        var ends = fused ?? fusedNames(in: network)
        if modalityDropout > 0 {
            for (index, end) in ends.enumerated() {
                let width = network.shape(of: end)?.elementCount ?? 1
                let dropout = InputDropout(
                    modalityDropout, input: index, of: ends.count, replacement: fusion.absentOutput(width: width),
                    joint: "\(Self.headName).\(type(of: fusion).name)")
                ends[index] = "\(Self.headName).dropout_of_\(branches[index].modality)"
                try network.add(dropout, name: ends[index], reading: [end])
            }
        }
        _ = try fusion.join(ends, head: head, prefix: Self.headName, in: &network)
    }

    /// Checks that the branches and what joins them give probabilities of the same classes, without a head behind them.
    private func requireProbabilities() throws {
        guard fusion.givesProbabilities else {
            throw NetworkError(
                "the fusion '\(type(of: fusion).name)' needs a head behind it that ends in a Dense layer with softmax")
        }
        for branch in branches { try branch.requireSoftmax("without a head, the branch '\(branch.modality)'") }
    }
}

extension Branch {
    /// Checks that what the branch gives is probabilities.
    fileprivate func requireSoftmax(_ part: String) throws {
        for layers in networks { try layers.requireSoftmax(part) }
    }
}
