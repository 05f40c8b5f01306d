import Duet
import FileFormats
import Foundation
import Testing
import TestSupport

extension CommandTests {
    @Suite("duet predict on pictures and recordings")
    struct FilePredictionTests {
        private func predict(_ shop: Workshop, _ arguments: String..., environment: [String: String] = [:]) throws
            -> Outcome
        {
            let common = ["predict", "--model", try Studio.required().model]
            return try DuetProcess(common + arguments, in: shop.folder, environment: environment).wait()
        }

        /// A workshop with a picture, dark on light, and a recording at 8,000 Hz.
        private func withFiles(_ body: (Workshop) throws -> Void) throws {
            let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("Fixtures")
            try Workshop.with { shop in
                for (fixture, name) in [("images/seven.png", "seven.png"), ("audio/telephone.wav", "seven.wav")] {
                    try FileManager.default.copyItem(at: fixtures.appendingPathComponent(fixture), to: shop[name])
                }
                try body(shop)
            }
        }

        @Test("The text shows label, bars, each modality alone and what was done to the files")
        func text() throws {
            try withFiles { shop in
                let outcome = try predict(shop, "--image", "seven.png", "--audio", "seven.wav")
                #expect(outcome.status == 0 && outcome.errors == "", "\(outcome)")
                let json = try predict(shop, "--image", "seven.png", "--audio", "seven.wav", "--json").json()
                let example = try #require((json["examples"] as? [[String: Any]])?.first)
                let predictions = try #require(example["predictions"] as? [String: Any])
                let all = try #require(predictions["all"] as? [String: Any])
                let label = try #require(all["label"] as? String)
                let probability = String(format: "%.4f", try #require(all["probability"] as? Double))
                let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
                #expect(lines[0] == "\(label), probability \(probability)")
                let bars = lines[2..<12]
                #expect(bars[2].hasPrefix("\(label)  ") && bars[2].hasSuffix(probability))
                #expect(Set(bars.compactMap(\.first)) == Set("0123456789"))
                let values = bars.compactMap { Double($0.suffix(6)) }
                #expect(values.count == 10 && values == values.sorted(by: >) && abs(values.reduce(0, +) - 1) < 1e-3)
                #expect(outcome.output.contains("alone  label  probability"))
                #expect(outcome.output.contains("The modalities disagree.") == (example["disagree"] as? Bool))
                #expect(outcome.output.contains("seven.png: 110 × 90, dark on light: inverted, cut out and centred"))
                #expect(
                    outcome.output.contains("seven.wav: 0.56 s at 8000 Hz, resampled to 16000 Hz, padded to 1.00 s"))
                #expect(!outcome.output.contains("\u{1B}"))
            }
        }

        @Test("Without --model, the digits' model that comes with Duet reads the drawing and hears the recording")
        func shippedModel() throws {
            let examples = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appendingPathComponent("examples")
            let files = ["seven.png", "seven.wav"].map { examples.appendingPathComponent($0).path }
            try Workshop.with { shop in
                let outcome = try shop.duet("predict", "--image", files[0], "--audio", files[1])
                #expect(outcome.status == 0 && outcome.output.hasPrefix("7, probability"), "\(outcome)")
                let alone = try shop.duet("predict", "--audio", files[1], "--abstain", "0.02")
                #expect(alone.output.hasPrefix("7, probability"), "\(alone)")
            }
        }

        @Test("--coverage and --abstain say how sure the prediction is, as text, JSON and CSV")
        func uncertainty() throws {
            try withFiles { shop in
                let files = ["--image", "seven.png", "--audio", "seven.wav"]
                let model = ["predict", "--model", try Studio.required().model]
                func duet(_ more: String...) throws -> Outcome {
                    try DuetProcess(model + files + more, in: shop.folder).wait()
                }
                let json = try duet("--coverage", "0.999", "--abstain", "0.9", "--json").json()
                let example = try #require((json["examples"] as? [[String: Any]])?.first)
                let predictions = try #require(example["predictions"] as? [String: Any])
                let all = try #require(predictions["all"] as? [String: Any])
                // Fewer validation examples than the coverage needs: nothing can be left out.
                let set = try #require(all["predictionSet"] as? [String])
                #expect(set.sorted() == (0...9).map(String.init) && set.first == all["label"] as? String)
                let abstains = try #require(all["abstains"] as? Bool)
                let text = try duet("--coverage", "0.999", "--abstain", "0.9")
                #expect(text.output.contains("Prediction set: \(set.joined(separator: ", "))"), "\(text)")
                #expect(text.output.contains("The model abstains") == abstains)
                let csv = try duet("--coverage", "0.999", "--abstain", "0.9", "--output", "out.csv", "--quiet")
                #expect(csv.status == 0)
                let rows = try shop.rows("out.csv")
                #expect(rows[0].suffix(2) == ["prediction_set", "abstains"])
                #expect(rows[1].suffix(2) == [set.joined(separator: ";"), "\(abstains)"])
                let refused = try duet("--coverage", "95")
                #expect(refused.status == 64 && refused.errors.contains("from 0.5 to 0.999"), "\(refused)")
            }
        }

