import NIOCore

/// The socket that a server takes connections from, at the server's end.
///
/// To close it resets the connections that the system has made and the server has not taken yet: their clients have sent a request
/// and get no answer. So no new ones are let begin first, and those that there are get the time to be taken.
enum Listener {
    /// How long the connections that there are may take to be taken.
    private static let time = Duration.milliseconds(50)

    /// Lets no new connection begin, and waits until those that have are taken. The system drops what would begin one, as on a network
    /// that loses it, so a client tries again until the socket is closed, and then is refused.
    /// - Parameter channel: the server's channel.
    static func endConnecting(_ channel: any Channel) async {
        guard let socket = channel as? any SocketOptionProvider else { return }
        // Linux's SO_ATTACH_FILTER: a program for the packet filter, of one instruction, "return 0 bytes of it".
        let instruction = UnsafeMutablePointer<Instruction>.allocate(capacity: 1)
        instruction.initialize(to: Instruction())
        defer { instruction.deallocate() }
        let filter = Filter(length: 1, instructions: UInt(bitPattern: instruction))
        do {
            try await socket.unsafeSetSocketOption(level: .socket, name: .init(rawValue: 26), value: filter).get()
        } catch {
            // Without it, the server ends as others do.
            return
        }
        try? await Task.sleep(for: time)
    }

    /// `struct sock_filter`: BPF_RET | BPF_K.
    private struct Instruction {
        let code: UInt16 = 6
        let jumpIfTrue: UInt8 = 0
        let jumpIfFalse: UInt8 = 0
        let value: UInt32 = 0
    }

    /// `struct sock_fprog`.
    private struct Filter: Sendable {
        let length: UInt16
        let instructions: UInt
    }
}
