import FileFormats
public import Foundation
import NeuralNetwork
import Yams

/// Reads the YAML files that people write, and points at the line where something is wrong.
public enum ConfigurationFile {
    /// The settings of a training.
    /// - Throws: `DuetError` of kind `missingInput` or `badData`, with file and line.
    public static func training(contentsOf url: URL) throws -> TrainingConfiguration {
        let document = try YAMLDocument(contentsOf: url)
        try document.checkTraining(document.root, against: TrainingConfiguration.CodingKeys.allCases)
        if let model = document.root["model"], model.mapping != nil { try document.checkModel(model) }
        var configuration = try document.decode(TrainingConfiguration.self)
        // A network in a file of its own, found from where this file is.
        if case .preset(let name) = configuration.model, name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
            configuration.model = .custom(try model(contentsOf: URL(fileURLWithPath: name, relativeTo: url)))
        }
        return configuration
    }

    /// The description of a network.
    /// - Throws: `DuetError` of kind `missingInput` or `badData`, with file and line, also where layers do not fit.
    public static func model(contentsOf url: URL) throws -> FusionModel {
        let document = try YAMLDocument(contentsOf: url)
        try document.checkModel(document.root)
        let model = try document.decode(FusionModel.self)
        do {
            _ = try model.network()
        } catch let error as NetworkError {
            throw DuetError(.badData, "\(url.path): \(error)")
        } catch let error as DuetError {
            throw DuetError(error.kind, "\(url.path): \(error.message)")
        }
        return model
    }

    /// Settings as YAML.
    static func text(of configuration: TrainingConfiguration) throws -> String {
        try text(json: JSON.text(configuration))
    }

    /// A network's description as YAML.
    package static func text(of model: FusionModel) throws -> String {
        try text(json: JSON.text(model))
    }

    /// YAML in the order in which people think of the settings.
    ///
    /// By way of JSON, whose encoder writes 0.001 where Yams's writes 1.00000004749745e-3.
    private static func text(json: String) throws -> String {
        let order =
            TrainingConfiguration.CodingKeys.allCases.map(\.rawValue)
            + FusionModel.CodingKeys.allCases.map(\.rawValue) + FusionModel.BranchKeys.allCases.map(\.rawValue)
        guard let node = try Yams.compose(yaml: json) else {
            throw DuetError(.internalFault, "the settings cannot be written as YAML")
        }
        return try Yams.serialize(node: laidOut(node, order))
    }

    /// A node from JSON in YAML's own style: one setting a line, lists of numbers in brackets, no needless quotes.
    private static func laidOut(_ node: Node, _ order: [String]) -> Node {
        switch node {
        case .scalar(let scalar):
            let plain = Node(scalar.string, node.tag, .plain)
            return scalar.style == .doubleQuoted && Node(scalar.string).tag != Tag(.str) ? node : plain
        case .sequence(let sequence):
            let isFlat = sequence.allSatisfy { $0.scalar != nil && $0.scalar?.style != .doubleQuoted }
            return Node(sequence.map { laidOut($0, order) }, node.tag, isFlat ? .flow : .block)
        case .mapping(let mapping):
            func place(_ key: Node) -> Int { key.string.flatMap(order.firstIndex) ?? order.count }
            let sorted = mapping.enumerated().sorted {
                (place($0.element.key), $0.offset) < (place($1.element.key), $1.offset)
            }
            let pairs = sorted.map { (laidOut($0.element.key, order), laidOut($0.element.value, order)) }
            return Node(pairs, node.tag, .block)
        case .alias:
            return node
        }
    }
}
