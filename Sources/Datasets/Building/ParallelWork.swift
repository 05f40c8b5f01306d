import Foundation

/// The same work on many things, on several threads.
package enum ParallelWork {
    /// Calls `body` for each number below `count`, each thread with a tool of its own, and gathers the results in order.
    ///
    /// - Parameters:
    ///   - count: how often.
    ///   - threads: on how many threads.
    ///   - tool: makes what a thread works with, such as an extractor with its memory.
    ///   - advance: called now and then with the number of results so far, on one thread at a time.
    ///   - isCancelled: asked before each piece of work; once it says true, no more is begun.
    ///   - body: does one piece of work.
    /// - Returns: each result, or why there is none.
    /// - Throws: `CancellationError` after a cancellation, and what `tool` throws.
    package static func results<Tool, Value: Sendable>(
        of count: Int, threads: Int, tool: @Sendable () throws -> Tool, advance: @Sendable (Int) -> Void,
        isCancelled: @Sendable () -> Bool, _ body: @Sendable (Int, Tool) throws -> Value
    ) throws -> [Result<Value, any Error>] {
        let shared = Shared<Value>(count: count)
        DispatchQueue.concurrentPerform(iterations: max(1, min(threads, count))) { _ in
            do {
                let tool = try tool()
                while let index = shared.next(), !isCancelled() {
                    shared.record(Result { try body(index, tool) }, at: index, advance)
                }
            } catch {
                shared.fail(error)
            }
        }
        return try shared.finished()
    }
}

/// Results that several threads add to.
private final class Shared<Value: Sendable>: @unchecked Sendable {
    // Unchecked: `lock` guards the variables.
    private let lock = NSLock()
    private var results: [Result<Value, any Error>?]
    private var begun = 0
    private var done = 0
    private var failure: (any Error)?

    init(count: Int) {
        results = Array(repeating: nil, count: count)
    }

    func next() -> Int? {
        lock.withLock {
            guard failure == nil, begun < results.count else { return nil }
            defer { begun += 1 }
            return begun
        }
    }

    func record(_ result: Result<Value, any Error>, at index: Int, _ advance: (Int) -> Void) {
        lock.withLock {
            results[index] = result
            done += 1
            advance(done)
        }
    }

    func fail(_ error: any Error) {
        lock.withLock { failure = failure ?? error }
    }

    func finished() throws -> [Result<Value, any Error>] {
        if let failure { throw failure }
        return try results.map { result in
            guard let result else { throw CancellationError() }
            return result
        }
    }
}
