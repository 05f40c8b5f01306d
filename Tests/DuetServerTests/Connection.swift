import Foundation

/// What a server answered.
struct Reply: Sendable {
    let status: Int
    /// The headers, their names in lower case.
    let headers: [String: String]
    let body: Data

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as a JSON object.
    func json() throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: body) as? [String: Any] else {
            throw ConnectionProblem("no JSON object: \(text)")
        }
        return object
    }

    /// What is said in `error`.
    var error: String { ((try? json())?["error"] as? String) ?? "" }
}

struct ConnectionProblem: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// A connection to a server on this machine, to send whatever a test wants.
final class Connection {
    private let descriptor: Int32
    private var received = Data()

    /// Connects; nothing takes longer than a minute.
    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw ConnectionProblem("cannot connect: \(String(cString: strerror(errno)))") }
    }

    deinit { close(descriptor) }

    static func request(_ method: String, _ path: String, _ headers: [String: String], _ body: Data?) -> Data {
        var text = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if let body, headers["Content-Length"] == nil { text += "Content-Length: \(body.count)\r\n" }
        return Data((text + "\r\n").utf8) + (body ?? Data())
    }

    func send(_ data: Data) throws {
        var sent = 0
        while sent < data.count {
            let count = data.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress! + sent, data.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw ConnectionProblem("cannot send: \(String(cString: strerror(errno)))") }
            sent += count
        }
    }

    func send(_ text: String) throws { try send(Data(text.utf8)) }

    /// Reads some bytes more.
    /// - Returns: whether there were any; not at the end of the connection.
    private func receive() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { throw ConnectionProblem("cannot receive: \(String(cString: strerror(errno)))") }
        received += buffer[..<count]
        return count > 0
    }

    /// Whether the server ends the connection without another word.
    func ends() throws -> Bool {
        do {
            while try receive() {}
        } catch { return errno == ECONNRESET }
        return true
    }

    /// The next response.
    func reply(isHead: Bool = false) throws -> Reply {
        let end = Data("\r\n\r\n".utf8)
        while received.range(of: end) == nil {
            guard try receive() else { throw ConnectionProblem("the connection ended without a response") }
        }
        let head = received[..<received.range(of: end)!.lowerBound]
        received = Data(received[received.range(of: end)!.upperBound...])
        let lines = String(decoding: head, as: UTF8.self).components(separatedBy: "\r\n")
        guard let status = lines[0].split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw ConnectionProblem("no status: \(lines[0])")
        }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            headers[parts[0].lowercased()] = parts.count > 1 ? parts[1] : ""
        }
        let length = isHead || status == 100 ? 0 : headers["content-length"].flatMap { Int($0) } ?? 0
        while received.count < length {
            guard try receive() else {
                throw ConnectionProblem("the body ended after \(received.count) of \(length) bytes")
            }
        }
        let body = Data(received.prefix(length))
        received = Data(received.dropFirst(length))
        return Reply(status: status, headers: headers, body: body)
    }
}

/// A value that only one thread at a time uses.
struct Unchecked<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
