import Foundation

/// The predictions for examples that were made of files, as JSON: what `duet predict --json` prints.
public struct PredictionReport: Encodable, Sendable {
    private enum CodingKeys: CodingKey {
        case version, classNames, examples
    }

    /// The files of one example, as they were named, and its prediction.
    public struct Example: Encodable, Sendable {
        /// The files' names, as they were given, by modality.
        public let files: [String: String]
        /// The prediction.
        public let prediction: MediaPrediction

        private enum CodingKeys: CodingKey {
            case files
        }

        /// The prediction's own keys, with the files beside them.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(files, forKey: .files)
            try prediction.encode(to: encoder)
        }
    }

    /// The classes' names, in the order of the probabilities.
    public let classNames: [String]
    /// The examples, in their order.
    public let examples: [Example]

    /// Puts files and their predictions together, as many of the one as of the other.
    public init(_ files: [MediaFiles], _ predictions: [MediaPrediction], classNames: [String]) {
        self.init(names: files.map { $0.files.mapValues(\.relativePath) }, predictions, classNames: classNames)
    }

    /// Puts names of files and predictions together, as many of the one as of the other.
    /// - Parameters:
    ///   - names: the names of each example's files, by modality.
    ///   - predictions: the predictions.
    ///   - classNames: the classes' names.
    package init(names: [[String: String]], _ predictions: [MediaPrediction], classNames: [String]) {
        self.classNames = classNames
        examples = zip(names, predictions).map { Example(files: $0, prediction: $1) }
    }

    /// Writes version, class names and examples.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(1, forKey: .version)
        try container.encode(classNames, forKey: .classNames)
        try container.encode(examples, forKey: .examples)
    }
}
