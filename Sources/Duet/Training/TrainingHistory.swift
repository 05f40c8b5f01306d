import FileFormats
public import Foundation

/// Which epoch's weights a phase of a training keeps.
public enum KeptEpoch: String, Codable, Sendable, CaseIterable {
    /// The one with the highest validation accuracy; of equal ones, that with the lowest validation loss.
    case best
    /// The last one. With a learning rate that ends near 0, its weights have settled, and choosing by few validation examples is partly luck.
    case last
}

/// What each epoch of a training brought: Keras's history, with the learning rate and the time.
public struct TrainingHistory: Codable, Equatable, Sendable {
    /// One epoch.
    public struct Epoch: Codable, Equatable, Sendable {
        /// What was trained.
        public let phase: TrainingPhase
        /// Counts from 1 within its phase.
        public let epoch: Int
        /// The training examples' mean cross-entropy, each measured just before its step, with dropout.
        public let loss: Double
        /// The share of training examples that were classified correctly, measured likewise.
        public let accuracy: Double
        /// The validation examples' mean cross-entropy after the epoch.
        public let validationLoss: Double
        /// The share of validation examples classified correctly after the epoch.
        public let validationAccuracy: Double
        /// The last step's learning rate.
        public let learningRate: Float
        /// How long the epoch took, validation included.
        public let seconds: Double

        /// Whether the epoch's validation is better than another one's: a higher accuracy, and of equal ones a lower loss.
        func isBetter(than other: Epoch) -> Bool {
            (validationAccuracy, -validationLoss) > (other.validationAccuracy, -other.validationLoss)
        }
    }

    /// The epochs, in order.
    public var epochs: [Epoch] = []

    /// A history without epochs.
    public init() {}

    /// The phases, in the order in which they were trained.
    public var phases: [TrainingPhase] {
        epochs.reduce(into: []) { phases, epoch in
            if phases.last != epoch.phase { phases.append(epoch.phase) }
        }
    }

    /// The epochs of the phases whose weights are the model's, without those of folds.
    package var withoutFolds: TrainingHistory {
        var history = TrainingHistory()
        history.epochs = epochs.filter { !$0.phase.isFold }
        return history
    }

    /// The best epoch of a phase: the first with the best validation.
    public func bestEpoch(of phase: TrainingPhase) -> Epoch? {
        epochs.filter { $0.phase == phase }.reduce(nil) { best, epoch in
            best.map { epoch.isBetter(than: $0) } ?? true ? epoch : best
        }
    }

    /// The epoch of a phase whose weights are kept.
    public func keptEpoch(of phase: TrainingPhase, _ keep: KeptEpoch) -> Epoch? {
        switch keep {
        case .best: bestEpoch(of: phase)
        case .last: epochs.last { $0.phase == phase }
        }
    }

    /// How many epochs of a phase came after its best one.
    public func epochsSinceBest(of phase: TrainingPhase) -> Int {
        let all = epochs.filter { $0.phase == phase }
        guard let best = bestEpoch(of: phase), let last = all.last else { return 0 }
        return last.epoch - best.epoch
    }

    /// The table as CSV, in Keras's words.
    public var csv: String {
        let header = "phase,epoch,loss,accuracy,val_loss,val_accuracy,learning_rate,seconds\n"
        return epochs.reduce(into: header) { text, row in
            text +=
                "\(row.phase.rawValue),\(row.epoch),\(row.loss),\(row.accuracy),\(row.validationLoss),"
                + "\(row.validationAccuracy),\(row.learningRate),\(row.seconds)\n"
        }
    }

    /// Reads a run's `history.csv`.
    /// - Throws: `DuetError` of kind `missingInput` where there is no such file, `badData` with line and column where a value is
    ///   not what it should be.
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
