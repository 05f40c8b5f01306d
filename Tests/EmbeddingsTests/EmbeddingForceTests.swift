import Embeddings
import SeededRandom
import Testing

@Suite struct EmbeddingForceTests {
    /// A map of random places, and the graph that moves it.
    private func randomMap(count: Int, size: Float) throws -> (places: [Float], graph: AffinityGraph) {
        let blobs = Blobs(count: count, distance: 3)
        let graph = AffinityGraph(
            of: try PointCloud(blobs.points, dimensions: blobs.dimensions), perplexity: 10, threads: 2)
        var generator = SeededGenerator(seed: 2)
        return ((0..<2 * count).map { _ in size * generator.fraction() }, graph)
    }

    @Test func exactGradientIsTheSlopeOfTheDivergence() throws {
        let (places, graph) = try randomMap(count: 60, size: 2)
        let gradient = MovingMap(start: places, graph: graph, threads: 2).gradient(theta: 0)
        let step: Float = 0.01
        let slopes = places.indices.map { k in
            let around = [step, -step].map { change in
                var moved = places
                moved[k] += change
                return MovingMap(start: moved, graph: graph, threads: 2).divergence()
            }
            return Float((around[0] - around[1]) / Double(2 * step))
        }
        #expect(relativeDifference(gradient, slopes) < 2e-3)
    }

    @Test(arguments: [(100, 3 as Float), (3000, 0.5), (3000, 40)]) func treeIsNearTheExactGradient(
        count: Int, size: Float
    ) throws {
        let (places, graph) = try randomMap(count: count, size: size)
        let map = MovingMap(start: places, graph: graph, threads: 2)
        let exact = map.gradient(theta: 0)
        #expect(relativeDifference(map.gradient(theta: 0.5), exact) < 0.03)
        #expect(relativeDifference(map.gradient(theta: 0.2), exact) < 0.005)
    }
}
