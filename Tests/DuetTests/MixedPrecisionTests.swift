import Duet
import FileFormats
import Foundation
import NeuralNetwork
import Testing
import TestSupport

/// Whole models and whole trainings in bf16.
@Suite(.serialized, .enabled(if: Precision.bf16.isSupported, "this processor has no instructions for bf16"))
struct MixedPrecisionTests {
    /// The same 20 calm steps as in float32, with room for bfloat16's rounding.
    @Test(arguments: Presets.paper)
    func lossesAlongTwentyStepsOfAdam(of name: String) throws {
        let (model, fixture) = try ParityFixture.load(name)
        let program = try Program(
            model.network(), outputs: [model.outputNames().model], batchSize: 32, mode: .training, precision: .bf16,
            store: ParameterStore(fixture.weights(of: model), for: model.network()))
        for (step, expected) in fixture.calmLosses.enumerated() {
            ParityFormula.fill(program, step: step)
            let loss = program.step(Adam(learningRate: 2e-5), step: step + 1, seed: 0).loss
            #expect(abs(loss - expected) < 3e-2 * expected, "step \(step): \(loss), not \(expected)")
        }
    }

    @Test func aTrainingLearnsAndGoesOnWhereItStopped() throws {
        let data = try SmallData()
        defer { data.remove() }
        var whole = data.configuration("whole")
        whole.precision = .bf16
        let uninterrupted = try data.train(whole)
        #expect(
            try Evaluator(uninterrupted.model).evaluate(data.folder, on: .test).evaluation.accuracies.all.accuracy
                > 0.95)

        var stopped = whole
        stopped.output = data.folder.appendingPathComponent("stopped").path
        #expect(throws: DuetError.self) {
            _ = try data.run(stopped).train(monitor: Watcher { $1 == 17 }.monitor)
        }
        let resumed = try data.run(stopped, resume: true).train()
        #expect(resumed.model.parameters == uninterrupted.model.parameters)

        stopped.precision = .float32
        #expect(throws: DuetError.self, "a run goes on in the precision that it began in") {
            _ = try data.run(stopped, resume: true).train()
        }
        stopped.output = data.folder.appendingPathComponent("float32").path
        #expect(try data.train(stopped).model.parameters != uninterrupted.model.parameters)
    }
}
