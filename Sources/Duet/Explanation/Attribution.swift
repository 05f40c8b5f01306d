/// What a prediction rests on: how much each place of each modality speaks for the predicted class.
///
/// By occlusion: a patch is covered with what is usual at its place, and the loss in the predicted class's probability is what the
/// patch was worth. M. D. Zeiler, R. Fergus, "Visualizing and understanding convolutional networks", 2014.
public struct Attribution: Codable, Sendable, Equatable {
    /// One modality's map.
    public struct Map: Codable, Sendable, Equatable {
        /// The modality's name.
        public let modality: String
        /// An image's rows of pixels, or a clip's frames.
        public let height: Int
        /// An image's columns of pixels, or the values of a frame.
        public let width: Int
        /// [height × width], −1 to 1: by how much the predicted class's probability falls when the place is covered, the mean over
        /// the patches that cover it. Below 0 where the place speaks against the prediction.
        public let values: [Float]
    }

    /// The predicted class, from 0.
    public let classIndex: Int
    /// A map for each modality, in the order of the model's branches.
    public let maps: [Map]

    /// The map of a modality; nil where there is none.
    public subscript(modality: String) -> Map? { maps.first { $0.modality == modality } }
}
