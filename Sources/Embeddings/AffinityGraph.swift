import CEmbeddingKernels

/// t-SNE's joint probabilities P: the mean of each pair's two conditional probabilities, divided by the number of points.
/// Only neighbors, three times the perplexity, have any (van der Maaten 2014).
package struct AffinityGraph {
    package let matrix: SparseMatrix

    package init(of points: PointCloud, perplexity: Double, threads: Int) {
        let conditional = Self.conditional(of: points, perplexity: perplexity, threads: threads)
        // Transposing brings the columns of each row into order.
        let transposed = conditional.transposed()
        matrix = SparseMatrix(
            adding: transposed.transposed(), transposed, timesEach: 1 / Float(2 * points.count))
    }

    /// Row i holds the probabilities that point i picks its neighbors with; they sum to 1.
    package static func conditional(of points: PointCloud, perplexity: Double, threads: Int) -> SparseMatrix {
        let neighbors = min(Int(3 * perplexity), points.count - 1)
        let nearest = Neighbors(of: points, count: neighbors, threads: threads)
        var probabilities = [Float](repeating: 0, count: nearest.indices.count)
        kernel_tsne_affinities(nearest.squaredDistances, points.count, neighbors, perplexity, &probabilities, threads)
        return SparseMatrix(
            rowBegins: (0...points.count).map { Int64($0 * neighbors) }, columns: nearest.indices, values: probabilities
        )
    }
}
