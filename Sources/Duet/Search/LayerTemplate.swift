import NeuralNetwork
import ParameterSearch
import Yams

/// Layers of a search space, whose choices are still open: the same words as those of a network, and a few more.
///
/// - A setting may be a list of options, or integers: `{from: 16, to: 64, step: 16}`, or a range: `{from: 0.1, to: 0.5}`; with
///   `scale: log`, halves and doubles are equally far.
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
    /// What the layers are for, with which the names of their choices begin.
    let place: String

    /// Settings that are lists themselves; their options are lists of lists.
    private static let lists: Set = ["target_shape"]
    private static let words = ["optional", "choice", "repeat", "when"]

    /// What has been chosen so far.
    private struct Point {
        let choose: ParameterChooser
        var parameters: [String: Node] = [:]
        /// Parameters whose options are being read.
        var open: Set<String> = []
        /// How often each place has been asked about: more than once in a block that is repeated.
        var asked: [String: Int] = [:]
        var made: [Hyperparameter] = []
    }

    /// The layers that some choices lead to.
    /// - Parameter choose: makes the choices.
    /// - Returns: the layers, and the choices in words.
    /// - Throws: `DuetError` of kind `badData`, with file and line.
    func layers(_ choose: @escaping ParameterChooser) throws -> (layers: [any Layer], choices: [Hyperparameter]) {
        var point = Point(choose: choose)
        let layers = try layers(layers, &point)
        return (layers, point.made)
    }

    /// A mapping of settings, each chosen; those of a mapping inside are chosen one by one.
    /// - Parameters:
    ///   - settings: settings of a training.
    ///   - choose: makes the choices.
    /// - Returns: the settings, without choices, and the choices in words.
    /// - Throws: `DuetError` of kind `badData`, with file and line.
    func settings(
        _ settings: Node, _ choose: @escaping ParameterChooser
    ) throws -> (settings: Node, choices: [Hyperparameter]) {
        var point = Point(choose: choose)
        let chosen = try self.settings(settings, "", &point)
        return (chosen, point.made)
    }

    private func settings(_ node: Node, _ path: String, _ point: inout Point) throws -> Node {
        guard let mapping = node.mapping, !Self.isRange(node) else {
            return try value(node, isList: false, path, &point)
        }
        let chosen = try mapping.map { name, value in
            (name, try settings(value, path.isEmpty ? name.string ?? "" : "\(path).\(name.string ?? "")", &point))
        }
        return Node.mapping(.init(chosen, .implicit, .any, node.mark))
    }

    /// Makes a choice, which is called after what is set and where it stands.
    /// - Parameters:
    ///   - kind: what can be chosen.
    ///   - node: where the options stand.
    ///   - title: what is set.
    ///   - point: what has been chosen before.
    ///   - text: the chosen value in words.
    /// - Returns: the chosen value.
    private func choose(
        _ kind: ParameterKind, at node: Node, _ title: String, _ point: inout Point, text: (Double) -> String
    ) -> Double {
        let name = "\(place) \(title) @\(node.mark.map { "\($0.line):\($0.column)" } ?? "")"
        let count = (point.asked[name] ?? 0) + 1
        point.asked[name] = count
        let unique = count > 1 ? "\(name) #\(count)" : name
        let value = point.choose(unique, kind)
        point.made.append(Hyperparameter(name: unique, value: text(value)))
        return value
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
            let isThere =
                choose(.categorical(count: 2), at: value, "optional \(Self.title(value))", &point) {
                    $0 == 0 ? "yes" : "no"
                } == 0
            return isThere ? try layers(value, &point) : []
        case "choice":
            let options = try nonempty(value)
            let option = choose(.categorical(count: options.count), at: value, "choice", &point) {
                Self.title(options[Int($0)])
            }
            return try layers(options[Int(option)], &point)
        case "repeat":
            try document.checkKeys(of: value, against: ["times", "layers"])
            let times = try required("times", of: value)
            let block = try required("layers", of: value)
            let title = "repeat \(Self.title(block))"
            guard let count = try self.value(times, isList: false, title, &point).int, (0...100).contains(count) else {
                throw document.failure(times, "a block is repeated 0 to 100 times")
            }
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
                let setting = name.string ?? ""
                return (
                    name,
                    try self.value(
                        value, isList: Self.lists.contains(setting), "\(kind.string ?? "") \(setting)", &point)
                )
            }
            layer = Node.mapping(.init([(kind, Node.mapping(.init(chosen)))], .implicit, .any, node.mark))
        }
        return try document.decode(CodedLayer.self, from: layer).layer
    }

    private func value(_ node: Node, isList: Bool, _ title: String, _ point: inout Point) throws -> Node {
        if let sequence = node.sequence {
            if isList, sequence.allSatisfy({ $0.sequence == nil }) {
                return Node.sequence(.init(try sequence.map { try value($0, isList: false, title, &point) }))
            }
            let options = try nonempty(node)
            // Numbers in order are near each other where they are neighbours.
            let numbers = options.compactMap(\.float)
            let isOrdered = numbers.count == options.count && zip(numbers, numbers.dropFirst()).allSatisfy(<)
            let kind = isOrdered ? ParameterKind.ordinal(count: options.count) : .categorical(count: options.count)
            let option = choose(kind, at: node, title, &point) { Self.text(options[Int($0)]) }
            return try value(options[Int(option)], isList: isList, title, &point)
        }
        if Self.isRange(node) { return try numberInRange(node, title, &point) }
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
            chosen = try value(options, isList: false, name, &point)
            point.open.remove(name)
            point.parameters[name] = chosen
        }
        guard path.count > 1, let whole = chosen else { return chosen ?? reference }
        guard let part = whole[path[1]] else {
            throw document.failure(reference, "the parameter '\(name)' has no '\(path[1])' in each of its options")
        }
        return part
    }

    private static func isRange(_ node: Node) -> Bool {
        node.mapping.map { $0["from"] != nil || $0["to"] != nil } ?? false
    }

    private static let rangeHelp =
        "a range is written as {from: 16, to: 64, step: 16} or {from: 0.0001, to: 0.01, scale: log}"

    private func numberInRange(_ node: Node, _ title: String, _ point: inout Point) throws -> Node {
        try document.checkKeys(of: node, against: ["from", "to", "step", "scale"])
        let isLogarithmic = node["scale"]?.string == "log"
        guard node["scale"] == nil || (isLogarithmic && node["step"] == nil) else {
            throw document.failure(node["scale"], "'scale' is log or left out, and goes with no 'step'")
        }
        if let first = node["from"]?.int, let last = node["to"]?.int {
            let step = node["step"].map(\.int) ?? 1
            guard (isLogarithmic ? 1 : 0) <= first, first <= last, let step, step > 0 else {
                throw document.failure(node, Self.rangeHelp)
            }
            guard isLogarithmic || (last - first) / step < 10_000 else {
                throw document.failure(node, "a range has 10,000 integers at most, unless it has 'scale: log'")
            }
            let kind =
                isLogarithmic
                ? ParameterKind.integer(first...last, logarithmic: true) : .integer(0...((last - first) / step))
            func value(_ chosen: Double) -> String {
                "\(isLogarithmic ? Int(chosen) : first + step * Int(chosen))"
            }
            return Node(value(choose(kind, at: node, title, &point, text: value)))
        }
        guard let first = node["from"]?.float, let last = node["to"]?.float, first.isFinite, last.isFinite,
            first < last, !isLogarithmic || first > 0, node["step"] == nil
        else {
            throw document.failure(node, Self.rangeHelp)
        }
        let kind = ParameterKind.real(first...last, logarithmic: isLogarithmic)
        return Node("\(choose(kind, at: node, title, &point) { "\($0)" })")
    }

    /// What is in a block, in a few words: its first layer, with its first setting where that is a number, such as `Dense 128`.
    private static func title(_ block: Node) -> String {
        guard let first = block.sequence?.first ?? (block.null == nil && block.sequence == nil ? block : nil) else {
            return "nothing"
        }
        guard let (kind, settings) = first.mapping?.first else { return first.string ?? "layers" }
        let size = settings.mapping?.first?.value.int.map { " \($0)" } ?? ""
        return (kind.string ?? "layers") + size
    }

    /// An option on one line. Of a mapping, the values: its keys are the same in all options.
    private static func text(_ option: Node) -> String {
        if let text = option.string { return text }
        if let sequence = option.sequence { return "[\(sequence.map(text).joined(separator: ", "))]" }
        return (option.mapping ?? [:]).map { text($0.value) }.joined(separator: "/")
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
