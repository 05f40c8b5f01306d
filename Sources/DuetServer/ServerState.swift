import Synchronization

/// What all requests share.
final class ServerState: Sendable {
    let settings: ServerSettings
    let model: ServedModel
    let metrics = ServerMetrics()
    let connections: Connections
    let budget: ByteBudget
    private let ready = Atomic(true)

    init(_ model: ServedModel, _ settings: ServerSettings) {
        (self.model, self.settings) = (model, settings)
        connections = Connections(most: settings.mostConnections)
        budget = ByteBudget(settings.mostBytesAtOnce)
    }

    /// Whether new requests are welcome.
    var isReady: Bool { ready.load(ordering: .relaxed) }

    /// Sends new requests elsewhere.
    func endReadiness() { ready.store(false, ordering: .relaxed) }
}
