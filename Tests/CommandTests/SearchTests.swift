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
                let measured = rows[1][0]
                let whole = try shop.duet("search", "latency", "study", "--pick", measured)
                #expect(
                    whole.status == 0 && whole.output.contains("as a whole, ms") && whole.output.contains(measured),
                    "\(whole)")
                #expect(!whole.output.contains("not measured"), "\(whole)")
                let unknown = try shop.duet("search", "latency", "study", "--pick", "\(measured),none-1-1-1")
                #expect(unknown.status == 64 && unknown.errors.contains("none-1-1-1"), "\(unknown)")
                let none = try shop.duet("search", "latency", "study", "--pick", ",")
                #expect(none.status == 64 && none.errors.contains("names no network"), "\(none)")
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
                #expect(done.output.contains("8 of 8 trials are trained."), "\(done.output)")
                #expect(done.output.contains("random         4"), "\(done.output)")
                let more = try shop.duet("search", "--resume", "--output", "study", "--trials", "6", "--budget", "10m")
                #expect(more.status == 0 && more.output.contains("12 of 12 trials are trained."), "\(more)")

                let best = try shop.duet("search", "best", "study", "--json").json()
                let name = try #require(best["name"] as? String)
                let train = try shop.duet("train", "--from", "study", "--output", "run", "--no-report", "--json")
                try #require(train.status == 0, "\(train.errors)")
                #expect(try shop.text("run/config.yaml").contains("name: \(name)"))
                #expect(try !shop.text("run/config.yaml").contains("learning_rate: 0.01\n"))
                #expect(try shop.duet("search", "export", "study", "--output", "table.csv").status == 0)
                #expect(try shop.rows("table.csv").count == 13)
                #expect(shop.exists("study/figures/history.csv"))

                // Without the baseline, and with time alone as its end.
                let timed = ["--strategy", "tpe", "--no-random-baseline", "--budget", "1s", "--output", "timed"]
                let alone = try duet(search + timed, in: shop)
                #expect(alone.status == 0 && !alone.output.contains("on the Pareto front"), "\(alone)")
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

        @Test("A full disk leaves the study as it was", .enabled(if: Machine.canMount, "needs the right to mount"))
        func fullDisk() throws {
            try Workshop.with { shop in
                let search = try arguments(shop)
                try FileManager.default.createDirectory(at: shop["disk"], withIntermediateDirectories: true)
                // As much as the empty study and its log need, and a few results.
                try #require(run("mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", shop["disk"].path).status == 0)
                defer { run("umount", shop["disk"].path) }
                let full = try duet(search + ["--output", "disk/study", "--jobs", "1"], in: shop)
                #expect(full.status == 73, "\(full)")
                #expect(full.errors.contains("disk/study/study.sqlite cannot be written"), "\(full.errors)")
                #expect(full.errors.contains("make room and go on with --resume"), "\(full.errors)")
                run("mount", "-o", "remount,size=64m", shop["disk"].path)
                let done = try shop.duet("search", "--resume", "--output", "disk/study", "--quiet")
                try #require(done.status == 0, "\(done.errors)")
                #expect(try duet(search + ["--output", "whole", "--quiet"], in: shop).status == 0)
                for study in ["disk/study", "whole"] {
                    #expect(try shop.duet("search", "export", study, "--output", "\(study).csv").status == 0)
                }
                #expect(try shop.text("disk/study.csv") == shop.text("whole.csv"))
            }
        }

        @Test("Where nothing can be written, a search says so")
        func readOnly() throws {
            try Workshop.with { shop in
                let search = try arguments(shop)
                // A file where a folder has to be: that holds for root too.
                try Data("a file".utf8).write(to: shop["file"])
                let refused = try duet(search + ["--output", "file/study"], in: shop)
                #expect(refused.status == 73 && refused.errors.contains("file/study cannot be made"), "\(refused)")
                #expect(try shop.text("file") == "a file")
            }
        }

        @Test(
            "A study that can only be read says what to do", .enabled(if: Machine.canMount, "needs the right to mount"))
        func readOnlyStudy() throws {
            try Workshop.with { shop in
                try FileManager.default.createDirectory(at: shop["disk"], withIntermediateDirectories: true)
                try #require(run("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", shop["disk"].path).status == 0)
                defer { run("umount", shop["disk"].path) }
                try #require(duet(arguments(shop) + ["--output", "disk/study", "--quiet"], in: shop).status == 0)
                run("mount", "-o", "remount,ro", shop["disk"].path)
                for command in [["search", "show", "disk/study"], ["search", "--resume", "--output", "disk/study"]] {
                    let refused = try duet(command, in: shop)
                    #expect(refused.status == 73 && refused.errors.contains("copy it into one that is"), "\(refused)")
                }
            }
        }

        @Test("A study of another version is left alone")
        func anotherVersion() throws {
            try Workshop.with { shop in
                let search = try arguments(shop)
                try #require(duet(search + ["--output", "study", "--quiet"], in: shop).status == 0)
                // SQLite keeps `user_version` in bytes 60 to 63 of the file.
                let shown = try shop.duet("search", "show", "study").output
                var bytes = try shop.bytes("study/study.sqlite")
                let version = bytes[60..<64]
                bytes.replaceSubrange(60..<64, with: [0, 0, 0, 99])
                try FileManager.default.removeItem(at: shop["study"])
                try FileManager.default.createDirectory(at: shop["study"], withIntermediateDirectories: false)
                try bytes.write(to: shop["study/study.sqlite"])
                for command in [["--resume", "--output", "study"], ["show", "study"], ["report", "study"]] {
                    let refused = try duet(["search"] + command, in: shop)
                    #expect(refused.status == 65 && refused.errors.contains("has version 99"), "\(refused)")
                }
                // Nothing was changed: with its version back, it is the study that it was.
                bytes = try shop.bytes("study/study.sqlite")
                bytes.replaceSubrange(60..<64, with: version)
                try bytes.write(to: shop["study/study.sqlite"])
                #expect(try shop.duet("search", "show", "study").output == shown)

                try Data("not a database, but long enough to be looked at".utf8).write(to: shop["study/study.sqlite"])
                let broken = try shop.duet("search", "show", "study")
                #expect(broken.status == 65 && broken.errors.contains("study.sqlite is no sound database"), "\(broken)")
            }
        }

        @Test("Trials that diverge are listed, and the others go on")
        func divergence() throws {
            try Workshop.with { shop in
                let search = try arguments(shop) + ["--strategy", "random", "--output", "study"]
                func training(_ rates: String) throws {
                    try Data((Self.space + "\ntraining: {learning_rate: \(rates)}").utf8).write(to: shop["space.yaml"])
                }
                try training("[0.01, 1.0e+38]")
                let some = try duet(search + ["--trials", "8"], in: shop)
                #expect(some.status == 0 && some.output.contains("could not be trained:"), "\(some)")
                #expect(some.output.contains("the training diverged"), "\(some)")
                let whole = try shop.duet("search", "show", "study", "--json").json()["progress"] as? [String: Any]
                let (trained, failed) = (whole?["trainedNetworks"] as? Int, whole?["failedNetworks"] as? Int)
                #expect(
                    (trained ?? 0) > 0 && (failed ?? 0) > 0 && (trained ?? 0) + (failed ?? 0) == 8, "\(whole ?? [:])")
            }
        }

        @Test("A space that allows no network is an error")
        func nothingFits() throws {
            try Workshop.with { shop in
                let search = try arguments(shop)
                let unfit = Self.space.replacingOccurrences(of: "[3, 13]", with: "[30000]")
                try Data(unfit.utf8).write(to: shop["space.yaml"])
                let every = try duet(search + ["--output", "study"], in: shop)
                #expect(every.status == 65 && every.errors.contains("space.yaml"), "\(every)")
                #expect(!shop.exists("study"))
                let some = try duet(search + ["--strategy", "tpe", "--output", "study"], in: shop)
                #expect(some.status == 65 && some.errors.contains("expected a space where most fit"), "\(some)")
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
                    (search + ["--no-random-baseline"], 64, "--strategy tpe or random"),
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
