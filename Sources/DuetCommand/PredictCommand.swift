import ArgumentParser
import Duet
import Foundation
import NeuralNetwork
import PairedData
import TerminalUI

/// `duet predict`.
struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Classify pairs and write the leaderboard's CSV file.",
        discussion: """
            Reads images and audio as NumPy files (uint8, float32 or float64; images as N×784, N×28×28 or N×28×28×1) or \
            the test side of a dataset folder, Zenodo's names or Kaggle's. Writes row_id,label, and with --probabilities \
            a column for each class.

            Examples:
              duet predict --model runs/first/model.safetensors --images x_test_wr.npy --audio x_test_sp.npy \
            --output predictions.csv
              duet predict --model runs/first/model.safetensors --data data/digits --output predictions.csv
            """)

    @Option(help: "A model file, as training writes it.")
    var model: String

    @Option(help: "A NumPy file with images.")
    var images: String?

    @Option(help: "A NumPy file with audio features, as many rows.")
    var audio: String?

    @Option(help: "A dataset folder, whose test side is classified, in place of --images and --audio.")
    var data: String?

    @Option(help: "The CSV file to write.")
    var output: String

    @Flag(help: "Write each class's probability too.")
    var probabilities = false

    @Option(help: "Threads to compute on (default: all processors, one for a few pairs).")
    var threads: Int?

    @Flag(help: "Replace the output file if it exists.")
    var force = false

    @Flag(help: "Show no progress.")
    var quiet = false

    private static let pairsWorthThreads = 64

    func run() throws {
        let allThreads = try ThreadCount.checked(threads)
        let target = URL(fileURLWithPath: output)
        try refuseExisting(target)
        let pairs = try pairs()
        // A few pairs are done before a second thread has started.
        Engine.threads = threads == nil && pairs.count < Self.pairsWorthThreads ? 1 : allThreads
        let classifier = try Classifier(contentsOf: URL(fileURLWithPath: model))
        let bar = ProgressBar("Predicting", total: pairs.count, unit: .things("pairs"), quiet: quiet)
        let predictions = try classifier.classify(pairs) { done in
            bar.update(completed: done)
            try Interruption.check()
        }
        bar.clear()
        let file = PredictionsCSV(predictions, classNames: classifier.classNames, withProbabilities: probabilities)
        try AtomicFile.write(to: target, overwrite: force) { try $0.write(file.text) }
        if !quiet { print("Wrote \(Format.count(predictions.count)) predictions to \(output).") }
    }

    /// Before the work, not after it.
    private func refuseExisting(_ target: URL) throws {
        guard force || !FileManager.default.fileExists(atPath: target.path) else {
            throw DuetError(.cannotWrite, "\(output) exists; choose another name or replace it with --force")
        }
    }

    private func pairs() throws -> PairedDataset {
        switch (data, images, audio) {
        case (let data?, nil, nil):
            return try DatasetFolder(URL(fileURLWithPath: data)).load(.test)
        case (nil, let images?, let audio?):
            return try PairedDataset.load(images: URL(fileURLWithPath: images), audio: URL(fileURLWithPath: audio))
        default:
            throw DuetError(.usage, "give either --data DIR, or --images and --audio together")
        }
    }
}
