/// The best of some trials, with one objective or several.
///
/// Front by front; of the last front, those that add most to the hypervolume of what was taken of it, one after the
/// other, as Y. Ozaki et al.: Multiobjective Tree-Structured Parzen Estimator. Journal of Artificial Intelligence
/// Research 73 (2022) split trials. With one objective this is the order of the losses. Equal trials keep their order,
/// and failed ones, those with a loss that is not finite, come last.
///
/// - Parameters:
///   - count: how many are wanted; all where there are fewer.
///   - losses: one array per trial, one number per objective.
/// - Returns: indices of trials, the best first.
package func bestTrials(_ count: Int, of losses: [[Double]]) -> [Int] {
    let finite = losses.indices.filter { losses[$0].allSatisfy(\.isFinite) }
    let failed = losses.indices.filter { !losses[$0].allSatisfy(\.isFinite) }
    var chosen: [Int] = []
    for front in nondominatedFronts(of: finite.map { losses[$0] }) {
        guard chosen.count < count else { break }
        let members = front.map { finite[$0] }
        let picks = spread(min(count - chosen.count, members.count), of: members.map { losses[$0] })
        chosen += picks.map { members[$0] }
    }
    return chosen + failed.prefix(max(0, count - chosen.count))
}

/// Some members of a front, each the one that adds most to the hypervolume of those before it.
private func spread(_ count: Int, of front: [[Double]]) -> [Int] {
    // A little beyond the worst of the front, so that its ends count too. All of it scales with the losses' units.
    let reference = front[0].indices.map { objective in
        let losses = front.map { $0[objective] }
        let (low, high) = (losses.min()!, losses.max()!)
        return high + (high > low ? 0.1 * (high - low) : 1)
    }
    var chosen: [Int] = []
    var remaining = Array(front.indices)
    // What a member adds only gets less as others are chosen, so what it added once is a bound.
    var bounds = front.map { hypervolume(of: [$0], reference: reference) }
    while chosen.count < count {
        var pick = -1
        var most = -1.0
        for member in remaining.sorted(by: { bounds[$0] == bounds[$1] ? $0 < $1 : bounds[$0] > bounds[$1] }) {
            if bounds[member] < most { break }
            let overlaps = chosen.map { other in zip(front[other], front[member]).map { max($0, $1) } }
            bounds[member] =
                hypervolume(of: [front[member]], reference: reference) - hypervolume(of: overlaps, reference: reference)
            if bounds[member] > most || (bounds[member] == most && member < pick) {
                (pick, most) = (member, bounds[member])
            }
        }
        chosen.append(pick)
        remaining.removeAll { $0 == pick }
    }
    return chosen
}
