import ArgumentParser
import Duet
import FileFormats
import Foundation
import TerminalUI

/// `duet evaluate`.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Evaluate a trained model.",
        discussion: """
            Accuracy with its 95 % confidence interval, loss, calibration, precision and recall per class, the confusion \
            matrix, the accuracy of each modality alone, with the others absent, the coverage of the prediction sets, and the \
            accuracy when the model abstains from the least certain examples. On the dataset that the model was \
            trained on, the examples are those of its own split. Example: duet evaluate --model runs/first/model.safetensors --data data/digits

            --noise evaluates again with noise on one modality, the others clean. image: Gaussian noise of these standard \
            deviations on the pixels, black being 0 and white 1. audio: Gaussian noise at these signal-to-noise ratios in \
            dB, added to the normalized features, because a dataset holds no waveforms. \
            Example: --noise image:0.1,0.2,0.4 --noise audio:20,10,0

            --out-of-distribution takes another dataset folder, of examples that the model was not trained for, such as clothes and \
            words for a model of digits, and measures how well the model tells them apart (Mahalanobis distance of the embeddings).
            """)

    @Option(help: "A model file, as training writes it.")
    var model: String

    @Option(help: "The dataset folder.")
    var data: String

    @Option(help: "Which side of the split: test, train, validation.")
    var on = EvaluationSide.test

    @Option(help: ArgumentHelp("Evaluate with noise too: image:0.1,0.2 or audio:20,10.", valueName: "modality:levels"))
    var noise: [String] = []

    @Option(help: ArgumentHelp("Tell the examples from those of another dataset folder.", valueName: "dir"))
    var outOfDistribution: String?

    @Option(help: "Random seed of the noise.")
    var seed: UInt64 = 0

    @Option(help: "Number of threads (default: all processors).")
    var threads: Int?

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Show no progress.")
    var quiet = false

    func run() throws {
        let threads = try ThreadCount.checked(threads)
        let trained = try TrainedModel(contentsOf: URL(fileURLWithPath: model))
        let noise = try noise.map { try NoiseLevels($0, of: trained.architecture.modalities) }
        let evaluation = try ProgressReporter(quiet: quiet).run { monitor in
            let (evaluator, folder) = (try Evaluator(trained, threads: threads), URL(fileURLWithPath: data))
            var evaluation = try evaluator.evaluate(folder, on: on, noise: noise, seed: seed, monitor: monitor)
            evaluation.outOfDistribution = try outOfDistribution.map {
                try evaluator.outOfDistribution(URL(fileURLWithPath: $0), against: folder, on: on, monitor: monitor)
            }
            return evaluation
        }
        if json {
            print(try JSON.prettyText(evaluation))
        } else {
            let tables =
                [
                    evaluation.headline(), evaluation.classTable(), evaluation.recallBars(),
                    evaluation.confusionTable(),
                ] + evaluation.uncertaintyTables()
            let noiseTables = (evaluation.noise ?? []).map { $0.table(of: evaluation) }
            print((tables + noiseTables + evaluation.outOfDistributionTables()).joined(separator: "\n\n"))
        }
    }
}

/// How many threads a command computes on.
enum ThreadCount {
    static func checked(_ given: Int?) throws -> Int {
        guard let given else { return TrainingConfiguration.availableThreads }
        guard (1...1024).contains(given) else {
            throw DuetError(.usage, "threads is \(given), but must be from 1 to 1024")
        }
        return given
    }
}

extension Interruption {
    /// Ends work that has nothing to save once Ctrl-C was pressed.
    static func check() throws {
        if requested { throw DuetError(.interrupted, "stopped; nothing was written") }
    }
}
