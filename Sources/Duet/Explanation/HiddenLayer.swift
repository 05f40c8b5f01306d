/// What a network's last hidden layer holds for each of some pairs: an embedding, which the layer behind it only has to
/// divide into classes.
public struct HiddenLayer: Codable, Sendable, Equatable {
    /// The layer's name in the network, such as `image.batch_normalization_3`.
    public let name: String
    /// Values per pair.
    public let width: Int
    /// The values, [pair × width].
    public let values: [Float]
}

/// The last hidden layers of a model's three parts, for the same pairs.
public struct HiddenLayers: Codable, Sendable, Equatable {
    /// Of the branch that looks.
    public let image: HiddenLayer
    /// Of the branch that listens.
    public let audio: HiddenLayer
    /// Of the head, which knows both.
    public let fused: HiddenLayer
}
