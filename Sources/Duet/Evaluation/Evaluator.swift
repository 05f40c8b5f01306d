import Foundation
import NeuralNetwork
import PairedData

/// Measures a model on pairs whose classes are known.
public struct Evaluator {
    /// What was measured, and for each pair whether it was classified correctly, in the order of the rows.
    public struct Result: Sendable {
        /// The numbers.
        public let evaluation: Evaluation
        /// Pair by pair, for tests between models.
        public let isCorrect: [Bool]
        /// What was said of each pair, from both modalities and from each alone.
        public let opinions: PairOpinions
    }

    let model: TrainedModel
    let predictor: Predictor

    /// Prepares a model, to be measured on so many threads.
    public init(_ model: TrainedModel, threads: Int = Engine.processors) throws {
        self.model = model
        predictor = try Predictor(model, threads: threads)
    }

    /// Measures one side of a dataset folder.
    ///
    /// On the dataset that the model was trained on, the sides are those of its training. On any other, there is only
    /// the dataset's own test side.
    /// - Throws: `DuetError` where the dataset has no such side or does not fit the model, `DataError` where it is broken.
    public func evaluate(
        _ folder: URL, on side: EvaluationSide, advance: (_ done: Int, _ of: Int) throws -> Void = { _, _ in }
    ) throws -> Result {
        let dataset = try DatasetFolder(folder).load()
        return try evaluate(dataset, rows: rows(of: side, in: dataset, place: folder.path), on: side, advance: advance)
    }

    /// Measures some rows of a dataset.
    public func evaluate(
        _ dataset: PairedDataset, rows: [Int], on side: EvaluationSide,
        advance: (_ done: Int, _ of: Int) throws -> Void = { _, _ in }
    ) throws -> Result {
        let truth = try truth(of: dataset, rows: rows)
        let opinions = try predictor.opinions(of: dataset, rows: rows) { try advance($0, rows.count) }
        let classes = model.classNames.count
        let metrics = try ClassificationMetrics(probabilities: opinions.fused.values, labels: truth, classes: classes)
        let (imageOnly, audioOnly) = (
            Share(opinions.imageOnly.areCorrect(truth)), Share(opinions.audioOnly.areCorrect(truth))
        )
        let evaluation = Evaluation(
            model: model.architecture.name, on: side, count: metrics.count, classNames: model.classNames,
            accuracy: metrics.accuracy, accuracyInterval: metrics.accuracyInterval, loss: metrics.loss,
            imageOnlyAccuracy: imageOnly.accuracy, imageOnlyInterval: imageOnly.interval,
            audioOnlyAccuracy: audioOnly.accuracy, audioOnlyInterval: audioOnly.interval,
            calibrationError: metrics.calibration.error, calibrationBins: metrics.calibration.bins,
            brierScore: metrics.brierScore, perClass: metrics.confusion.perClass,
            macroAverage: metrics.confusion.macroAverage, confusion: metrics.confusion)
        return Result(
            evaluation: evaluation, isCorrect: opinions.fused.areCorrect(truth),
            opinions: PairOpinions(
                rows: rows, truth: truth, classCount: classes, fused: opinions.fused.values,
                imageOnly: opinions.imageOnly.values, audioOnly: opinions.audioOnly.values))
    }

    /// The true classes of some rows, if the dataset fits the model.
    func truth(of dataset: PairedDataset, rows: [Int]) throws -> [Int] {
        try model.requireFit(dataset)
        guard let labels = dataset.labels else {
            throw DuetError(.badData, "the dataset has no labels to compare with")
        }
        guard dataset.classNames.count <= model.classNames.count else {
            throw DuetError(
                .badData,
                "the dataset has \(dataset.classNames.count) classes, but the model \(model.classNames.count)")
        }
        return rows.map { labels[$0] }
    }

    /// The rows of one side of a dataset; see `evaluate(_:on:advance:)`.
    /// - Parameters:
    ///   - side: which side.
    ///   - dataset: the dataset, whole.
    ///   - place: what to call it in error messages.
    /// - Returns: the side's rows.
    /// - Throws: `DuetError` of kind `badData` where the dataset has no such side.
    public func rows(of side: EvaluationSide, in dataset: PairedDataset, place: String) throws -> [Int] {
        let origin = model.origin
        if dataset.fingerprint() == origin.dataset {
            let split = try Split(dataset, by: origin.split, seed: origin.seed)
            switch side {
            case .test: return split.test
            case .validation: return split.validation
            case .train: return (origin.limit.map { split.limitingTraining(to: $0) } ?? split).train
            }
        }
        let ownTest = Array(dataset.trainSideCount..<dataset.count)
        guard side == .test, !ownTest.isEmpty else {
            let reason =
                side == .test
                ? "it has no labelled test side of its own" : "it has no pairs that the model was trained or chosen on"
            throw DuetError(
                .badData,
                "\(place) is not the dataset that '\(model.architecture.name)' was trained on, and \(reason)")
        }
        return ownTest
    }
}

extension TrainedModel {
    /// Checks that a dataset's shapes are the model's.
    func requireFit(_ dataset: PairedDataset) throws {
        for (what, needed, given) in [
            ("images", architecture.image.input, dataset.imageShape),
            ("audio", architecture.audio.input, dataset.audioShape),
        ] where needed != given {
            throw DuetError(
                .badData, "the model '\(architecture.name)' takes \(what) of shape \(needed), but gets \(given)")
        }
    }
}
