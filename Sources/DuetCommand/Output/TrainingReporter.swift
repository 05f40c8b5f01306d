import Duet
import Foundation
import TerminalUI

/// Shows a training: a bar for the running epoch, a line for each finished one.
final class TrainingReporter {
    private let isQuiet: Bool
    private let style = Style(for: .standardError)
    private var bar: ProgressBar?
    private var label = ""
    private var epochs = 0
    private var epoch = 0
    private var phase = TrainingPhase.joint

    init(quiet: Bool) {
        isQuiet = quiet
    }

    /// Says what is about to happen.
    func announce(_ configuration: TrainingConfiguration, _ data: TrainingData) {
        let (train, validation, test) = (data.split.train.count, data.split.validation.count, data.split.test.count)
        say(
            "Training \(style.bold(configuration.model.name)) on \(configuration.data): \(Format.count(train)) pairs to train on, "
                + "\(Format.count(validation)) for validation, \(Format.count(test)) for the test "
                + "(split by \(configuration.split.rawValue), seed \(configuration.seed)); \(data.task.summary).")
        let steps = configuration.epochs * ((train + configuration.batchSize - 1) / configuration.batchSize)
        if steps < 500 {
            say(
                style.yellow("warning:")
                    + " \(Format.count(steps)) steps are few: batch normalization's moving averages "
                    + "need some hundred before a model does as well in use as in training. Smaller batches or more "
                    + "epochs help.")
        }
        if !configuration.precision.isSupported {
            say(
                style.yellow("warning:")
                    + " this processor has no instructions for \(configuration.precision.rawValue); "
                    + "training in float32.")
        }
        let leaked = data.split.leakedUtterances(in: data.dataset).count
        if leaked > 0 {
            say(
                style.yellow("warning:") + " \(Format.count(leaked)) recordings stand on more than one side of this "
                    + "split, so the measured accuracy is too high; --split utterance keeps them apart.")
        }
    }

    func report(_ event: Trainer.Event) {
        switch event {
        case .phaseStarted(let phase, let epoch, let epochs):
            (self.phase, self.epoch, self.epochs) = (phase, epoch, epochs)
        case .batchFinished(let pairs, let total, let loss, let accuracy):
            let bar = bar ?? startBar(total: total)
            bar.update(
                completed: pairs,
                note: "loss \(Format.decimal(loss)) · accuracy \(Format.decimal(accuracy))")
        case .epochFinished(let row, let isBest):
            bar?.clear()
            bar = nil
            epoch = row.epoch
            say(
                "\(label)  loss \(Format.decimal(row.loss))  accuracy \(Format.decimal(row.accuracy))"
                    + "  val_loss \(Format.decimal(row.validationLoss))"
                    + "  val_accuracy \(Format.decimal(row.validationAccuracy))  \(Format.duration(row.seconds))"
                    + (isBest ? style.green("  best") : ""))
        case .stoppedEarly(_, let epoch):
            say("Stopped after epoch \(epoch): the validation accuracy no longer rises.")
        }
    }

    private func startBar(total: Int) -> ProgressBar {
        let prefix = phase == .joint ? "Epoch" : "\(phase.rawValue) epoch"
        label = "\(prefix) \(epoch + 1)/\(epochs)"
        let bar = ProgressBar(label, total: total, unit: .things("pairs"), quiet: isQuiet)
        self.bar = bar
        return bar
    }

    private func say(_ text: String) {
        guard !isQuiet else { return }
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}

extension TrainingConfiguration.ModelChoice {
    /// The preset's name, or that of the user's own network.
    var name: String {
        switch self {
        case .preset(let name): name
        case .custom(let model): model.name
        }
    }
}
