import Foundation

/// Jobs that wait for a worker, first come, first served; what waits together is computed together.
final class BatchQueue: @unchecked Sendable {
    // Unchecked: `condition` guards the variables.
    private let condition = NSCondition()
    private var waiting: [Job] = []
    private var isClosed = false
    /// How many workers compute.
    private var computing = 0
    /// How many of the last batches in a row were taken while no worker computed and nothing else waited.
    private var aloneInARow = 0

    /// The most rows that are computed together.
    private let mostRows: Int
    /// How long a job may wait for others to come.
    private let longestDelay: Duration
    /// How many workers share what waits.
    private let workers: Int

    init(mostRows: Int, longestDelay: Duration, workers: Int) {
        (self.mostRows, self.longestDelay, self.workers) = (mostRows, longestDelay, workers)
    }

    /// The number of jobs that wait.
    var count: Int { condition.withLock { waiting.count } }

    /// Adds a job, or finishes it at once where the queue is closed.
    func add(_ job: Job) {
        let isRefused = condition.withLock {
            guard !isClosed else { return true }
            waiting.append(job)
            condition.signal()
            return false
        }
        if isRefused { job.finish(.failure(HTTPProblem.unavailable("the server is shutting down"))) }
    }

    /// What a worker is to compute.
    struct Batch {
        let jobs: [Job]
        /// Whether the other workers have had nothing to do for some batches, so that their processors can help.
        let isAlone: Bool
    }

    /// The next batch: at least one job, and others as long as their rows fit, but no more than a worker's share of what waits: one
    /// that took all would leave the others without work. Waits for it.
    /// - Returns: nil once the queue is closed and empty. `ended` is to be called when the batch is computed.
    func next() -> Batch? {
        condition.lock()
        defer { condition.unlock() }
        while true {
            while waiting.isEmpty {
                if isClosed { return nil }
                condition.wait()
            }
            awaitOthers()
            // Another worker may have taken them meanwhile.
            guard let first = waiting.first else { continue }
            let share = (waiting.reduce(0) { $0 + $1.work.rows } + workers - 1) / workers
            var (count, rows) = (1, first.work.rows)
            while count < waiting.count, rows + waiting[count].work.rows <= min(mostRows, share) {
                rows += waiting[count].work.rows
                count += 1
            }
            let jobs = Array(waiting[..<count])
            waiting.removeFirst(count)
            computing += 1
            aloneInARow = computing == 1 && waiting.isEmpty ? aloneInARow + 1 : 0
            // The signals of the jobs that came with it may all have gone to this worker.
            if !waiting.isEmpty { condition.signal() }
            return Batch(jobs: jobs, isAlone: aloneInARow > 2)
        }
    }

    /// Notes that a worker has computed its batch.
    func ended() { condition.withLock { computing -= 1 } }

    /// Gives jobs that come within the delay the chance to be computed together with the first one.
    private func awaitOthers() {
        guard longestDelay > .zero, let first = waiting.first else { return }
        let end = first.arrival + longestDelay
        while !isClosed, waiting.first?.arrival == first.arrival, waiting.reduce(0, { $0 + $1.work.rows }) < mostRows {
            let left = (end - .now).seconds
            guard left > 0, condition.wait(until: Date(timeIntervalSinceNow: left)) else { return }
        }
    }

    /// Finishes the jobs whose deadline has passed.
    func dropExpired() {
        let now = ContinuousClock.now
        let expired: [Job] = condition.withLock {
            // They all may wait equally long, so the first ones are the oldest.
            let count = waiting.prefix { $0.deadline <= now }.count
            defer { waiting.removeFirst(count) }
            return waiting[..<count].map(\.self)
        }
        for job in expired {
            job.finish(
                .failure(
                    HTTPProblem.unavailable("the request waited longer than the limit (--deadline); try again later")))
        }
    }

    /// Takes no more jobs, and finishes those that wait without computing them.
    func abandon() {
        let left: [Job] = condition.withLock {
            isClosed = true
            condition.broadcast()
            defer { waiting = [] }
            return waiting
        }
        for job in left { job.finish(.failure(HTTPProblem.unavailable("the server is shutting down"))) }
    }

    /// Takes no more jobs; those that wait are still computed.
    func close() {
        condition.withLock {
            isClosed = true
            condition.broadcast()
        }
    }
}

extension Duration {
    /// In seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
