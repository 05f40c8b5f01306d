import Datasets
public import FileFormats
public import Foundation
import NeuralNetwork

/// Several models, each trained with several random seeds: which is best, and how surely, whatever the seed and the recordings.
public struct SeedComparison: Codable, Sendable {
    /// One model's line.
    public struct Entry: Codable, Sendable {
        /// The model's name.
        public let model: String
        /// All weights.
        public let parameters: Int
        /// On the test examples, from all modalities and from each alone.
        public let accuracies: Ablations<GroupedAccuracy>
        /// The calibration error with each seed.
        public let calibrationErrors: [Double]
        /// The test against the best model, on the same examples with the same seeds; nil for the best itself.
        public let againstBest: SignFlipTest?
        /// What fusion brings; nil for a model of one modality, and where its specialists were not compared.
        public let gain: Gain?
    }

    /// A fused model against the best of its specialists.
    public struct Gain: Codable, Sendable {
        /// The name of the specialist with the highest mean accuracy.
        public let specialist: String
        /// The fused model's mean accuracy less the specialist's.
        public let gain: Double
        /// The test of the two.
        public let test: SignFlipTest
    }

    /// The version of this format.
    public private(set) var version = 1
    /// The random seeds.
    public let seeds: [UInt64]
    /// The models, in the order in which they were named.
    public let entries: [Entry]
    /// The name of the model with the highest mean test accuracy; of equal ones the smallest.
    public let best: String
    /// The p-value below which a difference from the best counts as more than chance: 0.05 divided by the number of
    /// comparisons (Bonferroni).
    public let significance: Double

    /// What is kept of a model's trainings.
    private struct Trained {
        let model: FusionModel
        var outcomes: Ablations<[GroupedOutcome]>
        var calibrationErrors: [Double]
    }

    /// Trains and measures models with several seeds, and compares them.
    ///
    /// - Parameters:
    ///   - trainings: for each seed the trainings of all models, in the same order; each has a folder of its own.
    ///   - resume: whether to go on with runs that their folders hold; one that is finished is not trained again.
    ///   - overwrite: whether runs that the folders hold may be replaced.
    ///   - observers: makes the observers of a training that is about to begin.
    ///   - monitor: told of the evaluations; where it cancels, a checkpoint is written first.
    ///   - finished: gets each seed's comparison as soon as it is there.
    /// - Returns: the comparison over all seeds.
    /// - Throws: `DuetError`, before the first training where a folder cannot be written.
    public static func train(
        _ trainings: [[TrainingConfiguration]], resume: Bool = false, overwrite: Bool = false,
        observers: (TrainingConfiguration, TrainingData) throws -> [any TrainingObserver] = { _, _ in [] },
        monitor: WorkMonitor = .none, finished: (Comparison, UInt64) throws -> Void = { _, _ in }
    ) throws -> SeedComparison {
        try Comparison.checkFolders(trainings.flatMap { $0 }, resume: resume, overwrite: overwrite)
        var models: [Trained] = []
        for configurations in trainings {
            guard let first = configurations.first else { continue }
            let data = try TrainingData(first, monitor: monitor)
            let outcomes = try Comparison.outcomes(
                configurations, data, resume: resume, overwrite: overwrite, observers: observers, monitor: monitor)
            try finished(Comparison(outcomes), first.seed)
            for (index, outcome) in outcomes.enumerated() {
                let predictions = outcome.test.predictions
                let groups = data.dataset.groups.map { groups in predictions.rows.map { groups[$0] } }
                let measured = predictions.probabilities.keyed.map { ablation in
                    GroupedOutcome(
                        predictions.areCorrect(ablation), groups: groups ?? predictions.rows.map { Int32($0) })
                }
                if models.count <= index {
                    models.append(
                        Trained(
                            model: outcome.model.architecture, outcomes: measured.map { _ in [] },
                            calibrationErrors: []))
                }
                models[index].outcomes = models[index].outcomes.merged(with: measured) { $0 + [$1] }
                models[index].calibrationErrors.append(outcome.test.evaluation.calibrationError)
            }
        }
        return try SeedComparison(models, seeds: trainings.compactMap(\.first?.seed))
    }

    private init(_ models: [Trained], seeds: [UInt64]) throws {
        typealias Measured = (trained: Trained, parameters: Int, accuracies: Ablations<GroupedAccuracy>)
        let measured: [Measured] = try models.map {
            ($0, try $0.model.network().summary().totalParameters, $0.outcomes.map { GroupedAccuracy($0) })
        }
        guard
            let best = measured.max(by: {
                ($0.accuracies.all.mean, -$0.parameters) < ($1.accuracies.all.mean, -$1.parameters)
            })
        else { throw DuetError(.usage, "there are no models to compare") }
        self.seeds = seeds
        self.best = best.trained.model.name
        significance = 0.05 / Double(max(measured.count - 1, 1))
        func test(_ first: Measured, _ second: Measured) -> SignFlipTest {
            SignFlipTest(
                differences: GroupedOutcome.differences(first.trained.outcomes.all, second.trained.outcomes.all))
        }
        entries = measured.map { one in
            let model = one.trained.model
            let specialists = model.branches.count > 1 ? measured.filter { model.hasAsBranch($0.trained.model) } : []
            let specialist = specialists.max { $0.accuracies.all.mean < $1.accuracies.all.mean }
            return Entry(
                model: model.name, parameters: one.parameters, accuracies: one.accuracies,
                calibrationErrors: one.trained.calibrationErrors,
                againstBest: model.name == best.trained.model.name ? nil : test(best, one),
                gain: specialist.map {
                    Gain(
                        specialist: $0.trained.model.name, gain: one.accuracies.all.mean - $0.accuracies.all.mean,
                        test: test(one, $0))
                })
        }
    }

    /// Writes `comparison.json` into a folder.
    public func write(to folder: URL) throws { try Comparison.write(self, to: folder) }

    /// The modalities that any of the models can be measured on alone, in the order of the first model that has them.
    public var modalities: [String] { entries.map(\.accuracies.modalities).distinct }
}

extension SeedComparison.Entry {
    /// "Fusion helps: the mean test accuracy of model-2 is 0.0121 above that of its best specialist, model-2-image (p < 0.0001)."
    public var sentence: String? {
        gain.map { Comparison.sentence(on: "mean test accuracy", of: model, $0.gain, $0.specialist, $0.test.pValue) }
    }
}
