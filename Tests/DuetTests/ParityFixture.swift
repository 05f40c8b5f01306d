import Duet
import Foundation
import NeuralNetwork
import TestSupport

/// One model's reference numbers; `Tests/Fixtures/parity/README.md` says what they are and how they were made.
struct ParityFixture: Decodable {
    struct Parameter: Decodable {
        let name: String
        let shape: [Int]
        let seed: UInt32
        let first: Float
        let last: Float
    }

    /// An array, whole or as a CountSketch.
    struct Summary: Decodable {
        let name: String
        let norm: Double
        let values: [Double]?
        let sketch: [Double]?
    }

    let parameters: [Parameter]
    let inferenceLogits: [[Float]]
    let audioProbabilities: [[Float]]
    let imageProbabilities: [[Float]]
    let trainingLogits: [[Float]]
    let loss: Double
    let gradients: [Summary]
    let movingStatistics: [Summary]
    let losses: [Double]
    let calmLosses: [Double]

    /// The preset without dropout, whose random numbers have no reference, and its fixture.
    static func load(_ name: String) throws -> (FusionModel, ParityFixture) {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/parity/\(name).json").standardized
        let fixture = try JSONDecoder().decode(ParityFixture.self, from: Data(contentsOf: url))
        guard let preset = Presets.named(name) else { throw NetworkError("no preset \(name)") }
        func withoutDropout(_ layers: [any Layer]) -> [any Layer] { layers.map { $0 is Dropout ? Dropout(0) : $0 } }
        func withoutDropout(_ branch: Branch) -> Branch {
            Branch(branch.modality, input: branch.input, layers: withoutDropout(branch.networks[0]))
        }
        let model = FusionModel(
            preset.name, branches: preset.branches.map(withoutDropout), head: withoutDropout(preset.head))
        return (model, fixture)
    }

    /// The formula's weights for the model, checked against the fixture's names, shapes and first and last values.
    func weights(of model: FusionModel) throws -> Parameters {
        let expected = try model.network().nodes.flatMap { node in node.weights.map(node.parameterName) }
        guard expected == parameters.map(\.name) else { throw NetworkError("the fixture has other parameters") }
        let entries = parameters.map { parameter in
            Parameters.Entry(
                name: parameter.name, shape: parameter.shape,
                values: ParityFormula.weights(parameter.name, shape: parameter.shape, seed: parameter.seed))
        }
        for (entry, parameter) in zip(entries, parameters) {
            guard abs(entry.values[0] - parameter.first) < 1e-6, abs(entry.values.last! - parameter.last) < 1e-6 else {
                throw NetworkError("the formula gives other values for \(entry.name) than the fixture")
            }
        }
        return Parameters(entries)
    }

    /// The norm of the difference in parts of the reference's norm; estimated from sketches where those are stored.
    func relativeError(of entry: Parameters.Entry, _ expected: Summary) -> Double? {
        let actual = entry.values.map(Double.init)
        func distance(_ a: [Double], _ b: [Double]) -> Double {
            zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot() / expected.norm
        }
        if let values = expected.values { return values.count == actual.count ? distance(actual, values) : nil }
        guard let sketch = expected.sketch, let seed = parameters.first(where: { $0.name == entry.name })?.seed
        else { return nil }
        return distance(ParityFormula.sketch(actual, seed: seed, buckets: sketch.count), sketch)
    }
}

/// Weights and inputs that are not stored, because a formula gives them.
enum ParityFormula {
    static func hash(_ value: UInt32) -> UInt32 {
        var x = value
        x ^= x >> 16
        x &*= 0x85EB_CA6B
        x ^= x >> 13
        x &*= 0xC2B2_AE35
        x ^= x >> 16
        return x
    }

    static func uniform(_ hashedSeed: UInt32, _ index: Int) -> Double {
        Double(hash(hashedSeed &+ UInt32(truncatingIfNeeded: index)) >> 8) / 16_777_216
    }

    static func weights(_ name: String, shape: [Int], seed: UInt32) -> [Float] {
        let hashed = hash(seed)
        let window = shape.dropLast(2).reduce(1, *)
        let fans = shape.count > 1 ? Double(window * (shape[shape.count - 2] + shape[shape.count - 1])) : 0
        // Chosen once: the largest model has millions of weights.
        let value: (Double) -> Double =
            switch name.split(separator: ".").last {
            case "kernel": { ($0 * 2 - 1) * (6 / fans).squareRoot() }
            case "gamma": { 1 + ($0 * 2 - 1) * 0.2 }
            case "beta": { ($0 * 2 - 1) * 0.2 }
            case "moving_variance": { 0.75 + 0.5 * $0 }
            default: { ($0 * 2 - 1) * 0.1 }
            }
        return (0..<shape.reduce(1, *)).map { Float(value(uniform(hashed, $0))) }
    }

    /// Fills a program with the batch of one step: as many rows as it takes.
    static func fill(_ program: Program, step: Int) {
        let (imageSeed, audioSeed, labelSeed) = (hash(7), hash(8), hash(9))
        let (image, audio) = (program.input("image"), program.input("audio"))
        for row in 0..<program.batchSize {
            let n = step * program.batchSize + row
            let label = Int(hash(labelSeed &+ UInt32(n)) % 10)
            for p in 0..<784 {
                image[row * 784 + p] = Float(uniform(imageSeed, 784 * n + p) + (p % 10 == label ? 0.5 : 0))
            }
            for j in 0..<507 {
                audio[row * 507 + j] = Float(
                    (2 * uniform(audioSeed, 507 * n + j) - 1) * 1.7 + (j % 10 == label ? 1 : 0))
            }
            if program.isTraining { program.labels[row] = Int32(label) }
        }
    }

    static func sketch(_ values: [Double], seed: UInt32, buckets: Int) -> [Double] {
        let hashed = hash(seed &+ 77)
        var sketch = [Double](repeating: 0, count: buckets)
        for (index, value) in values.enumerated() {
            let h = hash(hashed &+ UInt32(truncatingIfNeeded: index))
            sketch[Int(h % UInt32(buckets))] += h >> 31 == 0 ? value : -value
        }
        return sketch
    }
}
