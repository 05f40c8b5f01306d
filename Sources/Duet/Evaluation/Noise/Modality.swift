/// One of the two things that a pair consists of.
public enum Modality: String, Codable, Sendable, CaseIterable {
    /// The picture.
    case image
    /// The sound, as features.
    case audio

    /// The modality that is left when this one is absent.
    public var other: Modality { self == .image ? .audio : .image }
}
