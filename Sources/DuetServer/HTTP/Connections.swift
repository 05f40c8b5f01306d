import NIOCore
import NIOConcurrencyHelpers

/// The open connections. Where there are too many, the one that has been idle longest is closed for the new one, so that a crowd of
/// silent clients shuts nobody out.
final class Connections: Sendable {
    private struct Entry {
        let channel: any Channel
        /// Since when no request is on it; nil while one is.
        var idleSince: NIODeadline?
    }

    private let entries = NIOLockedValueBox<[ObjectIdentifier: Entry]>([:])
    private let most: Int

    init(most: Int) { self.most = most }

    /// How many are open.
    var count: Int { entries.withLockedValue { $0.count } }

    /// Takes a new connection.
    func opened(_ channel: any Channel) {
        let surplus: (any Channel)? = entries.withLockedValue { entries in
            var surplus: (any Channel)?
            if entries.count >= most {
                let idle = entries.compactMap { key, entry in entry.idleSince.map { (key, $0) } }
                if let oldest = idle.min(by: { $0.1 < $1.1 }) {
                    surplus = entries.removeValue(forKey: oldest.0)?.channel
                } else {
                    // All others are at work.
                    return channel
                }
            }
            entries[ObjectIdentifier(channel)] = Entry(channel: channel, idleSince: .now())
            return surplus
        }
        surplus?.close(promise: nil)
    }

    /// Notes whether a request is on a connection.
    func mark(_ channel: any Channel, idle isIdle: Bool) {
        entries.withLockedValue { $0[ObjectIdentifier(channel)]?.idleSince = isIdle ? .now() : nil }
    }

    /// Forgets a connection.
    func closed(_ channel: any Channel) {
        entries.withLockedValue { _ = $0.removeValue(forKey: ObjectIdentifier(channel)) }
    }
}
