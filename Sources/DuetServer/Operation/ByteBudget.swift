import Synchronization

/// The bytes of bodies that may be in memory at once, of all requests together: each is below its own limit, but connections are many.
final class ByteBudget: Sendable {
    private let left: Mutex<Int>

    init(_ bytes: Int) { left = Mutex(bytes) }

    /// Takes some bytes, unless there are too few.
    /// - Parameter bytes: how many, from 0 up.
    /// - Returns: whether they were taken.
    func take(_ bytes: Int) -> Bool {
        left.withLock {
            guard $0 >= bytes else { return false }
            $0 -= bytes
            return true
        }
    }

    /// Gives bytes back.
    func giveBack(_ bytes: Int) { left.withLock { $0 += bytes } }
}
