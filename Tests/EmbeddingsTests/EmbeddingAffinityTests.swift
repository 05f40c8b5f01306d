import Embeddings
import Foundation
import SeededRandom
import Testing
import TestSupport

@Suite struct EmbeddingAffinityTests {
    @Test func jointProbabilitiesAreOpenTSNEs() throws {
        let fixture = try EmbeddingFixture.shared.get().affinities
        let points = try PointCloud(fixture.points, dimensions: fixture.dimensions)
        let matrix = AffinityGraph(of: points.centeredAndScaled(), perplexity: fixture.perplexity, threads: 2)
            .matrix
        #expect(matrix.rowBegins == fixture.rowBegins)
        #expect(matrix.columns == fixture.columns)
        // openTSNE stops at 1e-5 beside the entropy.
        #expect(relativeDifference(matrix.values, fixture.values) < 1e-4)
    }

    @Test(arguments: [2.0, 5, 30]) func everyPointHasTheWantedPerplexity(perplexity: Double) throws {
        let blobs = Blobs(count: 400, distance: 3)
        let points = try PointCloud(blobs.points, dimensions: blobs.dimensions)
        let matrix = AffinityGraph.conditional(of: points, perplexity: perplexity, threads: 2)
        for i in 0..<matrix.rowCount {
            let row = matrix.values[matrix.row(i)].map { Double($0) }
            let entropy = row.filter { $0 > 0 }.reduce(0) { $0 - $1 * log($1) }
            #expect(abs(exp(entropy) - perplexity) < 1e-4)
            #expect(abs(row.reduce(0, +) - 1) < 1e-5)
        }
    }

    @Test func equallyNearPointsShareAlike() throws {
        let matrix = AffinityGraph.conditional(
            of: try PointCloud([Float](repeating: 2, count: 60), dimensions: 3), perplexity: 3, threads: 1)
        #expect(matrix.values.allSatisfy { abs($0 - 1 / 9) < 1e-7 })
    }

    @Test func neighborsAreTheNearestOthers() throws {
        var generator = SeededGenerator(seed: 3)
        let (count, dimensions, wanted) = (1030, 5, 7)
        // Whole numbers: many distances are equal, and all are exact.
        let values = (0..<count * dimensions).map { _ in (generator.fraction() * 4).rounded() }
        let found = Neighbors(of: try PointCloud(values, dimensions: dimensions), count: wanted, threads: 2)
        for i in stride(from: 0, to: count, by: 41) {
            let others: [(distance: Float, index: Int)] = (0..<count).filter { $0 != i }.map { j in
                let differences = (0..<dimensions).map { values[i * dimensions + $0] - values[j * dimensions + $0] }
                return (differences.reduce(0) { $0 + $1 * $1 }, j)
            }
            let nearest = others.sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }.prefix(wanted)
            #expect(found.indices[(i * wanted)..<((i + 1) * wanted)].map { Int($0) } == nearest.map(\.index))
            #expect(Array(found.squaredDistances[(i * wanted)..<((i + 1) * wanted)]) == nearest.map(\.distance))
        }
    }
}
