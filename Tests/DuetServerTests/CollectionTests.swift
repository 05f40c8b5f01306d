import Datasets
import Duet
import DuetServer
import FileFormats
import Foundation
import Testing
import TestSupport

/// Examples whose right answer somebody gives.
@Suite struct CollectionTests {
    private static func form(_ label: String?, image: Bool = true, audio: Bool = true) throws -> Data {
        var parts: [(disposition: String, content: Data)] = []
        if image { parts.append(("name=\"image\"; filename=\"../a.png\"", try FormTests.picture.get())) }
        if audio { parts.append(("name=\"audio\"; filename=\"b\"", try FormTests.recording.get())) }
        if let label { parts.append(("name=\"label\"", Data(label.utf8))) }
        return FormTests.form(parts)
    }

    private static func temporaryFolder() -> URL {
        FileManager.default.temporaryDirectory.appendingPathComponent("collection-\(UUID().uuidString)")
    }

    private static func files(in folder: URL) -> [String] {
        (FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? [])
            .filter { $0.hasSuffix(".png") || $0.hasSuffix(".wav") }.sorted()
    }

    @Test("An example is saved under its class as it was sent, once, and duet data build takes the folders")
    func saved() async throws {
        let folder = Self.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try await TestServer.with({ $0.collection = try ExampleCollection(folder) }) { server in
            let classes = server.model.classNames
            for _ in 0..<2 {
                for label in classes {
                    let reply = try await server.send("POST", "/collect", FormTests.type, try Self.form(label))
                    #expect(reply.status == 200, "\(reply.text)")
                    #expect((try reply.json()["saved"] as? [String])?.count == 2)
                }
            }
            let files = Self.files(in: folder)
            #expect(files.count == 2 * classes.count)
            let image = try #require(files.first { $0.hasPrefix("small/image/\(classes[0])/") })
            #expect(try Data(contentsOf: folder.appendingPathComponent(image)) == FormTests.picture.get())
            #expect(files.contains(image.replacing("/image/", with: "/audio/").replacing(".png", with: ".wav")))
            // One modality alone is an example of another name.
            let alone = try await server.send(
                "POST", "/collect", FormTests.type, try Self.form(classes[0], audio: false))
            #expect(alone.status == 200 && Self.files(in: folder).count == files.count + 1)
            let page = try await server.get("/")
            #expect(page.text.contains(#"data-collects="true""#) && page.text.contains("keeps what you save"))
        }
    }

    @Test("What is no example is refused, and nothing is written")
    func refused() async throws {
        let folder = Self.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try await TestServer.with({ $0.collection = try ExampleCollection(folder) }) { server in
            let label = server.model.classNames[0]
            let broken = FormTests.form([
                ("name=\"image\"; filename=\"a.png\"", Data("no picture".utf8)), ("name=\"label\"", Data(label.utf8)),
            ])
            for (body, message) in [
                (try Self.form(nil), "there is no 'label'"),
                (try Self.form("../../elsewhere"), "is no class of the model"),
                (try Self.form(label, image: false, audio: false), "there is no file"),
                (broken, "neither a PNG nor a JPEG"),
            ] {
                let reply = try await server.send("POST", "/collect", FormTests.type, body)
                #expect(reply.status == 400 && reply.error.contains(message), "\(reply.text)")
            }
            let predicted = try await server.send("POST", "/predict", FormTests.type, try Self.form(label))
            #expect(predicted.status == 400 && predicted.error.contains("'label' is for /collect"))
            #expect(Self.files(in: folder).isEmpty)
        }
        try await TestServer.with { server in
            let reply = try await server.send("POST", "/collect", FormTests.type, try Self.form("0"))
            #expect(reply.status == 404 && reply.error.contains("without --collect"))
            #expect(try await server.get("/").text.contains(#"data-collects="""#))
        }
    }

    @Test("A folder that cannot be written, and a class that cannot name a folder, are told at the start")
    func unusableFolders() async throws {
        let file = Self.temporaryFolder()
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(throws: DuetError.self) { try ExampleCollection(file) }
        let model = try TestServer.model.get()
        let odd = try TrainedModel(
            architecture: model.architecture, parameters: model.parameters,
            classNames: ["a/b"] + model.classNames.dropFirst(), normalization: model.normalization,
            modalities: model.modalities, origin: model.origin)
        let folder = Self.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var settings = ServerSettings()
        settings.port = 0
        settings.collection = try ExampleCollection(folder)
        do {
            try await InferenceServer(odd, settings).stop()
            Issue.record("the class 'a/b' was taken")
        } catch let error as DuetError {
            #expect(error.message.contains("'a/b' cannot name one"))
        }
    }
}
