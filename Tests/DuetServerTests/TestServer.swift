import Datasets
import Duet
import DuetServer
import Foundation
import Media
import TestSupport

/// A server on a free port, and the small model that it serves.
struct TestServer {
    let server: InferenceServer
    let model: TrainedModel

    /// Four frames of three coefficients: the 12 values of `SmallData`.
    private static let features: AudioFeatureSettings = {
        var settings = AudioFeatureSettings()
        settings.frames = 4
        settings.mfcc.coefficients = 3
        return settings
    }()

    /// A model of 6×6 images and 12 audio values, trained for a few seconds, that takes files too.
    static let model = Result {
        let data = try SmallData()
        defer { data.remove() }
        let trained = try data.train(data.configuration()).model
        return try TrainedModel(
            architecture: trained.architecture, parameters: trained.parameters, classNames: trained.classNames,
            normalization: trained.normalization,
            modalities: [.init(.audio, features: .init(features)), .init(.image)], origin: trained.origin)
    }

    /// Runs a test with a server, and stops it.
    static func with(
        _ change: (inout ServerSettings) throws -> Void = { _ in }, _ body: (TestServer) async throws -> Void
    ) async throws {
        var settings = ServerSettings()
        settings.port = 0
        settings.workers = 2
        try settings.setLogLevel("critical")
        settings.version = "test"
        settings.drainTimeout = .seconds(5)
        try change(&settings)
        let model = try model.get()
        let server = try await InferenceServer(model, settings)
        do {
            try await body(TestServer(server: server, model: model))
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    /// Sends a request on a connection of its own.
    func send(
        _ method: String, _ path: String, _ headers: [String: String] = [:], _ body: Data? = nil
    ) async throws -> Reply {
        try await onThread {
            let connection = try Connection(port: server.port)
            try connection.send(Connection.request(method, path, headers, body))
            return try connection.reply(isHead: method == "HEAD")
        }
    }

    func get(_ path: String, _ headers: [String: String] = [:]) async throws -> Reply {
        try await send("GET", path, headers)
    }

    /// Sends JSON.
    func post(_ path: String, _ json: String, _ headers: [String: String] = [:]) async throws -> Reply {
        try await send(
            "POST", path, headers.merging(["Content-Type": "application/json"]) { mine, _ in mine }, Data(json.utf8))
    }

    /// Values of `SmallData`'s kind, different for each number, as a model takes them.
    static func values(_ number: Int) -> (image: [Float], audio: [Float]) {
        let image = (0..<36).map { Float(($0 * 29 + number * 53 + number * number * 7) % 256) }
        let audio = (0..<12).map { Float(($0 * 31 + number * 17) % 97) / 13 - 2 }
        return (image, audio)
    }

    /// What the library predicts for such values.
    func expected(_ number: Int) throws -> Prediction {
        let (image, audio) = Self.values(number)
        return try Classifier(model, threads: 1).predict(["image": image, "audio": audio])
    }

    /// A request of the Open Inference Protocol for such values.
    static func request(_ numbers: [Int], more: String = "") -> String {
        let rows = numbers.map(values)
        return """
            {"inputs":[{"name":"image","shape":[\(rows.count),6,6,1],"datatype":"FP32","data":\(rows.flatMap(\.image))},
            {"name":"audio","shape":[\(rows.count),12],"datatype":"FP32","data":\(rows.flatMap(\.audio))}]\(more)}
            """
    }
}

/// Runs what blocks on a thread that nobody else waits for: the server needs Swift's own.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread { continuation.resume(with: Result { try body() }) }.start()
    }
}

extension TestServer {
    /// Runs a test with a server of a folder's models, and stops it.
    static func with(modelsIn folder: URL, _ body: (TestServer) async throws -> Void) async throws {
        var settings = ServerSettings()
        (settings.port, settings.workers) = (0, 2)
        try settings.setLogLevel("critical")
        let server = try await InferenceServer(modelsIn: folder, settings)
        do {
            try await body(TestServer(server: server, model: try model.get()))
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }
}
