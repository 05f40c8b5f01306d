import ArgumentParser
import Duet
import DuetServer
import FileFormats
import Foundation
import Synchronization
import TerminalUI

/// `duet serve`.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Predict over HTTP: the Open Inference Protocol, files, and a page.",
        discussion: """
            Ends with Ctrl-C or SIGTERM, once the requests that run are answered. Without a model file, it serves the model of \
            digits that comes with Duet. --help-hidden lists the limits too, docs/serving.md has the rest.

            Example:
              duet serve --model runs/first/model.safetensors
            """)

    @Option(help: ArgumentHelp("A model file (default: digits).", valueName: "file"))
    var model: String?

    @Option(help: ArgumentHelp("A folder with model files, watched for new ones.", valueName: "dir"))
    var models: String?

    @Option(help: "The address to listen at; 0.0.0.0 for all of this machine.")
    var host = "127.0.0.1"

    @Option(help: "The port; 0 for a free one.")
    var port = 8080

    @Option(help: "What requests call the model (default: its own name).")
    var name: String?

    @Option(help: ArgumentHelp("Prediction sets, as of duet predict.", valueName: "share"))
    var coverage: Double?

    @Option(help: ArgumentHelp("Abstentions, as of duet predict.", valueName: "share"))
    var abstain: Double?

    @Option(help: ArgumentHelp("Marks what is unlike the training, as of duet predict.", valueName: "share"))
    var outOfDistribution: Double?

    @Option(help: ArgumentHelp("Threads that compute (default: all processors).", valueName: "n"))
    var workers: Int?

    @Option(help: ArgumentHelp("Most rows computed together.", valueName: "rows"))
    var maxBatch = 32

    @Option(help: ArgumentHelp("Longest wait for others to compute with, in ms.", valueName: "ms"))
    var maxDelay = 0.0

    @Option(help: ArgumentHelp("Most requests that wait; others get 503.", valueName: "n"))
    var maxQueue = 256

    @Option(help: ArgumentHelp("Longest wait of a request, in seconds.", valueName: "s", visibility: .hidden))
    var deadline = 10.0

    @Option(help: ArgumentHelp("Largest body, in MB.", valueName: "mb", visibility: .hidden))
    var maxBody = 8.0

    @Option(help: ArgumentHelp("Largest picture, in pixels.", valueName: "n", visibility: .hidden))
    var maxPixels = 16_000_000

    @Option(help: ArgumentHelp("Longest recording, in seconds.", valueName: "s", visibility: .hidden))
    var maxSeconds = 60

    @Option(help: ArgumentHelp("Most connections.", valueName: "n", visibility: .hidden))
    var maxConnections = 512

    @Option(help: ArgumentHelp("Longest time for a body to come, in seconds.", valueName: "s", visibility: .hidden))
    var readTimeout = 30.0

    @Option(help: ArgumentHelp("Longest time for requests to end, in seconds.", valueName: "s", visibility: .hidden))
    var drainTimeout = 30.0

    @Option(help: ArgumentHelp("A folder for examples whose right answer users give.", valueName: "dir"))
    var collect: String?

    @Option(help: ArgumentHelp("A certificate (PEM), for HTTPS; with --key.", valueName: "file"))
    var certificate: String?

    @Option(help: ArgumentHelp("The certificate's private key (PEM).", valueName: "file"))
    var key: String?

    @Option(help: ArgumentHelp("A file with keys; requests need one.", valueName: "file"))
    var apiKeyFile: String?

    @Option(help: ArgumentHelp("A web site whose pages may ask; repeatable.", valueName: "origin", visibility: .hidden))
    var allowOrigin: [String] = []

    @Option(help: ArgumentHelp("trace, debug, info, notice, warning, error.", valueName: "level"))
    var logLevel = "info"

    func run() throws {
        let settings = try settings()
        let server: InferenceServer
        switch (model, models) {
        case (let file, nil):
            let model =
                try file.map { try TrainedModel(contentsOf: URL(fileURLWithPath: $0), isCopied: true) } ?? .digits()
            server = try Self.waiting { try await InferenceServer(model, settings) }
        case (nil, let models?):
            let folder = URL(fileURLWithPath: models)
            server = try Self.waiting { try await InferenceServer(modelsIn: folder, settings) }
        default: throw DuetError(.usage, "give --model FILE or --models DIR, not both")
        }
        announce(server)
        let hasEnded = Ended()
        Task {
            try? await server.wait()
            hasEnded.note()
        }
        // A signal ends the pause at once.
        while !Interruption.requested, !hasEnded.isNoted { poll(nil, 0, 250) }
        let signal = Interruption.signal
        try Self.waiting { await server.stop() }
        if signal == SIGINT { throw DuetError(.interrupted, "stopped; every request was answered") }
        guard signal != nil else { throw DuetError(.internalFault, "the server ended by itself; its log says why") }
    }

    private func settings() throws -> ServerSettings {
        func time(_ seconds: Double, _ option: String) throws -> Duration {
            guard (0...86_400).contains(seconds) else {
                throw DuetError(.usage, "\(option) is \(seconds); expected a time from 0 up")
            }
            return .seconds(seconds)
        }
        guard (0...1024).contains(maxBody) else {
            throw DuetError(.usage, "--max-body is \(maxBody); expected 0.001 to 1024 MB")
        }
        var settings = ServerSettings()
        (settings.host, settings.port, settings.modelName) = (host, port, name)
        settings.uncertainty = try UncertaintySettings(
            coverage: coverage, abstention: abstain, outOfDistribution: outOfDistribution)
        settings.workers = try ThreadCount.checked(workers)
        (settings.mostRows, settings.mostWaiting) = (maxBatch, maxQueue)
        settings.longestDelay = try time(maxDelay / 1000, "--max-delay")
        settings.deadline = try time(deadline, "--deadline")
        settings.mostBodyBytes = Int(maxBody * 1_048_576)
        (settings.mostPixels, settings.mostSeconds, settings.mostConnections) = (maxPixels, maxSeconds, maxConnections)
        settings.readTimeout = try time(readTimeout, "--read-timeout")
        settings.drainTimeout = try time(drainTimeout, "--drain-timeout")
        switch (certificate, key) {
        case (nil, nil): break
        case (let certificate?, let key?):
            settings.certificate = try ServerCertificate(
                URL(fileURLWithPath: certificate), key: URL(fileURLWithPath: key))
        default: throw DuetError(.usage, "HTTPS needs both: --certificate FILE and --key FILE")
        }
        settings.collection = try collect.map { try ExampleCollection(URL(fileURLWithPath: $0)) }
        settings.keys = try apiKeyFile.map { try APIKeys(contentsOf: URL(fileURLWithPath: $0)) }
        settings.allowedOrigins = allowOrigin
        try settings.setLogLevel(logLevel)
        settings.version = DuetCommand.version
        try settings.check()
        return settings
    }

    /// Says where the server is, and who can reach it.
    private func announce(_ server: InferenceServer) {
        let isLoopback = host == "localhost" || host == "::1" || host.hasPrefix("127.")
        let shown = host.contains(":") ? "[\(host)]" : host
        let names = server.modelNames.map { "'\($0)'" }.joined(separator: ", ")
        let isEncrypted = certificate != nil
        print("Serving \(names) at \(isEncrypted ? "https" : "http")://\(shown):\(server.port)/")
        if isLoopback {
            print("Only programs on this machine can reach it; --host opens it to others.")
        } else if apiKeyFile == nil {
            print(
                "Whoever can reach this machine can use it: there is no --api-key-file"
                    + (isEncrypted ? "." : ", and no encryption (--certificate)."))
        } else if !isEncrypted {
            print("It can be reached from other machines, without encryption (--certificate).")
        }
        if let collect { print("Examples whose right answer is given go to \(collect).") }
        fflush(nil)
    }

    /// What asynchronous work gives; the command itself waits for it.
    private static func waiting<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) throws -> Value {
        let result = Mailbox<Value>()
        Task {
            do { result.put(.success(try await work())) } catch { result.put(.failure(error)) }
        }
        return try result.take().get()
    }
}

/// Whether something has come to its end, told from one thread to another.
private final class Ended: Sendable {
    private let noted = Atomic(false)
    var isNoted: Bool { noted.load(ordering: .acquiring) }
    func note() { noted.store(true, ordering: .releasing) }
}

/// A result that one thread waits for.
private final class Mailbox<Value: Sendable>: Sendable {
    private let content = Mutex<Result<Value, any Error>?>(nil)
    private let arrival = DispatchSemaphore(value: 0)

    func put(_ result: Result<Value, any Error>) {
        content.withLock { $0 = result }
        arrival.signal()
    }

    func take() -> Result<Value, any Error> {
        arrival.wait()
        return content.withLock { $0 } ?? .failure(DuetError(.internalFault, "nothing came"))
    }
}
