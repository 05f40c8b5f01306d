import NeuralNetwork
import Testing

/// Every layer's gradients against the definition of a derivative: move the input or the weights a little along a
/// random direction, and see how a weighted sum of the output moves.
struct FiniteDifferenceTests {
    struct Subject: CustomStringConvertible, Sendable {
        let layer: any Layer
        let input: Shape
        var description: String { "\(layer) on \(input)" }
    }

    /// The layers that have numbers from PyTorch.
    static let layers: [Subject] = LayerFixtures.all.cases.filter { $0.training != false }.map {
        Subject(layer: $0.layer.layer, input: Array($0.input.shape.dropFirst()))
    }

    @Test(arguments: layers)
    func gradients(of subject: Subject) throws { try checkGradients(of: subject) }

    @Test(arguments: [
        Subject(layer: Conv1D(filters: 7, kernel: 3, padding: .same), input: [9, 5]),
        Subject(layer: Conv2D(filters: 32, kernel: 3, padding: .same), input: [6, 7, 1]),
        Subject(layer: BatchNormalization(epsilon: 0.1), input: [5, 3, 16]),
        Subject(layer: MaxPooling2D(pool: 3), input: [7, 6, 4]),
    ])
    func gradientsWithOtherSettings(of subject: Subject) throws { try checkGradients(of: subject) }

    /// Every activation in every layer that takes one.
    static let activations: [Subject] = Activation.allCases.flatMap { activation in
        let anywhere = [
            Subject(layer: Dense(7, activation: activation), input: [9]),
            Subject(layer: ActivationLayer(activation), input: [11]),
        ]
        let onImages = [
            Subject(layer: Conv1D(filters: 5, kernel: 2, activation: activation), input: [6, 3]),
            Subject(layer: Conv2D(filters: 16, kernel: 3, padding: .same, activation: activation), input: [5, 4, 16]),
            Subject(layer: Conv2D(filters: 3, kernel: 2, activation: activation), input: [4, 5, 2]),
            Subject(layer: ActivationLayer(activation), input: [3, 4, 5]),
        ]
        return activation == .softmax ? anywhere : anywhere + onImages
    }

    @Test(arguments: activations)
    func gradientsOfActivations(in subject: Subject) throws { try checkGradients(of: subject) }

    /// At a kink of a ReLU or a maximum a difference quotient is no derivative. A point near one is left for another; wrong
    /// gradients are wrong everywhere.
    private func checkGradients(of subject: Subject) throws {
        var errors: [String] = []
        for seed: UInt64 in 5...7 {
            errors = try wrongGradients(of: subject, seed: seed)
            if errors.isEmpty { return }
        }
        Issue.record("\(errors.joined(separator: "; "))")
    }

    /// The gradients at a random point that do not agree with difference quotients.
    private func wrongGradients(of subject: Subject, seed: UInt64) throws -> [String] {
        var errors: [String] = []
        var generator = SplitMix(state: seed)
        let batch = 3
        var network = Network()
        try network.addInput("input", shape: subject.input)
        try network.add(subject.layer, name: "layer", reading: ["input"])
        let weights = network.nodes[0].weights.filter(\.isTrainable)
        let input = generator.values(batch * subject.input.elementCount)
        let upstream = generator.values(batch * network.nodes[0].outputShape.elementCount)
        var parameters = Parameters(initializing: network, using: &generator)

        /// Runs the layer; returns the weighted sum and the gradients of the input and the weights.
        func run(_ input: [Float], _ parameters: Parameters) throws -> (Double, [Float], Parameters) {
            let store = try ParameterStore(parameters, for: network)
            let product = try VectorJacobianProduct(network, output: "layer", batchSize: batch, store: store)
            _ = product.input("input").update(fromContentsOf: input)
            _ = product.upstream.update(fromContentsOf: upstream)
            product.run()
            let sum = zip(product.output, upstream).reduce(0) { $0 + Double($1.0) * Double($1.1) }
            return (sum, Array(product.inputGradient("input")), store.gradients())
        }

        let step: Float = 2e-3
        func compare(_ gradient: [Float], _ direction: [Float], _ what: String, at: (Float) throws -> Double) throws {
            let measured = (try at(step) - at(-step)) / Double(2 * step)
            let predicted = zip(gradient, direction).reduce(0) { $0 + Double($1.0) * Double($1.1) }
            let scale = zip(gradient, direction).reduce(0) { $0 + abs(Double($1.0) * Double($1.1)) }
            if abs(measured - predicted) <= 0.01 * scale + 1e-4 { return }
            errors.append(
                "the gradient of \(what) is \(predicted) in a direction in which the output grows by \(measured)")
        }

        let (_, inputGradient, gradients) = try run(input, parameters)
        let direction = generator.values(input.count)
        try compare(inputGradient, direction, "input") { step in
            try run(zip(input, direction).map { $0 + step * $1 }, parameters).0
        }
        for weight in weights {
            let entry = try #require(parameters["layer.\(weight.name)"])
            let direction = generator.values(entry.values.count)
            try compare(try #require(gradients[entry.name]).values, direction, weight.name) { step in
                let moved = zip(entry.values, direction).map { $0 + step * $1 }
                parameters = Parameters(
                    parameters.entries.map {
                        $0.name == entry.name ? .init(name: $0.name, shape: $0.shape, values: moved) : $0
                    })
                let sum = try run(input, parameters).0
                parameters = Parameters(parameters.entries.map { $0.name == entry.name ? entry : $0 })
                return sum
            }
        }
        return errors
    }
}

/// SplitMix64 (Steele, Lea & Flood 2014): numbers that are the same in every run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Values in ±1.
    mutating func values(_ count: Int) -> [Float] {
        (0..<count).map { _ in Float(next() >> 40) / 0x1p23 - 1 }
    }
}
