import Duet
import NeuralNetwork
import SeededRandom

/// How long a network takes for one example on one thread, in seconds.
public struct Latency: Codable, Equatable, Sendable {
    /// The median of many runs.
    public let median: Double
    /// A tenth of the runs is faster.
    public let low: Double
    /// A tenth of the runs is slower.
    public let high: Double

    /// Measures a network with weights that nobody has trained: the time hardly depends on them.
    /// - Parameters:
    ///   - network: what to run.
    ///   - output: the node that is wanted.
    /// - Throws: `NetworkError` where the network cannot be run.
    init(of network: Network, output: String) throws {
        let weights = Parameters(initializing: network) { SeededGenerator(seed: 0, stream: $0) }
        let program = try Program(
            network, outputs: [output], batchSize: 1, parameters: FrozenParameters(weights), threads: 1)
        for input in network.inputs {
            var generator = SeededGenerator(seed: 0, stream: input.name)
            let values = program.input(input.name)
            for place in values.indices { values[place] = Float(generator.index(below: 1000)) / 1000 }
        }
        func run() -> Double {
            let began = ContinuousClock.now
            program.run()
            return began.duration(to: .now).seconds
        }
        // Caches, branch predictors and the clock frequency settle first.
        for _ in 0..<Self.warmUps { _ = run() }
        let times = (0..<Self.runs).map { _ in run() }.sorted()
        self.init(median: times.quantile(0.5), low: times.quantile(0.1), high: times.quantile(0.9))
    }

    init(median: Double, low: Double, high: Double) {
        (self.median, self.low, self.high) = (median, low, high)
    }

    private static let warmUps = 20
    private static let runs = 100
}
