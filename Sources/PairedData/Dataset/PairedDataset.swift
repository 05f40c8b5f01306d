/// Pairs of an image and an audio clip, in memory, with their labels where those are known.
///
/// Values are raw, as stored in the files: scaling and standardizing is `Normalization`'s work, once the training rows are known.
public struct PairedDataset: Sendable {
    /// Number of pairs.
    public let count: Int
    /// Shape of one image, in Keras's order: height, width, channels.
    public let imageShape: [Int]
    /// Shape of one audio clip, as a one-dimensional convolution takes it: values, 1. The digits have [507, 1], which are
    /// 39 frames of 13 MFCCs, frame after frame.
    public let audioShape: [Int]
    /// `count` images one after another, values from 0 to 255.
    public let images: [Float]
    /// `count` audio clips one after another, finite values.
    public let audio: [Float]
    /// The class of each pair, from 0 to `classNames.count - 1`; nil where the labels are not known.
    public let labels: [Int]?
    /// Which recording each pair's audio came from: pairs with the same number share a recording. Nil where unknown.
    public let utterances: [Int32]?
    /// Who speaks in each pair's audio; `unknownSpeaker` where nobody said. Nil where nothing is known of any.
    public let speakers: [Int32]?
    /// The name of each class; empty where nothing is known of the classes.
    public let classNames: [String]
    /// How many of the first pairs are the dataset's own training side. The pairs after them are its own test side.
    public let trainSideCount: Int

    /// Stands for a speaker whose name is not known.
    public static let unknownSpeaker: Int32 = -1

    /// Values per image.
    public var imageSize: Int { imageShape.reduce(1, *) }
    /// Values per audio clip.
    public var audioSize: Int { audioShape.reduce(1, *) }

    /// For callers in this module that have checked all values already.
    init(
        unchecked count: Int, imageShape: [Int], audioShape: [Int], images: [Float], audio: [Float], labels: [Int]?,
        utterances: [Int32]?, speakers: [Int32]?, classNames: [String], trainSideCount: Int
    ) {
        self.count = count
        self.imageShape = imageShape
        self.audioShape = audioShape
        self.images = images
        self.audio = audio
        self.labels = labels
        self.utterances = utterances
        self.speakers = speakers
        self.classNames = classNames
        self.trainSideCount = trainSideCount
    }
}
