import Duet
import NeuralNetwork

/// A compiled model and a few batches of noise, which its steps take in turn.
struct Workload {
    private struct Batch {
        let images: [Float]
        let audio: [Float]
        let labels: [Int32]

        init(of count: Int, task: Presets.Task, using noise: inout Noise) {
            images = (0..<count * task.image.elementCount).map { _ in Float.random(in: 0..<1, using: &noise) }
            audio = (0..<count * task.audio.elementCount).map { _ in noise.nextNormal() }
            labels = (0..<count).map { _ in Int32.random(in: 0..<Int32(task.classes), using: &noise) }
        }
    }

    private static let batchCount = 8

    private let mode: Options.Mode
    private let program: Program
    private let batches: [Batch]
    private var stepCount = 0

    init(_ options: Options) throws {
        guard let model = Presets.named(options.model) else {
            throw Options.Problem(description: "there is no model '\(options.model)'")
        }
        var noise = Noise(state: 1)
        let network = try model.network()
        mode = options.mode
        let parameters = Parameters(initializing: network, using: &noise)
        let output = try model.outputNames().model
        program =
            switch mode {
            case .train:
                try Program(
                    network, outputs: [output], batchSize: options.batchSize, mode: .training,
                    precision: options.precision, store: ParameterStore(parameters, for: network),
                    threads: options.threads)
            case .infer:
                try Program(
                    network, outputs: [output], batchSize: options.batchSize, parameters: FrozenParameters(parameters),
                    threads: options.threads)
            }
        batches = (0..<Self.batchCount).map { _ in Batch(of: options.batchSize, task: Presets.Task(), using: &noise) }
    }

    /// One training step or one inference. The batch is copied into the program, as it is when Duet trains; the peers
    /// get theirs without copying.
    mutating func step() {
        let batch = batches[stepCount % batches.count]
        stepCount += 1
        _ = program.input("image").update(fromContentsOf: batch.images)
        _ = program.input("audio").update(fromContentsOf: batch.audio)
        switch mode {
        case .train:
            _ = program.labels.update(fromContentsOf: batch.labels)
            program.step(Adam(), step: stepCount, seed: 1)
        case .infer:
            program.run()
        }
    }
}

/// Noise that is the same in every run: Knuth's linear congruential generator, its weak low bits covered by the high
/// ones.
private struct Noise: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 33)
    }

    /// A number of mean 0 and deviation 1, nearly normal: the sum of twelve uniform ones.
    mutating func nextNormal() -> Float {
        (0..<12).reduce(-6) { sum, _ in sum + Float.random(in: 0..<1, using: &self) }
    }
}
