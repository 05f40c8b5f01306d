import NIOConcurrencyHelpers

/// How many of a model's workers run, for those who wait for their end.
final class WorkerCount: Sendable {
    private let state: NIOLockedValueBox<(running: Int, waiting: [CheckedContinuation<Void, Never>])>

    init(_ count: Int) { state = NIOLockedValueBox((count, [])) }

    /// Notes that one has ended.
    func oneEnded() {
        let waiting = state.withLockedValue {
            $0.running -= 1
            guard $0.running == 0 else { return [CheckedContinuation<Void, Never>]() }
            let waiting = $0.waiting
            $0.waiting = []
            return waiting
        }
        waiting.forEach { $0.resume() }
    }

    /// Returns when all have ended.
    func end() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLockedValue {
                if $0.running > 0 { $0.waiting.append(continuation) }
                return $0.running == 0
            }
            if isOver { continuation.resume() }
        }
    }
}
