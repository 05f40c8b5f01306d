public import FileFormats
import Foundation

/// t-SNE: a map of many-dimensional points in two dimensions, on which near points stay near.
///
/// Points are given joint probabilities P by Gaussians whose widths follow from the perplexity, pairs on the map
/// probabilities Q by Student's t, and the map moves down the gradient of KL(P‖Q). Neighbors are exact; the repulsion of far
/// groups is summed up by a Barnes-Hut tree. The same points and settings give the same bits,
/// whatever the number of threads.
///
/// L. van der Maaten, G. Hinton: Visualizing Data using t-SNE. JMLR 9 (2008).
/// L. van der Maaten: Accelerating t-SNE using Tree-Based Algorithms. JMLR 15 (2014).
/// A. Belkina et al.: Automated optimized parameters for t-SNE … Nature Communications 10 (2019): the learning rate.
/// D. Kobak, P. Berens: The art of using t-SNE for single-cell transcriptomics. Nature Communications 10 (2019): PCA first.
public struct TSNE: Sendable {
    /// How many neighbors a point has, in effect: more than 1, up to a third of the other points.
    public var perplexity = 30.0
    /// Iterations in which P is multiplied by `earlyExaggeration`, so that groups find together.
    public var earlyIterations = 250
    /// See `earlyIterations`.
    public var earlyExaggeration = 12.0
    /// Iterations after those.
    public var iterations = 500
    /// The step along the gradient (without its factor 4); nil for the number of points divided by the exaggeration of
    /// the moment, and at least 50.
    public var learningRate: Double?
    /// The angle under which a group of points counts as one: 0 for exact sums, 0.5 as is usual.
    public var theta = 0.5
    /// What the noise on the initial map is drawn from.
    public var seed: UInt64 = 0
    /// How many threads compute.
    public var threads = ProcessInfo.processInfo.activeProcessorCount

    /// The settings that are usual.
    public init() {}

    /// All iterations.
    public var totalIterations: Int { earlyIterations + iterations }

    /// Makes the map.
    ///
    /// Distances count only relative to each other: points may be of any scale. Points may be equal.
    ///
    /// - Parameters:
    ///   - points: one after another, each of `dimensions` numbers, finite.
    ///   - dimensions: numbers of a point, at least 1.
    ///   - label: what to call the work in reports.
    ///   - monitor: told of each iteration.
    /// - Returns: the map, and how far it is from the points' neighborhoods.
    /// - Throws: `DuetError` of kind `badData` for points that are too few or not finite, `usage` for settings that make no
    ///   sense.
    public func embed(
        _ points: [Float], dimensions: Int, label: String = "t-SNE", monitor: WorkMonitor = .none
    ) throws -> PlanarMap {
        let points = try PointCloud(points, dimensions: dimensions)
        try check(count: points.count)
        let scaled = points.centeredAndScaled()
        let graph = AffinityGraph(of: scaled, perplexity: perplexity, threads: threads)
        let map = MovingMap(start: initialMap(of: scaled), graph: graph, threads: threads)
        for iteration in 0..<totalIterations {
            let isEarly = iteration < earlyIterations
            let exaggeration = isEarly ? earlyExaggeration : 1
            let rate = learningRate ?? max(Double(points.count) / exaggeration, 50)
            map.step(exaggeration: exaggeration, learningRate: rate, momentum: isEarly ? 0.5 : 0.8, theta: theta)
            try monitor.advance(label, iteration + 1, of: totalIterations, "iterations")
        }
        return PlanarMap(coordinates: map.coordinates, divergence: map.divergence())
    }

    private func check(count: Int) throws {
        func require(_ condition: Bool, _ message: String) throws {
            guard condition else { throw DuetError(.usage, "t-SNE: \(message)") }
        }
        try require(
            perplexity > 1 && perplexity.isFinite, "the perplexity is \(perplexity); it must be a number above 1")
        try require(threads > 0, "the number of threads is \(threads); it must be above 0")
        try require(earlyIterations >= 0 && iterations >= 0, "the number of iterations must not be negative")
        try require(
            earlyExaggeration >= 1 && earlyExaggeration.isFinite,
            "the early exaggeration is \(earlyExaggeration); it must be a number of at least 1")
        try require(theta >= 0 && theta <= 1, "theta is \(theta); it must be from 0 to 1")
        if let learningRate {
            try require(
                learningRate > 0 && learningRate.isFinite,
                "the learning rate is \(learningRate); it must be a number above 0")
        }
        let most = Double(count - 1) / 3
        guard perplexity <= most else {
            let advice = most > 1 ? "Set the perplexity to \(most) or less, or take more points" : "Take more points"
            throw DuetError(
                .badData,
                "t-SNE with perplexity \(perplexity) needs \(Int((3 * perplexity).rounded(.up)) + 1) points or more; "
                    + "there are \(count). \(advice)")
        }
    }
}
