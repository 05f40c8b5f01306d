import Datasets
import FileFormats
import NeuralNetwork
import Yams

/// What a file says of a search space, with all choices still open.
struct SearchSpaceDocument {
    /// The branches of a modality.
    struct BranchTemplate {
        let column: Column
        let template: LayerTemplate
        /// Where it stands.
        let node: Node
    }

    /// Heads with some fusions, each with the same layers to choose from.
    struct HeadTemplate {
        let fusions: [any Fusion]
        let template: LayerTemplate
        /// Where it stands, and each fusion in it.
        let node: Node
        let fusionNodes: [Node]
    }

    let document: YAMLDocument
    let name: String
    let branches: [BranchTemplate]
    let heads: [HeadTemplate]
    /// Settings of the training that are chosen too.
    let training: Node?
    /// The number of classes that a network must tell apart.
    let classCount: Int

    init(_ document: YAMLDocument, _ dataset: Dataset) throws {
        try document.checkKeys(of: document.root, against: ["version", "name", "branches", "heads", "training"])
        let version = document.root["version"]?.int ?? 1
        try FormatVersion.check(version, current: 1, in: document.path, remedy: "write it anew")
        self.document = document
        name = document.root["name"]?.string ?? "space"
        training = document.root["training"]
        let classCount = dataset.classNames.count
        self.classCount = classCount

        func list(_ key: String) throws -> [Node] {
            guard let nodes = document.root[key]?.sequence, !nodes.isEmpty else {
                throw document.failure(document.root[key] ?? document.root, "'\(key)' is missing; expected a list")
            }
            return Array(nodes)
        }
        func template(_ node: Node, _ place: String) -> LayerTemplate {
            LayerTemplate(
                document: document, layers: node["layers"] ?? Node.sequence(.init([])),
                parameters: node["parameters"]?.mapping ?? [:], constants: ["classes": Node("\(classCount)")],
                place: place)
        }
        branches = try list("branches").map { node in
            let column = try Self.column(of: node, document, dataset)
            return BranchTemplate(column: column, template: template(node, column.modality.name), node: node)
        }
        let names = branches.map(\.column.modality.name)
        guard Set(names).count == names.count, names.count > 1 else {
            throw document.failure(
                document.root["branches"],
                "a space has branches of two modalities at least, each once, such as image and audio")
        }
        heads = try list("heads").map { node in
            try document.checkKeys(of: node, against: ["fusion", "parameters", "layers"])
            guard let fusions = node["fusion"] else { throw document.failure(node, "'fusion' is missing") }
            let nodes = fusions.sequence.map(Array.init) ?? [fusions]
            guard !nodes.isEmpty else { throw document.failure(fusions, "expected a fusion at least") }
            return HeadTemplate(
                fusions: try nodes.map { try Self.fusion($0, document) }, template: template(node, "head"), node: node,
                fusionNodes: nodes)
        }
    }

    private static func column(of node: Node, _ document: YAMLDocument, _ dataset: Dataset) throws -> Column {
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
        return column
    }

    private static func fusion(_ name: Node, _ document: YAMLDocument) throws -> any Fusion {
        do {
            return try Fusions.required(name.string ?? "?")
        } catch let error as DuetError {
            throw document.failure(name, error.message)
        }
    }

    /// Checks that layers fit each other and end in the classes.
    /// - Parameters:
    ///   - model: a branch alone, or a whole network.
    ///   - part: what to call it in the message.
    /// - Throws: `NetworkError`.
    func check(_ model: FusionModel, _ part: String) throws {
        _ = try model.network()
        guard model.classCount == classCount else {
            throw NetworkError(
                "a \(part) ends in a Dense layer with softmax and \(model.classCount) units; expected $classes, \(classCount)"
            )
        }
    }
}
