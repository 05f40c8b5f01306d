import NIOConcurrencyHelpers

/// What all requests together may take at once of something: bytes of bodies in memory, or places of a model's.
final class Budget: Sendable {
    private let left: NIOLockedValueBox<Int>

    init(_ amount: Int) { left = NIOLockedValueBox(amount) }

    /// Takes some, unless there is too little.
    /// - Parameter amount: how much, from 0 up.
    /// - Returns: whether it was taken.
    func take(_ amount: Int) -> Bool {
        left.withLockedValue {
            guard $0 >= amount else { return false }
            $0 -= amount
            return true
        }
    }

    /// Gives some back.
    func giveBack(_ amount: Int) { left.withLockedValue { $0 += amount } }
}
