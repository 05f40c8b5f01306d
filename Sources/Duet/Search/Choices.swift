import ParameterSearch

/// Runs through all choices that a search space offers, where each choice is among finitely many values.
enum Choices {
    /// A choice that was made: which of how many options.
    private typealias Choice = (option: Int, count: Int)

    /// A choice that is among too many values to run through.
    struct Endless: Error {
        /// The parameter's name.
        let name: String
    }

    /// What the chooser of one point has been asked so far. A class, since a chooser is a closure.
    private final class Path {
        let given: [Int]
        var made: [Choice] = []
        var endless: String?

        init(_ given: [Int]) { self.given = given }

        func choose(_ name: String, _ kind: ParameterKind) -> Double {
            guard let (first, count) = kind.options else {
                endless = endless ?? name
                return kind.lowest
            }
            let option = made.count < given.count ? given[made.count] : 0
            made.append((option, count))
            return Double(first + option)
        }

        /// The choices that come after these in lexicographic order; nil after the last.
        var next: [Int]? {
            guard let last = made.lastIndex(where: { $0.option + 1 < $0.count }) else { return nil }
            return made[..<last].map(\.option) + [made[last].option + 1]
        }
    }

    /// Makes all choices, one point of the space after another.
    /// - Parameters:
    ///   - most: how many points are made at most.
    ///   - body: makes the choices of one point by the chooser that it is given.
    /// - Returns: whether those were all points.
    /// - Throws: what `body` throws; `Endless` where a choice is among real numbers.
    static func enumerate(most: Int, _ body: (@escaping ParameterChooser) throws -> Void) throws -> Bool {
        var given: [Int]? = []
        var count = 0
        while let start = given {
            guard count < most else { return false }
            let path = Path(start)
            try body(path.choose)
            if let name = path.endless { throw Endless(name: name) }
            given = path.next
            count += 1
        }
        return true
    }
}

extension ParameterKind {
    /// The first of finitely many values, which are integers, and their number; nil for real numbers.
    fileprivate var options: (first: Int, count: Int)? {
        switch self {
        case .categorical(let count): (0, count)
        case .integer(let range, _): (range.lowerBound, range.count)
        case .real: nil
        }
    }

    /// The lowest value.
    fileprivate var lowest: Double {
        switch self {
        case .categorical: 0
        case .integer(let range, _): Double(range.lowerBound)
        case .real(let range, _): range.lowerBound
        }
    }
}
