public import Datasets
public import FileFormats
public import Foundation
import Media
public import NeuralNetwork

/// A model file at work: examples in, predictions out.
///
/// ```swift
/// let classifier = try Classifier(contentsOf: URL(fileURLWithPath: "runs/demo/model.safetensors"))
/// let files = MediaFiles(image: URL(fileURLWithPath: "seven.png"), audio: URL(fileURLWithPath: "seven.wav"))
/// let prediction = try classifier.predict([files])[0].predictions.all
/// print(prediction.label, prediction.probability)
/// ```
///
/// `Classifier.digits()` needs no file: it has the model of digits that Duet ships.
///
/// One thread at a time may call a classifier; make one per thread.
public final class Classifier {
    /// How many examples are computed at once where there is more than one.
    private static let batchSize = 128

    /// The model.
    public let model: TrainedModel
    /// How many threads compute.
    private let threads: Int
    /// How many threads read files.
    private let readers: Int
    /// What its predictions say beside their probabilities.
    public let uncertainty: UncertaintySettings
    /// The sizes of the batches that programs are compiled for, ascending.
    private let batchSizes: [Int]
    /// Weights that are shared with other classifiers of the same model.
    private let shared: FrozenParameters?
    private var predictors: [Int: Predictor] = [:]

    /// The classes' names, in the order of the probabilities.
    public var classNames: [String] { model.classNames }
    /// What the model takes, in the order of its branches.
    public var modalities: [Modality] { model.architecture.modalities }

    /// Loads a model file.
    /// - Throws: `DuetError` of kind `missingInput` or `badData`.
    public convenience init(contentsOf url: URL, threads: Int = Engine.processors) throws {
        self.init(try TrainedModel(contentsOf: url), threads: threads)
    }

    /// The model of written and spoken digits that Duet ships, at work; see `TrainedModel.digits()`.
    /// - Throws: nothing, unless the program's own data is damaged.
    public static func digits(threads: Int = Engine.processors) throws -> Classifier {
        Classifier(try TrainedModel.digits(), threads: threads)
    }

    /// Puts a model to work, on so many threads.
    public init(_ model: TrainedModel, threads: Int = Engine.processors) {
        (self.model, self.threads, readers, uncertainty) = (model, threads, threads, UncertaintySettings())
        (batchSizes, shared) = ([1, Self.batchSize], nil)
    }

    /// Puts a model to work that also states its uncertainty.
    /// - Parameters:
    ///   - model: a model with a calibration.
    ///   - uncertainty: which prediction sets it makes, when it abstains, and what is out of distribution.
    ///   - threads: how many compute.
    /// - Throws: `DuetError` of kind `badData` where the model has no calibration, or no distances of embeddings, where they are asked for.
    public convenience init(
        _ model: TrainedModel, uncertainty: UncertaintySettings, threads: Int = Engine.processors
    ) throws {
        try self.init(
            model, uncertainty: uncertainty, threads: threads, batchSizes: [1, Self.batchSize], parameters: nil)
    }

    /// This model at work on one thread, while as many as before read files: a few examples are computed before a second thread has
    /// started, and their files are not read so soon.
    /// - Throws: nothing, as this classifier is there.
    package func computingOnOneThread() throws -> Classifier {
        try Classifier(
            model, uncertainty: uncertainty, threads: 1, batchSizes: batchSizes, parameters: shared, readers: readers)
    }

    /// Puts a model to work beside other classifiers of it.
    /// - Parameters:
    ///   - model: a model, with a calibration where uncertainty is asked for.
    ///   - uncertainty: which prediction sets it makes, when it abstains, and what is out of distribution.
    ///   - threads: how many compute.
    ///   - batchSizes: how many examples are computed at once, ascending: the smallest size is taken that they fit.
    ///   - parameters: the model's weights, to be shared; nil for weights of its own.
    ///   - readers: how many threads read files; nil for as many as compute.
    /// - Throws: `DuetError` of kind `badData` where the model has no calibration, or no distances of embeddings, where they are asked for.
    package init(
        _ model: TrainedModel, uncertainty: UncertaintySettings, threads: Int, batchSizes: [Int],
        parameters: FrozenParameters?, readers: Int? = nil
    ) throws {
        guard uncertainty == UncertaintySettings() || model.calibration != nil else {
            throw DuetError(
                .badData,
                "'\(model.architecture.name)' has no calibration, which prediction sets and abstention need; train it to its end "
                    + "with validation examples")
        }
        guard uncertainty.outOfDistribution == nil || !model.embeddingDistances.isEmpty else {
            throw DuetError(
                .badData,
                "'\(model.architecture.name)' does not know how far examples are from its training examples; train it again to its end"
            )
        }
        (self.model, self.threads, self.readers, self.uncertainty) = (model, threads, readers ?? threads, uncertainty)
        (self.batchSizes, shared) = (batchSizes, parameters)
    }

