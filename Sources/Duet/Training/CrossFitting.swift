import Datasets
import NeuralNetwork

/// The folds of a staged training: what each branch predicts of a fold after a training on the others is what it predicts of examples,
/// or of speakers, that it does not know.
struct CrossFitting: Sendable {
    /// The modalities whose branches are trained on the folds too; none where nothing is fitted to what they predict.
    let modalities: [String]
    /// The rows of each fold, where the folds are by speaker.
    private let speakerFolds: (training: [[Int]], validation: [[Int]])?
    private let count: Int
    private let data: TrainingData

    /// Decides what a training needs.
    /// - Throws: `DuetError` of kind `badData` where there are no speakers to divide by.
    init(_ model: FusionModel, _ configuration: TrainingConfiguration, _ data: TrainingData) throws {
        self.data = data
        guard configuration.schedule == .staged, model.branches.count > 1, configuration.folds > 1 else {
            (modalities, speakerFolds, count) = ([], nil, 0)
            return
        }
        let isBySpeaker =
            switch configuration.foldsBy {
            case .group: false
            case .speaker: true
            case nil: data.split.testsOtherSpeakers(of: data.dataset)
            }
        if !model.head.isEmpty && model.fusion.reads == .output {
            modalities = model.modalities.map(\.name)
        } else if isBySpeaker && model.head.isEmpty && model.fusion.fitsWeights {
            // What other branches predict of the validation examples does not depend on who speaks.
            modalities = model.modalities.filter { $0.kind == .audio }.map(\.name)
        } else {
            // Embeddings of two trainings have nothing to do with each other, so a head cannot learn from those of the folds.
            modalities = []
        }
        speakerFolds =
            isBySpeaker && !modalities.isEmpty
            ? try data.split.speakerFolds(configuration.folds, of: data.dataset) : nil
        count = modalities.isEmpty ? 0 : speakerFolds?.training.count ?? configuration.folds
    }

    /// The training rows of each fold, ascending. Folds by group are divided anew each time: a search makes a trainer for each head, and
    /// few of them ask.
    /// - Throws: `DuetError` of kind `badData` where there are fewer groups than folds.
    func training() throws -> [[Int]] {
        if let speakerFolds { return speakerFolds.training }
        return count == 0 ? [] : try data.split.folds(count, of: data.dataset)
    }

    /// The validation rows with the speakers of each fold, ascending; none where the folds are by group.
    var validation: [[Int]] { speakerFolds?.validation ?? [] }

    /// Whether there are branches of a modality that have not heard the speakers of a fold.
    func hasSpeakerFolds(of modality: Modality) -> Bool {
        speakerFolds != nil && modality.kind == .audio && modalities.contains(modality.name)
    }

    /// The phases in which a branch is trained on all folds but one.
    func phases(of modality: String) -> [TrainingPhase] {
        modalities.contains(modality) ? (0..<count).map { .fold(modality, $0 + 1) } : []
    }

    /// The training rows of all folds but one, ascending.
    /// - Parameter fold: counted from 1.
    /// - Returns: the rows.
    /// - Throws: as `training()` does.
    func trainingRows(except fold: Int) throws -> [Int] {
        let folds = try training()
        return folds.indices.filter { $0 != fold - 1 }.flatMap { folds[$0] }.sorted()
    }
}
