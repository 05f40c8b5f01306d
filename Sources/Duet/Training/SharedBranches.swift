import Datasets
import FileFormats
import NeuralNetwork

/// Branches that trainings with equal settings have in common, such as those of one model with several fusions: what the first
/// has trained, the others take.
package final class SharedBranches {
    /// What a phase has left.
    struct Outcome {
        /// The model that it was trained for.
        let model: String
        /// The branch's weights of the epoch that was kept.
        let weights: Parameters
        let epochs: [TrainingHistory.Epoch]
    }

    private var outcomes: [String: Outcome] = [:]

    package init() {}

    /// What an equal phase has left, where there was one.
    func outcome(of phase: TrainingPhase, _ training: Training) throws -> Outcome? {
        phase.branch == nil ? nil : try outcomes[key(of: phase, training)]
    }

    /// Keeps what a finished phase has left.
    func keep(_ phase: TrainingPhase, _ training: Training) throws {
        guard let branch = training.model.branch(of: phase) else { return }
        outcomes[try key(of: phase, training)] = Outcome(
            model: training.model.name,
            weights: try training.state.kept.restricted(to: training.model.network(of: branch)),
            epochs: training.history.epochs.filter { $0.phase == phase })
    }

    /// Tells phases with different results apart: all settings that a branch which is trained alone depends on. The order of its examples
    /// depends on its place among the branches.
    private func key(of phase: TrainingPhase, _ training: Training) throws -> String {
        let model = training.model
        var settings = training.configuration
        guard let place = model.branches.firstIndex(where: { $0.modality.name == phase.branch }) else { return "" }
        settings.model = .custom(FusionModel("", branches: [model.branches[place]]))
        (settings.fusion, settings.modalities, settings.output) = (nil, nil, "")
        (settings.fineTune, settings.modalityDropout, settings.branchLossWeight) = (false, 0, 0)
        settings.branches = settings.branches.filter { $0.key == phase.branch }
        settings.augmentation = settings.augmentation.filter { $0.key == phase.branch }
        if training.data.background[phase.branch ?? ""] == nil { settings.background = 0 }
        if !phase.isFold { (settings.folds, settings.foldsBy) = (1, nil) }
        return try "\(phase.rawValue) \(place) \(training.data.fingerprint) \(JSON.text(settings))"
    }
}

extension FusionModel {
    /// The branch that a phase trains alone.
    func branch(of phase: TrainingPhase) -> Branch? { branches.first { $0.modality.name == phase.branch } }
}
