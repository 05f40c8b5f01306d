import Foundation
import NeuralNetwork
import Testing

/// Descriptions: shapes, names, coding, and what is refused.
struct NetworkTests {
    @Test func layersWithoutASettingTakeKerasDefaults() throws {
        let json = #"["BatchNormalization", {"Conv2D": {"filters": 8, "kernel": 3}}, "MaxPooling2D", "Flatten"]"#
        let layers = try JSONDecoder().decode([CodedLayer].self, from: Data(json.utf8)).map(\.layer)
        #expect(layers[0] as? BatchNormalization == BatchNormalization(momentum: 0.99, epsilon: 1e-3))
        #expect(layers[1] as? Conv2D == Conv2D(filters: 8, kernel: 3, padding: .valid, activation: .linear))
        #expect(layers[2] as? MaxPooling2D == MaxPooling2D(pool: 2))
        #expect(layers[3] is Flatten)
    }

    @Test func everyKindOfLayerSurvivesCoding() throws {
        let layers: [any Layer] =
            LayerFixtures.all.cases.map(\.layer.layer) + [
                Conv1D(filters: 3, kernel: 2, padding: .same, activation: .relu), Conv2D(filters: 4, kernel: 5),
                BatchNormalization(momentum: 0.9, epsilon: 1e-5), MaxPooling1D(pool: 3), MaxPooling2D(), Dense(7),
                Dropout(0.5), Flatten(), Reshape([2, 3]), ActivationLayer(.relu), Concatenate(),
            ]
        let data = try JSONEncoder().encode(layers.map(CodedLayer.init))
        let decoded = try JSONDecoder().decode([CodedLayer].self, from: data).map(\.layer)
        #expect(decoded.map { AnyHashable($0) } == layers.map { AnyHashable($0) })
    }

    @Test(arguments: [
        (#"["Conv3D"]"#, "no layer 'Conv3D'"), (#"["Dense"]"#, "needs settings"),
        (#"[{"Dense": {}}]"#, "units"), (#"[{"Dense": {"units": 3}, "Flatten": {}}]"#, "a layer is written as"),
    ])
    func unreadableLayersAreExplained(json: String, expected: String) {
        #expect {
            try JSONDecoder().decode([CodedLayer].self, from: Data(json.utf8))
        } throws: { "\($0)".contains(expected) }
    }

    @Test func namesCountPerKindAsInKeras() throws {
        var network = Network()
        try network.addInput("image", shape: [8, 8, 1])
        let last = try network.addSequence(
            [Conv2D(filters: 2, kernel: 3), BatchNormalization(), Conv2D(filters: 2, kernel: 3), MaxPooling2D()],
            prefix: "image", reading: "image")
        #expect(
            network.nodes.map(\.name) == [
                "image.conv2d", "image.batch_normalization", "image.conv2d_1", "image.max_pooling2d",
            ])
        #expect(last == "image.max_pooling2d")
    }

    struct Misfit: CustomStringConvertible, Sendable {
        let layer: any Layer
        let input: Shape
        let complaint: String
        var description: String { complaint }
    }

    @Test(arguments: [
        Misfit(layer: Conv2D(filters: 8, kernel: 3), input: [10], complaint: "takes an input of shape"),
        Misfit(layer: Conv2D(filters: 0, kernel: 3), input: [9, 9, 1], complaint: "filters must be at least 1"),
        Misfit(layer: Conv2D(filters: 1, kernel: 0), input: [9, 9, 1], complaint: "kernel must be at least 1"),
        Misfit(layer: Conv2D(filters: 1, kernel: 10), input: [9, 9, 1], complaint: "too small"),
        Misfit(layer: Conv1D(filters: 1, kernel: 1, activation: .softmax), input: [9, 1], complaint: "softmax"),
        Misfit(layer: Dense(4), input: [3, 3, 1], complaint: "put a Flatten before it"),
        Misfit(layer: Dense(0), input: [3], complaint: "units must be at least 1"),
        Misfit(layer: Dropout(1), input: [3], complaint: "below 1"),
        Misfit(layer: Dropout(-0.5), input: [3], complaint: "at least 0"),
        Misfit(layer: MaxPooling2D(pool: 0), input: [4, 4, 1], complaint: "pool must be at least 1"),
        Misfit(layer: MaxPooling1D(pool: 5), input: [4, 1], complaint: "smaller than one window"),
        Misfit(layer: BatchNormalization(momentum: 2), input: [4], complaint: "momentum"),
        Misfit(layer: BatchNormalization(epsilon: 0), input: [4], complaint: "epsilon"),
        Misfit(layer: Concatenate(), input: [4], complaint: "two or more"),
        Misfit(layer: ActivationLayer(.softmax), input: [4, 1], complaint: "softmax takes a vector"),
    ])
    func layersThatDoNotFitAreRefused(_ misfit: Misfit) throws {
        var network = Network()
        try network.addInput("input", shape: misfit.input)
        #expect {
            try network.add(misfit.layer, name: "the-layer", reading: ["input"])
        } throws: { "\($0)".contains(misfit.complaint) && "\($0)".contains("the-layer") }
    }

    @Test func unknownSourcesAndTakenNamesAreRefused() throws {
        var network = Network()
        try network.addInput("input", shape: [4])
        #expect(throws: NetworkError.self) { try network.addInput("input", shape: [4]) }
        #expect(throws: NetworkError.self) { try network.addInput("other", shape: [0]) }
        #expect(throws: NetworkError.self) { try network.add(Dense(2), name: "dense", reading: ["nowhere"]) }
    }

    @Test func parametersMustFitTheNetwork() throws {
        var network = Network()
        try network.addInput("input", shape: [4])
        try network.add(Dense(2), name: "dense", reading: ["input"])
        let kernel = Parameters.Entry(name: "dense.kernel", shape: [4, 2], values: .init(repeating: 0, count: 8))
        let bias = Parameters.Entry(name: "dense.bias", shape: [2], values: [0, 0])
        let turned = Parameters.Entry(name: "dense.kernel", shape: [2, 4], values: kernel.values)
        let extra = Parameters.Entry(name: "other.bias", shape: [2], values: [0, 0])
        try Parameters([kernel, bias]).validate(for: network)
        for (entries, complaint) in [
            ([kernel], "dense.bias"), ([turned, bias], "have shape [2, 4]"), ([kernel, bias, extra], "other.bias"),
        ] {
            #expect {
                try Parameters(entries).validate(for: network)
            } throws: { "\($0)".contains(complaint) }
        }
    }
}
