/// Whether some losses are better than others: no worse in any objective, and smaller in one.
package func dominates(_ losses: [Double], _ others: [Double]) -> Bool {
    var isSmaller = false
    for (loss, other) in zip(losses, others) {
        if loss > other { return false }
        if loss < other { isSmaller = true }
    }
    return isSmaller
}

/// Sorts losses into fronts: the first is dominated by nothing, the next only by what is in the first, and so on.
///
/// Each is put into the first front of which no member dominates it, found by bisection.
/// X. Zhang et al.: An Efficient Approach to Nondominated Sorting for Evolutionary Multiobjective Optimization. IEEE
/// Transactions on Evolutionary Computation 19 (2015).
///
/// - Parameter losses: one array per trial, one number per objective, all finite.
/// - Returns: indices of trials, ascending in each front.
package func nondominatedFronts(of losses: [[Double]]) -> [[Int]] {
    // In lexicographic order nothing is dominated by what comes after it.
    let order = losses.indices.sorted { left, right in
        for (loss, other) in zip(losses[left], losses[right]) where loss != other { return loss < other }
        return left < right
    }
    var fronts: [[Int]] = []
    for trial in order {
        var low = 0
        var high = fronts.count
        while low < high {
            let middle = (low + high) / 2
            if fronts[middle].reversed().contains(where: { dominates(losses[$0], losses[trial]) }) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        if low == fronts.count { fronts.append([]) }
        fronts[low].append(trial)
    }
    return fronts.map { $0.sorted() }
}
