import Datasets
import Duet

/// One of the outputs of a model.
struct OutputName: Equatable {
    /// What an output has for each row.
    enum Content {
        /// Each class's probability.
        case probabilities
        /// The most probable class's name.
        case label
        /// Whether the modalities, each alone, are predicted as different classes.
        case disagree
    }

    let content: Content
    /// The modality that it is predicted from alone; nil for all that are present.
    let modality: String?

    /// Its name in requests and responses.
    var text: String {
        let name =
            switch content {
            case .probabilities: "probabilities"
            case .label: "label"
            case .disagree: "disagree"
            }
        return modality.map { "\($0)_\(name)" } ?? name
    }

    /// All outputs of a model: those of its modalities alone where it has several.
    /// - Parameter model: the model.
    /// - Returns: its outputs, in the order in which they are listed.
    static func all(of model: TrainedModel) -> [OutputName] {
        let modalities = model.architecture.modalities.map(\.name)
        let whole = [OutputName(content: .probabilities, modality: nil), OutputName(content: .label, modality: nil)]
        guard modalities.count > 1 else { return whole }
        return whole + [OutputName(content: .disagree, modality: nil)]
            + modalities.flatMap {
                [OutputName(content: .probabilities, modality: $0), OutputName(content: .label, modality: $0)]
            }
    }

    /// The protocol's type of its values.
    var datatype: String {
        switch content {
        case .probabilities: "FP32"
        case .label: "BYTES"
        case .disagree: "BOOL"
        }
    }

    /// The shape of an output of so many rows.
    /// - Parameters:
    ///   - rows: the number of rows; -1 for any.
    ///   - classes: the number of classes.
    /// - Returns: the shape.
    func shape(rows: Int, classes: Int) -> [Int] { content == .probabilities ? [rows, classes] : [rows] }
}
