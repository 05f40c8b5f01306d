import Foundation
import Testing

/// What is refused, and with which words. Each request is followed by a good one.
@Suite struct RefusalTests {
    private static func image(_ more: String, shape: String = "[1,36]", type: String = "FP32") -> String {
        #"{"inputs":[{"name":"image","shape":\#(shape),"datatype":"\#(type)"\#(more)}]}"#
    }

    private static let ones = "[" + Array(repeating: "1", count: 36).joined(separator: ",") + "]"

    static let bad: [(body: String, message: String)] = [
        ("", "expected a value"),
        ("{", "expected a key"),
        ("[]", "is a list"),
        ("7", "is a number"),
        ("{}", "'inputs' is missing"),
        (#"{"inputs":null}"#, "'inputs' is missing"),
        (#"{"inputs":[]}"#, "'inputs' is missing"),
        (#"{"inputs":[1]}"#, "'inputs' is missing"),
        (#"{"inputs":[null]}"#, "without a 'name'"),
        (#"{"inputs":{}}"#, "'inputs' is missing"),
        (#"{"inputs":[{}]}"#, "without a 'name'"),
        (#"{"inputs":[{"name":7}]}"#, "'name' of an input is a number"),
        (#"{"inputs":[{"name":"smell"}]}"#, "has no input 'smell'"),
        (#"{"inputs":[{"name":"image"}]}"#, "datatype"),
        (image("", type: "FP8"), "the datatype 'FP8'"),
        (image("", type: "BYTES"), "the datatype 'BYTES'"),
        (image("", shape: "7"), "needs a 'shape'"),
        (image("", shape: "[]"), "needs a 'shape'"),
        (image("", shape: "[1,1,1,1,1,1,1,1,1]"), "needs a 'shape'"),
        (image("", shape: "[-1,36]"), "the side -1"),
        (image("", shape: "[1.5,36]"), "the side 1.5"),
        (image("", shape: "[1e300,36]"), "the side 1e+300"),
        (image("", shape: "[9223372036854775807,36]"), "the side"),
        (image("", shape: "[4611686018427387904,36]"), "the side 36"),
        (image("", shape: "[1,35]"), "expected [-1, 6, 6, 1]"),
        (image("", shape: "[36]"), "expected [-1, 6, 6, 1]"),
        (image("", shape: "[0,36]"), "has no rows"),
        (image("", shape: "[1,36]"), "needs either 'data' or 'binary_data_size'"),
        (image(#","data":7"#), "a number as 'data'"),
        (image(#","data":"1""#), "a string as 'data'"),
        (image(#","data":[1,2,3]"#), "3 numbers"),
        (image(#","data":[[1,2],[3]]"#), "the shape [1, 36]"),
        (image(#","data":[["1"]]"#), "the shape [1, 36]"),
        (image(#","data":[[[1]]]"#), "the shape [1, 36]"),
        (
            image(#","data":["# + Array(repeating: "256", count: 36).joined(separator: ",") + "]"),
            "expected a pixel from 0 to 255"
        ),
        (
            image(#","data":["# + Array(repeating: "-0.5", count: 36).joined(separator: ",") + "]"),
            "expected a pixel from 0 to 255"
        ),
        (
            image(#","data":["# + Array(repeating: "1e308", count: 36).joined(separator: ",") + "]"),
            "expected a pixel from 0 to 255"
        ),
        (image(#","data":[1e999]"#), "out of range"),
        (image(#","data":[NaN]"#), "expected a value"),
        (image(#","data":[01]"#), "expected"),
        (image(#","data":\#(ones),"parameters":7"#), "'parameters' of the input 'image' is a number"),
        (image(#","data":\#(ones),"parameters":{"binary_data_size":144}"#), "needs either"),
        (image(#","parameters":{"binary_data_size":144}"#), "only 0 bytes are left"),
        (image(#","parameters":{"binary_data_size":-1}"#), "the 'binary_data_size' -1"),
        (image(#","parameters":{"binary_data_size":1e300}"#), "the 'binary_data_size' -1"),
        (image(#","parameters":{"binary_data_size":"144"}"#), "the 'binary_data_size' -1"),
        (
            #"{"inputs":[{"name":"image","shape":[1,36],"datatype":"FP32","data":\#(ones)},{"name":"image","shape":[1,36],"datatype":"FP32","data":\#(ones)}]}"#,
            "stands there twice"
        ),
        (
            #"{"inputs":[{"name":"image","shape":[1,36],"datatype":"FP32","data":\#(ones)},{"name":"audio","shape":[2,12],"datatype":"FP32","data":[1,2,3,4,5,6,7,8,9,10,11,12,1,2,3,4,5,6,7,8,9,10,11,12]}]}"#,
            "but another has 1"
        ),
        (
            #"{"inputs":[{"name":"audio","shape":[1,12],"datatype":"FP32","data":[1e39,1,1,1,1,1,1,1,1,1,1,1]}]}"#,
            "expected a finite number"
        ),
        (#"{"id":7,"inputs":[]}"#, "'id' of the request is a number"),
        (#"{"parameters":[],"inputs":[]}"#, "'parameters' of the request is a list"),
        (#"{"id":"a","id":"b"}"#, "a key stands twice"),
        (
            #"{"inputs":[{"name":"image","shape":[1,36],"datatype":"FP32","data":\#(ones)}],"outputs":7}"#,
            "'outputs' is a number"
        ),
        (
            #"{"inputs":[{"name":"image","shape":[1,36],"datatype":"FP32","data":\#(ones)}],"outputs":[{}]}"#,
            "an output has no 'name'"
        ),
        (
            #"{"inputs":[{"name":"image","shape":[1,36],"datatype":"FP32","data":\#(ones)}],"outputs":[{"name":"x"}]}"#,
            "has no output 'x'"
        ),
        (
            #"{"inputs":[{"name":"image","shape":[1,36],"datatype":"FP32","data":\#(ones)}],"outputs":[{"name":"label"},{"name":"label"}]}"#,
            "is wanted twice"
        ),
        (String(repeating: "[", count: 100_000), "deep"),
        (String(repeating: #"{"a":"#, count: 100_000), "deep"),
        ("[" + String(repeating: "[],", count: 250_000) + "1]", "values"),
        ("\"\\ud800\"", "half"),
        ("\"\\u12\"", "hexadecimal"),
        ("\"abc", "without an end"),
        ("{} {}", "expected the end"),
    ]

    @Test("Bad bodies are refused with 400 and a reason, and the server goes on")
    func bodies() async throws {
        try await TestServer.with { server in
            for (body, message) in Self.bad {
                let reply = try await server.post("/v2/models/small/infer", body)
                #expect(reply.status == 400 && reply.error.contains(message), "\(body.prefix(200)): \(reply.text)")
            }
            let good = try await server.post("/v2/models/small/infer", TestServer.request([1]))
            #expect(good.status == 200)
        }
    }

    @Test("Values that no number can hold are refused, and so are those whose probabilities are none")
    func farOut() async throws {
        try await TestServer.with { server in
            let audio = Array(repeating: "3e38", count: 12).joined(separator: ",")
            let reply = try await server.post(
                "/v2/models/small/infer",
                #"{"inputs":[{"name":"audio","shape":[1,12],"datatype":"FP32","data":[\#(audio)]}]}"#)
            if reply.status == 200 {
                let outputs = try #require(try reply.json()["outputs"] as? [[String: Any]])
                let probabilities = try #require(outputs[0]["data"] as? [Double])
                #expect(abs(probabilities.reduce(0, +) - 1) < 1e-3)
            } else {
                #expect(reply.status == 400 && reply.error.contains("not numbers"))
            }
        }
    }

    @Test("Bytes behind the JSON must be as many as it says")
    func binaryLengths() async throws {
        try await TestServer.with { server in
            let json =
                #"{"inputs":[{"name":"image","shape":[1,36],"datatype":"UINT8","parameters":{"binary_data_size":36}}]}"#
            func send(_ length: String, _ bytes: Int) async throws -> Reply {
                try await server.send(
                    "POST", "/v2/models/small/infer", ["Inference-Header-Content-Length": length],
                    Data(json.utf8) + Data(repeating: 9, count: bytes))
            }
            let count = json.utf8.count
            let cases: [(length: String, bytes: Int, status: Int, message: String)] = [
                ("\(count)", 36, 200, ""),
                ("\(count)", 35, 400, "only 35 bytes are left"),
                ("\(count)", 37, 400, "1 bytes behind the JSON belong to no input"),
                ("\(count + 1000)", 36, 400, "but the body has"),
                ("-1", 36, 400, "expected a number of bytes"),
                ("99999999999999999999", 36, 400, "expected a number of bytes"),
                ("\(count - 1)", 36, 400, "not JSON"),
            ]
            for (length, bytes, status, message) in cases {
                let reply = try await send(length, bytes)
                #expect(reply.status == status && (status == 200 || reply.error.contains(message)), "\(reply.text)")
            }
        }
    }

    @Test("Paths, methods and types that there are not")
    func addresses() async throws {
        try await TestServer.with { server in
            let good = TestServer.request([1])
            for path in [
                "/v3", "/v2/models", "/v2/models/small/versions", "/v2/models/small/x", "/v2x", "/predict/", "//",
                "/%00", "/page",
            ] {
                #expect(try await server.get(path).status == 404, "\(path)")
            }
            for path in [
                "/v2/models/other/infer", "/v2/models/small/versions/2/infer", "/v2/models/sm%61ll/infer",
                "/v2/models//infer",
            ] {
                let reply = try await server.post(path, good)
                #expect(reply.status == 404 && !reply.error.isEmpty, "\(path)")
            }
            let wrong = try await server.get("/v2/models/small/infer")
            #expect(wrong.status == 405 && wrong.headers["allow"] == "POST")
            #expect(try await server.post("/v2", "{}").status == 405)
            #expect(try await server.send("DELETE", "/v2/models/small").status == 405)
            #expect(try await server.send("OPTIONS", "/v2").status == 405)
            let head = try await server.send("HEAD", "/v2/models/small")
            #expect(
                head.status == 200 && head.body.isEmpty
                    && (head.headers["content-length"].flatMap { Int($0) } ?? 0) > 100)
            let typed = try await server.post("/v2/models/small/infer", good, ["Content-Type": "text/xml"])
            #expect(typed.status == 415 && typed.error.contains("text/xml"))
            let zipped = try await server.post("/v2/models/small/infer", good, ["Content-Encoding": "gzip"])
            #expect(zipped.status == 415 && zipped.error.contains("gzip"))
            #expect(try await server.post("/predict", good, ["Content-Type": "text/plain"]).status == 415)
            #expect(try await server.send("POST", "/predict").status == 415)
        }
    }
}
