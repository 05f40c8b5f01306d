import FileFormats

/// Files that cannot be read.
struct UnreadableFiles: Error {
    let problems: ProblemList
}

/// What is wrong with many files, so that all of it can be told at once.
struct ProblemList {
    private var problems: [String] = []
    private var areAllMissingFiles = true

    /// More than anyone reads.
    private static let shown = 50

    /// Notes what is wrong, in a sentence that names file or line.
    mutating func add(_ problem: String, isMissingFile: Bool = false) {
        problems.append(problem)
        areAllMissingFiles = areAllMissingFiles && isMissingFile
    }

    /// Whether nothing is wrong.
    var isEmpty: Bool { problems.isEmpty }

    /// Adds those of another list.
    mutating func add(_ other: ProblemList) {
        problems += other.problems
        areAllMissingFiles = areAllMissingFiles && other.areAllMissingFiles
    }

    /// Throws all of them as one error, if there are any.
    func check(_ what: String) throws {
        guard let first = problems.first else { return }
        let kind: DuetError.Kind = areAllMissingFiles ? .missingInput : .badData
        guard problems.count > 1 else { throw DuetError(kind, first) }
        let more = problems.count > Self.shown ? ["and \(problems.count - Self.shown) more"] : []
        let lines = problems.prefix(Self.shown) + more
        throw DuetError(
            kind,
            "\(what): \(problems.count) problems, and nothing was written\n"
                + lines.map { "  \($0)" }.joined(separator: "\n"))
    }
}
