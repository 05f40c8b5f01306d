import Duet
import DuetServer
import FileFormats
import Foundation
import Testing
import TestSupport

/// Predictions from files.
@Suite struct FormTests {
    static let picture = Result { try Data(contentsOf: fixture("images/seven.png")) }
    static let recording = Result { try Data(contentsOf: fixture("audio/telephone.wav")) }

    static func form(_ parts: [(disposition: String, content: Data)], boundary: String = "xyz") -> Data {
        parts.reduce(Data()) { body, part in
            body + Data("--\(boundary)\r\nContent-Disposition: form-data; \(part.disposition)\r\n\r\n".utf8)
                + part.content
                + Data("\r\n".utf8)
        } + Data("--\(boundary)--\r\n".utf8)
    }

    static let type = ["Content-Type": "multipart/form-data; boundary=xyz"]

    private func files(_ names: String...) throws -> [(disposition: String, content: Data)] {
        try names.map {
            let content = $0 == "image" ? try Self.picture.get() : try Self.recording.get()
            return ("name=\"\($0)\"; filename=\"\($0 == "image" ? "seven.png" : "telephone.wav")\"", content)
        }
    }

    /// What `duet predict --json` prints for the files.
    private func printed(_ server: TestServer, image: Bool, audio: Bool) throws -> String {
        let files = MediaFiles(
            image: image ? fixture("images/seven.png") : nil, audio: audio ? fixture("audio/telephone.wav") : nil)
        let classifier = Classifier(server.model, threads: 1)
        let shown = files.files.mapValues { URL(fileURLWithPath: $0.lastPathComponent) }
        return try JSON.prettyText(
            PredictionReport([MediaFiles(shown)], classifier.predict([files]), classNames: classifier.classNames))
            + "\n"
    }

    @Test("A form's answer is what duet predict --json prints, byte by byte")
    func form() async throws {
        try await TestServer.with { server in
            for (image, audio) in [(true, true), (true, false), (false, true)] {
                let parts = try (image ? files("image") : []) + (audio ? files("audio") : [])
                let reply = try await server.send("POST", "/predict", Self.type, Self.form(parts))
                #expect(reply.status == 200)
                #expect(try reply.text == printed(server, image: image, audio: audio))
            }
            let none = try await server.send(
                "POST", "/predict", Self.type,
                Self.form(try files("image") + [("name=\"preparation\"", Data("none".utf8))]))
            #expect(none.status == 200 && none.text.contains(#""preparation" : "none""#))
        }
    }

