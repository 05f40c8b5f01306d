import Foundation
import NeuralNetwork
import Testing

extension CommandTests {
    @Suite("Help, summaries and datasets")
    struct InformationTests {
        @Test(
            "Every subcommand explains itself with an example",
            arguments: [
                "train", "evaluate", "report", "predict", "compare", "summary", "data info", "data build",
                "data fetch digits",
                "data fetch written-spoken-digits",
            ])
        func help(command: String) throws {
            try Workshop.with { shop in
                let words = command.split(separator: " ").map(String.init)
                let outcome = try DuetProcess(words + ["--help"], in: shop.folder).wait()
                #expect(outcome.status == 0)
                #expect(outcome.errors == "")
                #expect(outcome.output.contains("Example"), "no example")
                // Lines are wrapped at the terminal's width, also inside an example.
                let text = outcome.output.split { $0.isWhitespace }.joined(separator: " ")
                let example = text.components(separatedBy: "Example").dropFirst().joined()
                #expect(example.contains("duet \(command) "), "\(text)")
                #expect(text.contains("USAGE: duet \(command) "))
            }
        }

        @Test("The root lists the subcommands and the exit statuses, and knows its version")
        func root() throws {
            try Workshop.with { shop in
                let help = try shop.duet("--help")
                #expect(help.status == 0)
                for word in ["train", "evaluate", "predict", "compare", "summary", "data", "130", "73 cannot write"] {
                    #expect(help.output.contains(word))
                }
                let version = try shop.duet("--version")
                #expect(version.status == 0)
                #expect(version.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
                let typo = try shop.duet("tarin")
                #expect(typo.status == 64)
                #expect(typo.errors.contains("tarin"))
            }
        }

        @Test(
            "The summary has the paper's totals",
            arguments: [
                ("model-1", 1_869_454, 1_868_974), ("model-2", 6_766_478, 6_763_950), ("model-3", 1_344_654, 1_343_662),
                ("model-4", 2_504_270, 2_499_566),
            ])
        func summary(model: String, total: Int, trainable: Int) throws {
            try Workshop.with { shop in
                let json = try shop.duet("summary", model, "--json").json()
                #expect(json["name"] as? String == model)
                #expect(json["totalParameters"] as? Int == total)
                #expect(json["trainableParameters"] as? Int == trainable)
                #expect(json["nonTrainableParameters"] as? Int == total - trainable)
                let layers = try #require(json["layers"] as? [[String: Any]])
                #expect(layers.compactMap { $0["parameters"] as? Int }.reduce(0, +) == total)

                let text = try shop.duet("summary", model)
                #expect(text.status == 0 && text.errors == "")
                #expect(text.output.contains("Conv2D") && text.output.contains("(None, 28, 28, 32)"))
            }
        }

        @Test("A folder that is called like a preset does not hide it")
        func folderNamedLikePreset() throws {
            try Workshop.with { shop in
                try FileManager.default.createDirectory(at: shop["model-3"], withIntermediateDirectories: true)
                #expect(try shop.duet("summary", "model-3", "--json").json()["totalParameters"] as? Int == 1_344_654)
            }
        }

        @Test("data info counts pairs, classes and recordings")
        func info() throws {
            try Workshop.with { shop in
                let data = try Studio.required().data.path
                let json = try shop.duet("data", "info", data, "--json").json()
                let sides = try #require(json["sides"] as? [[String: Any]])
                #expect(sides.compactMap { $0["name"] as? String } == ["train", "test"])
                #expect(sides.compactMap { $0["examples"] as? Int } == [300, 60])
                #expect(sides.compactMap { $0["groups"] as? Int } == [60, 20])
                #expect(sides[0]["examplesPerClass"] as? [Int] == [Int](repeating: 30, count: 10))
                #expect(json["sharedGroups"] as? Int == 0)

                let text = try shop.duet("data", "info", data)
                #expect(text.status == 0 && text.errors == "")
                #expect(text.output.contains("train: 300 examples, 60 distinct groups"))
                #expect(text.output.contains("test: 60 examples, 20 distinct groups"))
            }
        }
    }
}
