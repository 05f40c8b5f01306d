import Datasets
import NeuralNetwork

/// Fills a program's inputs with the examples of some rows.
struct BatchFeeder {
    /// Writes rows into an input's memory, one after the other.
    typealias Fill = (_ rows: ArraySlice<Int>, _ target: UnsafeMutablePointer<Float>) throws -> Void

    /// By the inputs' names.
    let inputs: [String: Fill]
    /// Called with rows that will be wanted soon, for those that lie on a disk.
    var prefetch: (_ rows: ArraySlice<Int>) -> Void = { _ in }

    /// Fills a program's inputs.
    /// - Parameters:
    ///   - program: whose inputs.
    ///   - rows: the examples.
    ///   - others: inputs that something else fills.
    /// - Throws: `DuetError` of kind `badData` where a file that holds values was cut short.
    func fill(_ program: Program, with rows: ArraySlice<Int>, except others: [String] = []) throws {
        for (name, fill) in inputs where !others.contains(name) {
            guard let target = program.input(name).baseAddress else { continue }
            try fill(rows, target)
        }
    }

    /// The examples of a dataset, normalized, for inputs named after these modalities.
    static func examples(of dataset: Dataset, _ normalization: Normalization, _ modalities: [Modality]) -> BatchFeeder {
        examples(of: modalities.compactMap { dataset[$0.name] }, normalization)
    }

    /// The rows of columns, normalized, for inputs named after their modalities.
    static func examples(of columns: [Column], _ normalization: Normalization) -> BatchFeeder {
        BatchFeeder(
            inputs: Dictionary(
                uniqueKeysWithValues: columns.map { column in
                    (column.modality.name, { try normalization.gather($0, of: column, into: $1) })
                }),
            prefetch: { rows in
                for column in columns { column.prefetch(rows) }
            })
    }

    /// Rows of tables that lie in memory, such as what the branches give for each example.
    static func tables(_ tables: [String: Table]) -> BatchFeeder {
        BatchFeeder(
            inputs: tables.mapValues { table in
                { rows, target in table.copy(rows, to: target) }
            })
    }
}
