/// What each epoch of a training brought: Keras's history, with the learning rate and the time.
public struct TrainingHistory: Codable, Equatable, Sendable {
    /// One epoch.
    public struct Epoch: Codable, Equatable, Sendable {
        /// What was trained: `joint`, or a staged training's `audio`, `image`, `head` or `fine-tune`.
        public let phase: TrainingPhase
        /// Counts from 1 within its phase.
        public let epoch: Int
        /// The training pairs' mean cross-entropy, each measured just before its step, with dropout.
        public let loss: Double
        /// The share of training pairs that were classified correctly, measured likewise.
        public let accuracy: Double
        /// The validation pairs' mean cross-entropy after the epoch.
        public let validationLoss: Double
        /// The share of validation pairs classified correctly after the epoch.
        public let validationAccuracy: Double
        /// The last step's learning rate.
        public let learningRate: Float
        /// How long the epoch took, validation included.
        public let seconds: Double
    }

    /// The epochs, in order.
    public var epochs: [Epoch] = []

    /// The table as CSV, in Keras's words.
    public var csv: String {
        let header = "phase,epoch,loss,accuracy,val_loss,val_accuracy,learning_rate,seconds\n"
        return epochs.reduce(into: header) { text, row in
            text +=
                "\(row.phase.rawValue),\(row.epoch),\(row.loss),\(row.accuracy),\(row.validationLoss),"
                + "\(row.validationAccuracy),\(row.learningRate),\(row.seconds)\n"
        }
    }
}

/// What is trained at a time.
public enum TrainingPhase: String, Codable, Sendable {
    /// All weights, on the fused loss.
    case joint
    /// The audio branch alone, on its own softmax output.
    case audio
    /// The image branch alone, on its own softmax output.
    case image
    /// The head, on what the finished branches say.
    case head
    /// All weights once more, after the head.
    case fineTune = "fine-tune"

    /// Whether its network is the whole model's end, so that its best epoch is a model worth keeping.
    var completesModel: Bool { self != .audio && self != .image }
}
