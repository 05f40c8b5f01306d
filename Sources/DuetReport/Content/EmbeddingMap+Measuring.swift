import Duet
import PairedData

extension EmbeddingMap {
    /// The most points that are laid out: enough to see every class, and few enough to wait for.
    static let pointLimit = 5_000
    /// Fewer points make no map.
    private static let fewestPoints = 10

    /// Lays out what the last hidden layers hold for the test pairs, or for some of them that are drawn at random.
    /// - Returns: a map for the image branch, one for the audio branch and one for the head; none where there are too few
    ///   pairs or they are of one class.
    static func maps(
        _ explainer: Explainer, _ opinions: PairOpinions, threads: Int, advance: ReportContent.Advance
    ) throws -> [EmbeddingMap] {
        var generator = SeededGenerator(seed: 0, stream: "report/points")
        let positions = Array(opinions.rows.indices).shuffled(seeded: &generator).prefix(pointLimit).sorted()
        guard positions.count >= fewestPoints, Set(positions.map { opinions.truth[$0] }).count > 1 else { return [] }
        let layers = try explainer.hiddenLayers(positions.map { opinions.rows[$0] }) {
            try advance(.readingLayers, $0, positions.count)
        }
        return try [
            (PairOpinions.Source.image, layers.image, ReportContent.Step.layingOutImage),
            (.audio, layers.audio, .layingOutAudio), (.fused, layers.fused, .layingOutFused),
        ].map { source, layer, step in
            try EmbeddingMap(source, layer, of: positions, opinions, threads: threads) { try advance(step, $0, $1) }
        }
    }

    private init(
        _ source: PairOpinions.Source, _ layer: HiddenLayer, of positions: [Int], _ opinions: PairOpinions,
        threads: Int,
        advance: (_ done: Int, _ of: Int) throws -> Void
    ) throws {
        var method = TSNE()
        method.threads = threads
        method.perplexity = min(method.perplexity, Double(positions.count - 1) / 3)
        let map = try method.embed(layer.values, dimensions: layer.width) { try advance($0, method.totalIterations) }
        let truth = positions.map { opinions.truth[$0] }
        var kMeans = KMeans(clusters: Set(truth).count)
        kMeans.threads = threads
        let clusters = try kMeans.fit(map.coordinates, dimensions: 2).labels
        self.init(
            source: source, layer: layer.name, width: layer.width,
            points: positions.enumerated().map { index, position in
                Point(
                    row: opinions.rows[position], x: Double(map[index].x), y: Double(map[index].y),
                    classIndex: opinions.truth[position], said: opinions.said(.fused, at: position),
                    cluster: clusters[index])
            },
            available: opinions.count,
            silhouette: try Silhouette.score(of: map.coordinates, dimensions: 2, labels: truth, threads: threads),
            adjustedRandIndex: try AdjustedRandIndex.score(truth, clusters),
            layerSilhouette: try Silhouette.score(
                of: layer.values, dimensions: layer.width, labels: truth, threads: threads),
            layerAdjustedRandIndex: try AdjustedRandIndex.score(
                truth, kMeans.fit(layer.values, dimensions: layer.width).labels))
    }
}
