import NeuralNetwork
import Yams

/// Layers of a search space, whose choices are still open: the same words as those of a network, and a few more.
///
/// - A setting may be a list of options, or integers: `{from: 16, to: 64, step: 16}`.
/// - `$name` stands for the option that was chosen for a parameter of that name, `$name.key` for a part of it.
/// - `optional: [layers]`: there or not. `choice: [[layers], [layers]]`: one of them.
/// - `repeat: {times: [1, 2, 3], layers: [layers]}`: one after another, each with choices of its own.
/// - `when: {depth: [2, 3], layers: [layers]}`: there where the parameter is one of these.
struct LayerTemplate {
    let document: YAMLDocument
    let layers: Node
    /// The options of each parameter, by name.
    let parameters: Node.Mapping
    /// What the space knows by itself, such as `classes`.
    let constants: [String: Node]

    /// Settings that are lists themselves; their options are lists of lists.
    private static let lists: Set = ["target_shape"]
    private static let words = ["optional", "choice", "repeat", "when"]

    /// What has been chosen so far.
    private struct Point {
        var choices: Choices
        var parameters: [String: Node] = [:]
        /// Parameters whose options are being read.
        var open: Set<String> = []
    }

    /// The layers that some choices lead to.
    /// - Throws: `DuetError` of kind `badData`, with file and line.
    func layers(_ choices: inout Choices) throws -> [any Layer] {
        var point = Point(choices: choices)
        defer { choices = point.choices }
        return try layers(layers, &point)
    }

    private func layers(_ node: Node, _ point: inout Point) throws -> [any Layer] {
        guard let sequence = node.sequence else {
            return node.null == nil ? try layer(node, &point) : []
        }
        return try sequence.flatMap { try layer($0, &point) }
    }

    private func layer(_ node: Node, _ point: inout Point) throws -> [any Layer] {
        guard let mapping = node.mapping, let (key, value) = mapping.first, mapping.count == 1,
            let word = key.string, Self.words.contains(word)
        else {
            if node.sequence != nil { return try layers(node, &point) }
            return [try realized(node, &point)]
        }
        switch word {
        case "optional":
            return point.choices.choose(among: 2) == 0 ? try layers(value, &point) : []
        case "choice":
            let options = try nonempty(value)
            return try layers(options[point.choices.choose(among: options.count)], &point)
        case "repeat":
            try document.checkKeys(of: value, against: ["times", "layers"])
            let times = try required("times", of: value)
            guard let count = try self.value(times, isList: false, &point).int, (0...100).contains(count) else {
                throw document.failure(times, "a block is repeated 0 to 100 times")
            }
            let block = try required("layers", of: value)
            return try (0..<count).flatMap { _ in try layers(block, &point) }
        default:
            let block = try required("layers", of: value)
            for (parameter, options) in value.mapping ?? [:] where parameter.string != "layers" {
                let chosen = try self.parameter(parameter, &point)
                let accepted = options.sequence.map(Array.init) ?? [options]
                guard accepted.contains(where: { $0.string == chosen.string && $0.string != nil }) else { return [] }
            }
            return try layers(block, &point)
        }
    }

    /// A layer with its settings chosen.
    private func realized(_ node: Node, _ point: inout Point) throws -> any Layer {
        try document.checkLayer(node, beside: Self.words)
        var layer = node
        if let mapping = node.mapping, let (kind, settings) = mapping.first, let settings = settings.mapping {
            let chosen = try settings.map { name, value in
                (name, try self.value(value, isList: Self.lists.contains(name.string ?? ""), &point))
            }
            layer = Node.mapping(.init([(kind, Node.mapping(.init(chosen)))], .implicit, .any, node.mark))
        }
        return try document.decode(CodedLayer.self, from: layer).layer
    }

    private func value(_ node: Node, isList: Bool, _ point: inout Point) throws -> Node {
        if let sequence = node.sequence {
            if isList, sequence.allSatisfy({ $0.sequence == nil }) {
                return Node.sequence(.init(try sequence.map { try value($0, isList: false, &point) }))
            }
            let options = try nonempty(node)
            return try value(options[point.choices.choose(among: options.count)], isList: isList, &point)
        }
        if let mapping = node.mapping, mapping["from"] != nil || mapping["to"] != nil {
            let range = try integers(node)
            return Node("\(range[point.choices.choose(among: range.count)])")
        }
        if let text = node.string, text.hasPrefix("$") { return try parameter(node, &point) }
        return node
    }

    /// The option of a parameter, chosen where it is read first.
    private func parameter(_ reference: Node, _ point: inout Point) throws -> Node {
        let text = reference.string ?? ""
        let path = text.drop { $0 == "$" }.split(separator: ".", maxSplits: 1).map(String.init)
        guard let name = path.first else { throw document.failure(reference, "'\(text)' names no parameter") }
        var chosen = point.parameters[name] ?? constants[name]
        if chosen == nil {
            guard let options = parameters[Node(name)] else {
                let known = parameters.keys.compactMap(\.string) + constants.keys.sorted()
                throw document.failure(
                    reference, "there is no parameter '\(name)'; there are \(known.joined(separator: ", "))")
            }
            guard point.open.insert(name).inserted else {
                throw document.failure(reference, "the parameter '\(name)' is one of its own options")
            }
            chosen = try value(options, isList: false, &point)
            point.open.remove(name)
            point.parameters[name] = chosen
        }
        guard path.count > 1, let whole = chosen else { return chosen ?? reference }
        guard let part = whole[path[1]] else {
            throw document.failure(reference, "the parameter '\(name)' has no '\(path[1])' in each of its options")
        }
        return part
    }

    private func integers(_ node: Node) throws -> [Int] {
        try document.checkKeys(of: node, against: ["from", "to", "step"])
        guard let first = node["from"]?.int, let last = node["to"]?.int, 0 <= first, first <= last,
            let step = (node["step"] ?? Node("1")).int, step > 0, (last - first) / step < 10_000
        else { throw document.failure(node, "integers are written as {from: 16, to: 64, step: 16}") }
        return Array(stride(from: first, through: last, by: step))
    }

    private func nonempty(_ node: Node) throws -> [Node] {
        guard let options = node.sequence, !options.isEmpty else {
            throw document.failure(node, "expected a list with an option at least")
        }
        return Array(options)
    }

    private func required(_ key: String, of node: Node) throws -> Node {
        guard let value = node[key] else { throw document.failure(node, "'\(key)' is missing") }
        return value
    }
}
