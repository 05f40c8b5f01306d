import Duet

extension EmbeddingMap {
    static func maps(
        _ explainer: Explainer, _ opinions: PairOpinions, advance: ReportContent.Advance
    ) throws -> [EmbeddingMap] {
        []
    }
}
