import Duet
import DuetServer
import Foundation
import Testing
import TestSupport

/// Requests that come together.
@Suite struct BatchingTests {
    private func probabilities(_ reply: Reply) throws -> [Float] {
        let outputs = try #require(try reply.json()["outputs"] as? [[String: Any]], "\(reply.text)")
        return try #require(outputs[0]["data"] as? [Double]).map { Float($0) }
    }

    @Test("Requests that come together are computed together, and each gets its own answer")
    func together() async throws {
        try await TestServer.with({
            $0.workers = 1; $0.longestDelay = .milliseconds(100)
        }) { server in
            let replies = try await withThrowingTaskGroup(of: (Int, Reply).self) { group in
                for number in 0..<48 {
                    group.addTask {
                        (number, try await server.post("/v2/models/small/infer", TestServer.request([number])))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(replies.count == 48)
            for (number, reply) in replies {
                let expected = try server.expected(number)
                for (one, other) in zip(try probabilities(reply), expected.probabilities) {
                    #expect(abs(one - other) < 1e-6)
                }
            }
            let metrics = try await server.get("/metrics").text
            let batches = try #require(metrics.firstMatch(of: /duet_batch_rows_count\{model="small"\} (\d+)/)).output.1
            #expect(metrics.contains("duet_batch_rows_sum{model=\"small\"} 48.0"))
            #expect(try #require(Int(batches)) < 24, "\(batches) batches")
        }
    }

    @Test("With --max-batch 1 a request has the same bits, whatever comes with it")
    func bits() async throws {
        try await TestServer.with({ $0.mostRows = 1 }) { server in
            let replies = try await withThrowingTaskGroup(of: (Int, Reply).self) { group in
                for number in 0..<24 {
                    group.addTask {
                        (number, try await server.post("/v2/models/small/infer", TestServer.request([number])))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for (number, reply) in replies {
                #expect(try probabilities(reply) == server.expected(number).probabilities)
            }
        }
    }

    @Test("One client's requests have the same bits as a classifier's, on however many threads they are computed")
    func oneClient() async throws {
        try await TestServer.with({ $0.workers = 3 }) { server in
            // From the third on, the other workers' processors help.
            for number in 0..<8 {
                let reply = try await server.post("/v2/models/small/infer", TestServer.request([number]))
                #expect(try probabilities(reply) == server.expected(number).probabilities)
            }
        }
    }

    @Test("A request may have more rows than are computed together, up to a limit")
    func manyRows() async throws {
        try await TestServer.with({ $0.mostRows = 8 }) { server in
            let reply = try await server.post("/v2/models/small/infer", TestServer.request(Array(0..<100)))
            let all = try probabilities(reply)
            #expect(all.count == 400)
            for number in [0, 57, 99] {
                let expected = try server.expected(number).probabilities
                for place in 0..<4 { #expect(abs(all[number * 4 + place] - expected[place]) < 1e-6) }
            }
            let rows = 4097
            let body =
                #"{"inputs":[{"name":"audio","shape":[\#(rows),12],"datatype":"UINT8","parameters":{"binary_data_size":\#(rows * 12)}}]}"#
            let refused = try await server.send(
                "POST", "/v2/models/small/infer", ["Inference-Header-Content-Length": "\(body.utf8.count)"],
                Data(body.utf8) + Data(count: rows * 12))
            #expect(refused.status == 413 && refused.error.contains("4097 rows"), "\(refused.text)")
        }
    }

    /// A minute of sound, which takes a worker a while.
    static let slow: Data = {
        let samples = 60 * 48_000
        var file = Data("RIFF".utf8)
        func append<Value: FixedWidthInteger>(_ value: Value) { withUnsafeBytes(of: value.littleEndian) { file += $0 } }
        append(UInt32(36 + samples))
        file += Data("WAVEfmt ".utf8)
        append(UInt32(16)); append(UInt16(1)); append(UInt16(1)); append(UInt32(48_000)); append(UInt32(48_000))
        append(UInt16(1)); append(UInt16(8))
        file += Data("data".utf8)
        append(UInt32(samples))
        return file + Data((0..<samples).map { UInt8(truncatingIfNeeded: 128 + ($0 * 7 + $0 / 100) % 60) })
    }()

    @Test("What there is no room for gets 503, what waits too long after a while, the others an answer")
    func overload() async throws {
        try await TestServer.with({
            ($0.workers, $0.mostRows, $0.mostWaiting, $0.deadline) = (1, 1, 3, .milliseconds(60))
        }) { server in
            let form = FormTests.form([("name=\"audio\"; filename=\"slow.wav\"", Self.slow)])
            let replies = try await withThrowingTaskGroup(of: (Reply, Duration).self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let start = ContinuousClock.now
                        let reply = try await server.send("POST", "/predict", FormTests.type, form)
                        return (reply, .now - start)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let refused = replies.filter { $0.0.status == 503 }.map(\.0)
            #expect(replies.count == 8 && replies.allSatisfy { $0.0.status == 200 || $0.0.status == 503 })
            #expect(replies.contains { $0.0.status == 200 })
            #expect(refused.contains { $0.error.contains("--max-queue") }, "\(replies.map(\.0.status))")
            #expect(refused.contains { $0.error.contains("--deadline") }, "\(refused.map(\.error))")
            #expect(refused.allSatisfy { $0.headers["retry-after"] == "1" })
            let after = try await server.post("/v2/models/small/infer", TestServer.request([1]))
            #expect(after.status == 200)
        }
    }

    @Test("A request that cannot be read does not touch those that are computed with it")
    func isolation() async throws {
        try await TestServer.with({
            $0.workers = 1; $0.longestDelay = .milliseconds(80)
        }) { server in
            let good = FormTests.form([("name=\"image\"; filename=\"a.png\"", try FormTests.picture.get())])
            let bad = FormTests.form([("name=\"image\"; filename=\"a.png\"", try FormTests.picture.get().prefix(200))])
            let statuses = try await withThrowingTaskGroup(of: (Bool, Int).self) { group in
                for number in 0..<16 {
                    let isGood = number % 2 == 0
                    group.addTask {
                        (isGood, try await server.send("POST", "/predict", FormTests.type, isGood ? good : bad).status)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.allSatisfy { $0.1 == ($0.0 ? 200 : 400) }, "\(statuses)")
        }
    }
}
