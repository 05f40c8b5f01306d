import FileFormats
import Foundation
import NeuralNetwork
import Testing
import TestSupport

extension CommandTests {
    @Suite("The model file elsewhere")
    struct ModelFileTests {
        @Test("duet export halves the weights: the same predictions to three digits, nothing overwritten unasked")
        func halved() throws {
            try Workshop.with { shop in
                let model = try Studio.required().model
                let outcome = try shop.duet("export", "--model", model, "--output", "half.safetensors")
                #expect(outcome.status == 0, "\(outcome)")
                func size(_ url: URL) throws -> Int {
                    try #require(FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int)
                }
                let (whole, half) = (try size(URL(fileURLWithPath: model)), try size(shop["half.safetensors"]))
                let whitening = try SafetensorsFile(contentsOf: URL(fileURLWithPath: model)).tensors
                    .filter { $0.name.hasSuffix(".whitening") }
                #expect(whitening.count == 2)
                let halved = whitening.reduce(1_869_454) { $0 + $1.values.count }
                // The names and types in the header differ a little in length.
                #expect(abs(whole - half - 2 * halved) < 1_000)
                func prediction(_ model: String) throws -> (label: String, probability: Double) {
                    let json = try shop.duet("predict", "--model", model, "--image", picture, "--json").json()
                    let example = try #require((json["examples"] as? [[String: Any]])?.first)
                    let all = try #require((example["predictions"] as? [String: Any])?["all"] as? [String: Any])
                    return (try #require(all["label"] as? String), try #require(all["probability"] as? Double))
                }
                let (before, after) = (try prediction(model), try prediction("half.safetensors"))
                #expect(before.label == after.label && abs(before.probability - after.probability) < 5e-3)

                let again = try shop.duet("export", "--model", model, "--output", "half.safetensors")
                #expect(again.status == 73)
                let same = try shop.duet("export", "--model", model, "--output", model, "--force")
                #expect(same.status == 64 && same.errors.contains("the model file itself"))
            }
        }

        private var picture: String {
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("Fixtures/images/seven.png").path
        }

        @Test(
            "Python's safetensors opens it, and the arrays have Keras's shapes",
            .enabled(if: Python.has("safetensors.numpy"), "needs Python with safetensors (DUET_TEST_PYTHON)"))
        func python() throws {
            let program = """
                import json, sys
                from safetensors import safe_open
                with safe_open(sys.argv[1], 'numpy') as file:
                    shapes = {name: list(file.get_tensor(name).shape) for name in file.keys()}
                    types = sorted({str(file.get_tensor(name).dtype) for name in file.keys()})
                    print(json.dumps({'shapes': shapes, 'types': types, 'metadata': file.metadata()}))
                """
            let result = try Python.run(program, Studio.required().model)
            try #require(result.status == 0, "\(result.output)")
            let read = try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
            let shapes = try #require(read["shapes"] as? [String: [Int]])
            #expect(read["types"] as? [String] == ["float32"])

            // The paper's model-1, layer by layer; 1,869,454 values in all.
            let kernels = shapes.filter { $0.key.hasSuffix("kernel") }.values.map { $0 }
            let expected = [
                [3, 3, 1, 32], [25088, 64], [64, 10], [2, 1, 16], [4048, 64], [64, 10], [20, 64], [64, 10],
            ]
            #expect(
                kernels.sorted { $0.lexicographicallyPrecedes($1) }
                    == expected.sorted { $0.lexicographicallyPrecedes($1) })
            let weights = shapes.filter { !$0.key.hasPrefix("calibration.") && !$0.key.hasPrefix("distances.") }.values
            #expect(weights.reduce(0) { $0 + $1.reduce(1, *) } == 1_869_454)
            let calibration = shapes.keys.filter { $0.hasPrefix("calibration.") }.sorted()
            #expect(
                calibration
                    == ["all", "audio", "image"].flatMap { ablation in
                        ["out_of_distribution_scores", "scores", "temperature", "uncertainties"].map {
                            "calibration.\(ablation).\($0)"
                        }
                    })
            for part in ["gamma", "beta", "moving_mean", "moving_variance"] {
                let lengths = shapes.filter { $0.key.hasSuffix(part) }.values.compactMap(\.first).sorted()
                #expect(lengths == [16, 32, 64, 64, 64], "\(part)")
            }

            let metadata = try #require(read["metadata"] as? [String: String])
            #expect(try metadata["classes"] == JSON.text((0...9).map(String.init)))
            #expect(metadata["architecture"]?.contains("Conv2D") == true)
        }

        @Test("The model file alone is enough to predict, wherever it lies")
        func movedModel() throws {
            try Workshop.with { shop in
                let studio = try Studio.required()
                try FileManager.default.copyItem(atPath: studio.model, toPath: shop["a b.safetensors"].path)
                let outcome = try shop.duet(
                    "predict", "--model", "a b.safetensors", "--data", studio.data.path, "--output", "p.csv",
                    "--threads", "1")
                #expect(outcome.status == 0, "\(outcome.errors)")
                #expect(outcome.output == "Wrote 60 predictions to p.csv.\n")
                #expect(try shop.rows("p.csv").count == 61)
            }
        }
    }
}
