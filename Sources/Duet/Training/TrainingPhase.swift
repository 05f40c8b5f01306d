/// What is trained at a time.
public enum TrainingPhase: Hashable, Sendable {
    /// All weights, on the model's output.
    case joint
    /// The branch of one modality alone, on its own softmax output.
    case branch(String)
    /// The head, on the outputs of the trained branches.
    case head
    /// All weights once more, after the head.
    case fineTune
}

extension TrainingPhase: RawRepresentable, Codable {
    /// The phase of this name; every name but `joint`, `head` and `fine-tune` is a modality's.
    public init(rawValue: String) {
        self =
            switch rawValue {
            case "joint": .joint
            case "head": .head
            case "fine-tune": .fineTune
            default: .branch(rawValue)
            }
    }

    /// `joint`, the branch's modality, `head` or `fine-tune`.
    public var rawValue: String {
        switch self {
        case .joint: "joint"
        case .branch(let modality): modality
        case .head: "head"
        case .fineTune: "fine-tune"
        }
    }
}
