import CEmbeddingKernels
import FileFormats
import Foundation
import SeededRandom

/// k-means: splits points into clusters so that they lie as near as can be to their cluster's center.
///
/// Lloyd's algorithm from several random starts, the best of which counts. A start picks centers among the points, each with
/// a probability that grows with the square of its distance from those picked before (k-means++).
///
/// S. Lloyd: Least squares quantization in PCM. IEEE Transactions on Information Theory 28 (1982).
/// D. Arthur, S. Vassilvitskii: k-means++: The Advantages of Careful Seeding. SODA 2007.
public struct KMeans: Sendable {
    /// The number of clusters.
    public var clusters: Int
    /// How many starts there are.
    public var starts = 10
    /// After so many iterations a start ends even if points still change their clusters.
    public var iterations = 300
    /// What the starts are drawn from.
    public var seed: UInt64 = 0
    /// How many threads compute.
    public var threads = ProcessInfo.processInfo.activeProcessorCount

    /// k-means with the settings that are usual.
    public init(clusters: Int) {
        self.clusters = clusters
    }

    /// Finds the clusters. The same points and settings give the same bits, whatever the number of threads.
    ///
    /// - Parameters:
    ///   - points: one after another, each of `dimensions` numbers, finite.
    ///   - dimensions: numbers of a point, at least 1.
    /// - Returns: the tightest clusters of all starts.
    /// - Throws: `DuetError` of kind `badData` for points that are fewer than the clusters or not finite, `usage` for
    ///   settings below 1.
    public func fit(_ points: [Float], dimensions: Int) throws -> Clustering {
        let points = try PointCloud(points, dimensions: dimensions)
        guard clusters > 0, starts > 0, iterations > 0, threads > 0 else {
            throw DuetError(
                .usage, "k-means: the numbers of clusters, starts, iterations and threads must all be above 0")
        }
        guard clusters <= points.count else {
            throw DuetError(.badData, "k-means: \(points.count) points do not make \(clusters) clusters")
        }
        var generator = SeededGenerator(seed: seed, stream: "k-means")
        var best = clustering(of: points, using: &generator)
        for _ in 1..<starts {
            let next = clustering(of: points, using: &generator)
            if next.inertia < best.inertia { best = next }
        }
        return best
    }

    private func clustering(of points: PointCloud, using generator: inout SeededGenerator) -> Clustering {
        var centers = pickedCenters(among: points, using: &generator)
        var nearest = NearestCenters(to: points, centers: centers, threads: threads)
        for _ in 0..<iterations {
            centers = nearest.means(of: points, clusters: clusters)
            let next = NearestCenters(to: points, centers: centers, threads: threads)
            let isSettled = next.labels == nearest.labels
            nearest = next
            if isSettled { break }
        }
        return Clustering(
            centers: centers, labels: nearest.labels.map { Int($0) },
            inertia: nearest.squaredDistances.reduce(0) { $0 + Double($1) })
    }

    private func pickedCenters(among points: PointCloud, using generator: inout SeededGenerator) -> [Float] {
        var centers = points[generator.index(below: points.count)]
        // The squared distance of each point to its nearest center.
        var distances = NearestCenters(to: points, centers: centers, threads: threads).squaredDistances
        for _ in 1..<clusters {
            let picked = points[generator.index(weights: distances)]
            centers += picked
            let new = NearestCenters(to: points, centers: picked, threads: threads).squaredDistances
            for i in distances.indices { distances[i] = min(distances[i], new[i]) }
        }
        return centers
    }
}

/// The clusters of points.
public struct Clustering: Sendable, Equatable {
    /// The mean of each cluster's points, [clusters, dimensions].
    public let centers: [Float]
    /// The cluster of each point.
    public let labels: [Int]
    /// The sum of the points' squared distances to their centers.
    public let inertia: Double
}

/// Which center is the nearest to each point, and how far it is.
private struct NearestCenters {
    var labels: [Int32]
    var squaredDistances: [Float]

    init(to points: PointCloud, centers: [Float], threads: Int) {
        labels = [Int32](repeating: 0, count: points.count)
        squaredDistances = [Float](repeating: 0, count: points.count)
        kernel_nearest(
            points.values, points.count, centers, centers.count / points.dimensions, points.dimensions, 1, false,
            &labels, &squaredDistances, threads)
    }

    /// The mean of each cluster's points. A cluster that has lost all of its points gets the one that is farthest from its
    /// center.
    func means(of points: PointCloud, clusters: Int) -> [Float] {
        let dimensions = points.dimensions
        var sums = [Double](repeating: 0, count: clusters * dimensions)
        var counts = [Int](repeating: 0, count: clusters)
        for point in 0..<points.count {
            let cluster = Int(labels[point])
            counts[cluster] += 1
            for d in 0..<dimensions {
                sums[cluster * dimensions + d] += Double(points.values[point * dimensions + d])
            }
        }
        var far: [Int] = []
        if counts.contains(0) {
            far = squaredDistances.indices.sorted { squaredDistances[$0] < squaredDistances[$1] }
        }
        return (0..<clusters).flatMap { cluster in
            guard counts[cluster] > 0 else { return points[far.removeLast()] }
            let own = sums[(cluster * dimensions)..<((cluster + 1) * dimensions)]
            return own.map { Float($0 / Double(counts[cluster])) }
        }
    }
}

extension PointCloud {
    fileprivate subscript(point: Int) -> [Float] {
        Array(values[(point * dimensions)..<((point + 1) * dimensions)])
    }
}

extension SeededGenerator {
    /// A random index, each with a probability in proportion to its weight; any where all weights are 0.
    fileprivate mutating func index(weights: [Float]) -> Int {
        let sum = weights.reduce(0) { $0 + Double($1) }
        guard sum > 0 else { return index(below: weights.count) }
        var rest = Double(next() >> 11) / 0x1p53 * sum
        for (i, weight) in weights.enumerated() {
            rest -= Double(weight)
            if rest < 0 { return i }
        }
        return weights.lastIndex { $0 > 0 } ?? 0
    }
}
