/// The volume of what is dominated by at least one of the points and lies below the reference point: how good a set of
/// results with several objectives is.
///
/// Two objectives take one sweep; more are cut into slices along the last one.
/// E. Zitzler, L. Thiele: Multiobjective Evolutionary Algorithms. IEEE Transactions on Evolutionary Computation 3
/// (1999); slices: L. While et al.: A Faster Algorithm for Calculating Hypervolume, the same 10 (2006).
///
/// - Parameters:
///   - points: losses, one number per objective. Those not below the reference in every objective add nothing.
///   - reference: the worst losses that count.
/// - Returns: the volume, 0 for no points.
package func hypervolume(of points: [[Double]], reference: [Double]) -> Double {
    let inside = points.filter { point in zip(point, reference).allSatisfy { $0 < $1 } }
    return volume(inside, reference, objectives: reference.count)
}

private func volume(_ points: [[Double]], _ reference: [Double], objectives: Int) -> Double {
    let last = objectives - 1
    guard last > 0 else { return points.map { reference[0] - $0[0] }.max() ?? 0 }
    let sorted = points.sorted { $0[last] < $1[last] }
    var sum = 0.0
    var best = reference[0]
    for (index, point) in sorted.enumerated() {
        if objectives == 2 {
            guard point[0] < best else { continue }
            sum += (best - point[0]) * (reference[1] - point[1])
            best = point[0]
        } else {
            let end = index + 1 < sorted.count ? sorted[index + 1][last] : reference[last]
            guard end > point[last] else { continue }
            sum += (end - point[last]) * volume(Array(sorted[...index]), reference, objectives: last)
        }
    }
    return sum
}
