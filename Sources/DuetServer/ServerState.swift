import Synchronization

/// What all requests share.
final class ServerState: Sendable {
    let settings: ServerSettings
    let models: ServedModels
    let metrics = ServerMetrics()
    let connections: Connections
    let budget: Budget
    private let ready = Atomic(true)

    init(_ models: ServedModels, _ settings: ServerSettings) {
        (self.models, self.settings) = (models, settings)
        connections = Connections(most: settings.mostConnections)
        budget = Budget(settings.mostBytesAtOnce)
    }

    /// Whether new requests are welcome.
    var isReady: Bool { ready.load(ordering: .relaxed) }

    /// Sends new requests elsewhere.
    func endReadiness() { ready.store(false, ordering: .relaxed) }
}
