import Datasets
import FileFormats

/// How one branch is trained alone, in a staged training or as a specialist. What is nil is as in the other phases.
public struct BranchTraining: Codable, Equatable, Sendable {
    /// The number of epochs; at least 1.
    public var epochs: Int?
    /// Examples per step; at least 1.
    public var batchSize: Int?
    /// Adam's learning rate, or its peak where it changes; above 0.
    public var learningRate: Float?
    /// Epochs without a better validation accuracy after which the phase ends.
    public var earlyStopping: Int?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case epochs
        case batchSize = "batch_size"
        case learningRate = "learning_rate"
        case earlyStopping = "early_stopping"
    }

    /// Settings of one branch.
    public init(
        epochs: Int? = nil, batchSize: Int? = nil, learningRate: Float? = nil, earlyStopping: Int? = nil
    ) {
        (self.epochs, self.batchSize) = (epochs, batchSize)
        (self.learningRate, self.earlyStopping) = (learningRate, earlyStopping)
    }

    /// Checks the ranges.
    /// - Parameter prefix: what the settings' names begin with in messages.
    /// - Throws: `DuetError` of kind `usage` naming the setting, its value and what is expected.
    func validate(_ prefix: String = "") throws {
        func require<Value>(_ value: Value?, _ name: CodingKeys, _ expected: String, _ holds: (Value) -> Bool) throws {
            guard let value, !holds(value) else { return }
            throw DuetError(.usage, "\(prefix)\(name.rawValue) is \(value), but must be \(expected)")
        }
        try require(epochs, .epochs, "from 1 to 100000") { (1...100_000).contains($0) }
        try require(batchSize, .batchSize, "from 1 to 65536") { (1...65_536).contains($0) }
        try require(learningRate, .learningRate, "above 0") { $0 > 0 && $0.isFinite }
        try require(earlyStopping, .earlyStopping, "at least 1") { $0 >= 1 }
    }
}

extension TrainingConfiguration {
    /// The settings of a phase: those of its branch, where it trains one alone, before those of all phases.
    func settings(of phase: TrainingPhase, model: FusionModel) -> PhaseSettings {
        let modality = phase.branch ?? (model.branches.count == 1 ? model.branches[0].modality.name : nil)
        let own = modality.flatMap { branches[$0] } ?? BranchTraining()
        return PhaseSettings(
            epochs: own.epochs ?? epochs, batchSize: own.batchSize ?? batchSize,
            learningRate: own.learningRate ?? learningRate, earlyStopping: own.earlyStopping ?? earlyStopping)
    }
}

/// What a phase is trained with.
struct PhaseSettings {
    let epochs: Int
    let batchSize: Int
    let learningRate: Float
    let earlyStopping: Int?
}
