import NeuralNetwork
import PairedData

/// Fills a program's inputs with the examples of some rows.
struct BatchFeeder {
    /// Writes rows into an input's memory, one after the other.
    typealias Fill = (_ rows: ArraySlice<Int>, _ target: UnsafeMutablePointer<Float>) -> Void

    let inputs: [String: Fill]

    func fill(_ program: Program, with rows: ArraySlice<Int>) {
        for (name, fill) in inputs {
            guard let target = program.input(name).baseAddress else { continue }
            fill(rows, target)
        }
    }

    /// The pairs of a dataset, normalized, for the named inputs `audio` and `image`.
    static func pairs(
        of dataset: PairedDataset, _ normalization: Normalization, inputs: [String] = ["audio", "image"]
    ) -> BatchFeeder {
        let all: [String: Fill] = [
            "audio": { normalization.gatherAudio($0, of: dataset, into: $1) },
            "image": { normalization.gatherImages($0, of: dataset, into: $1) },
        ]
        return BatchFeeder(inputs: all.filter { inputs.contains($0.key) })
    }

    /// Rows of tables that lie in memory, such as what the branches say about each pair.
    static func tables(_ tables: [String: Table]) -> BatchFeeder {
        BatchFeeder(
            inputs: tables.mapValues { table in
                { rows, target in
                    for (position, row) in rows.enumerated() {
                        table.copy(row, to: target + position * table.width)
                    }
                }
            })
    }
}
