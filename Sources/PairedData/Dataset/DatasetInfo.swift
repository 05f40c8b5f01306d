/// What a dataset folder holds, in numbers: for people to read and for programs as JSON.
public struct DatasetInfo: Codable, Sendable, Equatable {
    /// One of the folder's sides.
    public struct Side: Codable, Sendable, Equatable {
        /// "train" or "test".
        public var name: String
        /// Number of pairs.
        public var pairs: Int
        /// Pairs of each class, in the order of `classes`; nil where the side has no labels.
        public var pairsPerClass: [Int]?
        /// Distinct recordings among the pairs.
        public var recordings: Int
        /// Who speaks, in the order of the speakers' numbers: names by `dataset.json`, else the numbers; nil where nobody knows.
        public var speakers: [String]?
        /// The most pairs that use one recording.
        public var mostRepeats: Int
        /// What the images' values are like.
        public var images: Values
        /// What the audio's values are like.
        public var audio: Values
    }

    /// What the values of one kind are like.
    public struct Values: Codable, Sendable, Equatable {
        /// Shape of one row.
        public var shape: [Int]
        /// NumPy's name of the stored type.
        public var type: String
        /// The smallest value.
        public var minimum: Float
        /// The largest value.
        public var maximum: Float
        /// The mean of all values.
        public var mean: Double
        /// The population standard deviation of all values.
        public var deviation: Double
    }

    /// The folder.
    public var path: String
    /// The dataset's name, by its `dataset.json`.
    public var name: String?
    /// The names of the classes.
    public var classes: [String]
    /// The sides that the folder has.
    public var sides: [Side]
    /// How many recordings stand on both sides.
    public var sharedRecordings: Int
    /// Where the data comes from.
    public var sources: [DatasetDescription.Source]
    /// How the audio values were computed.
    public var features: DatasetDescription.Features?
    /// The name of exactly this data; see `PairedDataset.fingerprint()`. Nil where no side has labels.
    public var fingerprint: String?
    /// What the user should know before training on this data.
    public var warnings: [String]
}
