extension PairedDataset {
    /// A dataset with images of one pixel and audio of two values, made from its labels and recording numbers.
    static func small(labels: [Int], utterances: [Int32]?) throws -> PairedDataset {
        try PairedDataset(
            images: labels.indices.map { Float($0 % 256) }, imageShape: [1, 1, 1],
            audio: labels.indices.flatMap { [Float(utterances?[$0] ?? Int32($0)), 1] }, audioShape: [2, 1],
            labels: labels, utterances: utterances)
    }
}
