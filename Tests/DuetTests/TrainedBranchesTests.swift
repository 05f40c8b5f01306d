import Datasets
import Duet
import FileFormats
import Foundation
import Media
import NeuralNetwork
import SeededRandom
import TestSupport
import Testing

/// Branches that are trained on the labels by themselves, and heads that learn from what they say.
@Suite(.serialized)
struct TrainedBranchesTests {
    private func evaluated(
        _ data: SmallData, _ name: String, _ change: (inout TrainingConfiguration) -> Void
    ) throws -> TrainingRun.Outcome {
        var configuration = data.configuration(name)
        change(&configuration)
        return try data.train(configuration)
    }

    /// The audio is noise, which a branch learns by heart: of its own training examples, it says only what is true. The images tell
    /// the class of most examples.
    @Test func aCrossFittedHeadLearnsFromWhatBranchesSayOfNewExamples() throws {
        let data = try SmallData(test: 200, recordingsPerClass: 25)
        defer { data.remove() }
        var generator = SeededGenerator(seed: 3)
        func noise() -> Float { Float(generator.next() >> 40) / 0x1p24 }
        for side in ["train", "test"] {
            let images = (0..<(200 * 36)).map { place in
                let isOfClass = place % 6 == place / 36 % SmallData.classes
                return UInt8(180 * noise()) + (isOfClass ? 60 : 0)
            }
            func file(_ name: String) -> URL { data.folder.appendingPathComponent("\(name)_\(side).npy") }
            try NPYArray.write(images, shape: [200, 6, 6], to: file("data_wr"), overwrite: true)
            // The same for each of the two examples of a recording.
            let recordings = (0..<(100 * 12)).map { _ in noise() }
            let audio = recordings + recordings
            try NPYArray.write(audio, shape: [200, 12], to: file("data_sp"), overwrite: true)
        }
        let audio = Branch(.audio, input: [12, 1]) {
            Flatten()
            Dense(128, activation: .relu)
            Dense(SmallData.classes, activation: .softmax)
        }
        let model = FusionModel("small", branches: [audio, SmallData.model.branches[1]], head: SmallData.model.head)
        func outcome(_ name: String, folds: Int) throws -> TrainingRun.Outcome {
            try evaluated(data, name) {
                $0.model = .custom(model)
                ($0.schedule, $0.folds, $0.epochs) = (.staged, folds, 10)
                $0.branches["audio"] = BranchTraining(epochs: 200)
                $0.branches["image"] = BranchTraining(epochs: 2)
            }
        }
        let (plain, crossFitted) = try (outcome("plain", folds: 1), outcome("cross-fitted", folds: 4))
        let learned = plain.metrics.history.epochs.last { $0.phase == .branch("audio") }
        #expect(try #require(learned).accuracy > 0.9, "the branch did not learn the noise by heart")
        /// How right the head is on its training examples and on the test examples.
        func accuracies(_ outcome: TrainingRun.Outcome) throws -> (training: Double, test: Double) {
            let head = try #require(outcome.metrics.history.epochs.last { $0.phase == .head })
            return (head.accuracy, outcome.metrics.test.accuracies.all.accuracy)
        }
        let (before, after) = (try accuracies(plain), try accuracies(crossFitted))
        #expect(before.training > before.test + 0.1, "\(before)")
        #expect(abs(after.training - after.test) < 0.1, "\(after)")
        #expect(plain.metrics.history.phases == [.branch("audio"), .branch("image"), .head])
    }

