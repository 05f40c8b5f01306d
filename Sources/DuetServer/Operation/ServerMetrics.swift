import NIOConcurrencyHelpers

/// What is counted of the whole server, as Prometheus reads it.
final class ServerMetrics: Sendable {
    private struct Request: Hashable {
        let endpoint: String
        let code: Int
    }

    private struct Counts {
        var requests: [Request: Int] = [:]
        var seconds: [String: Histogram] = [:]
        var inProgress = 0
    }

    private let counts = NIOLockedValueBox(Counts())

    /// Counts a request that begins.
    func begin() { counts.withLockedValue { $0.inProgress += 1 } }

    /// Counts a request that ends.
    /// - Parameters:
    ///   - endpoint: what was asked; one of a few names.
    ///   - code: the response's status.
    ///   - time: how long it took, from its header to its response.
    func end(endpoint: String, code: Int, after time: Duration) {
        counts.withLockedValue {
            $0.inProgress -= 1
            $0.requests[Request(endpoint: endpoint, code: code), default: 0] += 1
            $0.seconds[endpoint, default: Histogram(Histogram.seconds)].add(time.seconds)
        }
    }

    /// The text of all metrics.
    /// - Parameters:
    ///   - models: the models.
    ///   - connections: how many connections are open.
    /// - Returns: Prometheus's text format.
    func text(_ models: [ServedModel], connections: Int) -> String {
        // In the lock, as a model's.
        counts.withLockedValue { Self.text($0, models, connections: connections) }
    }

    private static func text(_ counts: Counts, _ models: [ServedModel], connections: Int) -> String {
        var text = MetricsText.header("duet_requests_total", "counter", "Requests, by endpoint and status.")
        for (request, count) in counts.requests.sorted(by: {
            ($0.key.endpoint, $0.key.code) < ($1.key.endpoint, $1.key.code)
        }) {
            text += "duet_requests_total{endpoint=\"\(request.endpoint)\",code=\"\(request.code)\"} \(count)\n"
        }
        text += MetricsText.header("duet_request_seconds", "histogram", "Time from a request's header to its response.")
        for (endpoint, histogram) in counts.seconds.sorted(by: { $0.key < $1.key }) {
            text += histogram.text("duet_request_seconds", "endpoint=\"\(endpoint)\"")
        }
        text += MetricsText.header("duet_requests_in_progress", "gauge", "Requests that are being answered.")
        text += "duet_requests_in_progress \(counts.inProgress)\n"
        text += MetricsText.header("duet_connections", "gauge", "Open connections.")
        text += "duet_connections \(connections)\n"
        let perModel = models.map { $0.metrics.text(model: $0.name, version: $0.number, waiting: $0.queue.count) }
        guard let first = perModel.first else { return text }
        for place in first.indices { text += first[place].header + perModel.map { $0[place].lines }.joined() }
        return text
    }
}

/// Parts of Prometheus's text format.
enum MetricsText {
    /// The lines in front of a metric.
    static func header(_ name: String, _ type: String, _ help: String) -> String {
        "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }
}
