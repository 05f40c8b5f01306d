import Duet
import FileFormats
import Foundation
import GRDB

extension Study {
    /// What was chosen for each network: a column for each open setting of the space.
    /// - Parameter results: the networks, as `results()` gives them.
    /// - Returns: a table with a row for each of them, in their order.
    /// - Throws: `DuetError` where the study cannot be read.
    public func choices(of results: [NetworkResult]) throws -> ChoiceTable {
        if try sampling() != nil {
            let trials = try trialChoices()
            return ChoiceTable(results.map { trials[$0.name] ?? [] })
        }
        let (branches, heads) = try read { database in
            (
                try branchTable(database) { try hyperparameters($0["choices"]) },
                try String.fetchAll(database, sql: "SELECT choices FROM head ORDER BY candidate").map(hyperparameters)
            )
        }
        let parts = branches + [heads]
        return ChoiceTable(
            parts: parts.map { ChoiceTable($0) },
            rows: results.map { result in (result.branches ?? []) + (result.head.map { [$0] } ?? []) })
    }

    private func trialChoices() throws -> [String: [Hyperparameter]] {
        let name = try name()
        return try read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT number, choices FROM trial")
            return try Dictionary(
                uniqueKeysWithValues: rows.map {
                    ("\(name)-\($0["number"] as Int)", try hyperparameters($0["choices"]))
                })
        }
    }

    private func hyperparameters(_ text: String) throws -> [Hyperparameter] {
        try JSON.value([Hyperparameter].self, from: text, in: "\(folder.path)/study.sqlite")
    }
}
