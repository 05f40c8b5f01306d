import Foundation
import NeuralNetwork

/// What is printed, under the peers' names: the median of the quiet blocks; of all, with `quiet_blocks` 0, where there
/// were none.
struct Report: Encodable {
    private let peer = "duet"
    private let model: String
    private let mode: String
    private let variant: String
    private let batchSize: Int
    private let threads: Int
    private let samplesPerSecond: Double
    private let slowestBlock: Double
    private let fastestBlock: Double
    private let quietBlocks: Int
    private let millisecondsPerBatch: Double
    private let versions: [String: String]

    init(_ options: Options, _ blocks: [Measurement.Block]) {
        let quiet = blocks.filter(\.isQuiet)
        let rates = (quiet.isEmpty ? blocks : quiet).map(\.rate).sorted()
        let median = (rates[(rates.count - 1) / 2] + rates[rates.count / 2]) / 2
        model = options.model
        mode = options.mode.rawValue
        variant = options.precision.rawValue
        batchSize = options.batchSize
        threads = options.threads
        samplesPerSecond = Self.rounded(median, to: 1)
        slowestBlock = Self.rounded(rates[0], to: 1)
        fastestBlock = Self.rounded(rates[rates.count - 1], to: 1)
        quietBlocks = quiet.count
        millisecondsPerBatch = Self.rounded(1000 * Double(options.batchSize) / median, to: 3)
        versions = ["engine": Engine.description]
    }

    func text(asJSON: Bool) throws -> String {
        guard asJSON else {
            return """
                \(peer) \(variant), \(model), \(mode), batch \(batchSize): \(samplesPerSecond) samples/s \
                (\(slowestBlock) to \(fastestBlock), \(quietBlocks) blocks quiet)
                """
        }
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    private static func rounded(_ value: Double, to digits: Int) -> Double {
        let scale = pow(10, Double(digits))
        return (value * scale).rounded() / scale
    }
}
