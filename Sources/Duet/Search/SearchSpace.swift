public import Datasets
import FileFormats
public import Foundation
public import NeuralNetwork
import SeededRandom
import Yams

/// The networks that a search is about: every branch of each modality, with every one of each other modality and every head.
///
/// Described in YAML in the words of a network (`docs/search.md`):
///
/// ```yaml
/// branches:
///   - modality: image
///     parameters: {depth: [1, 2]}
///     layers:
///       - Conv2D: {filters: [8, 16], kernel: 3, activation: relu}
///       - when: {depth: 2, layers: [Conv2D: {filters: 32, kernel: 3, activation: relu}]}
///       - Flatten
///       - Dense: {units: $classes, activation: softmax}
/// heads:
///   - {fusion: [product, average]}
/// ```
public struct SearchSpace: Sendable {
    /// A fusion with the layers behind it.
    public struct Head: Sendable {
        /// What joins the branches.
        public let fusion: any Fusion
        /// The layers; none where the fusion's output is the prediction.
        public let layers: [any Layer]
        /// What was chosen for it; of several choices that lead to it, the first.
        public let choices: [Hyperparameter]
    }

    /// What the space is called.
    public let name: String
    /// The text that it was read from.
    public let text: String
    /// The branches of each modality, in the order of the fusion. Each is there once, however many choices lead to it.
    public let branches: [[Branch]]
    /// What was chosen for each branch; of several choices that lead to it, the first.
    public let branchChoices: [[[Hyperparameter]]]
    /// The heads, each once.
    public let heads: [Head]
    /// How many choices lead to layers that do not fit each other, and are left out.
    public let misfits: Int

    /// The number of networks.
    public var count: Int { branches.reduce(heads.count) { $0 * $1.count } }

    /// More branches of a modality, or heads, than that are not made.
    private static let most = 10_000
    private static let mostNetworks = 1e7

    /// Reads a space.
    /// - Parameters:
    ///   - url: a YAML file.
    ///   - data: what the networks are for: their inputs and classes.
    /// - Throws: `DuetError` of kind `missingInput` or `badData`, with file and line.
    public init(contentsOf url: URL, for data: TrainingData) throws {
        try self.init(YAMLDocument(contentsOf: url), for: data.dataset)
    }

    /// Reads a space from a text.
    /// - Parameters:
    ///   - text: YAML.
    ///   - path: what to call it in messages.
    ///   - dataset: what the networks are for.
    /// - Throws: `DuetError` of kind `badData`, with path and line.
    public init(_ text: String, path: String, for dataset: Dataset) throws {
        try self.init(YAMLDocument(text, path: path), for: dataset)
    }

    private init(_ document: YAMLDocument, for dataset: Dataset) throws {
        let space = try SearchSpaceDocument(document, dataset)
        guard space.training == nil else {
            throw document.failure(
                space.training,
                "a search that trains every network trains all with the same settings; one with 'training' needs --strategy tpe or "
                    + "random")
        }
        (name, text) = (space.name, document.text)
        let parts = try Parts(space)
        (branches, branchChoices) = (parts.branches, parts.branchChoices)
        (heads, misfits) = (parts.heads, parts.misfits)
        let count = parts.branches.reduce(Double(parts.heads.count)) { $0 * Double($1.count) }
        guard count <= Self.mostNetworks else {
            throw document.failure(
                document.root,
                "the space has \(count) networks; a search that trains every one of them takes 10 million at most")
        }
    }

    /// One of the networks.
    /// - Parameters:
    ///   - branches: which branch of each modality, from 0.
    ///   - head: which head, from 0.
    /// - Returns: a model that is called after its place in the space, such as `space-3-17-2`.
    public func model(_ branches: [Int], head: Int) -> FusionModel {
        let place = (branches + [head]).map { "-\($0)" }.joined()
        return FusionModel(
            name + place, branches: zip(self.branches, branches).map { $0[$1] }, fusion: heads[head].fusion,
            head: heads[head].layers)
    }

