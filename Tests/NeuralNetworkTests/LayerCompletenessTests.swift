import Foundation
import NeuralNetwork
import Testing

/// What a layer or an activation needs besides its code. What fails here says what to add, and where.
struct LayerCompletenessTests {
    /// Each kind with inputs that it takes.
    static let examples: [(layer: any Layer, inputs: [Shape])] = {
        let fixtures = LayerFixtures.all.cases.map { ($0.layer.layer, [Array($0.input.shape.dropFirst())]) }
        let joinings: [(any Layer, [Shape])] = [
            (Concatenate(), [[4], [3]]), (Add(), [[4], [4]]), (Average(), [[4], [4]]),
            (Multiply(), [[4], [4]]),
        ]
        return fixtures + joinings + [(Dropout(0.5), [[4]])]
    }()

    /// Layers that take several inputs, so that no list of layers in YAML can hold them.
    private static let joinings = LayerKinds.joinings.map { $0.kind }

    /// Dropout draws at random, and what takes several inputs is not in the fixtures: they have tests of their own.
    @Test(arguments: LayerKinds.all.map { $0.kind }.filter { $0 != "Dropout" && !joinings.contains($0) })
    func everyLayerHasNumbersFromPyTorch(kind: String) {
        #expect(
            LayerFixtures.all.cases.contains { $0.layer.layer.kind == kind },
            "layers.json has no \(kind): add a case to Tests/Fixtures/parity/make_layers.py and run it")
    }

    /// An activation without numbers from PyTorch could be wrong in the same way forward and backward.
    @Test(arguments: Activation.allCases.filter { $0 != .linear }, ["Dense", "Conv1D", "Conv2D", "Activation"])
    func everyActivationHasNumbersFromPyTorch(activation: Activation, kind: String) throws {
        guard activation != .softmax || kind == "Dense" || kind == "Activation" else { return }
        let layers = LayerFixtures.all.cases.map(\.layer.layer).filter { $0.kind == kind }
        #expect(
            try layers.contains { try settings(of: $0).values.contains { $0 as? String == activation.rawValue } },
            "layers.json has no \(kind) with \(activation.rawValue): run Tests/Fixtures/parity/make_layers.py")
    }

    @Test func everyLayerIsListed() throws {
        let folder = repository.appendingPathComponent("Sources/NeuralNetwork/Layers")
        // A training puts InputDropout into its network; no file has it.
        let listed = LayerKinds.all.map { $0.kind } + ["InputDropout"]
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            for match in try String(contentsOf: file, encoding: .utf8).matches(of: /static let kind = "(\w+)"/) {
                #expect(listed.contains(String(match.1)), "\(match.1) is missing in LayerKinds.all")
            }
        }
    }

    @Test(arguments: LayerKinds.all.map { $0.kind }.filter { !joinings.contains($0) })
    func everyLayerIsDocumented(kind: String) throws {
        let row = try documentation().split(separator: "\n").first { $0.hasPrefix("| `") && $0.contains("`\(kind)`") }
        let text = try #require(row, "docs/models.md has no \(kind) in its table of layers")
        for setting in try #require(LayerKinds.named(kind)).settingNames {
            #expect(text.contains("`\(setting)"), "docs/models.md does not say that \(kind) has '\(setting)'")
        }
    }

    @Test(arguments: Activation.allCases)
    func everyActivationIsDocumented(activation: Activation) throws {
        let list = try documentation().split(separator: "\n").first { $0.hasPrefix("Activations are ") }
        #expect(
            try #require(list).contains("`\(activation.rawValue)`"),
            "docs/models.md does not list the activation \(activation.rawValue)")
    }

    /// A setting that `settingNames` lacks would be refused in YAML as misspelt.
    @Test func everySettingIsNamed() throws {
        for (layer, _) in Self.examples {
            let written = try settings(of: layer).keys.sorted()
            #expect(
                written == type(of: layer).settingNames.sorted(),
                "\(layer.kind) writes \(written), and its settingNames are others")
        }
    }

    /// No setting that is a number may be negative.
    @Test func numbersOutOfRangeAreRefusedByName() throws {
        for (layer, inputs) in Self.examples {
            for (setting, value) in try settings(of: layer) where value is NSNumber {
                var changed = try settings(of: layer)
                changed[setting] = -1
                let json = try JSONSerialization.data(withJSONObject: [layer.kind: changed])
                let broken = try JSONDecoder().decode(CodedLayer.self, from: json).layer
                let error = refusal(of: broken, reading: inputs)
                #expect(error?.contains(setting) == true, "\(layer.kind) with \(setting) -1: \(error ?? "not refused")")
            }
        }
    }

    /// Inputs of any number and shape are taken, or refused by the layer's name.
    @Test func unfitInputsAreRefusedByName() {
        for (layer, _) in Self.examples {
            for inputs: [Shape] in [[[7]], [[7, 6]], [[7, 6, 5]], [[7, 6, 5, 4]], [[7], [6]]] {
                let error = refusal(of: layer, reading: inputs)
                #expect(error?.contains(layer.kind) != false, "\(layer) on \(inputs): \(error ?? "")")
            }
        }
    }

    /// Why a network does not take a layer, if so.
    private func refusal(of layer: any Layer, reading inputs: [Shape]) -> String? {
        do {
            var network = Network()
            let names = inputs.indices.map { "input-\($0)" }
            for (name, shape) in zip(names, inputs) { try network.addInput(name, shape: shape) }
            try network.add(layer, name: "layer", reading: names)
            return nil
        } catch { return "\(error)" }
    }

    /// A layer's settings as files have them.
    private func settings(of layer: any Layer) throws -> [String: Any] {
        let data = try JSONEncoder().encode(CodedLayer(layer))
        let object = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
        return (object as? [String: [String: Any]])?[layer.kind] ?? [:]
    }

    private var repository: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..").standardized
    }

    /// The section on custom models.
    private func documentation() throws -> Substring {
        let url = repository.appendingPathComponent("docs/models.md")
        let text = try String(contentsOf: url, encoding: .utf8)
        let begin = try #require(text.range(of: "\n## Custom models\n")).upperBound
        let end = text[begin...].range(of: "\n## ")?.lowerBound ?? text.endIndex
        return text[begin..<end]
    }
}
