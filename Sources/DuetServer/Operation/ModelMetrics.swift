import HTTPTypes
import NIOConcurrencyHelpers

/// What is counted of one model.
final class ModelMetrics: Sendable {
    private struct Counts {
        var answered = 0
        var refused = 0
        var failed = 0
        var failedReloads = 0
        var seconds = Histogram(Histogram.seconds)
        var rows = Histogram(Histogram.rows)
    }

    private let counts = NIOLockedValueBox(Counts())

    /// Counts rows that were computed together.
    func computed(rows: Int) { counts.withLockedValue { $0.rows.add(Double(rows)) } }

    /// Counts a request that was answered.
    func answered(after time: Duration) {
        counts.withLockedValue {
            $0.answered += 1
            $0.seconds.add(time.seconds)
        }
    }

    /// Counts a request that was not answered: the client's fault, or the server's for lack of room or by an error.
    func failed(_ error: any Error) {
        counts.withLockedValue {
            if let problem = HTTPProblem(error), problem.status.code < 500 { $0.refused += 1 } else { $0.failed += 1 }
        }
    }

    /// Counts a new version of the model's file that could not be loaded.
    func reloadFailed() { counts.withLockedValue { $0.failedReloads += 1 } }

    /// The lines of all metrics.
    /// - Parameters:
    ///   - model: the model's name.
    ///   - version: the number of the version that is served.
    ///   - waiting: how many requests wait.
    /// - Returns: for each metric its name, type and meaning, and its lines.
    func text(model: String, version: Int, waiting: Int) -> [(header: String, lines: String)] {
        // In the lock: ThreadSanitizer knows nothing of a copy's references, and would call it a race.
        counts.withLockedValue { Self.text($0, model: model, version: version, waiting: waiting) }
    }

    private static func text(
        _ counts: Counts, model: String, version: Int, waiting: Int
    ) -> [(header: String, lines: String)] {
        let label = "model=\"\(model)\""
        return [
            (
                MetricsText.header("duet_inferences_total", "counter", "Requests for predictions, by how they ended."),
                "duet_inferences_total{\(label),outcome=\"answered\"} \(counts.answered)\n"
                    + "duet_inferences_total{\(label),outcome=\"refused\"} \(counts.refused)\n"
                    + "duet_inferences_total{\(label),outcome=\"failed\"} \(counts.failed)\n"
            ),
            (
                MetricsText.header(
                    "duet_inference_seconds", "histogram", "Time from a request's whole body to its predictions."),
                counts.seconds.text("duet_inference_seconds", label)
            ),
            (
                MetricsText.header("duet_batch_rows", "histogram", "Rows that were computed together."),
                counts.rows.text("duet_batch_rows", label)
            ),
            (
                MetricsText.header("duet_queue_requests", "gauge", "Requests that wait for a worker."),
                "duet_queue_requests{\(label)} \(waiting)\n"
            ),
            (
                MetricsText.header("duet_model_version", "gauge", "The version of the model that is served."),
                "duet_model_version{\(label)} \(version)\n"
            ),
            (
                MetricsText.header(
                    "duet_model_failed_reloads_total", "counter", "New versions of the model that could not be loaded."),
                "duet_model_failed_reloads_total{\(label)} \(counts.failedReloads)\n"
            ),
        ]
    }
}
