package import Duet
import FileFormats
import Foundation
package import Logging
import NeuralNetwork

/// How a server is run. Each setting is an option of `duet serve`.
package struct ServerSettings: Sendable {
    /// Where it listens: an address of this machine.
    package var host = "127.0.0.1"
    /// The port; 0 for one that is free.
    package var port = 8080
    /// What requests call the model; the architecture's name unless it is given.
    package var modelName: String?
    /// What predictions say beside their probabilities.
    package var uncertainty = UncertaintySettings()
    /// How many threads compute.
    package var workers = Engine.processors
    /// The most rows that are computed together.
    package var mostRows = 32
    /// How long a request may wait for others to be computed with.
    package var longestDelay = Duration.zero
    /// The most requests that may wait.
    package var mostWaiting = 256
    /// How long a request may wait before it is refused.
    package var deadline = Duration.seconds(10)
    /// The most bytes of a body.
    package var mostBodyBytes = 8 << 20
    /// The most bytes of all bodies that are in memory at once.
    package var mostBytesAtOnce = 256 << 20
    /// The most pixels of a picture.
    package var mostPixels = 16_000_000
    /// The most seconds of a recording.
    package var mostSeconds = 60
    /// The most connections.
    package var mostConnections = 512
    /// How long a request's body may take to come.
    package var readTimeout = Duration.seconds(30)
    /// How long a connection may stand without a whole header.
    package var idleTimeout = Duration.seconds(60)
    /// How long requests may take to end once the server is asked to.
    package var drainTimeout = Duration.seconds(30)
    /// The certificate for HTTPS; nil for HTTP, without encryption.
    package var certificate: ServerCertificate?
    /// The keys of which a request must have one; nil where none is needed.
    package var keys: APIKeys?
    /// Where examples go whose right answer somebody gives; nil where none are taken.
    package var collection: ExampleCollection?
    /// Pages of these origins may use the server; `*` stands for all.
    package var allowedOrigins: [String] = []
    /// Which messages are written.
    package var logLevel = Logger.Level.info
    /// The version of Duet that clients are told.
    package var version = ""

    /// The default settings.
    package init() {}

    /// The most rows of one request: so many that its outputs fit into memory.
    /// - Parameter model: what is asked.
    /// - Returns: 4096, or fewer for many classes.
    static func mostRows(of model: TrainedModel) -> Int { max(1, min(4096, 1_000_000 / model.classNames.count)) }

    var media: MediaLimits { MediaLimits(pixels: mostPixels, seconds: mostSeconds) }

    /// The sizes of the batches that programs are compiled for: 1, and powers of 4 up to the largest.
    var batchSizes: [Int] {
        var sizes = [1]
        while let last = sizes.last, last * 4 < mostRows { sizes.append(last * 4) }
        return mostRows > 1 ? sizes + [mostRows] : sizes
    }

    /// Checks the settings that stand in nobody's way but their own.
    /// - Throws: `DuetError` of kind `usage`, naming the option and what is expected.
    package func check() throws {
        func require(_ isGood: Bool, _ option: String, _ value: Any, _ expected: String) throws {
            guard isGood else { throw DuetError(.usage, "\(option) is \(value); expected \(expected)") }
        }
        try require((0...65535).contains(port), "--port", port, "0 to 65535")
        try require((1...256).contains(workers), "--workers", workers, "1 to 256")
        try require((1...1024).contains(mostRows), "--max-batch", mostRows, "1 to 1024 rows")
        try require((.zero ... .seconds(1)).contains(longestDelay), "--max-delay", longestDelay, "0 to 1000 ms")
        try require((1...100_000).contains(mostWaiting), "--max-queue", mostWaiting, "1 to 100000 requests")
        try require((.milliseconds(10) ... .seconds(3600)).contains(deadline), "--deadline", deadline, "0.01 to 3600 s")
        try require((1 << 10...1 << 30).contains(mostBodyBytes), "--max-body", mostBodyBytes, "0.001 to 1024 MB")
        try require((1...100_000_000).contains(mostPixels), "--max-pixels", mostPixels, "1 to 100000000")
        try require((1...600).contains(mostSeconds), "--max-seconds", mostSeconds, "1 to 600 s")
        try require((1...100_000).contains(mostConnections), "--max-connections", mostConnections, "1 to 100000")
        try require(
            (.milliseconds(50) ... .seconds(3600)).contains(readTimeout), "--read-timeout", readTimeout,
            "0.05 to 3600 s")
        try require((.zero ... .seconds(3600)).contains(drainTimeout), "--drain-timeout", drainTimeout, "0 to 3600 s")
        for origin in allowedOrigins {
            try require(
                origin == "*" || origin.wholeMatch(of: #/https?:\/\/[^\/\s]+/#) != nil, "--allow-origin", "'\(origin)'",
                "* or an origin such as https://example.org")
        }
        if let modelName {
            try require(
                Self.canNameModel(modelName), "--name", "'\(modelName)'", "letters, digits, '.', '_' and '-'")
        }
    }

    /// Sets which messages are written.
    /// - Parameter name: the least important level that is: `info`, `warning` and so on.
    /// - Throws: `DuetError` of kind `usage` for other names.
    package mutating func setLogLevel(_ name: String) throws {
        guard let level = Logger.Level(rawValue: name) else {
            let all = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw DuetError(.usage, "--log-level is '\(name)'; expected \(all)")
        }
        logLevel = level
    }

    /// Whether a name can stand in a path as it is.
    static func canNameModel(_ name: String) -> Bool {
        name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]{0,99}/) != nil
    }
}