        @Test("--out-of-distribution marks what is unlike the training examples, as text, JSON and CSV")
        func outOfDistribution() throws {
            try withFiles { shop in
                let model = ["--model", try Studio.required().model]
                func duet(_ more: String...) throws -> Outcome {
                    let files = ["--image", "seven.png", "--audio", "seven.wav", "--out-of-distribution"]
                    return try DuetProcess(["predict"] + model + files + more, in: shop.folder).wait()
                }
                let json = try duet("0.01", "--json").json()
                let example = try #require((json["examples"] as? [[String: Any]])?.first)
                let predictions = try #require(example["predictions"] as? [String: Any])
                let all = try #require(predictions["all"] as? [String: Any])
                let score = try #require(all["outOfDistributionScore"] as? Double)
                let isMarked = try #require(all["isOutOfDistribution"] as? Bool)
                let alone = try #require(predictions["alone"] as? [String: [String: Any]])
                let scores = alone.values.compactMap { $0["outOfDistributionScore"] as? Double }
                #expect(scores.count == 2 && abs(scores.reduce(0, +) / 2 - score) < 1e-4 * max(1, abs(score)))
                #expect(try duet("0.01").output.contains("Out of distribution") == isMarked)
                #expect(try duet("0.01", "--output", "out.csv", "--quiet").status == 0)
                let rows = try shop.rows("out.csv")
                #expect(rows[0].suffix(2) == ["out_of_distribution_score", "out_of_distribution"])
                #expect(rows[1].last == "\(isMarked)")
                let refused = try duet("1")
                #expect(refused.status == 64 && refused.errors.contains("from 0 to 0.5"), "\(refused)")

                // Against itself, nothing can be told apart.
                let data = try Studio.required().data.path
                func evaluate(_ other: String) throws -> Outcome {
                    let command = ["evaluate", "--data", data, "--out-of-distribution", other, "--json"] + model
                    return try DuetProcess(command, in: shop.folder).wait()
                }
                let evaluation = try evaluate(data)
                let found = try JSONDecoder().decode(Evaluation.self, from: Data(evaluation.output.utf8))
                let metrics = try #require(found.outOfDistribution).scores
                #expect(metrics.entries.count == 3 && metrics.entries.allSatisfy { $0.value.auroc == 0.5 })
                let missing = try evaluate("nowhere")
                #expect(missing.status == 66, "\(missing)")
            }
        }

        @Test("Colours are there where they are allowed, Unicode only where the locale has it")
        func terminals() throws {
            try withFiles { shop in
                let colored = try predict(shop, "--image", "seven.png", environment: ["CLICOLOR_FORCE": "1"])
                #expect(colored.output.hasPrefix("\u{1B}[1m"))
                let plain = try predict(shop, "--image", "seven.png", environment: ["LC_ALL": "C"])
                #expect(plain.status == 0 && plain.output.utf8.allSatisfy { $0 < 128 }, "\(plain.output)")
            }
        }

        @Test("One modality may be missing, and --preparation overrides what the model says")
        func oneAlone() throws {
            try withFiles { shop in
                let image = try predict(shop, "--image", "seven.png")
                #expect(image.status == 0 && image.output.contains("Absent: audio."))
                let audio = try predict(shop, "--audio", "seven.wav", "--json").json()
                let example = try #require((audio["examples"] as? [[String: Any]])?.first)
                #expect(example["files"] as? [String: String] == ["audio": "seven.wav"])
                #expect((example["preparations"] as? [String: Any])?.keys.sorted() == ["audio"])
                let predictions = try #require(example["predictions"] as? [String: Any])
                let alone = try #require(predictions["alone"] as? [String: Any])
                #expect(alone.keys.sorted() == ["audio"] && example["disagree"] as? Bool == false)
                #expect(predictions["all"] as? NSDictionary == alone["audio"] as? NSDictionary)
                #expect(audio["version"] as? Int == 1)
                #expect((audio["classNames"] as? [String]) == (0...9).map(String.init))

                let none = try predict(shop, "--image", "seven.png", "--preparation", "none")
                #expect(none.output.contains("seven.png: 110 × 90, resized to 28 × 28"), "\(none.output)")
                let digit = try predict(shop, "--image", "seven.png", "--preparation", "digit")
                #expect(digit.output == image.output)
            }
        }