    /// With a head too, a modality alone is predicted by its branch, where that was trained on the labels.
    @Test(arguments: [TrainingConfiguration.Schedule.staged, .joint])
    func aModalityAloneIsPredictedByItsBranch(schedule: TrainingConfiguration.Schedule) throws {
        let data = try SmallData()
        defer { data.remove() }
        let outcome = try evaluated(data, "run") {
            ($0.schedule, $0.epochs) = (schedule, 8)
            if schedule == .joint { $0.branchLossWeight = 0.5 }
        }
        let accuracies = outcome.metrics.test.accuracies
        #expect(accuracies.all.accuracy > 0.95)
        for (modality, alone) in accuracies.alone { #expect(alone.accuracy > 0.9, "\(modality)") }
        #expect(outcome.model.branchesAreTrained)
        let file = RunFolder(URL(fileURLWithPath: data.configuration().output)).model
        #expect(try TrainedModel(contentsOf: file).branchesAreTrained)

        // Files with one modality go the same way.
        let classifier = try Classifier(contentsOf: file, threads: 1)
        let dataset = try DatasetFolder(data.folder).load()
        let image = try #require(dataset["image"])
        for (position, row) in outcome.test.predictions.rows.prefix(20).enumerated() {
            let picture = Image(width: 6, height: 6, channels: .gray, pixels: try image[row].map { $0 / 255 })
            let prediction = try classifier.predict(["image": .image(picture)], preparation: .none)
            let expected = outcome.test.predictions.predicted(.alone("image"), at: position)
            #expect(prediction.predictions.all.classIndex == expected)
        }
    }

    @Test func withoutALossOfTheirOwnBranchesDoNotPredict() throws {
        let data = try SmallData()
        defer { data.remove() }
        #expect(!(try evaluated(data, "run") { $0.epochs = 1 }).model.branchesAreTrained)
    }

    /// One model's fusions train its branches once, and get what they would have trained.
    @Test func fusionsOfAComparisonShareTheirBranches() throws {
        let data = try SmallData()
        defer { data.remove() }
        func configuration(_ fusion: String, in folder: String) -> TrainingConfiguration {
            var configuration = data.configuration("\(folder)/\(fusion)")
            (configuration.fusion, configuration.schedule, configuration.epochs) = (fusion, .staged, 3)
            return configuration
        }
        final class Taken: TrainingObserver {
            var phases: [TrainingPhase] = []
            func phaseWasTaken(from model: String, _ training: Training) { phases.append(training.phase) }
        }
        var taken: [String: Taken] = [:]
        let names = ["product", "concatenate", "residual"]
        _ = try Comparison.train(names.map { configuration($0, in: "together") }) { configuration, _ in
            let observer = Taken()
            taken[configuration.fusion ?? ""] = observer
            return [observer]
        }
        let branches: [TrainingPhase] = [.branch("audio"), .branch("image")]
        #expect(taken["product"]?.phases == [])
        #expect(taken["concatenate"]?.phases == branches)
        let folds = { (name: String) in (1...3).map { TrainingPhase.fold(name, $0) } }
        #expect(taken["residual"]?.phases == folds("audio") + [branches[0]] + folds("image") + [branches[1]])
        for name in names {
            let alone = try data.train(configuration(name, in: "alone"))
            let file = RunFolder(URL(fileURLWithPath: configuration(name, in: "together").output))
            #expect(try TrainedModel(contentsOf: file.model).parameters == alone.model.parameters, "\(name)")
            func measures(_ history: TrainingHistory) -> [[Double]] {
                history.epochs.map { [$0.loss, $0.accuracy, $0.validationLoss, $0.validationAccuracy] }
            }
            #expect(try measures(TrainingHistory(contentsOf: file.history)) == measures(alone.metrics.history))
        }
    }

    @Test func whatCannotBeTrainedIsRefused() throws {
        let data = try SmallData()
        defer { data.remove() }
        func message(_ change: (inout TrainingConfiguration) -> Void) throws -> String {
            let error = #expect(throws: (any Error).self) {
                var configuration = data.configuration()
                change(&configuration)
                try configuration.validate()
                _ = try data.train(configuration)
            }
            return "\(try #require(error))"
        }
        #expect(try message { $0.folds = 0 }.contains("folds is 0, but must be from 1 to 20"))
        #expect(try message { $0.branchLossWeight = -1 }.contains("branch_loss_weight is -1"))
        #expect(
            try message { ($0.branchLossWeight, $0.schedule) = (1, .staged) }.contains("goes with the joint schedule"))
        let bare = SmallData.model.branches.map {
            Branch($0.modality, input: $0.input, layers: $0.networks[0].dropLast())
        }
        let headed = FusionModel("bare", branches: bare, head: SmallData.model.head)
        #expect(
            try message { ($0.branchLossWeight, $0.model) = (1, .custom(headed)) }
                .contains("needs a 'audio' branch that ends in Dense with softmax"))
    }
}
