import Datasets
import Duet
import Foundation
import NeuralNetwork
import TerminalUI

/// Shows a training: a bar for the running epoch, a line for each finished one.
final class TrainingReporter: TrainingObserver {
    private let isQuiet: Bool
    private let style = Style(for: .standardError)
    private var bar: ProgressBar?
    private var label = ""

    init(quiet: Bool) {
        isQuiet = quiet
    }

    /// Says what is about to happen.
    func announce(_ configuration: TrainingConfiguration, _ data: TrainingData) throws {
        let (train, validation, test) = (data.split.train.count, data.split.validation.count, data.split.test.count)
        say(
            "Training \(style.bold(configuration.name)) on \(configuration.data): \(Format.count(train)) training examples, "
                + "\(Format.count(validation)) for validation, \(Format.count(test)) for testing "
                + "(split by \(configuration.split.rawValue), seed \(configuration.seed)); \(data.summary).")
        for (modality, background) in data.background.sorted(by: { $0.key < $1.key }) {
            say(
                configuration.trainsOnBackground
                    ? "The branch of \(modality) learns from \(Format.count(background.count)) background examples too."
                    : "The \(Format.count(background.count)) background examples of \(modality) are not used: "
                        + (configuration.background > 0
                            ? "they are for branches that are trained alone (--schedule staged)."
                            : "background is 0."))
        }
        if !configuration.precision.isSupported {
            say(
                style.yellow("warning:")
                    + " this processor has no instructions for \(configuration.precision.rawValue); "
                    + "training in float32.")
        }
        let leaked = try data.split.leakedGroups(in: data.dataset).count
        if leaked > 0 {
            say(
                style.yellow("warning:")
                    + " this split leaks: \(Format.count(leaked)) groups, such as recordings, are on more "
                    + "than one side, so the test accuracy is too high; --split group keeps them apart.")
        }
    }

    func phaseWasTaken(from model: String, _ training: Training) {
        let best = training.history.bestEpoch(of: training.phase)?.validationAccuracy ?? 0
        say("\(training.phase.rawValue)  as trained for \(model)  val_accuracy \(Format.decimal(best))")
    }

    func batchEnded(_ training: Training) {
        let bar = bar ?? startBar(training)
        bar.update(
            completed: training.examplesSeen,
            note: "loss \(Format.decimal(training.loss)) · accuracy \(Format.decimal(training.accuracy))")
    }

    func epochEnded(_ epoch: TrainingHistory.Epoch, isBest: Bool, _ training: Training) {
        bar?.clear()
        bar = nil
        say(
            "\(label)  loss \(Format.decimal(epoch.loss))  accuracy \(Format.decimal(epoch.accuracy))"
                + "  val_loss \(Format.decimal(epoch.validationLoss))"
                + "  val_accuracy \(Format.decimal(epoch.validationAccuracy))  \(Format.duration(epoch.seconds))"
                + (isBest ? style.green("  best") : ""))
        if training.endsPhase {
            say("Early stopping after epoch \(epoch.epoch): the validation accuracy no longer rises.")
        }
    }

    private func startBar(_ training: Training) -> ProgressBar {
        let prefix = training.phase == .joint ? "Epoch" : "\(training.phase.rawValue) epoch"
        label = "\(prefix) \(training.epoch + 1)/\(training.epochs)"
        let bar = ProgressBar(label, total: training.examplesPerEpoch, unit: .things("examples"), quiet: isQuiet)
        self.bar = bar
        return bar
    }

    private func say(_ text: String) {
        guard !isQuiet else { return }
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