    /// Predicts one example.
    /// - Parameter values: raw values as in the dataset, by modality: 784 pixel values from 0 to 255, rows from the top, for the
    ///   digits' `image`; 39 frames of 13 MFCCs, frame by frame, for their `audio`.
    /// - Returns: the label and each class's probability.
    /// - Throws: `DuetError` of kind `badData` if a modality is missing, the counts do not fit, a pixel is not from 0 to 255 or a
    ///   feature is not finite.
    public func predict(_ values: [String: [Float]]) throws -> Prediction {
        try predict(
            Dataset(
                model.architecture.branches.map { branch in
                    guard let values = values[branch.modality.name] else {
                        throw DuetError(.badData, "there are no values for the modality '\(branch.modality)'")
                    }
                    return try Column(branch.modality, shape: branch.input, values: values)
                }, classNames: classNames))[0]
    }

    /// Predicts every example of a dataset.
    /// - Parameters:
    ///   - dataset: the examples, raw.
    ///   - monitor: told of each batch.
    /// - Returns: a prediction for each example, in their order.
    /// - Throws: `DuetError` of kind `badData` if the dataset does not have what the model takes.
    public func predict(_ dataset: Dataset, monitor: WorkMonitor = .none) throws -> [Prediction] {
        try model.architecture.requireFit(dataset)
        let predictor = try predictor(for: dataset.count)
        let advance = { try monitor.advance("Predicting", $0, of: dataset.count, "examples") }
        let rows = Array(0..<dataset.count)
        var (table, scores) = (Table(width: 0, rows: 0), Ablations<[Float]>?.none)
        if uncertainty.outOfDistribution == nil {
            table = try predictor.probabilities(of: dataset, rows: rows, advance: advance)
        } else {
            let predicted = try predictor.predictions(of: dataset, rows: rows, advance: advance)
            (table, scores) = (predicted.probabilities.all, predicted.scores)
        }
        let present = modalities.map(\.name)
        return (0..<table.count).map { prediction(table[$0], present: present, score: scores?.all[$0]) }
    }

    /// Predicts examples from picture files and sound files.
    ///
    /// Pictures get the size and the preparation, recordings the sample rate, the length and the features that the model file
    /// says. A modality without a file is absent, as in an evaluation of the others alone. Memory does not grow with the number
    /// of examples, but for what is returned.
    ///
    /// - Parameters:
    ///   - examples: the files, at least one for each example.
    ///   - preparation: what is done to pictures first.
    ///   - monitor: told of each file that was read.
    /// - Returns: a prediction for each example, in their order.
    /// - Throws: `DuetError` of kind `badData` or `missingInput`, naming every file that cannot be used and why; `MediaError` or
    ///   `DuetError` where the model does not take what there are files for.
    public func predict(
        _ examples: [MediaFiles], preparation: PreparationChoice = .automatic,
        monitor: WorkMonitor = .none
    ) throws -> [MediaPrediction] {
        if let empty = examples.firstIndex(where: \.files.isEmpty) {
            throw DuetError(.badData, "example \(empty) has no file of any modality; expected at least one")
        }
        let model = model
        let reader = { @Sendable in MediaReader(model, preparation: preparation) }
        try reader().check(examples.flatMap(\.files.keys))
        var predictions: [MediaPrediction] = []
        var problems: [MediaError] = []
        let fileCount = examples.reduce(0) { $0 + $1.files.count }
        var filesRead = 0
        for start in stride(from: 0, to: examples.count, by: Self.batchSize) {
            let batch = examples[start..<min(start + Self.batchSize, examples.count)]
            let before = filesRead
            let (read, found) = try MediaReader.examples(
                Array(batch), threads: readers,
                advance: { monitor.report("Predicting", before + $0, of: fileCount, "files") },
                isCancelled: { monitor.isCancelled }, reader: reader)
            filesRead += batch.reduce(0) { $0 + $1.files.count }
            problems += found
            // After the first bad file, the others are only looked at.
            if problems.isEmpty { predictions += try predict(read, predictor(for: examples.count)) }
        }
        guard problems.isEmpty else { throw Self.error(problems) }
        return predictions
    }

    /// Predicts one example from media in memory.
    ///
    /// - Parameters:
    ///   - media: a picture or a recording for each modality; one that is missing is absent.
    ///   - preparation: what is done to pictures first.
    /// - Returns: the prediction, and how it came about.
    /// - Throws: `DuetError` of kind `badData` where nothing is given or the kinds do not fit, `MediaError` or `DuetError` where
    ///   the model does not take what is given, or a recording cannot be resampled.
    public func predict(
        _ media: [String: Medium], preparation: PreparationChoice = .automatic
    ) throws -> MediaPrediction {
        try predict(examples: [example(media, preparation: preparation)])[0]
    }

    /// The values of one example's media in memory, as the model takes them.
    /// - Parameters:
    ///   - media: a picture or a recording for each modality; one that is missing is absent.
    ///   - preparation: what is done to pictures first.
    /// - Returns: the values, and how they were made.
    /// - Throws: as `predict(_:preparation:)`.
    package func example(
        _ media: [String: Medium], preparation: PreparationChoice = .automatic
    ) throws -> MediaReader.Example {
        guard !media.isEmpty else {
            throw DuetError(.badData, "there is nothing of any modality; expected at least one")
        }
        let reader = MediaReader(model, preparation: preparation)
        return try media.sorted { $0.key < $1.key }.reduce(into: [:]) { values, entry in
            values[entry.key] = try reader.values(of: entry.value, for: entry.key)
        }
    }