        @Test("A manifest gives a table, JSON and a CSV file that agree with each other")
        func manifest() throws {
            try withFiles { shop in
                try FileManager.default.createDirectory(at: shop["list"], withIntermediateDirectories: true)
                let rows = "audio,label,image\n../seven.wav,7,../seven.png\n,7,../seven.png\n../seven.wav,7,\n"
                try Data(rows.utf8).write(to: shop["list/examples.csv"])
                let text = try predict(shop, "--files", "list/examples.csv")
                #expect(text.status == 0, "\(text.errors)")
                let json = try predict(shop, "--files", "list/examples.csv", "--json").json()
                let csv = try predict(
                    shop, "--files", "list/examples.csv", "--output", "p.csv", "--probabilities", "--quiet")
                #expect(csv.status == 0 && csv.output == "", "\(csv)")
                let table = try CSVTable(contentsOf: shop["p.csv"])
                let examples = try #require(json["examples"] as? [[String: Any]])
                #expect(examples.count == 3 && table.rows.count == 3)
                #expect((examples[0]["files"] as? [String: String])?["image"] == "../seven.png")
                #expect(examples[2]["files"] as? [String: String] == ["audio": "../seven.wav"])
                let lines = text.output.split(separator: "\n")
                #expect(lines[0].hasPrefix("audio ") && lines.count == 6, "\(text.output)")
                #expect(lines[5].hasPrefix("The modalities disagree in ") && lines[5].contains("of the 1 examples"))
                for (row, example) in zip(table.rows, examples) {
                    let predictions = try #require(example["predictions"] as? [String: Any])
                    let decision = try #require(predictions["all"] as? [String: Any])
                    let alone = try #require(predictions["alone"] as? [String: [String: Any]])
                    #expect(row["label"] == decision["label"] as? String)
                    #expect(row["image_alone"] == alone["image"]?["label"] as? String ?? "")
                    #expect(row["audio_alone"] == alone["audio"]?["label"] as? String ?? "")
                    #expect(row["disagree"] == (example["disagree"] as? Bool).map { "\($0)" })
                    let label = try #require(row["label"])
                    let probability = try #require(row["probability_\(label)"].flatMap(Double.init))
                    #expect(abs(probability - (decision["probability"] as? Double ?? 0)) < 1e-6)
                    #expect(lines[2 + (Int(row["row_id"] ?? "") ?? 0)].contains(String(format: "%.4f", probability)))
                }
            }
        }

        @Test("All bad files are named at once, and nothing is written")
        func badFiles() throws {
            try withFiles { shop in
                let rows = "image,audio\nno.png,seven.wav\nseven.wav,no.wav\nseven.png,seven.png\n"
                try Data(rows.utf8).write(to: shop["examples.csv"])
                let before = try shop.names()
                let outcome = try predict(shop, "--files", "examples.csv", "--output", "p.csv")
                #expect(outcome.status == 65 && outcome.output == "", "\(outcome)")
                #expect(outcome.errors.contains("4 files cannot be used:"))
                for name in ["no.png", "no.wav", "seven.wav", "seven.png"] {
                    #expect(outcome.errors.contains("\n  \(shop[name].path): "), "\(outcome.errors)")
                }
                #expect(try shop.names() == before)

                try Data("image,audio\nno.png,no.wav\n".utf8).write(to: shop["examples.csv"])
                #expect(try predict(shop, "--files", "examples.csv").status == 66)
                #expect(try predict(shop, "--files", "none.csv").status == 66)
                #expect(try predict(shop, "--image", "no.png").status == 66)
                #expect(try predict(shop, "--image", "seven.wav").status == 65)
                #expect(try predict(shop, "--audio", "seven.png").status == 65)
                try Data("image,audio\nseven.png\n".utf8).write(to: shop["examples.csv"])
                let short = try predict(shop, "--files", "examples.csv")
                #expect(short.status == 65 && short.errors.contains("examples.csv, line 2: the number of fields is 1"))
            }
        }

        @Test(
            "Options that do not go together are refused",
            arguments: [
                (["--image", "seven.png", "--data", "data"], "give --image, --audio or --input"),
                (["--files", "examples.csv", "--audio", "seven.wav"], "give --image, --audio or --input"),
                ([], "give --image, --audio or --input"),
                (
                    ["--audio", "x.npy", "--output", "p.csv"],
                    "x.npy is a NumPy file: give --images and --audio together"
                ),
                (["--image", "seven.png", "--probabilities"], "--probabilities goes with --output"),
                (["--data", "data"], "say which CSV file to write: --output FILE"),
                (["--data", "data", "--output", "p.csv", "--json"], "--json and --preparation go with --image"),
                (["--image", "seven.png", "--preparation", "mnist"], "'mnist' is invalid for '--preparation"),
            ])
        func usage(arguments: [String], message: String) throws {
            try withFiles { shop in
                let common = ["predict", "--model", try Studio.required().model]
                let outcome = try DuetProcess(common + arguments, in: shop.folder).wait()
                #expect(outcome.status == 64, "\(outcome)")
                #expect(outcome.errors.contains(message), "\(outcome.errors)")
                #expect(outcome.output == "")
            }
        }

        @Test("An output that exists is left alone without --force")
        func existingOutput() throws {
            try withFiles { shop in
                try Data("mine".utf8).write(to: shop["p.csv"])
                let refused = try predict(shop, "--image", "seven.png", "--output", "p.csv")
                #expect(refused.status == 73 && refused.errors.contains("p.csv exists"))
                #expect(try shop.text("p.csv") == "mine")
                let forced = try predict(shop, "--image", "seven.png", "--output", "p.csv", "--force")
                #expect(forced.status == 0 && forced.output == "Wrote 1 predictions to p.csv.\n")
                #expect(try shop.rows("p.csv").count == 2)
            }
        }
    }
}
