import Duet
import FileFormats
import Foundation
import Testing
import TestSupport

extension CommandTests {
    @Suite("Trainings that are stopped, killed and repeated")
    struct ResumeTests {
        /// Many small steps, so that a signal lands between the first and the last.
        private static let settings = ["--epochs", "4", "--batch-size", "4", "--threads", "1", "--model", "model-1"]

        @Test("A run killed in mid-epoch and resumed ends with the bytes of one that never stopped")
        func killed() throws {
            try Workshop.with { shop in
                let whole = try reference(shop)
                let run = try start(shop, "run")
                try waitForEpochs(1, in: shop["run/history.csv"], of: run)
                run.send(SIGKILL)
                #expect(try run.wait().status == -SIGKILL)
                #expect(try finishedEpochs(shop["run/history.csv"]) < 4)
                try expectResumedRunEquals(whole, shop)
            }
        }

        @Test("Ctrl-C saves the state and says how to go on; so does a kill after that cost nothing but time")
        func interrupted() throws {
            try Workshop.with { shop in
                let whole = try reference(shop)
                let first = try start(shop, "run")
                try waitForEpochs(1, in: shop["run/history.csv"], of: first)
                first.send(SIGINT)
                let outcome = try first.wait()
                #expect(outcome.status == 130)
                #expect(outcome.errors.contains("Go on with: duet train --resume --output run\n"))
                #expect(outcome.output == "")
                let checkpoint = try SafetensorsFile(contentsOf: shop["run/checkpoint/last.safetensors"])
                let position = try #require(checkpoint.metadata["position"])
                // In mid-epoch: some batches are done, but not all 75.
                #expect(position.contains("\"batch\":") && !position.contains("\"batch\":0,"), "\(position)")

                let second = try shop.start("train", "--resume", "--no-report", "--output", "run")
                try waitForEpochs(3, in: shop["run/history.csv"], of: second)
                second.send(SIGKILL)
                #expect(try second.wait().status == -SIGKILL)
                try expectResumedRunEquals(whole, shop)
            }
        }

        @Test("A run that is stopped again and again ends with the same bytes")
        func stoppedOften() throws {
            try Workshop.with { shop in
                let whole = try reference(shop)
                // A signal must not disturb the computation wherever it lands, so it lands in many places.
                for _ in 0..<8 {
                    let isNew = !shop.exists("run/checkpoint/last.safetensors")
                    let run =
                        isNew
                        ? try start(shop, "run") : try shop.start("train", "--resume", "--no-report", "--output", "run")
                    while run.isRunning && !shop.exists("run/config.yaml") { Thread.sleep(forTimeInterval: 0.005) }
                    Thread.sleep(forTimeInterval: 0.2)
                    run.send(SIGINT)
                    let outcome = try run.wait()
                    try #require(outcome.status == 130 || outcome.status == 0, "\(outcome)")
                }
                try expectResumedRunEquals(whole, shop)
            }
        }

        @Test("A staged training goes on in the phase in which it was stopped")
        func staged() throws {
            try Workshop.with { shop in
                let settings = ["--schedule", "staged", "--epochs", "2", "--folds", "2"]
                let whole = try start(shop, "whole", settings).wait()
                try #require(whole.status == 0, "\(whole.errors)")
                let run = try start(shop, "run", settings)
                try waitForEpochs(3, in: shop["run/history.csv"], of: run)
                run.send(SIGINT)
                #expect(try run.wait().status == 130)
                try expectResumedRunEquals(shop.bytes("whole/model.safetensors"), shop)
                let phases = try shop.rows("run/history.csv").dropFirst().map { $0[0] }
                let order = [
                    "audio/fold-1", "audio/fold-2", "audio", "image/fold-1", "image/fold-2", "image", "head",
                ]
                #expect(phases == order.flatMap { [$0, $0] })
            }
        }

        @Test("Resuming a finished run changes nothing")
        func finished() throws {
            try Workshop.with { shop in
                try FileManager.default.copyItem(at: Studio.required().run, to: shop["run"])
                let before = try shop.bytes("run/model.safetensors")
                let outcome = try shop.duet("train", "--resume", "--no-report", "--output", "run")
                #expect(outcome.status == 0, "\(outcome.errors)")
                #expect(try shop.bytes("run/model.safetensors") == before)
                #expect(try finishedEpochs(shop["run/history.csv"]) == 2)
            }
        }

        @Test("One seed gives one model file; another seed another")
        func seeds() throws {
            try Workshop.with { shop in
                for (output, seed) in [("a", "1"), ("b", "1"), ("c", "2")] {
                    try shop.train(output, "--epochs", "1", "--limit", "64", "--seed", seed)
                }
                #expect(try shop.bytes("a/model.safetensors") == shop.bytes("b/model.safetensors"))
                let (a, c) = (try TrainedModel(contentsOf: shop["a/model.safetensors"]), try model(shop, "c"))
                #expect(a.parameters.entries.map(\.values) != c.parameters.entries.map(\.values))
            }
        }

        @Test("--resume says what it needs")
        func misuse() throws {
            try Workshop.with { shop in
                let nameless = try shop.duet("train", "--resume")
                #expect(nameless.status == 64)
                #expect(nameless.errors.contains("--resume needs the run folder: --output"))
                let unknown = try shop.duet("train", "--resume", "--output", "nowhere")
                #expect(unknown.status == 66)
                #expect(unknown.errors.contains("nowhere is no run folder"))
                let changed = try shop.duet("train", "--resume", "--output", "nowhere", "--epochs", "9")
                #expect(changed.status == 64)
                #expect(changed.errors.contains("takes its settings from nowhere/config.yaml"))
                #expect(try shop.names() == [])
            }
        }

        private func model(_ shop: Workshop, _ run: String) throws -> TrainedModel {
            try TrainedModel(contentsOf: shop["\(run)/model.safetensors"])
        }

        private func start(_ shop: Workshop, _ output: String, _ more: [String] = []) throws -> DuetProcess {
            let data = try Studio.required().data.path
            return try DuetProcess(
                ["train", "--data", data, "--output", output, "--no-report"] + Self.settings + more, in: shop.folder)
        }

        /// The model file of a run that nobody disturbed.
        private func reference(_ shop: Workshop) throws -> Data {
            let outcome = try start(shop, "whole").wait()
            try #require(outcome.status == 0, "\(outcome.errors)")
            return try shop.bytes("whole/model.safetensors")
        }

        private func expectResumedRunEquals(_ whole: Data, _ shop: Workshop) throws {
            let outcome = try shop.duet("train", "--resume", "--no-report", "--output", "run")
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try shop.bytes("run/model.safetensors") == whole)
        }

        private func finishedEpochs(_ history: URL) throws -> Int {
            guard let text = try? String(contentsOf: history, encoding: .utf8) else { return 0 }
            return text.split(separator: "\n").count - 1
        }

        /// Waits until a training has finished some epochs, and a little longer, so that it is inside the next one.
        private func waitForEpochs(_ count: Int, in history: URL, of run: DuetProcess) throws {
            let deadline = Date.now + 120
            while try finishedEpochs(history) < count, run.isRunning, Date.now < deadline {
                Thread.sleep(forTimeInterval: 0.005)
            }
            Thread.sleep(forTimeInterval: 0.05)
            try #require(run.isRunning, "the training ended before it could be stopped")
        }
    }
}
