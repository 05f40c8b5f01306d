package import Duet
import FileFormats
package import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// A server that predicts with models over HTTP.
package final class InferenceServer: Sendable {
    private let state: ServerState
    private let folder: ModelFolder?
    private let group: ServiceGroup
    private let running: Task<Void, any Error>
    private let channel: any Channel
    /// The port that it listens on.
    package let port: Int

    /// Starts a server with one model.
    /// - Parameters:
    ///   - model: the model.
    ///   - settings: where it listens and what it takes.
    /// - Throws: `DuetError` of kind `usage` for settings that cannot be, `unavailable` where it cannot listen, and what compiling the
    ///   model throws.
    package convenience init(_ model: TrainedModel, _ settings: ServerSettings) async throws {
        try settings.check()
        try await self.init(ServedModels([ServedModel(model, settings)]), folder: nil, settings)
    }

    /// Starts a server with the models of a folder, which it watches for new versions.
    /// - Parameters:
    ///   - folder: a folder with model files.
    ///   - settings: where it listens and what it takes.
    /// - Throws: as for one model, and `DuetError` of kind `missingInput` or `badData` for the folder and its files.
    package convenience init(modelsIn folder: URL, _ settings: ServerSettings) async throws {
        try settings.check()
        let folder = try ModelFolder(folder, settings)
        try await self.init(folder.models, folder: folder, settings)
    }

    private init(_ models: ServedModels, folder: ModelFolder?, _ settings: ServerSettings) async throws {
        self.folder = folder
        var logger = Logger(label: "duet.server") { JSONLogHandler(label: $0) }
        logger.logLevel = settings.logLevel
        let state = ServerState(models, settings)
        self.state = state
        let (channels, told) = AsyncStream.makeStream(of: (any Channel).self)
        let http = HTTPServerBuilder.http1(
            configuration: HTTP1Channel.Configuration(
                additionalChannelHandlers: [ConnectionGuard(state.connections, settings)],
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100)))
        var application = Application(
            responder: ServerResponder(state: state),
            server: try settings.certificate.map { try HTTPServerBuilder.tls(http, tlsConfiguration: $0.configuration) }
                ?? http,
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), backlog: 1024),
            onServerRunning: { told.yield($0) },
            logger: logger)
        application.addServices(QueueClock(models: models))
        var configuration = ServiceGroupConfiguration(services: [application], logger: logger)
        configuration.maximumGracefulShutdownDuration = settings.drainTimeout
        let group = ServiceGroup(configuration: configuration)
        self.group = group
        running = Task {
            defer { told.finish() }
            try await group.run()
        }
        guard let channel = await channels.first(where: { _ in true }) else {
            let problem = await running.result
            for model in models.all { await model.close() }
            throw Self.bindError(problem, settings)
        }
        self.channel = channel
        port = channel.localAddress?.port ?? 0
        folder?.watch(logger)
    }

    private static func bindError(_ result: Result<Void, any Error>, _ settings: ServerSettings) -> DuetError {
        var reason = "it ended at once"
        if case .failure(let error) = result { reason = "\(error)" }
        return DuetError(
            .unavailable,
            "cannot listen at \(settings.host), port \(settings.port): \(reason). Is another server there? Choose another with "
                + "--port, or give the address of this machine with --host")
    }

    /// What requests call the models.
    package var modelNames: [String] { state.models.all.map(\.name) }

    /// Ends when the server has ended by itself or by `stop()`.
    /// - Throws: what it failed with.
    package func wait() async throws { try await running.value }

    /// Takes no more connections, answers the requests that run, as long as the settings allow, and ends.
    package func stop() async {
        state.endReadiness()
        folder?.stop()
        let models = state.models.all
        let limit = Task { [time = state.settings.drainTimeout] in
            try await Task.sleep(for: time)
            for model in models { model.queue.abandon() }
        }
        await Listener.endConnecting(channel)
        await group.triggerGracefulShutdown()
        _ = await running.result
        for model in models { await model.close() }
        limit.cancel()
    }
}

/// Refuses requests that have waited too long.
private struct QueueClock: Service {
    let models: ServedModels

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try await Task.sleep(for: .milliseconds(50))
                for model in models.all { model.queue.dropExpired() }
            }
        }
    }
}
