import Foundation
import TerminalUI

/// A real terminal device of which the test holds both ends.
final class PseudoTerminal {
    struct Unavailable: Error {}

    private let controller: Int32
    private let device: Int32

    init(columns: UInt16) throws {
        var (controller, device): (Int32, Int32) = (-1, -1)
        guard openpty(&controller, &device, nil, nil, nil) == 0 else { throw Unavailable() }
        (self.controller, self.device) = (controller, device)
        resize(columns: columns)
    }

    deinit {
        close(device)
        close(controller)
    }

    func resize(columns: UInt16) {
        var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(controller, UInt(TIOCSWINSZ), &size)
    }

    func terminal(_ environment: [String: String] = ["TERM": "xterm", "LANG": "C.UTF-8"]) -> Terminal {
        Terminal(fileDescriptor: device, environment: environment)
    }

    /// What was written to the terminal since the last call; waits for none of it.
    func output() -> String {
        var received = Data()
        var descriptor = pollfd(fd: controller, events: Int16(POLLIN), revents: 0)
        while poll(&descriptor, 1, 0) == 1 {
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = read(controller, &buffer, buffer.count)
            guard count > 0 else { break }
            received.append(contentsOf: buffer[..<count])
        }
        return String(decoding: received, as: UTF8.self)
    }
}

/// A file in the temporary folder to which a `Terminal` writes.
final class OutputFile {
    private let path = NSTemporaryDirectory() + "duet-output-\(UUID().uuidString)"
    private let descriptor: Int32

    init() {
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    func terminal(_ environment: [String: String] = ["TERM": "xterm", "LANG": "C.UTF-8"]) -> Terminal {
        Terminal(fileDescriptor: descriptor, environment: environment)
    }

    func output() throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }
}
