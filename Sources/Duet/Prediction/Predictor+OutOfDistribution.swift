import Datasets

extension Predictor {
    /// The out-of-distribution scores of some examples, from all modalities and from each alone: the standardized Mahalanobis distance of
    /// each branch's embedding; for several, the mean of the present ones.
    /// - Parameters:
    ///   - squaredDistances: of each branch, a distance for each example.
    ///   - absent: whether a modality is absent in the i-th of the examples; then "all" are those that are left.
    /// - Returns: a score for each of the examples; nil where there are no distances.
    func outOfDistributionScores(
        _ squaredDistances: [[Float]], absent: ((_ modality: String, _ position: Int) -> Bool)?
    ) -> Ablations<[Float]>? {
        guard let count = squaredDistances.first?.count else { return nil }
        let modalities = model.architecture.modalities.map(\.name)
        let scores = zip(distances, squaredDistances).map { $1.map($0.distance.score) }
        let all = (0..<count).map { position in
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
