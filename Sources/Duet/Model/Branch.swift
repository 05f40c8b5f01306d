public import Datasets
public import NeuralNetwork

/// One modality's own network: a stack of layers over its input, ending in a vector.
public struct Branch: Sendable {
    /// What the branch takes.
    public let modality: Modality
    /// The shape of one example: `[height, width, channels]` or `[steps, channels]`.
    public let input: Shape
    /// The layers, in order.
    public let layers: [any Layer]

    /// A branch from a list of layers.
    public init(_ modality: Modality, input: Shape, layers: [any Layer]) {
        self.modality = modality
        self.input = input
        self.layers = layers
    }

    /// A branch as the paper's tables write it, one layer per line.
    public init(_ modality: Modality, input: Shape, @LayerBuilder layers: () -> [any Layer]) {
        self.init(modality, input: input, layers: layers())
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
