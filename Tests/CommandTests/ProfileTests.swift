import FileFormats
import Foundation
import NeuralNetwork
import Testing
import TestSupport

extension CommandTests {
    @Suite("duet train --profile")
    struct ProfileTests {
        private func profile(_ shop: Workshop, _ more: String...) throws -> Outcome {
            let data = try Studio.required().data.path
            let arguments = ["train", "--profile", "--data", data, "--model", "model-1", "--threads", "1"]
            let outcome = try DuetProcess(arguments + ["--profile-steps", "3"] + more, in: shop.folder).wait()
            #expect(try shop.names() == [])
            return outcome
        }

        @Test("A table names layers and passes, then says what it comes to; nothing is written")
        func table() throws {
            try Workshop.with { shop in
                let outcome = try profile(shop)
                #expect(outcome.status == 0, "\(outcome.errors)")
                #expect(outcome.errors == "Profiling model-1: 3 steps, then each operation by itself.\n")
                for text in [
                    "Phase joint: batches of 32, 1 thread, Duet, ", "image.conv2d ", "backward weights", "statistics",
                    "Adam", "GFLOP/s", "The longest:", "unaccounted for", "step / floor",
                ] { #expect(outcome.output.contains(text), "\(text) is not in \(outcome.output)") }
            }
        }

        @Test("--json prints all of it as JSON, phase by phase")
        func json() throws {
            try Workshop.with { shop in
                let outcome = try profile(shop, "--json", "--quiet", "--schedule", "staged", "--batch-size", "16")
                #expect(outcome.errors == "")
                let report = try outcome.json()
                #expect(report["model"] as? String == "model-1")
                let phases = try #require(report["phases"] as? [[String: Any]])
                #expect(phases.map { $0["phase"] as? String } == ["audio", "image", "head"])
                for phase in phases {
                    let step = try #require(phase["step"] as? [String: Any])
                    #expect(step["batchSize"] as? Int == 16)
                    #expect(step["steps"] as? Int == 3)
                    let operations = try #require(step["operations"] as? [[String: Any]])
                    let sum = operations.compactMap { $0["milliseconds"] as? Double }.reduce(0, +)
                    #expect(try abs(sum - #require(step["sumMilliseconds"] as? Double)) < 1e-6)
                    #expect(try #require(step["floorMilliseconds"] as? Double) > 0)
                }
            }
        }

        @Test(
            "Settings that make no sense beside it are refused",
            arguments: [
                (["--profile", "--resume", "--output", "run"], "--profile writes nothing; give it no --resume"),
                (["--profile", "--force"], "--profile writes nothing; give it no --force"),
                (["--profile", "--profile-steps", "0"], "profile-steps is 0, but must be from 1 to 10000"),
                (["--profile-steps", "3"], "--profile-steps goes with --profile"),
            ])
        func refusals(arguments: [String], message: String) throws {
            try Workshop.with { shop in
                let outcome = try DuetProcess(["train", "--data", "data"] + arguments, in: shop.folder).wait()
                #expect(outcome.status == 64)
                #expect(outcome.errors.contains(message), "\(outcome.errors)")
            }
        }
    }
}
