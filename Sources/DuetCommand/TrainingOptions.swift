public import ArgumentParser
import Datasets
import Duet
import FileFormats
import Foundation
import NeuralNetwork

/// The settings that a training has in common with a comparison.
struct TrainingOptions: ParsableArguments {
    @Option(help: "The dataset folder.")
    var data: String?

    @Option(help: "A preset (\(Presets.names.joined(separator: ", "))) or a YAML file (default: model-2).")
    var model: String?

    @Option(help: "Fusion: \(Fusions.all.map { $0.name }.joined(separator: ", ")) (default: the model's own).")
    var fusion: String?

    @Option(help: "Train these modalities of the model only, separated by commas: image (default: all).")
    var modalities: String?

    @Option(help: "Number of epochs (default: 10).")
    var epochs: Int?

    @Option(help: "Batch size (default: 32).")
    var batchSize: Int?

    @Option(help: "Adam's learning rate (default: 0.001).")
    var learningRate: Float?

    @Option(help: "Learning rate schedule: \(Self.names(LearningRateSchedule.self)) (default: constant).")
    var learningRateSchedule: LearningRateSchedule?

    @Option(
        help: "Training schedule: joint (all weights at once), staged (each branch, then the head) (default: joint).")
    var schedule: TrainingConfiguration.Schedule?

    @Option(help: "Number of epochs of branches that are trained alone: image=3,audio=30 (default: as --epochs).")
    var branchEpochs: BranchEpochs?

    @Option(
        help: "Cross-fitting: number of folds of a staged training; 1 for none (default: 3).")
    var folds: Int?

    @Option(
        help: "Cross-fitting: keep a group or a speaker in one fold (default: speaker if the test side has others).")
    var foldsBy: TrainingConfiguration.Folding?

    @Option(help: "Factor of each branch's own loss in a joint training (default: 0).")
    var branchLossWeight: Float?

    @Option(help: "Background examples per example, for a branch that is trained alone (default: 0.5).")
    var background: Float?

    @Flag(help: "Fine-tune all weights after a staged training.")
    var fineTune = false

    @Option(help: "Modality dropout: the share of training examples with one modality absent (default: 0).")
    var modalityDropout: Float?

    @Option(help: "Augmentation of the training examples: \(Self.names(AugmentationChoice.self)) (default: none).")
    var augment: AugmentationChoice?

    @Option(help: "Early stopping: epochs without a better validation accuracy (default: off).")
    var earlyStopping: Int?

    @Option(help: "Which epoch's weights each phase keeps: best (by validation accuracy), last (default: best).")
    var keep: KeptEpoch?

    @Option(help: "Split: group (examples of one recording stay together), paper (at random) (default: group).")
    var split: Split.Method?

    @Option(help: "Random seed (default: 42).")
    var seed: UInt64?

    @Option(help: "Precision: \(Self.names(Precision.self)) (default: float32).")
    var precision: Precision?

    @Option(help: "Number of threads (default: all processors).")
    var threads: Int?

    @Option(help: "Train on this many examples only, for a quick try (default: all).")
    var limit: Int?

    /// Whether nothing was given.
    var isEmpty: Bool {
        data == nil && model == nil && fusion == nil && modalities == nil && epochs == nil && batchSize == nil
            && learningRate == nil && learningRateSchedule == nil && schedule == nil && branchEpochs == nil
            && folds == nil && foldsBy == nil
            && branchLossWeight == nil && background == nil && !fineTune && modalityDropout == nil && augment == nil
            && earlyStopping == nil
            && keep == nil && split == nil && seed == nil
            && precision == nil && threads == nil && limit == nil
    }

    /// Puts what was given in place of what a file or the defaults say.
    func apply(to configuration: inout TrainingConfiguration) throws {
        if let data { configuration.data = data }
        if let model { configuration.model = try ModelArgument.choice(model) }
        if let fusion { configuration.fusion = fusion }
        if let modalities {
            configuration.modalities = modalities.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        // A folder that cannot be read is an error where it is read.
        if let folder = try? DatasetFolder(URL(fileURLWithPath: configuration.data)) {
            configuration.selectModalities(of: folder)
        }
        if let epochs { configuration.epochs = epochs }
        if let batchSize { configuration.batchSize = batchSize }
        if let learningRate { configuration.learningRate = learningRate }
        if let learningRateSchedule { configuration.learningRateSchedule = learningRateSchedule }
        if let schedule { configuration.schedule = schedule }
        for (modality, epochs) in branchEpochs?.epochs ?? [:] {
            configuration.branches[modality, default: BranchTraining()].epochs = epochs
        }
        if let folds { configuration.folds = folds }
        if let foldsBy { configuration.foldsBy = foldsBy }
        if let branchLossWeight { configuration.branchLossWeight = branchLossWeight }
        if let background { configuration.background = background }
        if fineTune { configuration.fineTune = true }
        if let modalityDropout { configuration.modalityDropout = modalityDropout }
        switch augment {
        case nil: break
        case .off: configuration.augmentation = [:]
        case .standard: configuration.augmentation = configuration.standardAugmentation
        case .speech: configuration.augmentation = configuration.speechAugmentation
        }
        if let earlyStopping { configuration.earlyStopping = earlyStopping }
        if let keep { configuration.keep = keep }
        if let split { configuration.split = split }
        if let seed { configuration.seed = seed }
        if let precision { configuration.precision = precision }
        if let threads { configuration.threads = threads }
        if let limit { configuration.limit = limit }
    }

    private static func names<Value: CaseIterable & RawRepresentable<String>>(_ type: Value.Type) -> String {
        type.allCases.map(\.rawValue).joined(separator: ", ")
    }
}

/// What `--augment` takes.
enum AugmentationChoice: String, CaseIterable, ExpressibleByArgument {
    case off = "none"
    case standard, speech
}

/// What `--branch-epochs` takes: numbers of epochs by modality, `image=3,audio=30`.
struct BranchEpochs: ExpressibleByArgument {
    let epochs: [String: Int]

    init?(argument: String) {
        var epochs: [String: Int] = [:]
        for entry in argument.split(separator: ",") {
            let parts = entry.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, let count = Int(parts[1]) else { return nil }
            epochs[parts[0].trimmingCharacters(in: .whitespaces)] = count
        }
        self.epochs = epochs
    }
}

extension LearningRateSchedule: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}
extension TrainingConfiguration.Schedule: ExpressibleByArgument {}
extension TrainingConfiguration.Folding: ExpressibleByArgument {}
extension Split.Method: ExpressibleByArgument {}
extension KeptEpoch: ExpressibleByArgument {}
extension EvaluationSide: ExpressibleByArgument {}
extension PreparationChoice: ExpressibleByArgument {}
