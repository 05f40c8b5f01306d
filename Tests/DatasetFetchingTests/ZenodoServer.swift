import Foundation
import TestSupport

/// Tests/Fixtures/zenodo_server.py on a port of this machine, for as long as this object lives.
final class ZenodoServer {
    private let process = Process()
    private let input = Pipe()
    let url: URL

    private struct NoAnswer: Error {}

    /// Serves the files of `folder`, misbehaving as `options` say.
    init(_ folder: URL, _ options: [String]) throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", fixture("zenodo_server.py").path, folder.path] + options
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let port = Int(line.trimmingCharacters(in: .whitespacesAndNewlines)),
            let url = URL(string: "http://127.0.0.1:\(port)")
        else {
            kill(process.processIdentifier, SIGKILL)
            throw NoAnswer()
        }
        self.url = url
    }

    /// The files that were asked for so far, each with the byte to begin at.
    func asked() throws -> [String] {
        // By Python, because only `FoundationNetworking` lets Foundation read from the web.
        let ask = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())"
        let answer = run("python3", "-c", ask, url.appendingPathComponent("asked").absoluteString)
        let list = try JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [[Any]] ?? []
        return list.map { "\($0[0]) \($0[1])" }
    }

    deinit {
        // A process that is started from a thread with blocked signals has them blocked as well; this one cannot be.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
