import Foundation
import Testing
import TestSupport

extension CommandTests {
    @Suite("duet compare")
    struct CompareTests {
        @Test("Two models are trained, measured on the same pairs and told apart; --resume trains none again")
        func comparison() throws {
            try Workshop.with { shop in
                let data = try Studio.required().data.path
                let arguments = [
                    "compare", "--data", data, "--models", "model-1,model-3", "--epochs", "1", "--threads", "1",
                    "--limit", "64", "--output", "both",
                ]
                let outcome = try DuetProcess(arguments, in: shop.folder).wait()
                try #require(outcome.status == 0, "\(outcome.errors)")
                for words in [
                    "model-1", "model-3", "1,869,454", "1,344,654", "has the highest test accuracy", "McNemar",
                ] {
                    #expect(outcome.output.contains(words), "\(words)")
                }
                #expect(outcome.errors.contains("The report is both/report.html."))
                #expect(try shop.text("both/report.html").contains("has the highest test accuracy"))
                let curves = try shop.rows("both/figures/accuracy.csv").dropFirst().map { $0.prefix(4) }
                #expect(curves.map(Array.init) == ["model-1", "model-3"].map { [$0, "1", "joint", "1"] })
                let entries = try #require(shop.json("both/comparison.json")["entries"] as? [[String: Any]])
                #expect(entries.compactMap { $0["model"] as? String } == ["model-1", "model-3"])
                for entry in entries {
                    let evaluation = try #require(entry["evaluation"] as? [String: Any])
                    #expect(evaluation["count"] as? Int == 60)
                }
                #expect(entries.count { $0["againstBest"] != nil } == 1)

                let before = try ["model-1", "model-3"].map { try shop.bytes("both/\($0)/model.safetensors") }
                let again = try DuetProcess(arguments, in: shop.folder).wait()
                #expect(again.status == 73)
                #expect(again.errors.contains("both/model-1 exists"))
                let resumed = try DuetProcess(arguments + ["--resume", "--json"], in: shop.folder).wait()
                #expect(resumed.status == 0, "\(resumed.errors)")
                #expect(!resumed.errors.contains("Epoch 1/1"))
                #expect(try resumed.json()["best"] as? String == shop.json("both/comparison.json")["best"] as? String)
                #expect(try ["model-1", "model-3"].map { try shop.bytes("both/\($0)/model.safetensors") } == before)
            }
        }

        @Test("A comparison that is stopped in its first model goes on with --resume to the same end")
        func interrupted() throws {
            try Workshop.with { shop in
                let arguments = [
                    "compare", "--data", try Studio.required().data.path, "--models", "model-1,model-3", "--epochs",
                    "2",
                    "--batch-size", "4", "--threads", "1", "--limit", "160",
                ]
                let whole = try DuetProcess(arguments + ["--output", "whole"], in: shop.folder).wait()
                try #require(whole.status == 0, "\(whole.errors)")
                let run = try DuetProcess(arguments + ["--output", "both"], in: shop.folder)
                while run.isRunning && !shop.exists("both/model-1/history.csv") { Thread.sleep(forTimeInterval: 0.005) }
                run.send(SIGINT)
                let stopped = try run.wait()
                #expect(stopped.status == 130)
                #expect(stopped.errors.contains("Go on with the same command and --resume"), "\(stopped.errors)")
                #expect(stopped.output == "" && !shop.exists("both/comparison.json"))

                let resumed = try DuetProcess(arguments + ["--output", "both", "--resume"], in: shop.folder).wait()
                #expect(resumed.status == 0, "\(resumed.errors)")
                for model in ["model-1", "model-3"] {
                    let name = "\(model)/model.safetensors"
                    #expect(try shop.bytes("both/\(name)") == shop.bytes("whole/\(name)"))
                }
                #expect(shop.exists("both/comparison.json"))
            }
        }