    @Test("JSON with Base64 gives the same")
    func base64() async throws {
        try await TestServer.with { server in
            let (picture, recording) = (
                try Self.picture.get().base64EncodedString(), try Self.recording.get().base64EncodedString()
            )
            let named = """
                {"image":{"data":"\(picture)","filename":"seven.png"},"audio":{"data":"\(recording)","filename":"telephone.wav"}}
                """
            let both = try await server.post("/predict", named)
            #expect(try both.text == printed(server, image: true, audio: true))
            let short = try await server.post("/predict", #"{"image":"\#(picture)","audio":null,"preparation":"auto"}"#)
            #expect(short.status == 200 && short.text.contains(#""image" : "image""#))
        }
    }

    @Test("The values that the model took come on request")
    func values() async throws {
        try await TestServer.with { server in
            let reply = try await server.send(
                "POST", "/predict?values=true", Self.type, Self.form(try files("image", "audio")))
            let values = try #require(try reply.json()["values"] as? [String: [String: Any]])
            #expect(
                (values["image"]?["data"] as? [Double])?.count == 36
                    && values["image"]?["shape"] as? [Int] == [6, 6, 1])
            #expect(
                (values["audio"]?["data"] as? [Double])?.count == 12 && values["audio"]?["layout"] as? [Int] == [4, 3])
            let image = try #require(values["image"]?["data"] as? [Double]).map { Float($0) }
            let audio = try #require(values["audio"]?["data"] as? [Double]).map { Float($0) }
            let again = try Classifier(server.model, threads: 1).predict(["image": image, "audio": audio])
            let examples = try #require(try reply.json()["examples"] as? [[String: Any]])
            let all = (examples[0]["predictions"] as? [String: [String: Any]])?["all"]
            #expect((all?["probabilities"] as? [Double])?.map { Float($0) } == again.probabilities)
        }
    }

    @Test("What the prediction rests on comes on request, for what is given")
    func occlusion() async throws {
        try await TestServer.with { server in
            for (names, sizes) in [
                (["image", "audio"], ["image": [6, 6], "audio": [4, 3]]), (["image"], ["image": [6, 6]]),
            ] {
                let parts = try names.flatMap { try files($0) }
                let reply = try await server.send("POST", "/predict?occlusion=true", Self.type, Self.form(parts))
                let occlusion = try #require(try reply.json()["occlusion"] as? [String: Any], "\(reply.text)")
                let maps = try #require(occlusion["maps"] as? [[String: Any]])
                #expect(maps.count == names.count)
                for map in maps {
                    let size = try #require(sizes[map["modality"] as? String ?? ""])
                    let values = try #require(map["values"] as? [Double])
                    #expect(map["height"] as? Int == size[0] && map["width"] as? Int == size[1])
                    #expect(values.count == size[0] * size[1] && values.contains { $0 != 0 })
                    #expect(values.allSatisfy { abs($0) <= 1 })
                }
                let examples = try #require(try reply.json()["examples"] as? [[String: Any]])
                let all = (examples[0]["predictions"] as? [String: [String: Any]])?["all"]
                #expect(occlusion["classIndex"] as? Int == all?["classIndex"] as? Int)
            }
        }
    }

    @Test("Files and forms that cannot be used are refused with a reason")
    func refused() async throws {
        try await TestServer.with({
            $0.mostPixels = 10_000; $0.mostSeconds = 1
        }) { server in
            let picture = try Self.picture.get()
            let image = "name=\"image\"; filename=\"a.png\""
            let sound = "name=\"audio\"; filename=\"a.wav\""
            let cases: [(Data, String)] = [
                (Data(), "does not begin with its boundary"),
                (Data("--xyz".utf8), "no line end"),
                (Data("--xyz--".utf8), "there is no file"),
                (Data("--xyz--\r\nmore".utf8), "behind the form's last boundary"),
                (Data("--xyz\r\n".utf8), "have no end"),
                (Data("--xyz\r\n\r\nx\r\n--xyz--".utf8), "no Content-Disposition"),
                (Data("--xyz\r\nContent-Disposition: form-data\r\n\r\nx\r\n--xyz--".utf8), "name="),
                (
                    Data("--xyz\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a\"\r\n\r\nx".utf8),
                    "before its last boundary"
                ),
                (
                    Data(
                        "--xyz\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a\"\r\n\r\n\r\n--xyz--"
                            .utf8), "the file is empty"
                ),
                (Data("--xyz\r\nno header\r\n\r\nx\r\n--xyz--".utf8), "is no header"),
                (Self.form([(image, Data("no picture".utf8))]), "a.png: neither a PNG nor a JPEG"),
                (Self.form([(image, picture.prefix(200))]), "a.png"),
                (Self.form([("name=\"audio\"; filename=\"a.wav\"", Data("RIFF".utf8))]), "not a readable sound file"),
                (Self.form([(sound, BatchingTests.slow)]), "a.wav: longer than 1 second"),
                (Self.form([(image, picture), (image, picture)]), "stands twice"),
                (Self.form([("name=\"smell\"; filename=\"a\"", picture)]), "takes no 'smell'"),
                (Self.form([("name=\"image\"", picture)]), "a text; expected a file"),
                (
                    Self.form([(image, picture), ("name=\"preparation\"", Data("upside down".utf8))]),
                    "'preparation' is 'upside down'"
                ),
                (
                    Self.form([(image, picture), ("name=\"preparation\"", Data("digit".utf8))]),
                    "cannot be prepared as MNIST's digits"
                ),
                (
                    Self.form(
                        Array(repeating: ("name=\"x\"", Data()), count: 1)
                            + (0..<20).map { ("name=\"y\($0)\"", Data()) }), "more than 16 fields"
                ),
                (Self.form([("x=\"\(String(repeating: "y", count: 8000))\"", Data())]), "more than 4096 bytes"),
            ]
            for (body, message) in cases {
                let reply = try await server.send("POST", "/predict", Self.type, body)
                #expect(reply.status == 400 && reply.error.contains(message), "\(message): \(reply.text)")
            }
            let claims = try Data(contentsOf: fixture("images/claims_20000x20000.png"))
            let large = try await server.send("POST", "/predict", Self.type, Self.form([(image, claims)]))
            #expect(large.status == 400 && large.error.contains("more than the limit of 10000"))
            for type in [
                "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"",
                "multipart/form-data; boundary=\(String(repeating: "x", count: 71))",
            ] {
                let reply = try await server.send(
                    "POST", "/predict", ["Content-Type": type], Self.form([(image, picture)]))
                #expect(reply.status == 400 && reply.error.contains("no boundary"), "\(type)")
            }
            for (json, message) in [
                ("{}", "there is no file"), ("[]", "is a list"), (#"{"image":7}"#, "no file in Base64"),
                (#"{"image":"%%%"}"#, "no file in Base64"),
                (#"{"image":{}}"#, "no file in Base64"), (#"{"image":{"data":7}}"#, "is a number"),
                (#"{"image":""}"#, "the file is empty"),
                (#"{"smell":"AAAA"}"#, "takes no 'smell'"), (#"{"preparation":7}"#, "no file in Base64"),
            ] {
                let reply = try await server.post("/predict", json)
                #expect(reply.status == 400 && reply.error.contains(message), "\(json): \(reply.text)")
            }
            let odd = "name=\"image\"; filename=\"../../etc/\\\"~%20x\u{7}.png\""
            let named = try await server.send("POST", "/predict", Self.type, Self.form([(odd, picture)]))
            #expect(
                named.status == 200 && named.text.contains(#""image" : "\"~%20x.png""#), "\(named.text.prefix(400))")
        }
    }
}
