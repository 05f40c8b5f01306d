import Foundation
import PairedData

extension TrainingHistory {
    /// Reads a run's `history.csv`.
    /// - Throws: `DataError` where the file is missing or no CSV table, `DuetError` of kind `badData` with line and column
    ///   where a value is not what it should be.
    public init(contentsOf url: URL) throws {
        let table = try CSVTable(contentsOf: url)
        epochs = try table.rows.map { row in
            func value<Value>(_ column: String, _ parse: (String) -> Value?) throws -> Value {
                guard let text = row[column] else {
                    throw DuetError(.badData, "\(url.path) has no column '\(column)'; expected a run's history.csv")
                }
                guard let value = parse(text) else {
                    throw DuetError(.badData, "\(url.path):\(row.line): '\(text)' is no \(column)")
                }
                return value
            }
            return Epoch(
                phase: try value("phase", TrainingPhase.init), epoch: try value("epoch") { Int($0) },
                loss: try value("loss") { Double($0) }, accuracy: try value("accuracy") { Double($0) },
                validationLoss: try value("val_loss") { Double($0) },
                validationAccuracy: try value("val_accuracy") { Double($0) },
                learningRate: try value("learning_rate") { Float($0) }, seconds: try value("seconds") { Double($0) })
        }
    }
}