    /// Networks at random, each equally likely.
    /// - Parameters:
    ///   - count: how many; some may be equal.
    ///   - seed: the random seed.
    /// - Returns: the networks.
    public func sample(_ count: Int, seed: UInt64) -> [FusionModel] {
        var generator = SeededGenerator(seed: seed, stream: "search/sample")
        return (0..<count).map { _ in
            let chosen = branches.map { generator.index(below: $0.count) }
            return model(chosen, head: generator.index(below: heads.count))
        }
    }

    /// What the file's choices lead to.
    private struct Parts {
        var branches: [[Branch]] = []
        var branchChoices: [[[Hyperparameter]]] = []
        var heads: [Head] = []
        var misfits = 0
        private let space: SearchSpaceDocument
        private var firstMisfit: String?

        private typealias Candidate = (layers: [any Layer], choices: [Hyperparameter])

        init(_ space: SearchSpaceDocument) throws {
            self.space = space
            for branch in space.branches { try addBranches(branch) }
            for head in space.heads { try addHeads(head) }
            guard !heads.isEmpty else { throw nothingFits("head") }
        }

        private mutating func addBranches(_ branch: SearchSpaceDocument.BranchTemplate) throws {
            let (space, column) = (space, branch.column)
            let found = try candidates(branch.template, branch.node) { layers in
                let branch = Branch(column.modality, input: column.shape, layers: layers)
                try space.check(FusionModel("", branches: [branch]), "branch")
            }
            guard !found.isEmpty else { throw nothingFits("branch of '\(column.modality.name)'") }
            branches.append(found.map { Branch(column.modality, input: column.shape, layers: $0.layers) })
            branchChoices.append(found.map(\.choices))
        }

        private mutating func addHeads(_ head: SearchSpaceDocument.HeadTemplate) throws {
            let (space, firsts) = (space, branches.map { $0[0] })
            for (fusion, node) in zip(head.fusions, head.fusionNodes) {
                guard fusion.reads == .output else {
                    throw space.document.failure(
                        node,
                        "the fusion '\(type(of: fusion).name)' reads embeddings, which differ from training to training, so that its "
                            + "heads cannot be searched apart from the branches; --strategy tpe or random trains whole networks"
                    )
                }
                let found = try candidates(head.template, head.node) { layers in
                    try space.check(FusionModel("", branches: firsts, fusion: fusion, head: layers), "head")
                }
                let name = Hyperparameter(name: "head fusion", value: type(of: fusion).name)
                heads += found.map { Head(fusion: fusion, layers: $0.layers, choices: [name] + $0.choices) }
            }
        }

        /// All lists of layers that fit, each once.
        private mutating func candidates(
            _ template: LayerTemplate, _ node: Node, _ check: ([any Layer]) throws -> Void
        ) throws -> [Candidate] {
            var known: Set<String> = []
            var found: [Candidate] = []
            let isAll: Bool
            do {
                isAll = try Choices.enumerate(most: SearchSpace.most) { choose in
                    let (layers, choices) = try template.layers(choose)
                    guard try known.insert(JSON.text(layers.map(CodedLayer.init))).inserted else { return }
                    do {
                        try check(layers)
                        found.append((layers, choices))
                    } catch let error as NetworkError {
                        misfits += 1
                        firstMisfit = firstMisfit ?? "\(error)"
                    }
                }
            } catch let error as Choices.Endless {
                throw space.document.failure(
                    node,
                    "the range at \(error.name) has endlessly many numbers; --strategy tpe or random draws from it")
            }
            guard isAll else {
                throw space.document.failure(
                    node, "more than \(SearchSpace.most) choices; a search that trains every combination needs fewer")
            }
            return found
        }

        private func nothingFits(_ part: String) -> DuetError {
            space.document.failure(
                space.document.root, "no \(part) fits; the first: \(firstMisfit ?? "there is none")")
        }
    }
}
