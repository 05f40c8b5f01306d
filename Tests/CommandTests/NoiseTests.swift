import Duet
import FileFormats
import Foundation
import Testing

extension CommandTests {
    @Suite("duet evaluate --noise")
    struct NoiseTests {
        private func evaluate(_ shop: Workshop, _ arguments: String...) throws -> Outcome {
            let studio = try Studio.required()
            let common = ["evaluate", "--model", studio.model, "--data", studio.data.path, "--threads", "1"]
            return try DuetProcess(common + arguments, in: shop.folder).wait()
        }

        @Test("The JSON has each modality's levels, the clean examples first, and repeats with its seed")
        func json() throws {
            try Workshop.with { shop in
                func noise(seed: String) throws -> [Robustness] {
                    let outcome = try evaluate(
                        shop, "--json", "--noise", "image:0.3,10", "--noise", "audio:100,-100", "--seed", seed)
                    try #require(outcome.status == 0, "\(outcome.errors)")
                    let evaluation = try JSONDecoder().decode(Evaluation.self, from: Data(outcome.output.utf8))
                    let noise = try #require(evaluation.noise)
                    #expect(noise.allSatisfy { $0.levels[0].accuracies == evaluation.accuracies })
                    return noise
                }
                let first = try noise(seed: "3")
                #expect(first.map(\.modality) == [.image, .audio])
                #expect(first.map(\.seed) == [3, 3])
                #expect(first[0].levels.map(\.level) == [nil, 0.3, 10])
                #expect(first[1].levels.map(\.level) == [nil, 100, -100])
                #expect(first[1].levels[1].accuracies["audio"] == first[1].levels[0].accuracies["audio"])
                // Ten classes and nothing to hear.
                #expect(try #require(first[1].levels[2].accuracies["audio"]).accuracy < 0.4)
                #expect(try noise(seed: "3") == first)
            }
        }

        @Test("The text has a table for each modality and says what the levels are")
        func text() throws {
            try Workshop.with { shop in
                let outcome = try evaluate(shop, "--noise", "audio:20,0", "--noise", "image:0.25")
                #expect(outcome.status == 0, "\(outcome.errors)")
                for words in [
                    "noise on audio", "image alone", "none", "20 dB", "0 dB",
                    "signal-to-noise ratio of the normalized features in dB", "noise on image", "audio alone",
                    "0.25",
                    "standard deviation of the noise on pixels from 0 to 1",
                ] {
                    #expect(outcome.output.contains(words), "\(words) in \(outcome.output)")
                }
            }
        }

        @Test(
            "What is no noise is refused before the data is read",
            arguments: [
                ("image:-1", "has the level -1.0; expected standard deviations from 0 to 10"),
                ("smell:1", "is for the modality 'smell'; expected audio or image"),
                ("image:", "which is no number"), ("audio", "has no colon; expected MODALITY:LEVELS"),
                ("", "has no colon"),
            ])
        func refusals(noise: String, reason: String) throws {
            try Workshop.with { shop in
                let outcome = try shop.duet(
                    "evaluate", "--model", Studio.required().model, "--data", "none", "--noise", noise)
                #expect(outcome.status == 64, "\(outcome)")
                #expect(outcome.errors.contains(reason), "\(outcome.errors)")
                #expect(outcome.output == "")
            }
        }
    }
}
