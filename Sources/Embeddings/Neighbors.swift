import CEmbeddingKernels

/// The nearest other points of each point, nearest first, found by taking all distances.
package struct Neighbors {
    /// [points, count]
    package private(set) var indices: [Int32]
    /// [points, count]
    package private(set) var squaredDistances: [Float]

    /// `count` is less than the number of points.
    package init(of points: PointCloud, count: Int, threads: Int) {
        indices = [Int32](repeating: 0, count: points.count * count)
        squaredDistances = [Float](repeating: 0, count: points.count * count)
        kernel_nearest(
            points.values, points.count, points.values, points.count, points.dimensions, count, true, &indices,
            &squaredDistances, threads)
    }
}
