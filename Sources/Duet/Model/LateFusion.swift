import NeuralNetwork

/// One modality's own network: a stack of layers over its input, ending in a vector.
public struct Branch: Sendable {
    /// `audio` or `image`.
    public let name: String
    /// The shape of one example: `[height, width, channels]` or `[steps, channels]`.
    public let input: Shape
    /// The layers, in order.
    public let layers: [any Layer]

    /// A branch from a list of layers.
    public init(_ name: String, input: Shape, layers: [any Layer]) {
        self.name = name
        self.input = input
        self.layers = layers
    }

    /// A branch as the paper's tables write it, one layer per line.
    public init(_ name: String, input: Shape, @LayerBuilder layers: () -> [any Layer]) {
        self.init(name, input: input, layers: layers())
    }
}

/// Late fusion: an audio and an image branch, each down to a vector of its own opinion, put one behind the other
/// (audio first, as in the paper), and a head that decides.
public struct LateFusion: Sendable {
    /// What the model is called, such as `model-2`.
    public let name: String
    /// The branch that listens.
    public let audio: Branch
    /// The branch that looks.
    public let image: Branch
    /// The layers after the two are put together. The last is a `Dense` with softmax, one unit per class.
    public let head: [any Layer]

    /// A model from its three parts.
    public init(_ name: String, of audio: Branch, _ image: Branch, head: [any Layer]) {
        self.name = name
        self.audio = audio
        self.image = image
        self.head = head
    }

    /// A model from its three parts, the head one layer per line.
    public init(_ name: String, of audio: Branch, _ image: Branch, @LayerBuilder head: () -> [any Layer]) {
        self.init(name, of: audio, image, head: head())
    }
}

extension LateFusion {
    /// The whole as one network: inputs `audio` and `image`; layers named `audio.…`, `image.…` and `head.…`.
    /// - Throws: `NetworkError` where the layers do not fit each other, or the head does not end in a softmax.
    public func network() throws -> Network {
        var network = Network()
        let ends = try [audio, image].map { branch in
            try network.addInput(branch.name, shape: branch.input)
            return try network.addSequence(branch.layers, prefix: branch.name, reading: branch.name)
        }
        try addHead(to: &network, reading: ends)
        return network
    }

    /// One branch alone, its layers named as in the whole.
    public func branchNetwork(_ branch: Branch) throws -> Network {
        var network = Network()
        try network.addInput(branch.name, shape: branch.input)
        try network.addSequence(branch.layers, prefix: branch.name, reading: branch.name)
        return network
    }

    /// The head alone. Its inputs are the two branches' outputs, named as in the whole.
    public func headNetwork() throws -> Network {
        let whole = try network()
        var network = Network()
        let ends = try endNames()
        for end in [ends.audio, ends.image] {
            guard let shape = whole.shape(of: end) else { continue }
            try network.addInput(end, shape: shape)
        }
        try addHead(to: &network, reading: [ends.audio, ends.image])
        return network
    }

    /// The names of the branches' last layers and of the head's: where their opinions can be read.
    public func endNames() throws -> (audio: String, image: String, fused: String) {
        let whole = try network()
        func last(_ prefix: String) -> String {
            whole.nodes.last { $0.name.hasPrefix(prefix + ".") }?.name ?? prefix
        }
        return (last(audio.name), last(image.name), last("head"))
    }

    /// The number of classes: the units of the head's last layer.
    public var classCount: Int { (head.last as? Dense)?.units ?? 0 }

    private func addHead(to network: inout Network, reading ends: [String]) throws {
        guard let last = head.last as? Dense, last.activation == .softmax else {
            throw NetworkError("the head must end in a Dense layer with softmax, one unit per class")
        }
        try network.add(Concatenate(), name: "head.concatenate", reading: ends)
        try network.addSequence(head, prefix: "head", reading: "head.concatenate")
    }
}
