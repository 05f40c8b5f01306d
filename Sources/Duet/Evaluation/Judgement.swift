import MediaFeatures

/// What a model says about one picture and one recording, and how it comes to that.
public struct Judgement: Codable, Equatable, Sendable {
    /// What was done to a picture before the model saw it.
    public struct Picture: Codable, Hashable, Sendable {
        /// The picture's own columns.
        public let width: Int
        /// The picture's own rows.
        public let height: Int
        /// Columns of the model's images.
        public let modelWidth: Int
        /// Rows of the model's images.
        public let modelHeight: Int
        /// What it was prepared as.
        public let preparation: PicturePreparation
        /// What that did, where it was prepared as a digit.
        public let digit: DigitPreparation?
    }

    /// The model's answer: the head on what is there. A missing modality counts as absent: every class equally likely.
    public let decision: Classifier.Prediction
    /// The head's answer with the audio absent; nil where there is no picture.
    public let imageAlone: Classifier.Prediction?
    /// The head's answer with the image absent; nil where there is no recording.
    public let audioAlone: Classifier.Prediction?
    /// Whether image and audio, each alone, are of different classes. False where one is missing.
    public let disagree: Bool
    /// What was done to the picture; nil where there is none.
    public let picture: Picture?
    /// What was done to the recording; nil where there is none.
    public let clip: ClipPreparation?
}
