import FileFormats
import Foundation
import NeuralNetwork
import Yams

/// A parsed YAML file that remembers its lines.
struct YAMLDocument {
    let path: String
    let text: String
    let root: Node

    init(contentsOf url: URL) throws {
        guard let data = try? Data(contentsOf: url) else {
            throw DuetError(.missingInput, "\(url.path) cannot be opened; expected a YAML file")
        }
        try self.init(String(decoding: data, as: UTF8.self), path: url.path)
    }

    /// Parses a text.
    /// - Parameters:
    ///   - text: YAML, a mapping.
    ///   - path: what to call it in messages.
    /// - Throws: `DuetError` of kind `badData` where it is something else.
    init(_ text: String, path: String) throws {
        (self.path, self.text) = (path, text)
        do {
            guard let node = try Yams.compose(yaml: text), node.mapping != nil
            else {
                throw DuetError(.badData, "\(path): expected 'setting: value' lines")
            }
            root = node
        } catch let error as YamlError {
            throw DuetError(.badData, "\(path) is not YAML: \(error)")
        }
    }

    func failure(_ node: Node?, _ message: String) -> DuetError {
        DuetError(.badData, "\(path)\(node?.mark.map { ":\($0.line)" } ?? ""): \(message)")
    }

    /// Refuses keys that nothing reads, which are misspelt more often than not.
    func checkKeys(of node: Node, against known: [String]) throws {
        for (key, _) in node.mapping ?? [:] {
            let name = key.string ?? "?"
            guard !known.contains(name) else { continue }
            let guess = Suggestion.closest(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
            throw failure(key, "there is no setting '\(name)'\(guess) Known here: \(known.joined(separator: ", "))")
        }
    }

    /// Checks the names of a training's settings, also of those inside of others.
    func checkTraining(_ settings: Node, against known: [TrainingConfiguration.CodingKeys]) throws {
        try checkKeys(of: settings, against: known.map(\.rawValue))
        for (_, branch) in settings["branches"]?.mapping ?? [:] {
            try checkKeys(of: branch, against: BranchTraining.CodingKeys.allCases.map(\.rawValue))
        }
        for (_, augmentation) in settings["augmentation"]?.mapping ?? [:] {
            try checkKeys(of: augmentation, against: Augmentation.settingNames)
        }
    }

    func checkModel(_ model: Node) throws {
        try checkKeys(of: model, against: FusionModel.CodingKeys.allCases.map(\.rawValue))
        for branch in model["branches"]?.sequence ?? [] {
            try checkKeys(of: branch, against: FusionModel.BranchKeys.allCases.map(\.rawValue))
            try branch["layers"]?.sequence?.forEach { try checkLayer($0) }
            try branch["networks"]?.sequence?.forEach { try $0.sequence?.forEach { try checkLayer($0) } }
        }
        try model["head"]?.sequence?.forEach { try checkLayer($0) }
    }

    /// Checks a layer's kind and the names of its settings.
    /// - Parameters:
    ///   - layer: as a file writes it.
    ///   - words: what may stand there too, for the message.
    /// - Throws: `DuetError` of kind `badData` with the likeliest that was meant.
    func checkLayer(_ layer: Node, beside words: [String] = []) throws {
        guard let (key, settings) = layer.mapping?.first ?? layer.string.map({ _ in (layer, layer) }) else {
            return
        }
        let kinds = LayerKinds.all.map { $0.kind } + words
        guard let kind = key.string, let type = LayerKinds.named(kind) else {
            let guess = Suggestion.closest(to: key.string ?? "", among: kinds).map { "; did you mean \($0)?" } ?? ""
            throw failure(
                key, "there is no layer '\(key.string ?? "?")'\(guess) Layers: \(kinds.joined(separator: ", "))")
        }
        try checkKeys(of: settings, against: type.settingNames)
    }

    func decode<Value: Decodable>(_ type: Value.Type, from place: Node? = nil) throws -> Value {
        let place = place ?? root
        do {
            return try YAMLDecoder().decode(type, from: place)
        } catch let error as DecodingError {
            throw failure(node(at: error.codingPath, from: place), error.explanation)
        } catch let error as DuetError {
            throw failure(place.mark == nil ? nil : place, error.message)
        }
    }

    /// The innermost node on a path that there is.
    private func node(at path: [any CodingKey], from place: Node) -> Node {
        path.reduce(place) { node, key in
            (key.intValue.flatMap { node.sequence?[$0] } ?? node[key.stringValue]) ?? node
        }
    }
}
