import Duet
import FileFormats
import Foundation
import Testing
import TestSupport

extension CommandTests {
    @Suite("What the command refuses")
    struct RefusalTests {
        @Test(
            "Wrong usage is told with the value and what is expected",
            arguments: [
                (
                    ["--model", "model-22"],
                    "there is no model 'model-22'. Did you mean model-2? Presets: model-1, model-2"
                ),
                (["--epochs", "0"], "epochs is 0, but must be from 1 to 100000"),
                (["--epochs", "many"], "The value 'many' is invalid for '--epochs"),
                (["--batch-size", "-3"], "--batch-size"),
                (["--learning-rate", "nan"], "learning_rate is nan, but must be above 0"),
                (["--threads", "0"], "threads is 0, but must be from 1 to 1024"),
                (["--limit", "0"], "limit is 0, but must be at least 1"),
                (["--early-stopping", "0"], "early_stopping is 0, but must be at least 1"),
                (["--early-stopping", "3", "--keep", "last"], "early_stopping goes with keep 'best'"),
                (["--schedule", "both"], "joint"),
                (["--learning-rate-schedule", "linear"], "one-cycle"),
                (["--fine-tune"], "fine_tune goes with the staged schedule"),
                (["--epoch", "3"], "Unknown option '--epoch'. Did you mean '--epochs'?"),
            ])
        func usage(arguments: [String], message: String) throws {
            try Workshop.with { shop in
                let data = try Studio.required().data.path
                let outcome = try DuetProcess(["train", "--data", data] + arguments, in: shop.folder).wait()
                #expect(outcome.status == 64)
                #expect(outcome.errors.contains(message), "\(outcome.errors)")
                #expect(outcome.output == "")
                #expect(try shop.names() == [])
            }
        }

        @Test("Commands that lack what they need say what it is")
        func incomplete() throws {
            try Workshop.with { shop in
                let model = try Studio.required().model
                let train = try shop.duet("train")
                #expect(train.status == 64 && train.errors.contains("--data DIR"))
                let compare = try shop.duet("compare", "--models", "model-1")
                #expect(compare.status == 64 && compare.errors.contains("--data DIR"))
                let unknown = try shop.duet("compare", "--data", "data", "--models", "model-1,model-7")
                #expect(unknown.status == 64 && unknown.errors.contains("there is no model 'model-7'"))
                let twice = try shop.duet("compare", "--data", "data", "--models", "model-1,model-1")
                #expect(twice.status == 64 && twice.errors.contains("have the same name"))
                let predict = try shop.duet("predict", "--model", model, "--images", "x.npy", "--output", "p.csv")
                #expect(predict.status == 64 && predict.errors.contains("--images and --audio together"))
                let summary = try shop.duet("summary", "modle-3")
                #expect(summary.status == 64 && summary.errors.contains("Did you mean model-3?"))
                #expect(try shop.names() == [])
            }
        }

        @Test("An output that exists is left alone without --force")
        func existingOutput() throws {
            try Workshop.with { shop in
                let studio = try Studio.required()
                try FileManager.default.createDirectory(at: shop["run"], withIntermediateDirectories: true)
                for name in ["run/notes.txt", "p.csv"] { try Data("mine".utf8).write(to: shop[name]) }

                let train = try shop.duet(
                    "train", "--data", studio.data.path, "--output", "run", "--model", "model-1", "--threads", "1")
                #expect(train.status == 73)
                #expect(train.errors.contains("run exists; choose another --output, go on with --resume"))
                let predict = try shop.duet(
                    "predict", "--data", studio.data.path, "--model", studio.model, "--output", "p.csv")
                #expect(predict.status == 73)
                #expect(predict.errors.contains("p.csv exists; choose another name or replace it with --force"))
                let fetch = try shop.duet("data", "fetch", "digits", "--output", "run")
                #expect(fetch.status == 73)
                #expect(fetch.errors.contains("\(shop["run"].path) exists"))
                #expect(try shop.names() == ["p.csv", "run", "run/notes.txt"])
                #expect(try shop.text("p.csv") == "mine")

                try shop.train("run", "--force", "--epochs", "1", "--limit", "64")
                #expect(try shop.text("run/notes.txt") == "mine", "--force replaces a run's own files only")
                let forced = try shop.duet(
                    "predict", "--data", studio.data.path, "--model", studio.model, "--output", "p.csv", "--force")
                #expect(forced.status == 0)
                #expect(try shop.rows("p.csv").count == 61)
            }
        }

        @Test("A run folder where a file stands, or below one, cannot be made")
        func fileInTheWay() throws {
            try Workshop.with { shop in
                try Data("mine".utf8).write(to: shop["run"])
                for output in ["run", "run/first"] {
                    let outcome = try shop.duet(
                        "train", "--data", Studio.required().data.path, "--output", output, "--model", "model-1")
                    #expect(outcome.status == 73, "\(outcome)")
                    #expect(outcome.errors.contains(shop[output].path), "\(outcome.errors)")
                }
                #expect(try shop.names() == ["run"])
                #expect(try shop.text("run") == "mine")
            }
        }

