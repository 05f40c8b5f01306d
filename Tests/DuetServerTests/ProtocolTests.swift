import Duet
import Foundation
import Testing

/// The Open Inference Protocol over HTTP and JSON.
@Suite struct ProtocolTests {
    @Test("Server, health and model tell what they are")
    func metadata() async throws {
        try await TestServer.with { server in
            let about = try await server.get("/v2")
            #expect(try about.status == 200 && about.json()["name"] as? String == "duet")
            #expect(try about.json()["extensions"] as? [String] == ["binary_tensor_data"])
            #expect(try about.json()["version"] as? String == "test")
            #expect(about.headers["content-type"] == "application/json")
            #expect(try await server.get("/v2/health/live").text == #"{"live":true}"#)
            #expect(try await server.get("/v2/health/ready").text == #"{"ready":true}"#)
            for path in ["/v2/models/small", "/v2/models/small/versions/1"] {
                let model = try await server.get(path).json()
                #expect(model["name"] as? String == "small" && model["versions"] as? [String] == ["1"])
                let inputs = try #require(model["inputs"] as? [[String: Any]])
                #expect(inputs.map { $0["name"] as? String } == ["audio", "image"])
                #expect(inputs.map { $0["shape"] as? [Int] } == [[-1, 12, 1], [-1, 6, 6, 1]])
                #expect(inputs.allSatisfy { $0["datatype"] as? String == "FP32" })
                let outputs = try #require(model["outputs"] as? [[String: Any]])
                #expect(
                    outputs.map { $0["name"] as? String } == [
                        "probabilities", "label", "disagree", "audio_probabilities", "audio_label",
                        "image_probabilities", "image_label",
                    ])
                let ready = try await server.get(path + "/ready")
                #expect(try ready.status == 200 && ready.json()["ready"] as? Bool == true)
            }
        }
    }

    @Test("Rows are predicted as the library does, flat or nested, and id and names come back")
    func inference() async throws {
        try await TestServer.with { server in
            let reply = try await server.post(
                "/v2/models/small/infer", TestServer.request([1, 2, 3], more: #","id":"a\"b","parameters":{"x":1}"#))
            #expect(reply.status == 200, "\(reply.text)")
            let answer = try reply.json()
            #expect(answer["id"] as? String == "a\"b" && answer["model_name"] as? String == "small")
            #expect(answer["model_version"] as? String == "1")
            let outputs = try #require(answer["outputs"] as? [[String: Any]])
            #expect(outputs.count == 7)
            let probabilities = try #require(outputs[0]["data"] as? [Double])
            #expect(outputs[0]["shape"] as? [Int] == [3, 4] && probabilities.count == 12)
            for (row, number) in [1, 2, 3].enumerated() {
                let expected = try server.expected(number)
                for place in 0..<4 {
                    #expect(abs(probabilities[row * 4 + place] - Double(expected.probabilities[place])) < 1e-6)
                }
                #expect((outputs[1]["data"] as? [String])?[row] == expected.label)
            }
            let (image, audio) = TestServer.values(1)
            let rows = (0..<6).map { y in (0..<6).map { x in [image[y * 6 + x]] } }
            let nested = """
                {"inputs":[{"name":"image","shape":[1,6,6,1],"datatype":"UINT8","data":[\(rows)]},
                {"name":"audio","shape":[1,4,3],"datatype":"FP64",
                "data":[\((0..<4).map { Array(audio[($0 * 3)..<($0 * 3 + 3)]) })]}],
                "outputs":[{"name":"label"},{"name":"probabilities","parameters":{"binary_data":false}}]}
                """
            let same = try await server.post("/v2/models/small/versions/1/infer", nested)
            let chosen = try #require(try same.json()["outputs"] as? [[String: Any]], "\(same.text)")
            #expect(chosen.map { $0["name"] as? String } == ["label", "probabilities"])
            #expect(try same.json()["id"] == nil)
            let alone = try server.expected(1)
            // One row alone is computed as the library computes it, to the bit.
            #expect((chosen[1]["data"] as? [Double])?.map { Float($0) } == alone.probabilities)
        }
    }

    @Test("A modality may be left out: its outputs are too")
    func absent() async throws {
        try await TestServer.with { server in
            let (image, _) = TestServer.values(5)
            let input = #"{"inputs":[{"name":"image","shape":[1,36],"datatype":"FP32","data":\#(image)}]"#
            let reply = try await server.post("/v2/models/small/infer", input + "}")
            let outputs = try #require(try reply.json()["outputs"] as? [[String: Any]], "\(reply.text)")
            #expect(
                outputs.map { $0["name"] as? String } == [
                    "probabilities", "label", "disagree", "image_probabilities", "image_label",
                ])
            #expect((outputs[0]["data"] as? [Double]) == (outputs[3]["data"] as? [Double]))
            let refused = try await server.post(
                "/v2/models/small/infer", input + #","outputs":[{"name":"audio_label"}]}"#)
            #expect(refused.status == 400 && refused.error.contains("'audio_label' needs an input"))
        }
    }

    @Test("Values come and go as bytes", arguments: ["FP32", "UINT8", "FP64", "INT64", "FP16", "BF16"])
    func binary(type: String) async throws {
        try await TestServer.with { server in
            // Whole numbers of at most 8 bits are exact in all types.
            let image = (0..<36).map { Float(($0 * 7) % 128) }
            let audio = (0..<12).map { Float($0) }
            let (imageBytes, audioBytes) = (bytes(image, type), bytes(audio, type))
            let header = """
                {"inputs":[{"name":"audio","shape":[1,12,1],"datatype":"\(type)","parameters":{"binary_data_size":\(audioBytes.count)}},
                {"name":"image","shape":[1,6,6],"datatype":"\(type)","parameters":{"binary_data_size":\(imageBytes.count)}}],
                "parameters":{"binary_data_output":true}}
                """
            let reply = try await server.send(
                "POST", "/v2/models/small/infer",
                [
                    "Inference-Header-Content-Length": "\(header.utf8.count)",
                    "Content-Type": "application/octet-stream",
                ], Data(header.utf8) + audioBytes + imageBytes)
            let length = try #require(
                reply.headers["inference-header-content-length"].flatMap { Int($0) }, "\(reply.text)")
            #expect(reply.headers["content-type"] == "application/octet-stream")
            let json = try #require(try JSONSerialization.jsonObject(with: reply.body[..<length]) as? [String: Any])
            let outputs = try #require(json["outputs"] as? [[String: Any]])
            let sizes = outputs.map { ($0["parameters"] as? [String: Int])?["binary_data_size"] ?? 0 }
            #expect(sizes.reduce(0, +) == reply.body.count - length && sizes[0] == 16 && outputs[0]["data"] == nil)
            let rest = Data(reply.body[length...])
            let expected = try Classifier(server.model, threads: 1).predict(["image": image, "audio": audio])
            #expect(rest.prefix(16) == expected.probabilities.reduce(Data()) { $0 + bytes([$1], "FP32") })
            // A text is four bytes of length and itself.
            #expect(rest[16..<(16 + sizes[1])] == Data([1, 0, 0, 0]) + Data(expected.label.utf8))
        }
    }

    private func bytes(_ values: [Float], _ type: String) -> Data {
        func little<Value: FixedWidthInteger>(_ value: Value) -> Data {
            withUnsafeBytes(of: value.littleEndian) { Data($0) }
        }
        return values.reduce(Data()) { data, value in
            data
                + {
                    switch type {
                    case "UINT8": Data([UInt8(value)])
                    case "INT64": little(Int64(value))
                    case "FP64": little(Double(value).bitPattern)
                    case "BF16": little(UInt16(truncatingIfNeeded: value.bitPattern >> 16))
                    case "FP16": little(half(value))
                    default: little(value.bitPattern)
                    }
                }()
        }
    }

    /// A whole number below 2048 in half precision.
    private func half(_ value: Float) -> UInt16 {
        value == 0 ? 0 : UInt16(value.exponent + 15) << 10 | UInt16(truncatingIfNeeded: value.bitPattern >> 13 & 1023)
    }
}
