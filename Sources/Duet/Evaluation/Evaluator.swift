public import Datasets
public import FileFormats
public import Foundation
public import NeuralNetwork

/// Measures a model on examples whose classes are known.
public struct Evaluator {
    /// What was measured, and the predictions behind it, in the order of the rows.
    public struct Result: Sendable {
        /// The numbers.
        public let evaluation: Evaluation
        /// Example by example.
        public let predictions: EvaluatedPredictions
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
    /// - Throws: `DuetError` where the dataset has no such side, does not fit the model or is broken.
    public func evaluate(
        _ folder: URL, on side: EvaluationSide, monitor: WorkMonitor = .none
    ) throws -> Result {
        let dataset = try DatasetFolder(folder).load()
        return try evaluate(
            dataset, rows: rows(of: side, in: dataset, place: folder.path, monitor: monitor), on: side,
            monitor: monitor)
    }

    /// Measures some rows of a dataset.
    public func evaluate(
        _ dataset: Dataset, rows: [Int], on side: EvaluationSide, monitor: WorkMonitor = .none
    ) throws -> Result {
        let predictions = try predictions(dataset, rows: rows) {
            try monitor.advance("Evaluating", $0, of: rows.count, "examples")
        }
        return Result(evaluation: try Evaluation(predictions, of: model, on: side), predictions: predictions)
    }

    /// The predictions for some rows, clean or with noise.
    func predictions(
        _ dataset: Dataset, rows: [Int], with noise: Noise? = nil, advance: (Int) throws -> Void
    ) throws -> EvaluatedPredictions {
        try model.architecture.requireFit(dataset)
        guard let labels = dataset.labels else {
            throw DuetError(.badData, "the dataset has no labels to compare with")
        }
        guard dataset.classNames.count <= model.classNames.count else {
            throw DuetError(
                .badData,
                "the dataset has \(dataset.classNames.count) classes, but the model \(model.classNames.count)")
        }
        let tables = try predictor.predictions(of: dataset, rows: rows, with: noise, advance: advance).probabilities
        return EvaluatedPredictions(
            rows: rows, labels: rows.map { labels[$0] }, classCount: model.classNames.count,
            probabilities: tables.map(\.values))
    }

    /// The rows of one side of a dataset; see `evaluate(_:on:monitor:)`.
    /// - Parameters:
    ///   - side: which side.
    ///   - dataset: the dataset, whole.
    ///   - place: what to call it in error messages.
    ///   - monitor: told of the examples that were read.
    /// - Returns: the side's rows.
    /// - Throws: `DuetError` of kind `badData` where the dataset has no such side.
    public func rows(
        of side: EvaluationSide, in dataset: Dataset, place: String, monitor: WorkMonitor = .none
    ) throws -> [Int] {
        let origin = model.origin
        if try dataset.fingerprint(monitor: monitor) == origin.dataset {
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
                ? "it has no labelled test side of its own"
                : "it has no examples that the model was trained or chosen on"
            throw DuetError(
                .badData,
                "\(place) is not the dataset that '\(model.architecture.name)' was trained on, and \(reason)")
        }
        return ownTest
    }
}
