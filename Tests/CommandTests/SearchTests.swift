import Duet
import Foundation
import TestSupport
import Testing

extension CommandTests {
    @Suite("Searches")
    struct SearchTests {
        private static let space = """
            name: tiny
            branches:
              - modality: audio
                layers:
                  - MaxPooling1D: {pool: [3, 13]}
                  - Flatten
                  - Dense: {units: $classes, activation: softmax}
              - modality: image
                layers:
                  - MaxPooling2D: {pool: [2, 4, 7]}
                  - Flatten
                  - Dense: {units: $classes, activation: softmax}
            heads:
              - {fusion: product}
              - {fusion: concatenate, layers: [Dense: {units: $classes, activation: softmax}]}
            """

        /// The arguments of a search; the space is in the workshop.
        private func arguments(_ shop: Workshop, epochs: Int = 3) throws -> [String] {
            try Data(Self.space.utf8).write(to: shop["space.yaml"])
            return [
                "search", "--data", try Studio.required().data.path, "--space", "space.yaml", "--epochs", "\(epochs)",
                "--batch-size", "16", "--learning-rate", "0.01", "--folds", "2",
            ]
        }

        private func duet(_ arguments: [String], in shop: Workshop) throws -> Outcome {
            try DuetProcess(arguments, in: shop.folder).wait()
        }

        @Test("From a space to a network's run, with the same numbers")
        func fromSpaceToRun() throws {
            try Workshop.with { shop in
                let search = try arguments(shop)
                let count = try duet(search + ["--count"], in: shop)
                #expect(
                    count.output == "12 networks: 2 branches for audio × 3 branches for image × 2 heads.\n", "\(count)")
                let sample = try duet(search + ["--sample", "2"], in: shop)
                #expect(sample.status == 0 && sample.output.components(separatedBy: "name: tiny-").count == 3)
                #expect(!shop.exists("studies"))

                let done = try duet(search + ["--output", "study"], in: shop)
                try #require(done.status == 0, "\(done.errors)")
                #expect(done.output.contains("12 of 12 networks are trained, 5 of 5 branches."))
                #expect(done.output.contains("duet train --from study --pick tiny-"))

                let shown = try shop.duet("search", "show", "study", "--top", "12", "--json").json()
                let best = try #require((shown["best"] as? [[String: Any]])?.first { ($0["head"] as? Int) == 1 })
                let name = try #require(best["name"] as? String)
                let train = try shop.duet(
                    "train", "--from", "study", "--pick", name, "--output", "run", "--no-report", "--json")
                try #require(train.status == 0, "\(train.errors)")
                let epochs = try shop.rows("run/history.csv").filter { $0[0] == "head" }
                let accuracies = epochs.compactMap { Double($0[5]) }
                #expect(abs(try #require(accuracies.max()) - (best["validationAccuracy"] as? Double ?? 0)) < 1e-9)
                #expect(try shop.text("run/config.yaml").contains("name: \(name)"))

                let yaml = try shop.duet("search", "best", "study", "--within", "1", "--objective", "parameters")
                try Data(yaml.output.utf8).write(to: shop["small.yaml"])
                let summary = try shop.duet("summary", "small.yaml", "--json").json()
                let fewest = try #require(
                    (shown["best"] as? [[String: Any]])?.compactMap { $0["parameters"] as? Int }.min())
                #expect(summary["totalParameters"] as? Int == fewest, "\(summary)")

                let picked = try shop.duet("search", "best", "study", "--pick", name)
                #expect(picked.status == 0 && picked.output.contains("name: \(name)"), "\(picked)")
                #expect(try shop.duet("search", "best", "study", "--pick", "tiny-9-9-9").status == 64)

                let export = try shop.duet("search", "export", "study", "--output", "table.csv")
                #expect(export.status == 0 && export.output == "")
                let rows = try shop.rows("table.csv")
                #expect(rows.count == 13)
                #expect(
                    rows[0] == [
                        "name", "audio", "image", "head", "audio MaxPooling1D pool", "image MaxPooling2D pool",
                        "head fusion", "validation_accuracy", "validation_loss", "parameters",
                    ])
                #expect(try shop.text("study/report.html").contains("12 networks"))
                let report = try shop.duet("search", "report", "study", "--json").json()
                #expect(report["networks"] as? Int == 12 && report["page"] as? String == "study/report.html")

