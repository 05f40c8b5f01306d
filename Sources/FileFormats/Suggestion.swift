/// The name that someone probably meant.
package enum Suggestion {
    /// The known name that is closest to an unknown one; nil where none is close enough to be a slip of the fingers.
    ///
    /// Upper and lower case count as the same. Of equally close names, the first wins.
    package static func closest(to name: String, among known: [String]) -> String? {
        let typed = Array(name.lowercased())
        // One slip in a short name, one more for every four letters.
        let limit = 1 + typed.count / 4
        let distances = known.map { (name: $0, distance: distance(typed, Array($0.lowercased()))) }
        guard let best = distances.min(by: { $0.distance < $1.distance }), best.distance <= limit else { return nil }
        // A name of which nothing was kept is no guess.
        return best.distance < max(typed.count, best.name.count) ? best.name : nil
    }

    /// How many letters must be put in, left out, replaced or swapped with their neighbour to make one word the other:
    /// the Damerau-Levenshtein distance, in its form that changes no letter twice.
    private static func distance(_ a: [Character], _ b: [Character]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...b.count)
        for i in a.indices {
            var current = [i + 1]
            for j in b.indices {
                var best = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, beforePrevious[j - 1] + 1) }
                current.append(best)
            }
            (beforePrevious, previous) = (previous, current)
        }
        return previous[b.count]
    }
}
