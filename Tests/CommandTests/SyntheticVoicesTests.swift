import Foundation
import Testing
import TestSupport

extension CommandTests {
    fileprivate static let hasSpeech =
        (try? Python.run("import shutil, sys; sys.exit(shutil.which('espeak-ng') is None)").status) == 0

    /// `examples/voices.py` and `examples/other_words.py`, with espeak-ng alone, which all of them need.
    @Suite("Synthetic voices", .enabled(if: CommandTests.hasSpeech, "needs espeak-ng and Python"))
    struct SyntheticVoicesTests {
        /// Runs a script of `examples/` in the workshop, where no other synthesizer is installed.
        private func run(_ script: String, _ arguments: [String], in shop: Workshop) throws -> Outcome {
            let program = """
                import os, pathlib, runpy, shutil, sys
                os.chdir(sys.argv[1])
                path, sys.argv = sys.argv[2], sys.argv[2:]
                installed = pathlib.Path('installed')
                if not installed.exists():
                    installed.mkdir()
                    (installed / 'espeak-ng').symlink_to(shutil.which('espeak-ng'))
                os.environ['PATH'] = str(installed.resolve())
                sys.path.insert(0, os.path.dirname(path))
                runpy.run_path(path, run_name='__main__')
                """
            let examples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("../../examples").standardized
            let (status, output) = try Python.run(
                program, [shop.folder.path, examples.appendingPathComponent(script).path] + arguments)
            return Outcome(status: status, output: output, errors: "")
        }

        @Test("Words and other words become a dataset with a voice on the test side and background examples")
        func dataset() throws {
            try Workshop.with { shop in
                func speak(_ output: String) throws {
                    let spoken = try run(
                        "voices.py",
                        ["--output", output, "--voices", "2", "--foreign", "1", "--clips", "2", "cat", "7=seven"],
                        in: shop)
                    try #require(spoken.status == 0, "\(spoken.output)")
                    #expect(spoken.output == "\(output): 12 recordings of 2 words by 3 voices\n")
                }
                try speak("voices")
                try speak("again")
                let recordings = try shop.names().filter { $0.hasPrefix("voices/") && $0.hasSuffix(".wav") }
                #expect(recordings.count == 12)
                for recording in recordings {
                    #expect(try shop.bytes(recording) == shop.bytes("again" + recording.dropFirst("voices".count)))
                }

                // "kat" sounds like a cat, and there are no letters where all of them are words of the vocabulary.
                try Data("cat\ncats\nkat\ndog\ntree\nhouse\n".utf8).write(to: shop["words"])
                let letters = "abcdefghijklmnopqrstuvwxyz".map(String.init)
                let other = try run(
                    "other_words.py", ["--output", "other", "--list", "words", "cat", "7=seven"] + letters, in: shop)
                try #require(other.status == 0, "\(other.output)")
                let names = try FileManager.default.contentsOfDirectory(atPath: shop["other"].path)
                #expect(names.sorted() == ["dog", "house", "tree"])

                let voices = Set(recordings.map { $0.split(separator: "/")[2] }).sorted()
                let built = try shop.duet(
                    "data", "build", "--audio", "voices", "--background-audio", "other", "--split-by", "speaker",
                    "--test-speakers", String(voices[0]), "--output", "data", "--json")
                try #require(built.status == 0, "\(built.errors)")
                let info = try built.json()
                #expect(info["classes"] as? [String] == ["7", "cat"])
                let sides = try #require(info["sides"] as? [[String: Any]])
                #expect(sides.map { $0["examples"] as? Int } == [8, 4])
                // Five recordings of each word by espeak-ng.
                #expect(try shop.text("data/examples_background.csv").split(separator: "\n").count == 1 + 15)
            }
        }

        @Test("What is no word, and a folder that exists, are refused, and nothing is written")
        func refusals() throws {
            try Workshop.with { shop in
                let word = try run("voices.py", ["--output", "voices", "cat", "a/b=dog"], in: shop)
                #expect(word.status == 1)
                #expect(
                    word.output == "voices.py: 'a/b=dog' names no class and word; expected such as cat or 7=seven\n")
                #expect(!shop.exists("voices") && !shop.exists("voices.part"))
                for script in ["voices.py", "other_words.py"] {
                    let folder = try run(script, ["--output", "installed", "cat"], in: shop)
                    #expect(folder.status == 1)
                    #expect(folder.output == "\(script): installed exists; remove it or choose another folder\n")
                }
                #expect(try shop.names() == ["installed", "installed/espeak-ng"])
            }
        }
    }
}
