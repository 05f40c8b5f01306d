import Foundation

/// Searches tables of `export_tables.py` and `train_tables.py`; `benchmarks/search/compare.py` starts it.
///
///     ParameterSearchBenchmark regret FOLDER SEEDS
///     ParameterSearchBenchmark halving FOLDER SEEDS
///     ParameterSearchBenchmark time
@main
enum Benchmark {
    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch (arguments.first, arguments.count) {
        case ("regret", 3): try regret(tables(in: arguments[1]), seeds: seeds(arguments[2]))
        case ("halving", 3): try halving(tables(in: arguments[1]), seeds: seeds(arguments[2]))
        case ("time", 1): time()
        default:
            print("usage: ParameterSearchBenchmark (regret | halving) FOLDER SEEDS, or ParameterSearchBenchmark time")
            exit(2)
        }
    }

    private static func seeds(_ argument: String) -> Range<UInt64> {
        0..<(UInt64(argument) ?? 0)
    }

    private static func tables(in folder: String) throws -> [Table] {
        try FileManager.default.contentsOfDirectory(at: URL(fileURLWithPath: folder), includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "csv" }
            .sorted { $0.path < $1.path }
            .map(Table.init(contentsOf:))
    }
}
