/// Where a model looks and listens: how much each place of an image and of a clip speaks for what the model said.
///
/// By occlusion: a patch is covered with what is usual at its place, and the loss in the said class's probability is what the
/// patch was worth. M. D. Zeiler, R. Fergus, "Visualizing and understanding convolutional networks", 2014.
public struct Attribution: Codable, Sendable, Equatable {
    /// One modality's map.
    public struct Map: Codable, Sendable, Equatable {
        /// An image's rows of pixels, or a clip's frames.
        public let height: Int
        /// An image's columns of pixels, or the values of a frame.
        public let width: Int
        /// [height × width], −1 to 1: by how much the said class's probability falls when the place is covered, the mean over
        /// the patches that cover it. Below 0 where the place speaks against what was said.
        public let values: [Float]
    }

    /// The class that was said, from 0.
    public let classIndex: Int
    /// Over the image.
    public let image: Map
    /// Over the audio features.
    public let audio: Map
}