                let early = try shop.duet("search", "best", "study", "--objective", "latency")
                #expect(early.status == 64 && early.errors.contains("duet search latency study"), "\(early)")
                let latency = try shop.duet("search", "latency", "study")
                #expect(latency.status == 0 && latency.output.contains("latency, ms"), "\(latency)")
                #expect(try shop.duet("search", "best", "study", "--objective", "latency").status == 0)
                #expect(try shop.duet("search", "export", "study", "--output", "table.csv").status == 73)
            }
        }

        @Test("Some networks, chosen by the results of those before")
        func sampled() throws {
            try Workshop.with { shop in
                let search = try arguments(shop)
                try Data((Self.space + "\ntraining: {learning_rate: {from: 0.001, to: 0.01, scale: log}}").utf8)
                    .write(to: shop["space.yaml"])
                let refused = try duet(search, in: shop)
                #expect(refused.status == 65 && refused.errors.contains("--strategy tpe or random"), "\(refused)")

                let tpe = ["--strategy", "tpe", "--objectives", "accuracy,parameters", "--output", "study"]
                let done = try duet(search + tpe + ["--trials", "4"], in: shop)
                try #require(done.status == 0, "\(done.errors)")
                #expect(done.output.contains("4 of 4 trials are trained."), "\(done.output)")
                let more = try shop.duet("search", "--resume", "--output", "study", "--trials", "6", "--budget", "10m")
                #expect(more.status == 0 && more.output.contains("6 of 6 trials are trained."), "\(more)")

                let best = try shop.duet("search", "best", "study", "--json").json()
                let name = try #require(best["name"] as? String)
                let train = try shop.duet("train", "--from", "study", "--output", "run", "--no-report", "--json")
                try #require(train.status == 0, "\(train.errors)")
                #expect(try shop.text("run/config.yaml").contains("name: \(name)"))
                #expect(try !shop.text("run/config.yaml").contains("learning_rate: 0.01\n"))
                #expect(try shop.duet("search", "export", "study", "--output", "table.csv").status == 0)
                #expect(try shop.rows("table.csv").count == 7)
            }
        }

        @Test("Workers that are killed again and again leave the table of one that never was")
        func killed() throws {
            try Workshop.with { shop in
                let search = try arguments(shop, epochs: 30)
                let whole = try duet(search + ["--output", "whole", "--jobs", "1"], in: shop)
                try #require(whole.status == 0, "\(whole.errors)")
                var worker = try DuetProcess(search + ["--output", "study", "--jobs", "2"], in: shop.folder)
                while try worker.isRunning && shop.duet("search", "show", "study").status != 0 {}
                var kills = 0
                for delay in [0.05, 0.3, 0.1, 0.5, 0.2, 0.4, 0.15, 0.35] where worker.isRunning {
                    Thread.sleep(forTimeInterval: delay)
                    worker.send(SIGKILL)
                    if try worker.wait().status == -SIGKILL { kills += 1 }
                    worker = try shop.start("search", "--resume", "--output", "study", "--jobs", "2")
                }
                let other = try shop.start("search", "--resume", "--output", "study", "--jobs", "1", "--quiet")
                #expect(try worker.wait().status == 0)
                #expect(try other.wait().status == 0)
                #expect(kills > 0)
                let tables = try ["whole", "study"].map {
                    try shop.duet("search", "show", $0, "--top", "100", "--json").output
                }
                #expect(tables[0] == tables[1] && tables[0].contains("\"trainedNetworks\" : 12"), "\(tables)")
            }
        }

        @Test("Ctrl-C keeps what is trained and says how to go on")
        func interrupted() throws {
            try Workshop.with { shop in
                let search = try arguments(shop, epochs: 200)
                let worker = try DuetProcess(search + ["--output", "study"], in: shop.folder)
                while worker.isRunning && !shop.exists("study/study.sqlite") { Thread.sleep(forTimeInterval: 0.005) }
                Thread.sleep(forTimeInterval: 0.3)
                worker.send(SIGINT)
                let outcome = try worker.wait()
                #expect(outcome.status == 130)
                #expect(
                    outcome.errors.hasSuffix("Go on with: duet search --resume --output study\n"), "\(outcome.errors)")
            }
        }

        @Test("What cannot be is refused, and nothing is made")
        func refused() throws {
            try Workshop.with { shop in
                let search = try arguments(shop)
                let data = try Studio.required().data.path
                let cases: [([String], Int32, String)] = [
                    (search + ["--model", "model-1"], 64, "leave out --model"), (["search"], 64, "--data DIR"),
                    (search + ["--schedule", "joint", "--output", "study"], 64, "expected the schedule 'staged'"),
                    (search + ["--jobs", "0"], 64, "--jobs is 0"),
                    (search + ["--trials", "5"], 64, "--strategy tpe or random"),
                    (search + ["--strategy", "tpe", "--trials", "0"], 64, "--trials is 0"),
                    (search + ["--strategy", "tpe", "--budget", "5"], 64, "--budget"),
                    (search + ["--strategy", "tpe", "--objectives", "accuracy,speed"], 64, "--objectives"),
                    (search + ["--halving", "--output", "study"], 64, "--strategy tpe or random"),
                    (search + ["--strategy", "tpe", "--halving", "--output", "study"], 64, "at least 9 epochs"),
                    (search + ["--strategy", "tpe", "--objectives", "latency"], 64, "--objectives"),
                    (search + ["--strategy", "random", "--count"], 64, "belong to an exhaustive search"),
                    (search + ["--strategy", "random", "--objectives", "accuracy"], 64, "random aims at nothing"),
                    (["search", "--data", data, "--space", "none.yaml"], 66, "none.yaml cannot be opened"),
                    (["search", "--resume", "--output", "study"], 66, "study is no study"),
                    (["search", "show", "study"], 66, "study is no study"),
                    (["train", "--from", "study"], 66, "study is no study"),
                    (["train", "--data", data, "--pick", "tiny-0-0-0"], 64, "--from STUDY"),
                ]
                for (arguments, status, message) in cases {
                    let outcome = try duet(arguments, in: shop)
                    #expect(outcome.status == status && outcome.errors.contains(message), "\(arguments): \(outcome)")
                }
                #expect(try shop.names() == ["space.yaml"])
            }
        }
    }
}
