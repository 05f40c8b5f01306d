import Duet
import DuetServer
import FileFormats
import Foundation
import Testing
import TestSupport

/// Limits, keys, metrics, and the server's end.
@Suite struct OperationTests {
    private static let infer = "/v2/models/small/infer"

    @Test("Bodies beyond the limit are refused before they are read, and the connection ends")
    func bodies() async throws {
        try await TestServer.with({ $0.mostBodyBytes = 4096 }) { server in
            try await onThread {
                // Its size is known: not a byte of it is waited for.
                let known = try Connection(port: server.server.port)
                try known.send("POST \(Self.infer) HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n")
                let refused = try known.reply()
                #expect(
                    refused.status == 413 && refused.error.contains("4096 bytes")
                        && refused.headers["connection"] == "close")
                #expect(try known.ends())
                // It would not end.
                let endless = try Connection(port: server.server.port)
                try endless.send("POST \(Self.infer) HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
                let chunk = "400\r\n" + String(repeating: " ", count: 1024) + "\r\n"
                for _ in 0..<8 { try endless.send(chunk) }
                #expect(try endless.reply().status == 413)
                var sent = 0
                while sent < 1_000_000, (try? endless.send(chunk)) != nil { sent += 1; usleep(2000) }
                #expect(sent < 5000, "the server reads on")
                // The body of a request that needs none.
                let idle = try Connection(port: server.server.port)
                try idle.send("GET /v2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
                let answered = try idle.reply()
                #expect(answered.status == 200 && answered.headers["connection"] == "close")
            }
            #expect(try await server.get("/v2").status == 200)
        }
    }

    @Test("Clients that wait for 100 Continue get it, or the refusal")
    func expectations() async throws {
        try await TestServer.with({ $0.mostBodyBytes = 4096 }) { server in
            try await onThread {
                let body = TestServer.request([1])
                let good = try Connection(port: server.server.port)
                try good.send(
                    "POST \(Self.infer) HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
                )
                #expect(try good.reply().status == 100)
                try good.send(body)
                #expect(try good.reply().status == 200)
                let large = try Connection(port: server.server.port)
                try large.send(
                    "POST \(Self.infer) HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n")
                #expect(try large.reply().status == 413)
            }
        }
    }

    @Test("Slow clients are cut off, whether they send a byte now and then or nothing")
    func slow() async throws {
        try await TestServer.with({ ($0.readTimeout, $0.idleTimeout) = (.milliseconds(600), .milliseconds(600)) }) {
            server in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for start in [
                    "", "GET /v2 HT", "POST \(Self.infer) HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n",
                ] {
                    group.addTask {
                        try await onThread {
                            let connection = try Connection(port: server.server.port)
                            try connection.send(start)
                            let began = ContinuousClock.now
                            // One byte each tenth of a second.
                            while ContinuousClock.now - began < .seconds(60),
                                (try? connection.send(start.isEmpty ? "" : " ")) != nil,
                                !start.isEmpty
                            { usleep(100_000) }
                            #expect(try connection.ends())
                            #expect(ContinuousClock.now - began < .seconds(50), "\(start)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await server.get("/v2").status == 200)
        }
    }

    @Test("Beyond the limit of connections, the one that has been idle longest is closed")
    func connections() async throws {
        try await TestServer.with({ $0.mostConnections = 8 }) { server in
            try await onThread {
                let all = try (0..<30).map { _ in
                    let connection = try Connection(port: server.server.port)
                    try connection.send("GET /v2/health/live HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(try connection.reply().status == 200)
                    return connection
                }
                #expect(try all[0].ends())
                try all[29].send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
                let text = try all[29].reply().text
                let open = try #require(text.firstMatch(of: /\nduet_connections (\d+)/).flatMap { Int($0.output.1) })
                #expect(open <= 8)
            }
        }
    }

    @Test("Headers that are too large, and what is no HTTP, end the connection; the server goes on")
    func headers() async throws {
        try await TestServer.with { server in
            try await onThread {
                for text in [
                    "GET /v2 HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "y", count: 100_000))\r\n\r\n",
                    "GET /v2 HTTP/1.1\r\nHost: a\r\n" + (0..<500).map { "X\($0): y\r\n" }.joined() + "\r\n",
                    "\u{0}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "GET /v2 HTTP/9.9\r\n\r\n", "\r\n\r\n\r\n\r\nX\r\n\r\n",
                    "POST \(Self.infer) HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
                    "POST \(Self.infer) HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n123456",
                    "POST \(Self.infer) HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n",
                ] {
                    let connection = try Connection(port: server.server.port)
                    try connection.send(text)
                    let reply = try? connection.reply()
                    #expect(
                        reply.map { (400..<500).contains($0.status) } ?? true,
                        "\(text.prefix(60)): \(reply?.status ?? 0)")
                }
            }
            #expect(try await server.get("/v2").status == 200)
        }
    }

    @Test("With keys, everything but health and page needs one")
    func keys() async throws {
        try await withTemporaryFolderAsync { folder in
            let file = folder.appendingPathComponent("keys")
            try "# ours\n0123456789abcdef\n\nanother-key-of-some-length\n".write(
                to: file, atomically: true, encoding: .utf8)
            try await TestServer.with({ $0.keys = try APIKeys(contentsOf: file) }) { server in
                for path in ["/v2", "/metrics", "/v2/models/small"] {
                    let refused = try await server.get(path)
                    #expect(refused.status == 401 && refused.headers["www-authenticate"] == "Bearer")
                }
                for key in ["0123456789abcdeX", "0123456789abcdef0", "", "0123456789abcde"] {
                    #expect(try await server.get("/v2", ["Authorization": "Bearer \(key)"]).status == 401)
                }
                #expect(try await server.get("/v2", ["Authorization": "0123456789abcdef"]).status == 401)
                for key in ["0123456789abcdef", "another-key-of-some-length"] {
                    #expect(try await server.get("/v2", ["Authorization": "Bearer \(key)"]).status == 200)
                }
                for path in ["/", "/page.js", "/openapi.yaml", "/v2/health/live", "/v2/health/ready"] {
                    #expect(try await server.get(path).status == 200, "\(path)")
                }
                #expect(try await server.post(Self.infer, TestServer.request([1])).status == 401)
            }
            for (content, message) in [("", "has no key"), ("# x\n", "has no key"), ("short\n", "5 characters")] {
                try content.write(to: file, atomically: true, encoding: .utf8)
                let error = #expect(throws: DuetError.self) { try APIKeys(contentsOf: file) }
                #expect(error?.kind == .badData && error?.message.contains(message) == true)
            }
            let missing = #expect(throws: DuetError.self) {
                try APIKeys(contentsOf: folder.appendingPathComponent("none"))
            }
            #expect(missing?.kind == .missingInput)
        }
    }

    @Test("Other origins are told nothing unless they are allowed")
    func origins() async throws {
        let origin = ["Origin": "https://example.org"]
        try await TestServer.with { server in
            let reply = try await server.get("/v2", origin)
            #expect(reply.status == 200 && reply.headers["access-control-allow-origin"] == nil)
        }
        try await TestServer.with({ $0.allowedOrigins = ["https://example.org"] }) { server in
            #expect(try await server.get("/v2", origin).headers["access-control-allow-origin"] == "https://example.org")
            let other = try await server.get("/v2", ["Origin": "https://example.com"])
            #expect(other.headers["access-control-allow-origin"] == nil && other.headers["vary"] == "Origin")
            let asked = try await server.send("OPTIONS", Self.infer, origin)
            #expect(asked.status == 204 && asked.headers["access-control-allow-methods"] == "GET, POST")
        }
    }

    @Test("Metrics count what happened")
    func metrics() async throws {
        try await TestServer.with { server in
            for number in 0..<3 {
                #expect(try await server.post(Self.infer, TestServer.request([number])).status == 200)
            }
            #expect(try await server.post(Self.infer, "{}").status == 400)
            #expect(try await server.get("/nowhere").status == 404)
            let bad = FormTests.form([("name=\"image\"; filename=\"a\"", Data("x".utf8))])
            #expect(try await server.send("POST", "/predict", FormTests.type, bad).status == 400)
            let reply = try await server.get("/metrics")
            #expect(reply.headers["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
            let lines = Set(reply.text.split(separator: "\n").map(String.init))
            for line in [
                #"duet_requests_total{endpoint="infer",code="200"} 3"#,
                #"duet_requests_total{endpoint="infer",code="400"} 1"#,
                #"duet_requests_total{endpoint="other",code="404"} 1"#,
                #"duet_inferences_total{model="small",outcome="answered"} 3"#,
                #"duet_inferences_total{model="small",outcome="refused"} 1"#,
                #"duet_inference_seconds_count{model="small"} 3"#,
                #"duet_inference_seconds_bucket{model="small",le="+Inf"} 3"#,
                #"duet_batch_rows_bucket{model="small",le="1.0"} 3"#,
                #"duet_queue_requests{model="small"} 0"#, "duet_requests_in_progress 1",
                "# TYPE duet_request_seconds histogram",
            ] { #expect(lines.contains(line), "\(line) is not in \(reply.text)") }
            // Each line is a comment, or a name, labels and a number.
            for line in lines where !line.hasPrefix("#") {
                #expect(
                    line.wholeMatch(of: /[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? [0-9.e+-]+/) != nil, "\(line)"
                )
            }
        }
    }

    @Test("A request has an id, the client's where that is harmless")
    func requestIDs() async throws {
        try await TestServer.with { server in
            #expect(try await server.get("/v2", ["X-Request-ID": "abc-123"]).headers["x-request-id"] == "abc-123")
            let (one, two) = (try await server.get("/v2"), try await server.get("/v2", ["X-Request-ID": "a b\"c"]))
            #expect(
                one.headers["x-request-id"]?.isEmpty == false
                    && one.headers["x-request-id"] != two.headers["x-request-id"])
            #expect(two.headers["x-request-id"] != "a b\"c")
        }
    }

    @Test("The page asks no other host for anything")
    func page() async throws {
        try await TestServer.with { server in
            let page = try await server.get("/")
            #expect(page.status == 200 && page.headers["content-type"] == "text/html; charset=utf-8")
            let policy = page.headers["content-security-policy"] ?? ""
            #expect(
                policy.hasPrefix("default-src 'none'; script-src 'self';") && !policy.contains("unsafe")
                    && !policy.contains("http"))
            for path in ["/", "/page.css", "/page.js"] {
                let reply = try await server.get(path)
                #expect(reply.status == 200 && reply.body.count > 1000)
                #expect(!reply.text.contains("http:") && !reply.text.contains("https:"), "\(path)")
                #expect(reply.headers["x-content-type-options"] == "nosniff")
            }
            #expect(!page.text.contains(" style=") && !page.text.contains("<style") && !page.text.contains(" onclick="))
            #expect(
                page.text.contains(#"data-modalities="audio image""#)
                    && page.text.contains(#"data-model="small" data-models="small""#))
            let description = try await server.get("/openapi.yaml").text
            #expect(description.hasPrefix("openapi: 3.1.0"))
        }
    }

    @Test("Stopping answers the requests that run and takes no others")
    func draining() async throws {
        var settings = ServerSettings()
        (settings.port, settings.workers, settings.longestDelay) = (0, 1, .seconds(1))
        try settings.setLogLevel("critical")
        let server = try await InferenceServer(try TestServer.model.get(), settings)
        let test = TestServer(server: server, model: try TestServer.model.get())
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<8 {
                group.addTask { try await test.post("/v2/models/small/infer", TestServer.request([number])).status }
            }
            // They wait for others to come, until all have; this question is one more.
            for _ in 0..<200 where try await !test.get("/metrics").text.contains("duet_requests_in_progress 9\n") {
                try await Task.sleep(for: .milliseconds(10))
            }
            await server.stop()
            for try await status in group { #expect(status == 200) }
        }
        await #expect(throws: (any Error).self) { try await test.get("/v2") }
        try await server.wait()
    }

    @Test("A client that is slow to send does not hold up the server's end for longer than it may")
    func drainTimeout() async throws {
        var settings = ServerSettings()
        (settings.port, settings.workers, settings.drainTimeout) = (0, 1, .milliseconds(500))
        try settings.setLogLevel("critical")
        let server = try await InferenceServer(try TestServer.model.get(), settings)
        let port = server.port
        let slow = try await onThread {
            let connection = try Connection(port: port)
            try connection.send("POST \(Self.infer) HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{")
            usleep(100_000)
            return Unchecked(connection)
        }
        let start = ContinuousClock.now
        await server.stop()
        // Without the limit it would be the read timeout, 30 s.
        #expect((.milliseconds(400) ... .seconds(25)).contains(ContinuousClock.now - start))
        #expect(try await onThread { try slow.value.ends() })
    }

    @Test("A model file that is cut short or deleted while it is served harms nothing")
    func lostFile() async throws {
        let folder = try TemporaryFolder()
        try TestServer.model.get().write(to: folder["model.safetensors"])
        let model = try TrainedModel(contentsOf: folder["model.safetensors"], isCopied: true)
        var settings = ServerSettings()
        settings.port = 0
        try settings.setLogLevel("critical")
        let server = try await InferenceServer(model, settings)
        let test = TestServer(server: server, model: try TestServer.model.get())
        #expect(truncate(folder["model.safetensors"].path, 100) == 0)
        for number in 0..<2 {
            let reply = try await test.post(Self.infer, TestServer.request([number, number + 1]))
            #expect(reply.status == 200, "\(reply.text)")
            try? FileManager.default.removeItem(at: folder["model.safetensors"])
        }
        await server.stop()
    }

    @Test("Settings that cannot be, and ports that are taken, are refused with the option's name")
    func settings() async throws {
        let model = try TestServer.model.get()
        func refusal(_ change: (inout ServerSettings) -> Void) async -> DuetError? {
            var settings = ServerSettings()
            settings.port = 0
            try? settings.setLogLevel("critical")
            change(&settings)
            do {
                await (try InferenceServer(model, settings)).stop()
                return nil
            } catch { return error as? DuetError }
        }
        #expect(await refusal { $0.port = 70_000 }?.message.contains("--port is 70000") == true)
        #expect(await refusal { $0.workers = 0 }?.message.contains("--workers") == true)
        #expect(await refusal { $0.mostRows = 0 }?.message.contains("--max-batch") == true)
        #expect(await refusal { $0.modelName = "a/b" }?.message.contains("--name") == true)
        #expect(await refusal { $0.allowedOrigins = ["example.org"] }?.message.contains("--allow-origin") == true)
        #expect(await refusal { $0.host = "203.0.113.7" }?.kind == .unavailable)
        try await TestServer.with { server in
            let taken = await refusal { $0.port = server.server.port }
            #expect(taken?.kind == .unavailable && taken?.message.contains("cannot listen at 127.0.0.1") == true)
        }
    }

    private func withTemporaryFolderAsync(_ body: (URL) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        try await body(folder.url)
    }
}
