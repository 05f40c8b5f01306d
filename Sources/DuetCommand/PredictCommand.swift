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
        abstract: "Classify a picture and a recording, or many pairs of them.",
        discussion: """
            Files: a picture (PNG, JPEG) and a recording (WAV, FLAC and more), or one of them alone; or a CSV file with \
            the columns image and audio, whose paths are relative to its folder. Prints the label, each class's \
            probability, what each modality alone would have said, and what was done to the files.

            Arrays: images and audio features as NumPy files (uint8, float32 or float64; images as N×784, N×28×28 or \
            N×28×28×1), or the test side of a dataset folder, Zenodo's names or Kaggle's. Writes the leaderboard's \
            row_id,label to --output, and with --probabilities a column for each class.

            Examples:
              duet predict --model runs/first/model.safetensors --image seven.png --audio seven.wav
              duet predict --model runs/first/model.safetensors --pairs pairs.csv --output predictions.csv
              duet predict --model runs/first/model.safetensors --images x_test_wr.npy --audio x_test_sp.npy \
            --output predictions.csv
              duet predict --model runs/first/model.safetensors --data data/digits --output predictions.csv
            """)

    @Option(help: "A model file, as training writes it.")
    var model: String

    @Option(help: "A picture: a PNG or JPEG file.")
    var image: String?

    @Option(help: "A recording: a sound file. With --images, a NumPy file with audio features, as many rows.")
    var audio: String?

    @Option(help: "A CSV file with the columns image and audio, a pair of files in each line.")
    var pairs: String?

    @Option(help: "A NumPy file with images.")
    var images: String?

    @Option(help: "A dataset folder, whose test side is classified.")
    var data: String?

    @Option(
        help: """
            What is done to pictures first: auto (what the model file says), none, digit (light on dark, cut out and \
            centred as MNIST's digits).
            """)
    var preparation: PreparationChoice?

    @Option(help: "The CSV file to write. With files, it takes the place of the printed text.")
    var output: String?

    @Flag(help: "Write each class's probability to --output too.")
    var probabilities = false

    @Flag(help: "Print JSON. For files.")
    var json = false

    @Option(help: "Threads to compute on (default: all processors, one for a few pairs).")
    var threads: Int?

    @Flag(help: "Replace the output file if it exists.")
    var force = false

    @Flag(help: "Show no progress.")
    var quiet = false

    private static let pairsWorthThreads = 64

    func run() throws {
        switch (data, images, image, audio, pairs) {
        case (let data?, nil, nil, nil, nil):
            try predictArrays { try DatasetFolder(URL(fileURLWithPath: data)).load(.test) }
        case (nil, let images?, nil, let audio?, nil):
            try predictArrays {
                try PairedDataset.load(images: URL(fileURLWithPath: images), audio: URL(fileURLWithPath: audio))
            }
        case (nil, nil, nil, nil, let manifest?):
            try predictFiles { try MediaPair.pairs(listedIn: URL(fileURLWithPath: manifest)) }
        case (nil, nil, nil, let audio?, nil) where audio.hasSuffix(".npy"):
            throw DuetError(.usage, "\(audio) is a NumPy file: give --images and --audio together")
        case (nil, nil, let image, let audio, nil) where image != nil || audio != nil:
            try predictFiles {
                [
                    MediaPair(
                        image: image.map { URL(fileURLWithPath: $0) }, audio: audio.map { URL(fileURLWithPath: $0) })
                ]
            }
        default:
            throw DuetError(
                .usage,
                "give either --image or --audio or both, or --pairs FILE, or --data DIR, or --images and --audio together"
            )
        }
    }

    /// Classifies rows of arrays and writes the leaderboard's file.
    private func predictArrays(_ load: () throws -> PairedDataset) throws {
        guard !json, preparation == nil else {
            throw DuetError(.usage, "--json and --preparation go with --image, --audio and --pairs")
        }
        guard let output else { throw DuetError(.usage, "say which CSV file to write: --output FILE") }
        let allThreads = try ThreadCount.checked(threads)
        try refuseExisting(output)
        let pairs = try load()
        let classifier = try classifier(forPairs: pairs.count, allThreads: allThreads)
        let bar = ProgressBar("Predicting", total: pairs.count, unit: .things("pairs"), quiet: quiet)
        let predictions = try classifier.classify(pairs) { done in
            bar.update(completed: done)
            try Interruption.check()
        }
        bar.clear()
        let file = PredictionsCSV(predictions, classNames: classifier.classNames, withProbabilities: probabilities)
        try write(file, to: output, count: predictions.count)
    }

    /// Judges files and prints what the model says, or writes it to the output.
    private func predictFiles(_ list: () throws -> [MediaPair]) throws {
        guard !probabilities || output != nil else {
            throw DuetError(
                .usage, "--probabilities goes with --output; without it, give --json for all of them")
        }
        let allThreads = try ThreadCount.checked(threads)
        if let output { try refuseExisting(output) }
        let files = try list()
        let classifier = try classifier(forPairs: files.count, allThreads: allThreads)
        let bar = ProgressBar("Predicting", total: files.count, unit: .things("pairs"), quiet: quiet)
        let judgements = try classifier.judge(files, preparation: preparation ?? .automatic) { done in
            bar.update(completed: done)
            try Interruption.check()
        }
        bar.clear()
        if let output {
            let file = PredictionsCSV(judgements, classNames: classifier.classNames, withProbabilities: probabilities)
            try write(file, to: output, count: judgements.count)
        }
        let report = JudgementReport(classNames: classifier.classNames, pairs: zip(files, judgements).map { ($0, $1) })
        if json {
            print(try pairs == nil ? report.firstAsJSON() : report.json())
        } else if output == nil {
            print(pairs == nil ? report.firstAsText() : report.table())
        }
    }

    /// The model on as many threads as are worth while: a few pairs are done before a second one has started.
    private func classifier(forPairs count: Int, allThreads: Int) throws -> Classifier {
        let few = threads == nil && count < Self.pairsWorthThreads
        return try Classifier(contentsOf: URL(fileURLWithPath: model), threads: few ? 1 : allThreads)
    }

    /// Before the work, not after it.
    private func refuseExisting(_ output: String) throws {
        guard force || !FileManager.default.fileExists(atPath: output) else {
            throw DuetError(.cannotWrite, "\(output) exists; choose another name or replace it with --force")
        }
    }

    private func write(_ file: PredictionsCSV, to output: String, count: Int) throws {
        try AtomicFile.write(to: URL(fileURLWithPath: output), overwrite: force, awaitsDisk: false) {
            try $0.write(file.text)
        }
        if !quiet, !json { print("Wrote \(Format.count(count)) predictions to \(output).") }
    }
}
