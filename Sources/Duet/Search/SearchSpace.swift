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
    }

    /// What the space is called.
    public let name: String
    /// The text that it was read from.
    public let text: String
    /// The branches of each modality, in the order of the fusion. Each is there once, however many choices lead to it.
    public let branches: [[Branch]]
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
        try document.checkKeys(of: document.root, against: ["version", "name", "branches", "heads"])
        let version = document.root["version"]?.int ?? 1
        try FormatVersion.check(version, current: 1, in: document.path, remedy: "write it anew")
        name = document.root["name"]?.string ?? "space"
        text = document.text
        let parts = try Parts(document, dataset)
        (branches, heads, misfits) = (parts.branches, parts.heads, parts.misfits)
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

    /// What is made of the file.
    private struct Parts {
        var branches: [[Branch]] = []
        var heads: [Head] = []
        var misfits = 0
        let document: YAMLDocument
        let classes: Int
        private var firstMisfit: String?

        init(_ document: YAMLDocument, _ dataset: Dataset) throws {
            self.document = document
            classes = dataset.classNames.count
            for node in try list("branches") { try addBranches(node, dataset) }
            let names = branches.map { $0[0].modality.name }
            guard Set(names).count == names.count, names.count > 1 else {
                throw document.failure(
                    document.root["branches"],
                    "a space has branches of two modalities at least, each once, such as image and audio")
            }
            for node in try list("heads") { try addHeads(node) }
            guard !heads.isEmpty else { throw nothingFits("head") }
        }

        private func list(_ key: String) throws -> [Node] {
            guard let nodes = document.root[key]?.sequence, !nodes.isEmpty else {
                throw document.failure(document.root[key] ?? document.root, "'\(key)' is missing; expected a list")
            }
            return Array(nodes)
        }

        private mutating func addBranches(_ node: Node, _ dataset: Dataset) throws {
            try document.checkKeys(of: node, against: ["modality", "input", "parameters", "layers"])
            guard let name = node["modality"]?.string, let column = dataset[name] else {
                let known = dataset.modalities.map(\.name).joined(separator: ", ")
                throw document.failure(
                    node["modality"] ?? node, "a branch is for a modality of the dataset, which has \(known)")
            }
            let input = try node["input"].map { try document.decode([Int].self, from: $0) } ?? column.shape
            guard input == column.shape else {
                throw document.failure(
                    node["input"], "the input is \(input), but the dataset's '\(name)' has the shape \(column.shape)")
            }
            let classes = classes
            let found = try candidates(node) { layers in
                let branch = Branch(column.modality, input: input, layers: layers)
                let model = FusionModel("", branches: [branch])
                _ = try model.network()
                guard model.classCount == classes else {
                    throw NetworkError(
                        "a branch ends in a Dense layer with softmax and \(model.classCount) units; expected $classes, \(classes)"
                    )
                }
            }
            guard !found.isEmpty else { throw nothingFits("branch of '\(name)'") }
            branches.append(found.map { Branch(column.modality, input: input, layers: $0) })
        }

        private mutating func addHeads(_ node: Node) throws {
            try document.checkKeys(of: node, against: ["fusion", "parameters", "layers"])
            guard let fusions = node["fusion"] else { throw document.failure(node, "'fusion' is missing") }
            for name in fusions.sequence.map(Array.init) ?? [fusions] {
                let fusion: any Fusion
                do {
                    fusion = try Fusions.required(name.string ?? "?")
                } catch let error as DuetError {
                    throw document.failure(name, error.message)
                }
                guard fusion.reads == .output else {
                    throw document.failure(
                        name,
                        "the fusion '\(name.string ?? "")' reads embeddings, which differ from training to training, so that its heads "
                            + "cannot be searched apart from the branches")
                }
                let firsts = branches.map { $0[0] }
                let classes = classes
                let found = try candidates(node) { layers in
                    let model = FusionModel("", branches: firsts, fusion: fusion, head: layers)
                    _ = try model.network()
                    guard model.classCount == classes else {
                        throw NetworkError(
                            "a head ends in a Dense layer with softmax and \(model.classCount) units; expected $classes, \(classes)"
                        )
                    }
                }
                heads += found.map { Head(fusion: fusion, layers: $0) }
            }
        }

        /// All lists of layers that fit, each once.
        private mutating func candidates(
            _ node: Node, _ check: ([any Layer]) throws -> Void
        ) throws -> [[any Layer]] {
            let template = LayerTemplate(
                document: document, layers: node["layers"] ?? Node.sequence(.init([])),
                parameters: node["parameters"]?.mapping ?? [:], constants: ["classes": Node("\(classes)")])
            var known: Set<String> = []
            var found: [[any Layer]] = []
            let isAll = try Choices.enumerate(most: SearchSpace.most) { choices in
                let layers = try template.layers(&choices)
                guard try known.insert(JSON.text(layers.map(CodedLayer.init))).inserted else { return }
                do {
                    try check(layers)
                    found.append(layers)
                } catch let error as NetworkError {
                    misfits += 1
                    firstMisfit = firstMisfit ?? "\(error)"
                }
            }
            guard isAll else {
                throw document.failure(
                    node, "more than \(SearchSpace.most) choices; a search that trains every combination needs fewer")
            }
            return found
        }

        private func nothingFits(_ part: String) -> DuetError {
            document.failure(document.root, "no \(part) fits; the first: \(firstMisfit ?? "there is none")")
        }
    }
}
