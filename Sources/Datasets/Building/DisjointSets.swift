/// Things that hang together: a forest in which each tree is a group (Galler and Fischer, 1964).
struct DisjointSets {
    private var parents: [Int]

    /// Each thing in a group of its own.
    init(count: Int) {
        parents = Array(0..<count)
    }

    /// One name for all things of a group.
    mutating func root(of thing: Int) -> Int {
        var thing = thing
        while parents[thing] != thing {
            parents[thing] = parents[parents[thing]]
            thing = parents[thing]
        }
        return thing
    }

    /// Makes one group of two.
    mutating func join(_ a: Int, _ b: Int) {
        let (first, second) = (root(of: a), root(of: b))
        parents[max(first, second)] = min(first, second)
    }
}
