import Foundation
import NeuralNetwork
import Testing

extension CommandTests {
    @Suite("duet train --precision")
    struct PrecisionTests {
        private let limited = ["DUET_MAX_CPU_ISA": "AVX512"]
        private let warning = "this processor has no instructions for bf16; training in float32."

        private func train(
            _ output: String, _ precision: String, in shop: Workshop, environment: [String: String] = [:]
        ) throws -> Outcome {
            let outcome = try shop.duet(
                "train", "--data", Studio.required().data.path, "--output", output, "--model", "model-1", "--epochs",
                "1", "--limit", "64", "--threads", "1", "--precision", precision, environment: environment)
            try #require(outcome.status == 0, "\(outcome.errors)")
            return outcome
        }

        @Test("Without the processor's instructions bf16 says so and is float32")
        func fallsBack() throws {
            try Workshop.with { shop in
                let fallen = try train("fallen", "bf16", in: shop, environment: limited)
                let exact = try train("exact", "float32", in: shop, environment: limited)
                #expect(fallen.errors.contains(warning), "\(fallen.errors)")
                #expect(!exact.errors.contains(warning))
                #expect(try shop.bytes("fallen/model.safetensors") == shop.bytes("exact/model.safetensors"))
                #expect(try shop.text("fallen/config.yaml").contains("precision: bf16\n"))
                #expect(try shop.text("exact/config.yaml").contains("precision: float32\n"))
            }
        }

        @Test(
            "bf16 repeats itself to the bit, and is not float32",
            .enabled(if: Precision.bf16.isSupported, "this processor has no instructions for bf16"))
        func trains() throws {
            try Workshop.with { shop in
                let first = try train("first", "bf16", in: shop)
                #expect(!first.errors.contains(warning))
                let again = try shop.duet("train", "first/config.yaml", "--output", "again", "--no-report")
                #expect(again.status == 0, "\(again.errors)")
                let model = try shop.bytes("first/model.safetensors")
                #expect(try shop.bytes("again/model.safetensors") == model)
                _ = try train("exact", "float32", in: shop)
                #expect(try shop.bytes("exact/model.safetensors") != model)
            }
        }

        @Test("Another precision is refused with those that there are")
        func refusesOthers() throws {
            try Workshop.with { shop in
                let flag = try shop.duet("train", "--data", "data", "--precision", "half")
                #expect(flag.status == 64 && flag.errors.contains("bf16"), "\(flag.errors)")
                try Data("data: data\nprecision: half\n".utf8).write(to: shop["mine.yaml"])
                let file = try shop.duet("train", "mine.yaml")
                #expect(file.status == 65 && file.errors.contains("mine.yaml:2: "), "\(file.errors)")
            }
        }
    }
}
