import Duet
import FileFormats
public import Foundation
import GRDB
import ParameterSearch

extension Study {
    /// Writes a table with a row for each trained network, the best first: its name, what it was chosen as, validation accuracy and loss, and
    /// the number of parameters.
    ///
    /// What it was chosen as: where every network is trained, the number of each branch by modality, the number of the head and its fusion; else
    /// the value of each choice, empty where it did not come up. An option is there by its number, from 0.
    /// - Parameters:
    ///   - url: the CSV file.
    ///   - overwrite: whether one that is there is replaced.
    /// - Throws: `DuetError` of kind `exists` or `cannotWrite`.
    public func writeTable(to url: URL, overwrite: Bool = false) throws {
        let results = try results()
        let (chosen, fields) = try sampling() == nil ? combinationFields() : trialFields()
        let columns = ["name"] + chosen + ["validation_accuracy", "validation_loss", "parameters"]
        try AtomicFile.write(to: url, overwrite: overwrite) { output in
            try output.write(columns.map(CSVTable.quoted).joined(separator: ",") + "\n")
            for result in results {
                let measured = ["\(result.validationAccuracy)", "\(result.validationLoss)", "\(result.parameters)"]
                let row = [CSVTable.quoted(result.name)] + fields(result) + measured
                try output.write(row.joined(separator: ",") + "\n")
            }
        }
    }

    private typealias Fields = (NetworkResult) -> [String]

    private func combinationFields() throws -> ([String], Fields) {
        let (modalities, fusions) = try read { database in
            (
                try String.fetchAll(database, sql: "SELECT DISTINCT modality FROM branch ORDER BY place"),
                try String.fetchAll(database, sql: "SELECT fusion FROM head ORDER BY candidate")
            )
        }
        return (
            modalities + ["head", "fusion"],
            { result in
                guard let head = result.head, let branches = result.branches else { return [] }
                return (branches + [head]).map(String.init) + [fusions[head]]
            }
        )
    }

    private func trialFields() throws -> ([String], Fields) {
        let points = try trialPoints()
        let names = Set(points.values.flatMap(\.names)).sorted()
        return (
            names,
            { result in
                names.map { name in
                    guard let value = points[result.name]?[name] else { return "" }
                    return value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
                }
            }
        )
    }
}
