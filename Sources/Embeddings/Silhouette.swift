import CEmbeddingKernels
import FileFormats
public import Foundation

/// How well points lie with their own: the silhouette coefficient.
///
/// A point's is (b − a) / max(a, b), with a its mean distance to the others of its cluster and b that to the nearest other
/// cluster: 1 far from all others, 0 on the border, below 0 among others. A point that is alone in its cluster has 0.
///
/// P. Rousseeuw: Silhouettes: a graphical aid … Journal of Computational and Applied Mathematics 20 (1987).
public enum Silhouette {
    /// The mean over all points, from -1 to 1, as scikit-learn's `silhouette_score`. Takes all distances between points.
    ///
    /// - Parameters:
    ///   - points: one after another, each of `dimensions` numbers, finite.
    ///   - dimensions: numbers of a point, at least 1.
    ///   - labels: each point's cluster or class; any numbers.
    ///   - threads: how many compute, at least 1; they do not change the score.
    /// - Returns: the mean of the coefficients.
    /// - Throws: `DuetError` of kind `badData` for points that are not finite, another number of labels, or labels of which
    ///   there are not 2 up to the number of points less 1.
    public static func score(
        of points: [Float], dimensions: Int, labels: [Int],
        threads: Int = ProcessInfo.processInfo.activeProcessorCount
    ) throws -> Double {
        let points = try PointCloud(points, dimensions: dimensions)
        try points.check(labels: labels)
        let (numbers, clusters) = numbered(labels)
        guard (2..<points.count).contains(clusters) else {
            throw DuetError(
                .badData,
                "the silhouette of \(points.count) points needs 2 to \(points.count - 1) different labels; there are "
                    + "\(clusters)")
        }
        var sums = [Double](repeating: 0, count: points.count * clusters)
        kernel_cluster_distances(
            points.values, numbers.map { Int32($0) }, points.count, points.dimensions, clusters, &sums, threads)
        var sizes = [Int](repeating: 0, count: clusters)
        for number in numbers { sizes[number] += 1 }
        let total = numbers.indices.reduce(0.0) { total, point in
            let ownSums = sums[(point * clusters)..<((point + 1) * clusters)]
            return total + coefficient(of: numbers[point], sums: ownSums, sizes: sizes)
        }
        return total / Double(points.count)
    }

    /// - Parameters:
    ///   - own: the point's cluster.
    ///   - sums: of the point's distances to the points of each cluster.
    ///   - sizes: of the clusters.
    /// - Returns: the point's coefficient.
    private static func coefficient(of own: Int, sums: ArraySlice<Double>, sizes: [Int]) -> Double {
        guard sizes[own] > 1 else { return 0 }
        let within = sums[sums.startIndex + own] / Double(sizes[own] - 1)
        var nearest = Double.infinity
        for (cluster, sum) in sums.enumerated() where cluster != own {
            nearest = min(nearest, sum / Double(sizes[cluster]))
        }
        let larger = max(within, nearest)
        return larger > 0 ? (nearest - within) / larger : 0
    }
}
