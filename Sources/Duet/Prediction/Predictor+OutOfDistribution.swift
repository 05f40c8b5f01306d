import Datasets
import NeuralNetwork

extension Predictor {
    /// The out-of-distribution scores of some rows, from all modalities and from each alone: the standardized Mahalanobis distance of
    /// each branch's embedding; for several, the mean of the present ones.
    /// - Parameters:
    ///   - dataset: where the rows are.
    ///   - rows: which rows.
    ///   - absent: whether a modality is absent in the i-th of the rows; then "all" are those that are left.
    ///   - advance: called after each batch with the number of rows done.
    /// - Returns: a score for each of the rows; nil where the model has no distances.
    /// - Throws: what `advance` throws.
    func outOfDistributionScores(
        of dataset: Dataset, rows: [Int], absent: ((_ modality: String, _ position: Int) -> Bool)? = nil,
        advance: (Int) throws -> Void = { _ in }
    ) throws -> Ablations<[Float]>? {
        guard !model.embeddingDistances.isEmpty else { return nil }
        let embeddings = try embeddings(of: dataset, rows: rows, advance: advance)
        let modalities = model.architecture.modalities.map(\.name)
        let scores = modalities.map { name in
            let embedding = embeddings.ofBranch(name)
            return model.embeddingDistances[name]?.scores(of: embedding.values, width: embedding.width) ?? []
        }
        let all = rows.indices.map { position in
            let present = modalities.indices.filter { absent?(modalities[$0], position) != true }
            return present.reduce(0) { $0 + scores[$1][position] } / Float(max(present.count, 1))
        }
        return Ablations(all: all, alone: modalities.count > 1 ? Array(zip(modalities, scores)) : [])
    }
}

extension Ablations {
    /// The value of a branch: that of its modality alone, or of a model of one branch.
    func ofBranch(_ modality: String) -> Value { self[modality] ?? all }
}
