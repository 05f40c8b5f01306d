import Foundation
import Testing
import TestSupport

extension CommandTests {
    @Suite("duet data build")
    struct BuildTests {
        /// Pictures of two classes and recordings of two speakers, made with Python.
        private func writeMedia(in shop: Workshop) throws {
            let script = """
                import math, os, struct, sys, wave, zlib
                os.chdir(sys.argv[1])
                def chunk(kind, data):
                    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
                for name, value in (('cat', 40), ('dog', 200)):
                    os.makedirs(f'pictures/{name}')
                    for index in range(20):
                        rows = b''.join(b'\\0' + bytes((value + index + 5 * x) % 256 for x in range(12)) for _ in range(9))
                        with open(f'pictures/{name}/{index}.png', 'wb') as file:
                            file.write(b'\\x89PNG\\r\\n\\x1a\\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 12, 9, 8, 0, 0, 0, 0))
                                       + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))
                    for speaker in ('ann', 'bob'):
                        os.makedirs(f'sounds/{name}/{speaker}')
                        for index in range(10):
                            with wave.open(f'sounds/{name}/{speaker}/{index}.wav', 'wb') as file:
                                file.setparams((1, 2, 16000, 0, 'NONE', ''))
                                pitch = 4 * value + 7 * index + len(speaker + name) + ord(speaker[0])
                                file.writeframes(b''.join(struct.pack('<h', int(9000 * math.sin(pitch * t / 2000)))
                                                          for t in range(4000)))
                """
            let outcome = try Python.run(script, shop.folder.path)
            try #require(outcome.status == 0, "\(outcome.output)")
        }

        @Test("From folders to a trained model of other classes, sizes and lengths", .enabled(if: Python.has("wave")))
        func folders() throws {
            try Workshop.with { shop in
                try writeMedia(in: shop)
                let built = try shop.duet(
                    "data", "build", "--images", "pictures", "--audio", "sounds", "--image-size", "12x9", "--seconds",
                    "0.5",
                    "--output", "data", "--split-by", "speaker", "--test-speakers", "bob", "--vary", "--json")
                #expect(built.status == 0, "\(built.errors)")
                let info = try built.json()
                #expect(info["classes"] as? [String] == ["cat", "dog"])
                // As they were given: a dataset's description tells nothing of the folders around it.
                let sources = try #require(info["sources"] as? [[String: Any]])
                #expect(sources.map { $0["name"] as? String } == ["pictures in pictures", "recordings in sounds"])
                let sides = try #require(info["sides"] as? [[String: Any]])
                #expect(sides.map { $0["examples"] as? Int } == [36, 20])
                for side in sides {
                    let modalities = try #require(side["modalities"] as? [[String: Any]])
                    #expect(modalities.map { $0["name"] as? String } == ["image", "audio"])
                    #expect(modalities[0]["shape"] as? [Int] == [9, 12, 1])
                }
                let modalities = try #require(info["modalities"] as? [[String: Any]])
                let features = try #require(modalities[1]["features"] as? [String: Any])
                #expect(features["frames"] as? Int == 19 && features["coefficients"] as? Int == 13)

                let summary = try shop.duet("summary", "model-5", "--data", "data")
                #expect(summary.output.hasPrefix("model-5 for data: images 9 × 12 × 1, audio 19 × 13, 2 classes\n"))
                let trained = try shop.duet(
                    "train", "--data", "data", "--model", "model-5", "--epochs", "2", "--batch-size", "4", "--output",
                    "run",
                    "--quiet")
                #expect(trained.status == 0, "\(trained.errors)")
                let again = try shop.duet(
                    "data", "build", "--images", "pictures", "--audio", "sounds", "--output", "data")
                #expect(again.status == 73 && again.errors.contains("--force"))
            }
        }

        @Test(
            "Recordings alone: a dataset of one modality, a preset's audio branch, a prediction",
            .enabled(if: Python.has("wave")))
        func recordingsAlone() throws {
            try Workshop.with { shop in
                try writeMedia(in: shop)
                let built = try shop.duet("data", "build", "--audio", "sounds", "--seconds", "0.5", "--output", "data")
                #expect(built.status == 0, "\(built.errors)")
                #expect(built.output.contains("audio   [247, 1]") && !built.output.contains("image"))
                let summary = try shop.duet("summary", "compact", "--data", "data")
                #expect(summary.output.hasPrefix("compact-audio for data: audio 19 × 13, 2 classes\n"))
                let trained = try shop.duet(
                    "train", "--data", "data", "--model", "compact", "--augment", "standard", "--epochs", "2",
                    "--batch-size", "4", "--quiet")
                #expect(trained.status == 0, "\(trained.errors)")
                let predicted = try shop.duet(
                    "predict", "--model", "runs/compact-audio/model.safetensors", "--audio", "sounds/dog/ann/1.wav")
                #expect(predicted.status == 0, "\(predicted.errors)")
                #expect(predicted.output.contains("dog") && predicted.output.contains("cat"))
            }
        }

