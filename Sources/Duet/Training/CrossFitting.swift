import Datasets
import NeuralNetwork

/// The folds of a staged training: what each branch predicts of a fold after a training on the others is what it predicts of examples,
/// or of speakers, that it does not know.
struct CrossFitting: Sendable {
    /// The modalities whose branches are trained on the folds too; none where nothing is fitted to what they predict.
    let modalities: [String]
    /// The training rows of each fold, ascending.
    let training: [[Int]]
    /// The validation rows with the speakers of each fold, ascending; none where the folds are by group.
    let validation: [[Int]]

    /// Divides the examples as a training needs it.
    /// - Throws: `DuetError` of kind `badData` where they cannot be divided so.
    init(_ model: FusionModel, _ configuration: TrainingConfiguration, _ data: TrainingData) throws {
        let isStaged = configuration.schedule == .staged && model.branches.count > 1 && configuration.folds > 1
        // Embeddings of two trainings have nothing to do with each other, so a head cannot learn from those of the folds.
        let trainsHead = !model.head.isEmpty && model.fusion.reads == .output
        let isBySpeaker =
            switch configuration.foldsBy {
            case .group: false
            case .speaker: true
            case nil: data.split.testsOtherSpeakers(of: data.dataset)
            }
        var modalities = [String]()
        if isStaged && trainsHead {
            modalities = model.modalities.map(\.name)
        } else if isStaged && isBySpeaker && model.fusion.fitsWeights {
            // What other branches predict of the validation examples does not depend on who speaks.
            modalities = model.modalities.filter { $0.kind == .audio }.map(\.name)
        }
        self.modalities = modalities
        if modalities.isEmpty {
            (training, validation) = ([], [])
        } else if isBySpeaker {
            (training, validation) = try data.split.speakerFolds(configuration.folds, of: data.dataset)
        } else {
            (training, validation) = (try data.split.folds(configuration.folds, of: data.dataset), [])
        }
    }

    /// Whether there are branches of a modality that have not heard the speakers of a fold.
    func hasSpeakerFolds(of modality: Modality) -> Bool {
        !validation.isEmpty && modality.kind == .audio && modalities.contains(modality.name)
    }

    /// The phases in which a branch is trained on all folds but one.
    func phases(of modality: String) -> [TrainingPhase] {
        modalities.contains(modality) ? training.indices.map { .fold(modality, $0 + 1) } : []
    }

    /// The training rows of all folds but one, ascending.
    /// - Parameter fold: counted from 1.
    /// - Returns: the rows.
    func trainingRows(except fold: Int) -> [Int] {
        training.indices.filter { $0 != fold - 1 }.flatMap { training[$0] }.sorted()
    }
}