        @Test("A model file that is none is named with what is wrong in it")
        func brokenModels() throws {
            try Workshop.with { shop in
                let model = URL(fileURLWithPath: try Studio.required().model)
                let whole = try Data(contentsOf: model)
                try whole.dropLast(1000).write(to: shop["short"])
                try whole.prefix(100).write(to: shop["stump"])
                try Data("hello, world".utf8).write(to: shop["text"])
                let tensor = NamedTensor(name: "a", shape: [1], values: [1])
                try SafetensorsFile(tensors: [tensor]).write(to: shop["foreign"])
                var mixed = try SafetensorsFile(contentsOf: model)
                mixed.metadata["architecture"] = try JSON.text(Presets.required("model-3"))
                try mixed.write(to: shop["mixed"])
                var poor = try SafetensorsFile(contentsOf: model)
                poor.tensors.removeAll { $0.name.hasSuffix("bias") }
                try poor.write(to: shop["poor"])
                let before = try shop.names()

                for (name, status, message) in [
                    ("none", Int32(66), "No such file or directory"), ("short", 65, "is cut short"),
                    ("stump", 65, "is cut short"),
                    ("text", 65, "is not a safetensors file"), ("foreign", 65, "`duet train` makes one"),
                    ("mixed", 65, "the weights and the architecture do not belong together"),
                    ("poor", 65, "bias"),
                ] {
                    let data = try Studio.required().data.path
                    for command in [["evaluate"], ["predict", "--output", "p.csv"]] {
                        let outcome = try DuetProcess(
                            command + ["--model", name, "--data", data], in: shop.folder
                        ).wait()
                        #expect(outcome.status == status, "\(name): \(outcome)")
                        #expect(outcome.errors.contains(shop[name].path), "\(outcome.errors)")
                        #expect(outcome.errors.contains(message), "\(outcome.errors)")
                        #expect(outcome.output == "")
                    }
                }
                #expect(try shop.names() == before)
            }
        }

        @Test("Pairs of other shapes than the model's are refused")
        func otherShapes() throws {
            try Workshop.with { shop in
                try NPYArray.write([UInt8](repeating: 1, count: 3 * 196), shape: [3, 14, 14], to: shop["small.npy"])
                try NPYArray.write([Float](repeating: 1, count: 3 * 507), shape: [3, 507], to: shop["audio.npy"])
                try NPYArray.write([UInt8](repeating: 1, count: 3 * 784), shape: [3, 784], to: shop["images.npy"])
                try NPYArray.write([Float](repeating: 1, count: 3 * 400), shape: [3, 400], to: shop["short.npy"])
                for (images, audio, message) in [
                    (
                        "small.npy", "audio.npy",
                        "takes image of shape [28, 28, 1] as 'image', but the dataset has image of shape [14, 14, 1]"
                    ),
                    (
                        "images.npy", "short.npy",
                        "takes audio of shape [507, 1] as 'audio', but the dataset has audio of shape [400, 1]"
                    ),
                ] {
                    let outcome = try shop.duet(
                        "predict", "--model", Studio.required().model, "--images", images, "--audio", audio,
                        "--output", "p.csv")
                    #expect(outcome.status == 65)
                    #expect(outcome.errors.contains(message), "\(outcome.errors)")
                    #expect(!shop.exists("p.csv"))
                }
            }
        }

        @Test("A learning rate that blows the weights up ends the training with an explanation")
        func divergence() throws {
            try Workshop.with { shop in
                let outcome = try shop.duet(
                    "train", "--data", Studio.required().data.path, "--output", "run", "--model", "model-1",
                    "--threads", "1", "--learning-rate", "3e38")
                #expect(outcome.status == 65, "\(outcome)")
                #expect(outcome.errors.contains("the training diverged"), "\(outcome.errors)")
                #expect(outcome.errors.contains("Try a lower learning rate than 3e+38"), "\(outcome.errors)")
            }
        }

        @Test(
            "A full disk is told by name, and leaves no half file", .enabled(if: canMount, "needs the right to mount"))
        func fullDisk() throws {
            try Workshop.with { shop in
                let studio = try Studio.required()
                try FileManager.default.createDirectory(at: shop["disk"], withIntermediateDirectories: true)
                try #require(mount(shop["disk"]))
                defer { unmount(shop["disk"]) }
                let train = try shop.duet(
                    "train", "--data", studio.data.path, "--output", "disk/run", "--model", "model-1", "--threads",
                    "1", "--epochs", "1")
                #expect(train.status == 73)
                #expect(train.errors.contains("disk/run/model.safetensors"), "\(train.errors)")
                #expect(train.errors.contains("No space left on device"), "\(train.errors)")
                #expect(try shop.names() == ["disk", "disk/run", "disk/run/checkpoint", "disk/run/config.yaml"])

                try Data(count: 1 << 16).write(to: shop["filler"])
                _ = try? FileManager.default.copyItem(at: shop["filler"], to: shop["disk/filler"])
                let predict = try shop.duet(
                    "predict", "--model", studio.model, "--data", studio.data.path, "--output", "disk/p.csv",
                    "--probabilities", "--threads", "1")
                #expect(predict.status == 73)
                #expect(predict.errors.contains("disk/p.csv"), "\(predict.errors)")
                #expect(!shop.exists("disk/p.csv"))
                #expect(try !shop.names().contains { $0.hasSuffix(".partial") })
            }
        }
    }
}

/// Whether this process may put a small file system of its own somewhere.
private let canMount: Bool =
    (try? Workshop.with { shop in
        guard mount(shop.folder) else { return false }
        unmount(shop.folder)
        return true
    }) ?? false

/// Puts a disk of 64 kB there.
private func mount(_ folder: URL) -> Bool {
    shell("mount -t tmpfs -o size=64k tmpfs \"$0\"", folder.path)
}

private func unmount(_ folder: URL) {
    _ = shell("umount \"$0\"", folder.path)
}

private func shell(_ command: String, _ argument: String) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command, argument]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
}
