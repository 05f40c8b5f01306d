import FileFormats
import Duet
import Embeddings
import SeededRandom

extension EmbeddingMap {
    /// The most points that are laid out: enough to see every class, and few enough to wait for.
    static let pointLimit = 5_000
    /// Fewer points make no map.
    private static let fewestPoints = 10

    /// Maps the embeddings of the test examples, or of some of them that are drawn at random.
    /// - Returns: a map for the head and one for each branch; none where there are too few examples or they are of one class.
    static func maps(
        _ explainer: Explainer, _ predictions: EvaluatedPredictions, threads: Int, monitor: WorkMonitor
    ) throws -> [EmbeddingMap] {
        var generator = SeededGenerator(seed: 0, stream: "report/points")
        let positions = Array(predictions.rows.indices).shuffled(seeded: &generator).prefix(pointLimit).sorted()
        guard positions.count >= fewestPoints, Set(positions.map { predictions.labels[$0] }).count > 1 else {
            return []
        }
        let embeddings = try explainer.embeddings(positions.map { predictions.rows[$0] }, monitor: monitor)
        return try embeddings.entries.map { ablation, embedding in
            try EmbeddingMap(ablation, embedding, of: positions, predictions, threads: threads, monitor: monitor)
        }
    }

    private init(
        _ ablation: Ablation, _ embedding: Embedding, of positions: [Int], _ predictions: EvaluatedPredictions,
        threads: Int, monitor: WorkMonitor
    ) throws {
        var method = TSNE()
        method.threads = threads
        method.perplexity = min(method.perplexity, Double(positions.count - 1) / 3)
        let map = try method.embed(
            embedding.values, dimensions: embedding.width, label: "t-SNE (\(ablation.key))", monitor: monitor)
        let labels = positions.map { predictions.labels[$0] }
        var kMeans = KMeans(clusters: Set(labels).count)
        kMeans.threads = threads
        let clusters = try kMeans.fit(map.coordinates, dimensions: 2).labels
        self.init(
            ablation: ablation, layer: embedding.layer, width: embedding.width,
            points: positions.enumerated().map { index, position in
                Point(
                    row: predictions.rows[position], x: Double(map[index].x), y: Double(map[index].y),
                    classIndex: predictions.labels[position], predicted: predictions.predicted(.all, at: position),
                    cluster: clusters[index])
            },
            available: predictions.count,
            silhouette: try Silhouette.score(of: map.coordinates, dimensions: 2, labels: labels, threads: threads),
            adjustedRandIndex: try AdjustedRandIndex.score(labels, clusters),
            layerSilhouette: try Silhouette.score(
                of: embedding.values, dimensions: embedding.width, labels: labels, threads: threads),
            layerAdjustedRandIndex: try AdjustedRandIndex.score(
                labels, kMeans.fit(embedding.values, dimensions: embedding.width).labels))
    }
}
