import ArgumentParser
import Datasets
import Duet
import FileFormats
import Foundation
import Media
import TerminalUI

/// `duet predict`.
struct PredictCommand: ParsableCommand {
    // The name of the command above: parsed by itself, this one then does not look twice for a request for completion scripts,
    // a twelfth of the time that one prediction takes.
    static let configuration = CommandConfiguration(
        commandName: "predict",
        _superCommandName: "duet",
        abstract: "Predict the class of an image and a recording, or of many examples.",
        discussion: """
            Files: a picture (PNG, JPEG) and a recording (WAV, FLAC and more), or one of them alone; or a CSV file with a \
            column for each modality, such as image and audio, whose paths are relative to its folder. Prints the label, each \
            class's probability, the prediction from each modality alone, and what was done to the files.

            Arrays: images and audio features as NumPy files (uint8, float32 or float64; images as N×784, N×28×28 or \
            N×28×28×1), or the test side of a dataset folder, Zenodo's names or Kaggle's. Writes the leaderboard's \
            row_id,label to --output, and with --probabilities a column for each class.

            Examples:
              duet predict --image seven.png --audio seven.wav
              duet predict --model runs/first/model.safetensors --image seven.png --audio seven.wav
              duet predict --model runs/first/model.safetensors --files examples.csv --output predictions.csv
              duet predict --model runs/first/model.safetensors --images x_test_wr.npy --audio x_test_sp.npy \
            --output predictions.csv
              duet predict --model runs/first/model.safetensors --data data/digits --output predictions.csv
            """)

    @Option(help: "A model file, as training writes it (default: the model of digits that Duet ships).")
    var model: String?

    @Option(help: "A picture: a PNG or JPEG file.")
    var image: String?

    @Option(help: "A recording: a sound file. With --images, a NumPy file with audio features, as many rows.")
    var audio: String?

    @Option(help: ArgumentHelp("A file for any modality of the model.", valueName: "modality=file"))
    var input: [String] = []

    @Option(help: "A CSV file with a column for each modality, the files of an example in each line.")
    var files: String?

    @Option(help: "A NumPy file with images.")
    var images: String?

    @Option(help: "A dataset folder, whose test side is predicted.")
    var data: String?

    @Option(
        help: """
            Preparation of pictures: auto (what the model file says), none, digit (light on dark, cropped and centred as \
            MNIST's digits).
            """)
    var preparation: PreparationChoice?

    @Option(help: "The CSV file to write. With files, it takes the place of the printed text.")
    var output: String?

    @Flag(help: "Write each class's probability to --output too.")
    var probabilities = false

    @Option(
        help: ArgumentHelp(
            "Predict sets of classes that contain the true class of this share of examples: 0.9, 0.95.",
            valueName: "share"))
    var coverage: Double?

    @Option(
        help: ArgumentHelp(
            "Abstain where the model is less certain than on all but this share of the validation examples: 0.05.",
            valueName: "share"))
    var abstain: Double?

    @Option(
        help: ArgumentHelp(
            "Mark examples that are further from the training examples than all but this share of the validation examples: 0.01.",
            valueName: "share"))
    var outOfDistribution: Double?

    @Flag(help: "Print JSON. For files.")
    var json = false

    @Option(help: "Number of threads (default: all processors, one for a few examples).")
    var threads: Int?

    @Flag(help: "Replace the output file if it exists.")
    var force = false

    @Flag(help: "Show no progress.")
    var quiet = false

    private static let examplesWorthThreads = 64

