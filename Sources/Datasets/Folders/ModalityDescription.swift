public import Media

/// What is known of a modality's values: how they are made of a file.
public struct ModalityDescription: Codable, Sendable, Equatable {
    /// The modality's name.
    public var name: String
    /// What its values are made of.
    public var kind: Modality.Kind
    /// For images: what is done to a picture before it has the images' size; nil where it is not known.
    public var preparation: PicturePreparation?
    /// For audio: how the values were computed; nil where it is not known.
    public var features: Features?

    /// A modality; what is not known stays nil.
    public init(_ modality: Modality, preparation: PicturePreparation? = nil, features: Features? = nil) {
        (name, kind) = (modality.name, modality.kind)
        self.preparation = preparation
        self.features = features
    }

    /// The modality itself.
    public var modality: Modality { Modality(name, kind) }

    /// How audio features were computed from sound.
    public struct Features: Codable, Sendable, Equatable {
        /// What they are, such as "mfcc".
        public var kind: String
        /// Values per frame.
        public var coefficients: Int
        /// Frames per clip; shorter clips are zero-padded.
        public var frames: Int
        /// Everything that it takes to compute them from a sound file; nil where the source does not say.
        public var settings: AudioFeatureSettings?

        /// Features from a source that says no more of them.
        public init(kind: String, coefficients: Int, frames: Int) {
            self.kind = kind
            self.coefficients = coefficients
            self.frames = frames
        }

        /// Features that Duet can compute.
        public init(_ settings: AudioFeatureSettings) {
            self.init(kind: "mfcc", coefficients: settings.valuesPerFrame, frames: settings.frames)
            self.settings = settings
        }
    }
}
