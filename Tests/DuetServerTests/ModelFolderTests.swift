import Duet
import DuetServer
import FileFormats
import Foundation
import Testing
import TestSupport

/// Several models, and new versions of them.
@Suite struct ModelFolderTests {
    private func version(_ server: TestServer, _ name: String) async throws -> String? {
        (try await server.get("/v2/models/\(name)").json()["versions"] as? [String])?.first
    }

    /// Waits for a version, for a minute at most.
    private func await(_ wanted: String, of name: String, _ server: TestServer) async throws {
        for _ in 0..<600 {
            if try await version(server, name) == wanted { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        Issue.record("'\(name)' did not become version \(wanted)")
    }

    @Test("Models are called as their files; without a name, several are refused")
    func several() async throws {
        let folder = try TemporaryFolder()
        for name in ["one", "two"] { try TestServer.model.get().write(to: folder["\(name).safetensors"]) }
        try Data("x".utf8).write(to: folder[".three.safetensors"])
        try await TestServer.with(modelsIn: folder.url) { server in
            #expect(server.server.modelNames == ["one", "two"])
            for name in ["one", "two"] {
                let reply = try await server.post("/v2/models/\(name)/infer", TestServer.request([1]))
                #expect(try reply.json()["model_name"] as? String == name)
            }
            let form = FormTests.form([("name=\"image\"; filename=\"a.png\"", try FormTests.picture.get())])
            let any = try await server.send("POST", "/predict", FormTests.type, form)
            #expect(any.status == 400 && any.error.contains("?model=NAME: 'one', 'two'"))
            #expect(try await server.send("POST", "/predict?model=two", FormTests.type, form).status == 200)
            #expect(try await server.send("POST", "/predict?model=three", FormTests.type, form).status == 404)
            let page = try await server.get("/?model=two").text
            #expect(page.contains(#"data-model="two" data-models="one two""#))
            let metrics = try await server.get("/metrics").text
            #expect(metrics.contains(#"duet_inferences_total{model="one",outcome="answered"} 1"#))
            #expect(metrics.components(separatedBy: "# TYPE duet_inferences_total").count == 2)
        }
    }

    @Test("A new version is swapped in without a failed request; a broken file leaves the old one")
    func replacing() async throws {
        let folder = try TemporaryFolder()
        let file = folder["small.safetensors"]
        try TestServer.model.get().write(to: file)
        try await TestServer.with(modelsIn: folder.url) { server in
            let over = Task {
                var statuses: [Int: Int] = [:]
                while !Task.isCancelled {
                    statuses[
                        try await server.post("/v2/models/small/infer", TestServer.request([1])).status, default: 0] +=
                        1
                }
                return statuses
            }
            try TestServer.model.get().write(to: file, overwrite: true)
            try await self.await("2", of: "small", server)
            // In place, and not whole.
            #expect(truncate(file.path, 1000) == 0)
            for _ in 0..<600 {
                let text = try await server.get("/metrics").text
                if text.contains(#"duet_model_failed_reloads_total{model="small"} 1"#) { break }
                try await Task.sleep(for: .milliseconds(100))
            }
            let metrics = try await server.get("/metrics").text
            #expect(metrics.contains(#"duet_model_failed_reloads_total{model="small"} 1"#))
            #expect(metrics.contains(#"duet_model_version{model="small"} 2"#))
            try FileManager.default.removeItem(at: file)
            try TestServer.model.get().write(to: file)
            try await self.await("3", of: "small", server)
            over.cancel()
            let statuses = try await over.value
            #expect(Array(statuses.keys) == [200] && statuses[200] ?? 0 > 2, "\(statuses)")
            let old = try await server.post("/v2/models/small/versions/2/infer", TestServer.request([1]))
            #expect(old.status == 404 && old.error.contains("it has '3'"))
        }
    }

    @Test("Folders without models, and models that cannot be loaded, are refused")
    func refused() async throws {
        let folder = try TemporaryFolder()
        func refusal(_ url: URL, _ change: (inout ServerSettings) -> Void = { _ in }) async -> DuetError? {
            var settings = ServerSettings()
            settings.port = 0
            change(&settings)
            do {
                await (try InferenceServer(modelsIn: url, settings)).stop()
                return nil
            } catch { return error as? DuetError }
        }
        #expect(await refusal(folder["nowhere"])?.kind == .missingInput)
        #expect(await refusal(folder.url)?.message.contains("has no model file") == true)
        try Data("x".utf8).write(to: folder["a.safetensors"])
        #expect(await refusal(folder.url)?.kind == .badData)
        try FileManager.default.removeItem(at: folder["a.safetensors"])
        try TestServer.model.get().write(to: folder["a b.safetensors"])
        #expect(await refusal(folder.url)?.kind == .usage)
        #expect(await refusal(folder.url) { $0.modelName = "x" }?.message.contains("--name goes with --model") == true)
    }
}
