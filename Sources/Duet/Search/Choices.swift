/// The choices that lead to one point of a search space, in the order in which they come up: which ones do depends on those before.
struct Choices {
    private let given: [Int]
    private var made: [(option: Int, count: Int)] = []

    /// Choices that begin like these, and take the first option from there on.
    init(_ given: [Int] = []) {
        self.given = given
    }

    /// Makes the next choice.
    /// - Parameter count: the number of options, at least 1.
    /// - Returns: the index of the option.
    mutating func choose(among count: Int) -> Int {
        let option = made.count < given.count ? given[made.count] : 0
        made.append((option, count))
        return option
    }

    /// The choices that come after these in lexicographic order; nil after the last.
    private var next: [Int]? {
        guard let last = made.lastIndex(where: { $0.option + 1 < $0.count }) else { return nil }
        return made[..<last].map(\.option) + [made[last].option + 1]
    }

    /// Makes all choices, one point of the space after another.
    /// - Parameters:
    ///   - most: how many points are made at most.
    ///   - body: makes the choices of one point.
    /// - Returns: whether those were all points.
    /// - Throws: what `body` throws.
    static func enumerate(most: Int, _ body: (inout Choices) throws -> Void) rethrows -> Bool {
        var path: [Int]? = []
        var count = 0
        while let given = path {
            guard count < most else { return false }
            var choices = Choices(given)
            try body(&choices)
            path = choices.next
            count += 1
        }
        return true
    }
}