    func run() throws {
        switch (data, images, image, audio, files) {
        case (let data?, nil, nil, nil, nil) where input.isEmpty:
            try predictArrays { try DatasetFolder(URL(fileURLWithPath: data)).load(.test) }
        case (nil, let images?, nil, let audio?, nil) where input.isEmpty:
            try predictArrays {
                try Dataset([
                    Column(.image, contentsOf: URL(fileURLWithPath: images)),
                    Column(.audio, contentsOf: URL(fileURLWithPath: audio)),
                ])
            }
        case (nil, nil, nil, nil, let manifest?) where input.isEmpty:
            try predictFiles {
                try MediaFiles.listed(in: URL(fileURLWithPath: manifest), modalities: $0.modalities.map(\.name))
            }
        case (nil, nil, nil, let audio?, nil) where audio.hasSuffix(".npy"):
            throw DuetError(.usage, "\(audio) is a NumPy file: give --images and --audio together")
        case (nil, nil, let image, let audio, nil) where image != nil || audio != nil || !input.isEmpty:
            let named = try namedInputs()
            try predictFiles { _ in
                let usual = MediaFiles(
                    image: image.map { URL(fileURLWithPath: $0) }, audio: audio.map { URL(fileURLWithPath: $0) })
                return [MediaFiles(usual.files.merging(named) { $1 })]
            }
        default:
            throw DuetError(
                .usage,
                "give --image, --audio or --input, or --files FILE, or --data DIR, or --images and --audio together"
            )
        }
    }

    /// The files of `--input MODALITY=FILE`.
    private func namedInputs() throws -> [String: URL] {
        try input.reduce(into: [:]) { files, text in
            guard let separator = text.firstIndex(of: "="), separator > text.startIndex else {
                throw DuetError(.usage, "--input is '\(text)'; expected MODALITY=FILE, such as left=a.png")
            }
            files[String(text[..<separator])] = URL(fileURLWithPath: String(text[text.index(after: separator)...]))
        }
    }

    /// Predicts rows of arrays and writes the leaderboard's file.
    private func predictArrays(_ load: () throws -> Dataset) throws {
        guard !json, preparation == nil else {
            throw DuetError(.usage, "--json and --preparation go with --image, --audio, --input and --files")
        }
        guard let output else { throw DuetError(.usage, "say which CSV file to write: --output FILE") }
        try refuseExisting(output)
        let classifier = try classifier()
        let examples = try load()
        let predictions = try ProgressReporter(quiet: quiet).run {
            try withFewThreads(classifier, for: examples.count).predict(examples, monitor: $0)
        }
        let file = PredictionsCSV(
            predictions, classNames: classifier.classNames, withProbabilities: probabilities,
            uncertainty: classifier.uncertainty)
        try write(file, to: output, count: predictions.count)
    }

    /// Predicts from files and prints the predictions, or writes them to the output.
    private func predictFiles(_ list: (Classifier) throws -> [MediaFiles]) throws {
        guard !probabilities || output != nil else {
            throw DuetError(
                .usage, "--probabilities goes with --output; without it, give --json for all of them")
        }
        if let output { try refuseExisting(output) }
        if audio != nil { AudioFile.preloadLibraries() }
        let classifier = try classifier()
        let examples = try list(classifier)
        let predictions = try ProgressReporter(quiet: quiet).run {
            try withFewThreads(classifier, for: examples.count).predict(
                examples, preparation: preparation ?? .automatic, monitor: $0)
        }
        if let output {
            let file = PredictionsCSV(
                predictions, modalities: classifier.modalities, classNames: classifier.classNames,
                withProbabilities: probabilities, uncertainty: classifier.uncertainty)
            try write(file, to: output, count: predictions.count)
        }
        let report = PredictionReport(examples, predictions, classNames: classifier.classNames)
        if json {
            print(try JSON.prettyText(report))
        } else if output == nil {
            print(
                files == nil
                    ? report.firstAsText(modalities: classifier.modalities)
                    : report.table(modalities: classifier.modalities))
        }
    }

    private func classifier() throws -> Classifier {
        let threads = try ThreadCount.checked(threads)
        let uncertainty = try UncertaintySettings(
            coverage: coverage, abstention: abstain, outOfDistribution: outOfDistribution)
        let model = try model.map { try TrainedModel(contentsOf: URL(fileURLWithPath: $0)) } ?? .digits()
        return try Classifier(model, uncertainty: uncertainty, threads: threads)
    }

    /// The model on as many threads as are worth while: a few examples are done before a second one has started.
    private func withFewThreads(_ classifier: Classifier, for count: Int) throws -> Classifier {
        let few = threads == nil && count < Self.examplesWorthThreads
        return few ? try classifier.computingOnOneThread() : classifier
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
