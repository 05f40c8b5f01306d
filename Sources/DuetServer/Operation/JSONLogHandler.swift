import Foundation
package import Logging

/// Writes each message as a JSON object on a line of its own, to standard error.
package struct JSONLogHandler: LogHandler {
    package var logLevel: Logger.Level = .info
    package var metadata: Logger.Metadata = [:]
    private let label: String

    /// A handler for messages of a part of the program.
    package init(label: String) { self.label = label }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var members = [
            "{\"time\":\"\(Date().formatted(Self.time))\"", "\"level\":\"\(event.level)\"",
            "\"logger\":\(JSONText.string(label))", "\"message\":\(JSONText.string("\(event.message)"))",
        ]
        for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }).sorted(by: {
            $0.key < $1.key
        }) {
            members.append("\(JSONText.string(key)):\(JSONText.string("\(value)"))")
        }
        // One write, so that lines of several threads stay whole. A log that nobody reads any more is no reason to stop.
        var line = members.joined(separator: ",") + "}\n"
        line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    private static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}