        @Test("Background examples: built, listed, and learned from", .enabled(if: Python.has("wave")))
        func background() throws {
            try Workshop.with { shop in
                try writeMedia(in: shop)
                let others = shop.folder.appendingPathComponent("others/word")
                try FileManager.default.createDirectory(at: others, withIntermediateDirectories: true)
                for name in ["ann", "bob"] {
                    try FileManager.default.moveItem(
                        at: shop.folder.appendingPathComponent("sounds/dog/\(name)/9.wav"),
                        to: others.appendingPathComponent("\(name).wav"))
                }
                let built = try shop.duet(
                    "data", "build", "--audio", "sounds", "--background-audio", "others", "--seconds", "0.5",
                    "--output",
                    "data")
                #expect(built.status == 0, "\(built.errors)")
                #expect(built.output.contains("background: 2 examples of no class\n  audio [247, 1]"))
                func trained(_ arguments: String...) throws -> String {
                    let command = ["train", "--data", "data", "--model", "compact", "--epochs", "1", "--force"]
                    let trained = try DuetProcess(command + arguments, in: shop.folder).wait()
                    #expect(trained.status == 0, "\(trained.errors)")
                    return trained.errors
                }
                #expect(try trained().contains("The branch of audio learns from 2 background examples too."))
                #expect(
                    try trained("--background", "0").contains(
                        "The 2 background examples of audio are not used: background is 0."))
                let twice = try shop.duet(
                    "data", "build", "--audio", "sounds", "--background-audio", "sounds/cat", "--output", "other")
                #expect(
                    twice.status == 65
                        && twice.errors.contains("an example of class 'cat'; background examples are of no class"))
            }
        }

        @Test("All bad files at once, each with its reason; nothing is made", .enabled(if: Python.has("wave")))
        func badFiles() throws {
            try Workshop.with { shop in
                try writeMedia(in: shop)
                try Data("no picture".utf8).write(to: shop.folder.appendingPathComponent("pictures/cat/3.png"))
                try Data("no sound".utf8).write(to: shop.folder.appendingPathComponent("sounds/dog/ann/3.wav"))
                try Data().write(to: shop.folder.appendingPathComponent("sounds/dog/ann/4.wav"))
                let sounds = try shop.duet(
                    "data", "build", "--images", "pictures", "--audio", "sounds", "--output", "data")
                #expect(sounds.status == 65)
                for part in ["3 problems", "cat/3.png", "dog/ann/3.wav", "dog/ann/4.wav"] {
                    #expect(sounds.errors.contains(part), "\(sounds.errors)")
                }
                #expect(!FileManager.default.fileExists(atPath: shop.folder.appendingPathComponent("data").path))
            }
        }

        @Test("What is asked for in vain, and with which exit status")
        func refusals() throws {
            try Workshop.with { shop in
                try Data("image,audio,label\nx.png,y.wav,a\n".utf8)
                    .write(to: shop.folder.appendingPathComponent("pairs.csv"))
                for (arguments, status, message) in [
                    ([], 64, "give --manifest FILE, or --images DIR, --audio DIR or both"),
                    (["--manifest", "pairs.csv", "--audio", "x"], 64, "give --manifest FILE, or"),
                    (["--images", "nowhere"], 66, "nowhere is not a folder"),
                    (["--manifest", "pairs.csv", "--test-speakers", "ann"], 64, "goes with --split-by speaker"),
                    (["--manifest", "pairs.csv", "--repeats", "2"], 64, "only with --vary"),
                    (["--manifest", "pairs.csv", "--image-size", "28x"], 64, "--image-size is '28x'"),
                    (["--manifest", "pairs.csv", "--seconds", "0"], 64, "--seconds is 0"),
                    (["--manifest", "pairs.csv", "--window-seconds", "9"], 64, "windowSeconds"),
                    (["--manifest", "pairs.csv", "--deltas", "3"], 64, "deltas"),
                    (["--manifest", "pairs.csv"], 65, "there are 1 classes"),
                    (["--manifest", "none.csv"], 66, "none.csv"),
                    (["--images", "nowhere", "--audio", "nowhere"], 66, "nowhere is not a folder"),
                ] {
                    let outcome = try DuetProcess(["data", "build"] + arguments, in: shop.folder).wait()
                    #expect(
                        outcome.status == status && outcome.errors.contains(message), "\(arguments): \(outcome.errors)")
                }
            }
        }
    }
}
