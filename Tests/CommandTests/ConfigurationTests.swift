import Foundation
import NeuralNetwork
import Testing
import TestSupport

extension CommandTests {
    @Suite("duet train config.yaml")
    struct ConfigurationTests {
        @Test("Flags win over the file, and the run folder's config.yaml holds every setting")
        func flagsWin() throws {
            try Workshop.with { shop in
                let yaml = """
                    data: \(try Studio.required().data.path)
                    model: model-1
                    epochs: 7
                    batch_size: 24
                    learning_rate: 0.002
                    threads: 1
                    limit: 64
                    """
                try Data(yaml.utf8).write(to: shop["mine.yaml"])
                let outcome = try shop.duet(
                    "train", "mine.yaml", "--epochs", "1", "--batch-size", "16", "--output", "run", "--no-report")
                #expect(outcome.status == 0, "\(outcome.errors)")

                let written = try shop.text("run/config.yaml")
                let settings = Dictionary(
                    uniqueKeysWithValues: written.split(separator: "\n").map { line in
                        let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
                        return (parts[0], parts.last?.trimmingCharacters(in: .whitespaces) ?? "")
                    })
                #expect(
                    Set(settings.keys) == [
                        "version", "data", "model", "epochs", "batch_size", "learning_rate", "learning_rate_schedule",
                        "schedule", "folds", "branch_loss_weight", "background", "fine_tune", "modality_dropout",
                        "early_stopping",
                        "keep", "split", "seed", "precision", "threads", "limit", "output",
                    ])
                #expect(settings["epochs"] == "1" && settings["batch_size"] == "16")
                #expect(settings["learning_rate"].flatMap(Float.init) == 0.002)
                #expect(
                    settings["seed"] == "42" && settings["split"] == "group" && settings["version"] == "1"
                        && settings["limit"] == "64")
                #expect(settings["model"] == "model-1" && settings["schedule"] == "joint")
            }
        }

        @Test("The written config.yaml gives the same model again, and again")
        func reproduces() throws {
            try Workshop.with { shop in
                try shop.train("run", "--epochs", "1", "--limit", "64", "--seed", "7", "--learning-rate", "0.003")
                for output in ["second", "third"] {
                    let outcome = try shop.duet("train", "run/config.yaml", "--output", output, "--no-report")
                    #expect(outcome.status == 0, "\(outcome.errors)")
                    #expect(try shop.bytes("run/model.safetensors") == shop.bytes("\(output)/model.safetensors"))
                }
            }
        }

        @Test(
            "What is wrong in a file is named with its line",
            arguments: [
                ("epoch: 3", "there is no setting 'epoch'; did you mean 'epochs'?"),
                ("epochs: many", "epochs"),
                ("schedule: both", "schedule"),
                ("model: {name: mine, branches: [{layer: []}]}", "there is no setting 'layer'; did you mean 'layers'?"),
            ])
        func typo(line: String, message: String) throws {
            try Workshop.with { shop in
                try Data("# a training\ndata: data\n\(line)\n".utf8).write(to: shop["mine.yaml"])
                let outcome = try shop.duet("train", "mine.yaml")
                #expect(outcome.status == 65)
                #expect(outcome.errors.contains("\(shop["mine.yaml"].path):3: "), "\(outcome.errors)")
                #expect(outcome.errors.contains(message), "\(outcome.errors)")
                #expect(try shop.names() == ["mine.yaml"])
            }
        }

        @Test("What is no YAML, or not there, is said to be so")
        func noFile() throws {
            try Workshop.with { shop in
                try Data("data: [1,\nepochs: 3\n".utf8).write(to: shop["broken.yaml"])
                let broken = try shop.duet("train", "broken.yaml")
                #expect(broken.status == 65)
                #expect(broken.errors.contains("broken.yaml is not YAML"))
                let missing = try shop.duet("train", "none.yaml")
                #expect(missing.status == 66)
                #expect(missing.errors.contains("none.yaml cannot be opened"))
                #expect(try shop.names() == ["broken.yaml"])
            }
        }

        @Test("A network of the user's own, written as YAML, is trained like a preset")
        func ownNetwork() throws {
            try Workshop.with { shop in
                let yaml = """
                    name: small
                    branches:
                      - modality: audio
                        input: [507, 1]
                        layers: [{Flatten: {}}, {Dense: {units: 10, activation: softmax}}]
                      - modality: image
                        input: [28, 28, 1]
                        layers: [{Flatten: {}}, {Dense: {units: 10, activation: softmax}}]
                    head: [{Dense: {units: 10, activation: softmax}}]
                    """
                try Data(yaml.utf8).write(to: shop["small.yaml"])
                let summary = try shop.duet("summary", "small.yaml", "--json")
                #expect(summary.status == 0, "\(summary.errors)")
                #expect(try summary.json()["totalParameters"] as? Int == (507 + 1 + 784 + 1 + 20 + 1) * 10)
                let training = try shop.duet(
                    "train", "--data", Studio.required().data.path, "--model", "small.yaml", "--epochs", "1",
                    "--threads", "1")
                #expect(training.status == 0, "\(training.errors)")
                #expect(shop.exists("runs/small/model.safetensors"))
            }
        }
    }
}
