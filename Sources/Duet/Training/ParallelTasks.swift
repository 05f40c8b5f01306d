import CParallel

/// Loops on the threads that also compute the steps of a training, so that both never compete for processors.
enum ParallelTasks {
    /// Calls `body` for each index below a count.
    /// - Parameters:
    ///   - count: how many indices.
    ///   - threads: on how many threads, at least 1: the caller and others.
    ///   - body: does the work of an index. Its first argument is the thread's number, below `threads`, which no other call has at
    ///     the same time.
    static func run(_ count: Int, threads: Int, _ body: @Sendable (_ thread: Int, _ index: Int) -> Void) {
        typealias Body = @Sendable (Int, Int) -> Void
        withoutActuallyEscaping(body) { body in
            var body: Body = body
            withUnsafeMutablePointer(to: &body) { context in
                parallel_tasks(
                    threads, count,
                    { context, thread, index in context.assumingMemoryBound(to: Body.self).pointee(thread, index) },
                    context)
            }
        }
    }
}