    /// Predicts examples from values, in which any modality may be absent.
    /// - Parameter examples: raw values by modality, at least one for each example.
    /// - Returns: a prediction for each example, in their order.
    /// - Throws: `DuetError` of kind `badData` where the values do not fit.
    package func predict(examples: [MediaReader.Example]) throws -> [MediaPrediction] {
        try predict(examples, predictor(for: examples.count))
    }

    /// What the prediction for one example rests on.
    /// - Parameter example: raw values by modality, at least one.
    /// - Returns: a map over each modality that is present, for the class that the model predicts.
    /// - Throws: `DuetError` of kind `badData` where the values do not fit.
    package func attribution(of example: MediaReader.Example) throws -> Attribution {
        let occlusion = Occlusion(of: Self.audible(example).mapValues(\.values), for: model)
        // A batch after another: all variants of a large photograph would take gigabytes.
        let batchSize = batchSizes.last ?? 1
        let probabilities = try stride(from: 0, to: occlusion.count, by: batchSize).flatMap { start in
            let variants = (start..<min(start + batchSize, occlusion.count)).map { index in
                occlusion.variant(index).mapValues { MediaReader.Values(values: $0, preparation: nil) }
            }
            return try predict(examples: variants).map(\.predictions.all.probabilities)
        }
        return occlusion.attribution(probabilities)
    }

    /// Compiles the program for one example, so that the first one need not wait for it.
    /// - Throws: what compiling throws.
    package func prepare() throws { _ = try predictor(for: 1) }

    private func predict(_ read: [MediaReader.Example], _ predictor: Predictor) throws -> [MediaPrediction] {
        let examples = read.map(Self.audible)
        let columns = try model.architecture.branches.map { branch in
            // What stands in for a missing modality is never looked at.
            let nothing = [Float](repeating: 0, count: branch.input.elementCount)
            return try Column(
                branch.modality, shape: branch.input,
                values: examples.flatMap { $0[branch.modality.name]?.values ?? nothing })
        }
        let dataset = try Dataset(columns, classNames: classNames)
        let isWhole = examples.allSatisfy { $0.count == columns.count }
        let predicted = try predictor.predictions(
            of: dataset, rows: Array(examples.indices), absent: isWhole ? nil : { examples[$1][$0] == nil })
        let tables = predicted.probabilities
        let scores = uncertainty.outOfDistribution == nil ? nil : predicted.scores
        return examples.enumerated().map { row, example in
            let present = tables.alone.filter { example[$0.modality] != nil }
            let alone = present.map {
                (
                    $0.modality,
                    prediction(
                        $0.value[row], present: [$0.modality], score: scores?[$0.modality]?[row],
                        isEmpty: example[$0.modality]?.isWithoutVoice == true)
                )
            }
            let all = prediction(
                tables.all[row], present: Array(example.keys), score: scores?.all[row],
                isEmpty: example.values.allSatisfy(\.isWithoutVoice))
            return MediaPrediction(
                predictions: Ablations(all: all, alone: alone),
                disagree: Set(alone.map(\.1.classIndex)).count > 1,
                preparations: read[row].compactMapValues(\.preparation))
        }
    }

    /// What of an example is asked: a recording without a voice says nothing, so the others are, where there are some.
    private static func audible(_ example: MediaReader.Example) -> MediaReader.Example {
        let audible = example.filter { !$0.value.isWithoutVoice }
        return audible.isEmpty ? example : audible
    }

    /// A prediction from the modalities that are present. It is empty where there was nothing to predict from, such as a recording without a
    /// voice.
    private func prediction(
        _ probabilities: ArraySlice<Float>, present: [String], score: Float?, isEmpty: Bool = false
    ) -> Prediction {
        Prediction(
            probabilities: Array(probabilities), classNames: classNames, model.calibration(ofPresent: present),
            uncertainty, outOfDistributionScore: score, isEmpty: isEmpty)
    }

    private func predictor(for count: Int) throws -> Predictor {
        let batchSize = batchSizes.first { $0 >= count } ?? batchSizes.last ?? 1
        if let predictor = predictors[batchSize] { return predictor }
        let predictor = try Predictor(
            model, scores: uncertainty.outOfDistribution != nil, batchSize: batchSize, threads: threads,
            parameters: shared)
        predictors[batchSize] = predictor
        return predictor
    }

    /// One error for all files that cannot be used, each named once.
    private static func error(_ problems: [MediaError]) -> DuetError {
        var known: Set<String> = []
        let lines = problems.map(\.description).filter { known.insert($0).inserted }
        let kind: DuetError.Kind = problems.allSatisfy { $0.kind == .missingInput } ? .missingInput : .badData
        guard lines.count > 1 else { return DuetError(kind, lines[0]) }
        return DuetError(kind, "\(lines.count) files cannot be used:\n  " + lines.joined(separator: "\n  "))
    }
}
