import CEmbeddingKernels

/// A map on its way down the gradient.
package final class MovingMap {
    /// [points, 2]
    package private(set) var coordinates: [Float]
    private let graph: AffinityGraph
    private let tree: OpaquePointer
    private var attraction: [Float]
    private var repulsion: [Float]
    private var update: [Float]
    private var gains: [Float]

    private var count: Int { coordinates.count / 2 }

    package init(start: [Float], graph: AffinityGraph, threads: Int) {
        coordinates = start
        self.graph = graph
        tree = kernel_tsne_tree_make(start.count / 2, threads)
        attraction = [Float](repeating: 0, count: start.count)
        repulsion = attraction
        update = attraction
        gains = [Float](repeating: 1, count: start.count)
    }

    deinit { kernel_tsne_tree_free(tree) }

    /// One step of gradient descent.
    func step(exaggeration: Double, learningRate: Double, momentum: Double, theta: Double) {
        let z = measureForces(theta: theta)
        var settings = kernel_tsne_step(
            exaggeration: Float(exaggeration), learning_rate: Float(learningRate), momentum: Float(momentum))
        kernel_tsne_move(&settings, count, attraction, repulsion, z, &coordinates, &update, &gains)
    }

    /// The gradient of KL(P‖Q), [points, 2]; exact with `theta` 0.
    package func gradient(theta: Double) -> [Float] {
        let z = Float(measureForces(theta: theta))
        return zip(attraction, repulsion).map { 4 * ($0 - $1 / z) }
    }

    /// KL(P‖Q), exact.
    package func divergence() -> Double {
        let z = measureForces(theta: 0)
        return withGraph { kernel_tsne_divergence($0, count, coordinates, z) }
    }

    /// Returns the sum over all pairs that makes probabilities of Q.
    private func measureForces(theta: Double) -> Double {
        withGraph { kernel_tsne_forces(tree, $0, coordinates, Float(theta), &attraction, &repulsion) }
    }

    private func withGraph<Result>(_ body: (UnsafePointer<kernel_tsne_graph>) -> Result) -> Result {
        let matrix = graph.matrix
        return matrix.rowBegins.withUnsafeBufferPointer { rowBegins in
            matrix.columns.withUnsafeBufferPointer { columns in
                matrix.values.withUnsafeBufferPointer { values in
                    var graph = kernel_tsne_graph(
                        row_begins: rowBegins.baseAddress, columns: columns.baseAddress, values: values.baseAddress)
                    return body(&graph)
                }
            }
        }
    }
}
