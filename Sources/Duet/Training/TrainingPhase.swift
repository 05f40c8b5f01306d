/// What is trained at a time.
public enum TrainingPhase: Hashable, Sendable {
    /// All weights, on the model's output.
    case joint
    /// The branch of one modality alone, on its own softmax output.
    case branch(String)
    /// The branch of one modality on all training examples but one fold of them, counted from 1, so that there is something to train
    /// the head on that a branch has not seen.
    case fold(String, Int)
    /// The head, on what the fusion reads of the trained branches.
    case head
    /// All weights once more, after the head.
    case fineTune
}

extension TrainingPhase: RawRepresentable, Codable {
    /// The phase of this name; every name but `joint`, `head` and `fine-tune` is a modality's, with or without a fold.
    public init(rawValue: String) {
        if let match = rawValue.wholeMatch(of: /(.+)\/fold-([0-9]+)/), let fold = Int(match.2) {
            self = .fold(String(match.1), fold)
            return
        }
        self =
            switch rawValue {
            case "joint": .joint
            case "head": .head
            case "fine-tune": .fineTune
            default: .branch(rawValue)
            }
    }

    /// `joint`, the branch's modality, `image/fold-1`, `head` or `fine-tune`.
    public var rawValue: String {
        switch self {
        case .joint: "joint"
        case .branch(let modality): modality
        case .fold(let modality, let fold): "\(modality)/fold-\(fold)"
        case .head: "head"
        case .fineTune: "fine-tune"
        }
    }
}

extension TrainingPhase {
    /// The modality whose branch is trained alone; nil where it is not.
    var branch: String? {
        switch self {
        case .branch(let modality), .fold(let modality, _): modality
        case .joint, .head, .fineTune: nil
        }
    }

    /// Whether the weights that the phase leaves are not the model's.
    var isFold: Bool { if case .fold = self { true } else { false } }
}
