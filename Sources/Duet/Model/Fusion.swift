import FileFormats
public import NeuralNetwork

/// How the branches of a model are joined, and how its head reads them. A new one is a file beside this one, and an entry in
/// `Fusions.all`.
public protocol Fusion: Hashable, Sendable {
    /// The name in files: `fusion: concatenate`.
    static var name: String { get }

    /// The fusion with its defaults.
    init()

    /// What it reads of each branch.
    var reads: BranchPart { get }

    /// What stands in each of the `width` places of what it reads of a branch while its modality is absent: in training with
    /// modality dropout, and in every prediction without it.
    func absentOutput(width: Int) -> Float

    /// Adds the layers that join the branches, and the head behind them.
    /// - Parameters:
    ///   - branches: the nodes to read, one for each branch.
    ///   - head: the layers behind the fusion, which end in `Dense` with softmax; none where the fusion gives probabilities.
    ///   - prefix: what to name the new nodes after.
    ///   - network: where the layers go.
    /// - Returns: the node that gives the model's probabilities.
    /// - Throws: `NetworkError` where the branches' outputs do not fit each other.
    func join(_ branches: [String], head: [any Layer], prefix: String, in network: inout Network) throws -> String

    /// Whether it joins class probabilities to class probabilities, so that a model can do without a head.
    var givesProbabilities: Bool { get }

    /// Whether `fittedWeights(to:labels:prefix:)` gives any.
    var fitsWeights: Bool { get }

    /// Weights of the joining layers that no gradient moves, fitted when the branches are trained.
    /// - Parameters:
    ///   - outputs: what each branch gives for the validation examples, [example × class]; computed when it is called.
    ///   - labels: the class of each of them.
    ///   - prefix: as for `join(_:head:prefix:in:)`.
    /// - Returns: the weights, by their names in the network.
    /// - Throws: what `outputs` throws.
    func fittedWeights(
        to outputs: () throws -> [[Float]], labels: [Int], prefix: String
    ) throws -> [(name: String, values: [Float])]
}

/// What a fusion reads of a branch.
public enum BranchPart: Sendable {
    /// The branch's output: class probabilities, where it is to be trained alone.
    case output
    /// The branch's embedding: what its last layer reads. Richer than the output, and not the same in two trainings.
    case embedding
}

extension Fusion {
    /// The output.
    public var reads: BranchPart { .output }

    /// 1 / width: every class is equally likely. For fusions that read class probabilities.
    public func absentOutput(width: Int) -> Float { 1 / Float(width) }

    /// No.
    public var givesProbabilities: Bool { false }

    /// No.
    public var fitsWeights: Bool { false }

    /// None.
    public func fittedWeights(
        to outputs: () throws -> [[Float]], labels: [Int], prefix: String
    ) throws -> [(name: String, values: [Float])] { [] }
}

/// The fusions that files can name.
public enum Fusions {
    /// All of them.
    public static let all: [any Fusion.Type] = [
        Concatenation.self, AverageFusion.self, ProductFusion.self, ResidualFusion.self, GatedFusion.self,
        LowRankFusion.self,
    ]

    /// The fusion of this name, with its defaults.
    public static func named(_ name: String) -> (any Fusion)? {
        all.first { $0.name == name }?.init()
    }

    /// The fusion of this name, with its defaults.
    /// - Throws: `DuetError` of kind `usage` with the names that there are, and the likeliest.
    public static func required(_ name: String) throws -> any Fusion {
        if let fusion = named(name) { return fusion }
        let known = all.map { $0.name }
        let guess = Suggestion.closest(to: name, among: known).map { "; did you mean \($0)?" } ?? ";"
        throw DuetError(.usage, "there is no fusion '\(name)'\(guess) there are \(known.joined(separator: ", "))")
    }
}

/// The paper's fusion: the branches' outputs one after another.
///
/// An absent modality is a branch that says that every class is equally likely.
public struct Concatenation: Fusion {
    /// `concatenate`.
    public static let name = "concatenate"

    /// Concatenates.
    public init() {}

    /// A `Concatenate` layer.
    public func join(
        _ branches: [String], head: [any Layer], prefix: String, in network: inout Network
    ) throws -> String {
        let name = "\(prefix).concatenate"
        try network.add(Concatenate(), name: name, reading: branches)
        return try network.addSequence(head, prefix: prefix, reading: name)
    }
}
