import Foundation
import NeuralNetwork
import PairedData

/// A model file at work: an image and a clip in, a label out.
///
/// ```swift
/// let classifier = try Classifier(contentsOf: URL(fileURLWithPath: "runs/demo/model.safetensors"))
/// let pair = MediaPair(image: URL(fileURLWithPath: "seven.png"), audio: URL(fileURLWithPath: "seven.wav"))
/// let judgement = try classifier.judge([pair])[0]
/// print(judgement.decision.label, judgement.decision.probability)
/// ```
///
/// One thread at a time may call a classifier; make one per thread.
public final class Classifier {
    /// What the model says about one pair.
    public struct Prediction: Codable, Equatable, Sendable {
        /// The most probable class, from 0.
        public let classIndex: Int
        /// Its name.
        public let label: String
        /// Each class's probability, in the order of `Classifier.classNames`; they sum to one.
        public let probabilities: [Float]
        /// The most probable class's probability.
        public let probability: Float

        init(classIndex: Int, classNames: [String], probabilities: [Float]) {
            self.classIndex = classIndex
            label = classNames[classIndex]
            self.probabilities = probabilities
            probability = probabilities[classIndex]
        }
    }

    /// How many pairs are computed at once where there is more than one.
    static let batchSize = 128

    let model: TrainedModel
    /// How many threads compute.
    private let threads: Int
    private var predictors: [Int: Predictor] = [:]

    /// The classes' names, in the order of the probabilities.
    public var classNames: [String] { model.classNames }

    /// Loads a model file.
    /// - Throws: `DuetError` of kind `missingInput` or `badData`.
    public convenience init(contentsOf url: URL, threads: Int = Engine.processors) throws {
        self.init(try TrainedModel(contentsOf: url), threads: threads)
    }

    /// Puts a model to work, on so many threads.
    public init(_ model: TrainedModel, threads: Int = Engine.processors) {
        self.model = model
        self.threads = threads
    }

    /// Classifies one pair.
    /// - Parameters:
    ///   - image: raw pixel values, 0 to 255, rows from the top, channels fastest: 784 for the digits.
    ///   - audio: raw features as in the dataset: 39 frames of 13 MFCCs, frame by frame, for the digits.
    /// - Returns: the label and each class's probability.
    /// - Throws: `DataError` of kind `badData` if the counts do not fit, a pixel is not from 0 to 255 or a feature is not
    ///   finite.
    public func classify(image: [Float], audio: [Float]) throws -> Prediction {
        let pair = try PairedDataset(
            images: image, imageShape: model.architecture.image.input, audio: audio,
            audioShape: model.architecture.audio.input, classNames: classNames)
        return try classify(pair)[0]
    }

    /// Classifies every pair of a dataset.
    /// - Parameters:
    ///   - dataset: the pairs, raw.
    ///   - advance: called after each batch with the number of pairs done.
    /// - Returns: a prediction for each pair, in their order.
    /// - Throws: `DuetError` of kind `badData` if the shapes are not the model's.
    public func classify(
        _ dataset: PairedDataset, advance: (Int) throws -> Void = { _ in }
    ) throws -> [Prediction] {
        try model.requireFit(dataset)
        let predictor = try predictor(forPairs: dataset.count)
        return predictions(
            try predictor.fused(of: dataset, rows: Array(0..<dataset.count), advance: advance))
    }

    /// The rows of a table of probabilities as predictions.
    func predictions(_ table: Table) -> [Prediction] {
        table.classes.enumerated().map { row, best in
            Prediction(classIndex: best, classNames: classNames, probabilities: Array(table[row]))
        }
    }

    func predictor(forPairs count: Int) throws -> Predictor {
        let batchSize = count == 1 ? 1 : Self.batchSize
        if let predictor = predictors[batchSize] { return predictor }
        let predictor = try Predictor(model, batchSize: batchSize, threads: threads)
        predictors[batchSize] = predictor
        return predictor
    }
}
