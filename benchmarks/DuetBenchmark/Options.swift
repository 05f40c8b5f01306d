import Duet
import NeuralNetwork

/// What to measure: the peers' arguments, with their defaults.
struct Options {
    enum Mode: String, CaseIterable {
        case train, infer
    }

    /// An argument that makes no sense.
    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    static let usage = """
        usage: DuetBenchmark [--model model-2] [--batch-size 32] [--mode train|infer] [--precision float32|bf16] \
        [--threads 2] [--seconds 5] [--json]
           or: DuetBenchmark tsne POINTS.npy MAP.npy [--threads 2]
           or: DuetBenchmark mfcc CLIPS.npy FEATURES.npy
           or: DuetBenchmark waveforms
        """

    private(set) var model = "model-2"
    private(set) var batchSize = 32
    private(set) var mode = Mode.train
    /// How exactly a training computes.
    private(set) var precision = Precision.float32
    private(set) var threads = 2
    /// How long to measure, after warming up.
    private(set) var seconds = 5.0
    private(set) var json = false

    init(arguments: [String]) throws {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            func value() throws -> String {
                guard let value = rest.popFirst() else { throw Problem(description: "\(name) needs a value") }
                return value
            }
            switch name {
            case "--model": model = try Self.choice(value(), of: name, among: Presets.names) { $0 }
            case "--mode": mode = try Self.choice(value(), of: name, among: Mode.allCases.map(\.rawValue), Mode.init)
            case "--precision":
                precision = try Self.choice(
                    value(), of: name, among: Precision.allCases.map(\.rawValue), Precision.init)
            case "--batch-size": batchSize = try Self.count(value(), of: name, upTo: 65536)
            case "--threads": threads = try Self.count(value(), of: name, upTo: 1024)
            case "--seconds": seconds = try Self.seconds(value(), of: name)
            case "--json": json = true
            default: throw Problem(description: "there is no option \(name)")
            }
        }
        try checkPrecision()
    }

    /// Refuses what would not be measured as asked for.
    private func checkPrecision() throws {
        guard precision == .float32 || mode == .train else {
            throw Problem(description: "--precision \(precision.rawValue) goes with --mode train; inference is float32")
        }
        guard precision.isSupported else {
            throw Problem(description: "this processor has no instructions for \(precision.rawValue)")
        }
    }

    private static func choice<Value>(
        _ text: String, of name: String, among known: [String], _ make: (String) -> Value?
    ) throws -> Value {
        guard known.contains(text), let value = make(text) else {
            throw Problem(description: "\(name) is '\(text)'; it must be one of \(known.joined(separator: ", "))")
        }
        return value
    }

    private static func count(_ text: String, of name: String, upTo most: Int) throws -> Int {
        guard let number = Int(text), (1...most).contains(number) else {
            throw Problem(description: "\(name) is '\(text)'; it must be a whole number from 1 to \(most)")
        }
        return number
    }

    private static func seconds(_ text: String, of name: String) throws -> Double {
        guard let number = Double(text), number > 0, number <= 3600 else {
            throw Problem(description: "\(name) is '\(text)'; it must be a number above 0, up to 3600")
        }
        return number
    }
}
