import Duet
import FileFormats
public import Foundation
import GRDB

extension Study {
    /// Writes a table with a row for each trained network, the best first: its name; where every network is trained, the number of each
    /// branch by modality and of the head; the value of each choice, empty where it did not come up; validation accuracy and loss, and
    /// the number of parameters.
    /// - Parameters:
    ///   - url: the CSV file.
    ///   - overwrite: whether one that is there is replaced.
    /// - Throws: `DuetError` of kind `exists` or `cannotWrite`.
    public func writeTable(to url: URL, overwrite: Bool = false) throws {
        let results = try results()
        let choices = try choices(of: results)
        let parts = try sampling() == nil ? modalities() + ["head"] : []
        // In milliseconds, where some were measured.
        let hasLatency = results.contains { $0.latency != nil }
        let measures =
            ["validation_accuracy", "validation_loss", "parameters"] + (hasLatency ? ["latency_ms"] : [])
        let columns = ["name"] + parts + choices.columns.map(\.name) + measures
        try AtomicFile.write(to: url, overwrite: overwrite) { output in
            try output.write(columns.map(CSVTable.quoted).joined(separator: ",") + "\n")
            for (row, result) in results.enumerated() {
                let numbers = parts.isEmpty ? [] : (result.branches ?? []) + [result.head ?? 0]
                let latency = hasLatency ? [result.latency.map { String(format: "%.4f", $0 * 1000) } ?? ""] : []
                let measured =
                    ["\(result.validationAccuracy)", "\(result.validationLoss)", "\(result.parameters)"] + latency
                let fields =
                    [CSVTable.quoted(result.name)] + numbers.map(String.init)
                    + choices.columns.map { CSVTable.quoted($0.text(row)) } + measured
                try output.write(fields.joined(separator: ",") + "\n")
            }
        }
    }

    /// The modalities of a search that trains every network, in the order of the fusion.
    func modalities() throws -> [String] {
        try read {
            try String.fetchAll($0, sql: "SELECT modality FROM branch GROUP BY place ORDER BY place")
        }
    }
}
