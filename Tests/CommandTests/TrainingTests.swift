import FileFormats
import Foundation
import Testing
import TestSupport

extension CommandTests {
    @Suite("duet train")
    struct TrainingTests {
        @Test("A training leaves a whole run folder and says what to do next")
        func runFolder() throws {
            let studio = try Studio.required()
            let names = try FileManager.default.subpathsOfDirectory(atPath: studio.run.path).sorted()
            #expect(
                names.filter { !$0.hasPrefix("figures/") } == [
                    "checkpoint", "checkpoint/last.safetensors", "config.yaml", "figures", "history.csv",
                    "metrics.json",
                    "model.safetensors", "report.html",
                ])
            #expect(names.contains("figures/accuracy.csv"))
            #expect(studio.training.output.contains("Look at the report: runs/first/report.html\n"))
            let history = try String(contentsOf: studio.run.appendingPathComponent("history.csv"), encoding: .utf8)
            let lines = history.split(separator: "\n")
            #expect(lines.first == "phase,epoch,loss,accuracy,val_loss,val_accuracy,learning_rate,seconds")
            #expect(lines.dropFirst().map { $0.prefix(8) } == ["joint,1,", "joint,2,"])
            #expect(studio.training.output.contains("duet evaluate --model runs/first/model.safetensors --data"))
            #expect(studio.training.output.contains("duet predict --model runs/first/model.safetensors --data"))
            #expect(studio.training.output.contains("audio alone"))
        }

        @Test("Progress is plain lines where nobody watches")
        func plainProgress() throws {
            let training = try Studio.required().training
            #expect(training.errors.contains("Epoch 1/2  loss "))
            #expect(training.errors.contains("Epoch 2/2  loss "))
            #expect(!training.errors.contains("\r") && !training.errors.contains("\u{1B}"))
        }

        @Test("A staged training goes branch by branch, then the head, then all")
        func staged() throws {
            try Workshop.with { shop in
                let outcome = try shop.train(
                    "run", "--epochs", "1", "--schedule", "staged", "--fine-tune", "--folds", "2")
                let phases = try shop.rows("run/history.csv").dropFirst().map { $0[0] }
                let branches = ["audio/fold-1", "audio/fold-2", "audio", "image/fold-1", "image/fold-2", "image"]
                #expect(phases == branches + ["head", "fine-tune"])
                #expect(outcome.errors.contains("audio epoch 1/1"))
                #expect(outcome.errors.contains("head epoch 1/1"))
                #expect(shop.exists("run/model.safetensors"))
            }
        }

        @Test("A staged product trains each branch for its own epochs, and evaluates and predicts without a head")
        func product() throws {
            try Workshop.with { shop in
                let outcome = try shop.train(
                    "run", "--schedule", "staged", "--fusion", "product", "--augment", "standard", "--epochs", "1",
                    "--branch-epochs", "audio=3")
                let phases = try shop.rows("run/history.csv").dropFirst().map { $0[0] }
                #expect(phases == ["audio", "audio", "audio", "image"])
                #expect(outcome.errors.contains("audio epoch 3/3") && outcome.errors.contains("image epoch 1/1"))
                let data = try Studio.required().data.path
                let evaluation = try shop.duet("evaluate", "--model", "run/model.safetensors", "--data", data, "--json")
                #expect(try evaluation.json()["model"] as? String == "model-1-product")
                let prediction = try shop.duet(
                    "predict", "--model", "run/model.safetensors", "--data", data, "--output", "predictions.csv")
                #expect(prediction.status == 0 && shop.exists("predictions.csv"), "\(prediction.errors)")
                #expect(try shop.text("run/config.yaml").contains("  audio:\n    epochs: 3\n"))
                let again = try shop.duet("train", "run/config.yaml", "--output", "again", "--no-report")
                #expect(again.status == 0, "\(again.errors)")
                #expect(try shop.bytes("again/model.safetensors") == shop.bytes("run/model.safetensors"))
                for (flag, value, schedule, complaint) in [
                    ("--fusion", "sum", "staged", "there is no fusion 'sum'"),
                    ("--branch-epochs", "audio", "staged", "branch-epochs"),
                    ("--branch-epochs", "smell=2", "staged", "settings for 'smell'"),
                    ("--branch-epochs", "audio=2", "joint", "add --schedule staged"),
                ] {
                    let refused = try shop.duet(
                        "train", "--data", data, "--output", "refused", "--schedule", schedule, flag, value)
                    #expect(refused.status == 64 && refused.errors.contains(complaint), "\(refused.errors)")
                }
                try Data("augmentation:\n  image:\n    rotatoin: 3\n".utf8).write(to: shop["slip.yaml"])
                let slip = try shop.duet("train", "slip.yaml", "--data", data, "--output", "refused")
                #expect(slip.status == 65 && slip.errors.contains("slip.yaml:3: ") && slip.errors.contains("rotation"))
            }
        }

        @Test("Early stopping ends a training that no longer gets better")
        func earlyStopping() throws {
            try Workshop.with { shop in
                // So low a learning rate that nothing ever gets better than the first epochs.
                let outcome = try shop.train(
                    "run", "--epochs", "40", "--limit", "16", "--early-stopping", "1", "--learning-rate", "1e-30")
                let epochs = try shop.rows("run/history.csv").count - 1
                #expect(epochs < 40)
                #expect(outcome.errors.contains("Early stopping after epoch \(epochs)"))
            }
        }

        @Test(
            "The learning rate follows its schedule",
            arguments: [("constant", 0.001...0.001), ("cosine", 0...0.0001), ("one-cycle", 0...0.0000001)])
        func learningRate(schedule: String, last: ClosedRange<Float>) throws {
            try Workshop.with { shop in
                try shop.train("run", "--epochs", "2", "--limit", "160", "--learning-rate-schedule", schedule)
                let rates = try shop.rows("run/history.csv").dropFirst().compactMap { Float($0[6]) }
                #expect(rates.count == 2)
                #expect(try last.contains(#require(rates.last)), "the last rate is \(rates)")
                #expect(schedule == "constant" || rates[0] > rates[1])
            }
        }

        @Test("--json prints the metrics as JSON and nothing else; --quiet prints nothing")
        func machineOutput() throws {
            try Workshop.with { shop in
                let json = try shop.train("json", "--epochs", "1", "--limit", "64", "--json")
                let test = try #require(json.json()["test"] as? [String: Any])
                #expect(test["count"] as? Int == 60)
                #expect(try shop.bytes("json/metrics.json") == Data(json.output.utf8))
                #expect(json.errors.contains("Epoch 1/1"))

                let quiet = try shop.train("quiet", "--epochs", "1", "--limit", "64", "--quiet")
                #expect(quiet.output == "" && quiet.errors == "")
                let both = try shop.train("both", "--epochs", "1", "--limit", "64", "--quiet", "--json")
                #expect(try (both.json()["keptEpochs"] as? [[String: Any]])?.compactMap { $0["epoch"] as? Int } == [1])
                #expect(both.errors == "")
            }
        }

        @Test("Colours come when asked for, and NO_COLOR forbids them")
        func colors() throws {
            try Workshop.with { shop in
                let asked = try shop.duet("train", environment: ["CLICOLOR_FORCE": "1"])
                let forbidden = try shop.duet("train", environment: ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"])
                #expect(asked.errors.contains("\u{1B}[31mduet:"))
                #expect(forbidden.errors.hasPrefix("duet: say which dataset to train on"))
            }
        }
    }
}
