import Foundation

/// Times Duet on one of the paper's models, as the scripts in `benchmarks/peers` time the others: the same arguments,
/// the same steps, the same kind of data, the same clock, the same line of JSON. `DuetBenchmark tsne` times t-SNE,
/// `DuetBenchmark mfcc` audio features, `DuetBenchmark waveforms` the augmentation of recordings.
@main
struct Benchmark {
    static func main() {
        do {
            let arguments = Array(CommandLine.arguments.dropFirst())
            if arguments.first == "tsne" { return try EmbeddingBenchmark.run(Array(arguments.dropFirst())) }
            if arguments.first == "mfcc" { return try FeatureBenchmark.run(Array(arguments.dropFirst())) }
            if arguments == ["waveforms"] { return try WaveformBenchmark.run() }
            let options = try Options(arguments: arguments)
            var workload = try Workload(options)
            let blocks = Measurement.blocks(seconds: options.seconds, batchSize: options.batchSize) { workload.step() }
            print(try Report(options, blocks).text(asJSON: options.json))
        } catch let error as Options.Problem {
            fail(error.description + "\n" + Options.usage, status: 64)
        } catch {
            fail("\(error)", status: 70)
        }
    }

    private static func fail(_ message: String, status: Int32) -> Never {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(status)
    }
}
