import Foundation

/// Points, and the results of scikit-learn and openTSNE: `Tests/Fixtures/embedding/make_embedding.py`.
struct EmbeddingFixture: Decodable {
    struct Affinities: Decodable {
        let dimensions: Int, perplexity: Double, points: [Float]
        let rowBegins: [Int64], columns: [Int32], values: [Float]
    }

    struct Map: Decodable {
        let dimensions: Int, points: [Float], divergence: Double
    }

    struct Clusters: Decodable {
        let name: String, dimensions: Int, points: [Float], labels: [Int], clusters: Int
        /// k-means' sum of squares, and clusters.
        let inertia: Double, found: [Int]
        /// Of labels and clusters.
        let adjustedRandIndex: Double
        let silhouette: Double, silhouetteOfFound: Double, silhouetteWithLonely: Double
        /// The first two, one after the other.
        let components: [Double]
    }

    struct Partitions: Decodable {
        let first: [Int], second: [Int], adjustedRandIndex: Double
    }

    let affinities: Affinities
    let embedding: Map
    let clusters: [Clusters]
    let partitions: [Partitions]

    static let shared = Result {
        let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = fixtures.appendingPathComponent("Fixtures/embedding/embedding.json")
        return try JSONDecoder().decode(EmbeddingFixture.self, from: Data(contentsOf: file))
    }
}