        @Test("Each fusion is trained once and compared with the same specialists, which are trained once for all")
        func fusions() throws {
            try Workshop.with { shop in
                let common = [
                    "compare", "--data", try Studio.required().data.path, "--models", "model-1", "--epochs", "1",
                    "--schedule", "staged", "--threads", "1", "--limit", "64", "--specialists",
                ]
                let outcome = try DuetProcess(
                    common + ["--fusions", "concatenate, product", "--output", "both"], in: shop.folder
                ).wait()
                try #require(outcome.status == 0, "\(outcome.errors)")
                let comparison = try shop.json("both/comparison.json")
                let entries = try #require(comparison["entries"] as? [[String: Any]])
                #expect(
                    entries.compactMap { $0["model"] as? String }
                        == ["model-1", "model-1-product", "model-1-audio", "model-1-image"])
                let gains = try #require(comparison["fusions"] as? [[String: Any]])
                #expect(gains.compactMap { $0["model"] as? String } == ["model-1", "model-1-product"])
                let best = Set(gains.compactMap { $0["specialist"] as? String })
                #expect(best.count == 1 && best.isSubset(of: ["model-1-audio", "model-1-image"]))

                let unknown = try DuetProcess(common + ["--fusions", "produkt"], in: shop.folder).wait()
                #expect(unknown.status == 64 && unknown.errors.contains("did you mean product?"), "\(unknown)")
                let both = try DuetProcess(
                    common + ["--fusions", "product", "--fusion", "average"], in: shop.folder
                ).wait()
                #expect(both.status == 64 && both.errors.contains("not both"), "\(both)")
            }
        }

        @Test("Several seeds have a folder each, a table of means, and can be resumed")
        func seeds() throws {
            try Workshop.with { shop in
                let command = [
                    "compare", "--data", try Studio.required().data.path, "--models", "model-1", "--epochs", "1",
                    "--threads", "1", "--limit", "64", "--specialists", "--seeds", "1,2", "--output", "both",
                ]
                let outcome = try DuetProcess(command, in: shop.folder).wait()
                try #require(outcome.status == 0, "\(outcome.errors)")
                #expect(
                    outcome.output.contains("range over seeds") && outcome.output.contains("Means over the seeds 1, 2.")
                )
                let comparison = try shop.json("both/comparison.json")
                #expect(comparison["seeds"] as? [Int] == [1, 2])
                for seed in [1, 2] {
                    #expect(shop.exists("both/seed-\(seed)/comparison.json"))
                    #expect(try shop.text("both/report.html").contains("seed-\(seed)/report.html"))
                    #expect(shop.exists("both/seed-\(seed)/model-1-image/model.safetensors"))
                }
                let again = try DuetProcess(command + ["--resume", "--json"], in: shop.folder).wait()
                #expect(again.status == 0 && !again.errors.contains("epoch 1/1"), "\(again.errors)")
                for (seeds, reason) in [("1", "two or more"), ("1,1", "two or more"), ("1,x", "two or more")] {
                    let refused = try DuetProcess(command.dropLast(4) + ["--seeds", seeds], in: shop.folder).wait()
                    #expect(refused.status == 64 && refused.errors.contains(reason), "\(refused)")
                }
                let both = try DuetProcess(command + ["--seed", "3"], in: shop.folder).wait()
                #expect(both.status == 64 && both.errors.contains("not both"), "\(both)")
                // Found before the first seed is trained.
                let taken = shop["taken/seed-2/model-1"]
                try FileManager.default.createDirectory(at: taken, withIntermediateDirectories: true)
                try Data("mine".utf8).write(to: taken.appendingPathComponent("notes.txt"))
                let late = try DuetProcess(command.dropLast() + ["taken"], in: shop.folder).wait()
                #expect(late.status == 73 && !shop.exists("taken/seed-1/model-1"), "\(late)")
            }
        }

        @Test("A comparison that finds one of its folders taken makes none of the others")
        func takenFolder() throws {
            try Workshop.with { shop in
                try FileManager.default.createDirectory(at: shop["both/model-3"], withIntermediateDirectories: true)
                try Data("mine".utf8).write(to: shop["both/model-3/notes.txt"])
                let outcome = try shop.duet(
                    "compare", "--data", Studio.required().data.path, "--models", "model-1,model-3", "--threads", "1",
                    "--output", "both")
                #expect(outcome.status == 73)
                #expect(outcome.errors.contains("both/model-3 exists"))
                #expect(try shop.names() == ["both", "both/model-3", "both/model-3/notes.txt"])
            }
        }
    }
}
