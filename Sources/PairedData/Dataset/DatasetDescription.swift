import Foundation
import MediaFeatures

/// What a dataset's `dataset.json` says: where the data comes from, and what it means.
public struct DatasetDescription: Codable, Sendable, Equatable {
    /// The file's name in a dataset folder.
    public static let fileName = "dataset.json"
    /// The newest version of the format that this code reads, and the one that it writes.
    public static let currentVersion = 1

    /// Version of this format.
    public var version: Int
    /// The dataset's name.
    public var name: String
    /// The name of each class, in the order of the labels.
    public var classes: [String]
    /// The name of each speaker, in the order of the numbers in `speakers_*.npy`; nil where nobody said.
    public var speakers: [String]?
    /// Where images and audio come from.
    public var sources: [Source]
    /// How the audio values were computed.
    public var features: Features?
    /// How pictures from files are made to look like the images; nil where nobody said.
    public var pictures: Pictures?
    /// How recordings were varied where training pairs use one again; nil where they are as they were.
    public var variation: AudioVariation?
    /// SHA-256 of the folder's data files, by file name, in hexadecimal.
    public var files: [String: String]

    /// One place that data comes from.
    public struct Source: Codable, Sendable, Equatable {
        /// What it is called.
        public var name: String
        /// Where to read about it.
        public var url: String?
        /// Under which licence its data stands.
        public var licence: String?
        /// Whom to name when using it.
        public var citation: String?
        /// The file that was fetched.
        public var file: String?
        /// That file's SHA-256, in hexadecimal.
        public var sha256: String?
        /// The licence of the package that carries the data, by its own words.
        public var packageLicence: String?

        /// A source; what is not known stays nil.
        public init(
            name: String, url: String? = nil, licence: String? = nil, citation: String? = nil, file: String? = nil,
            sha256: String? = nil, packageLicence: String? = nil
        ) {
            self.name = name
            self.url = url
            self.licence = licence
            self.citation = citation
            self.file = file
            self.sha256 = sha256
            self.packageLicence = packageLicence
        }
    }

    /// How the audio values were computed from sound.
    public struct Features: Codable, Sendable, Equatable {
        /// What they are, such as "mfcc".
        public var kind: String
        /// Values per frame.
        public var coefficients: Int
        /// Frames per clip; shorter clips end in frames of zeros.
        public var frames: Int
        /// Everything that it takes to compute them from a sound file; nil where the source does not say.
        public var settings: AudioFeatureSettings?

        /// Values from a source that says no more of them.
        public init(kind: String, coefficients: Int, frames: Int) {
            self.kind = kind
            self.coefficients = coefficients
            self.frames = frames
        }

        /// Values that Duet can compute.
        public init(_ settings: AudioFeatureSettings) {
            self.init(kind: "mfcc", coefficients: settings.valuesPerFrame, frames: settings.frames)
            self.settings = settings
        }
    }

    /// How pictures from files become the dataset's images.
    public struct Pictures: Codable, Sendable, Equatable {
        /// What is done to a picture before it has the images' size.
        public var preparation: PicturePreparation

        /// Pictures that are prepared in this way.
        public init(preparation: PicturePreparation) {
            self.preparation = preparation
        }
    }

    /// A description of the current version.
    public init(
        name: String, classes: [String], speakers: [String]? = nil, sources: [Source] = [],
        features: Features? = nil, pictures: Pictures? = nil, files: [String: String] = [:]
    ) {
        version = Self.currentVersion
        self.name = name
        self.classes = classes
        self.speakers = speakers
        self.sources = sources
        self.features = features
        self.pictures = pictures
        self.files = files
    }

    /// Decodes a description. `name` and `classes` must be there; unknown keys are passed over.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        version = try container.decodeIfPresent(Int.self, forKey: .version) ?? Self.currentVersion
        name = try container.decode(String.self, forKey: .name)
        classes = try container.decode([String].self, forKey: .classes)
        speakers = try container.decodeIfPresent([String].self, forKey: .speakers)
        sources = try container.decodeIfPresent([Source].self, forKey: .sources) ?? []
        features = try container.decodeIfPresent(Features.self, forKey: .features)
        pictures = try container.decodeIfPresent(Pictures.self, forKey: .pictures)
        variation = try container.decodeIfPresent(AudioVariation.self, forKey: .variation)
        files = try container.decodeIfPresent([String: String].self, forKey: .files) ?? [:]
    }
}
