import FileFormats
package import Foundation
public import Media

/// What a dataset's `dataset.json` says: where the data comes from, and what it means.
public struct DatasetDescription: Codable, Sendable, Equatable {
    /// The file's name in a dataset folder.
    public static let fileName = "dataset.json"
    /// The version of the format that this code reads and writes.
    public static let currentVersion = 2

    /// Version of this format.
    public var version: Int
    /// The dataset's name.
    public var name: String
    /// The name of each class, in the order of the labels.
    public var classes: [String]
    /// The modalities, in the order of the columns.
    public var modalities: [ModalityDescription]
    /// The name of each speaker, in the order of the numbers in `speakers_*.npy`; nil where it is not known.
    public var speakers: [String]?
    /// Where images and audio come from.
    public var sources: [Source]
    /// How recordings were varied where training examples use one again; nil where they are as they were.
    public var variation: AudioVariation?
    /// The waveforms of the training side's recordings, by modality; nil where they were not kept.
    public var waveforms: [String: WaveformDescription]?
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

    /// What the waveforms of a modality are like.
    public struct WaveformDescription: Codable, Sendable, Equatable {
        /// Samples per second.
        public var sampleRate: Int

        /// Waveforms of a sample rate in Hz.
        public init(sampleRate: Int) {
            self.sampleRate = sampleRate
        }
    }

    /// A description of the current version.
    public init(
        name: String, classes: [String], modalities: [ModalityDescription] = [.init(.image), .init(.audio)],
        speakers: [String]? = nil, sources: [Source] = [], files: [String: String] = [:]
    ) {
        version = Self.currentVersion
        self.name = name
        self.classes = classes
        self.modalities = modalities
        self.speakers = speakers
        self.sources = sources
        self.files = files
    }

    /// Decodes a description. `name` and `classes` must be there; without `modalities`, those are an image and audio. Unknown
    /// keys are ignored.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        version = try container.decodeIfPresent(Int.self, forKey: .version) ?? Self.currentVersion
        name = try container.decode(String.self, forKey: .name)
        classes = try container.decode([String].self, forKey: .classes)
        modalities =
            try container.decodeIfPresent([ModalityDescription].self, forKey: .modalities)
            ?? [.init(.image), .init(.audio)]
        speakers = try container.decodeIfPresent([String].self, forKey: .speakers)
        sources = try container.decodeIfPresent([Source].self, forKey: .sources) ?? []
        variation = try container.decodeIfPresent(AudioVariation.self, forKey: .variation)
        waveforms = try container.decodeIfPresent([String: WaveformDescription].self, forKey: .waveforms)
        files = try container.decodeIfPresent([String: String].self, forKey: .files) ?? [:]
    }
}

extension DatasetDescription {
    /// The description in a dataset folder, or nil where the folder has none.
    ///
    /// - Throws: `DuetError` of kind `badData`, when the file is not JSON, lacks a key or is of another version.
    static func read(from folder: URL) throws -> DatasetDescription? {
        let url = folder.appendingPathComponent(fileName)
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        let file = try InputFile(url)
        guard file.size <= 1 << 24 else {
            throw DuetError(.badData, "\(url.path) is too large for a description: \(file.size) bytes")
        }
        let text = String(decoding: try file.read(file.size), as: UTF8.self)
        try FormatVersion.check(text, current: currentVersion, in: url.path, remedy: "fetch or build the dataset again")
        let description = try JSON.value(DatasetDescription.self, from: text, in: url.path)
        guard !description.classes.isEmpty else {
            throw DuetError(.badData, "\(url.path) names no classes; expected their names in the order of the labels")
        }
        do {
            try Modality.check(description.modalities.map(\.modality))
        } catch let error as DuetError {
            throw DuetError(error.kind, "\(url.path): \(error.message)")
        }
        return description
    }

    /// Writes the description into a dataset folder.
    ///
    /// - Throws: `DuetError` of kind `exists` or `cannotWrite`.
    package func write(to folder: URL, overwrite: Bool = false) throws {
        let text = try JSON.prettyText(self) + "\n"
        try AtomicFile.write(to: folder.appendingPathComponent(Self.fileName), overwrite: overwrite) {
            try $0.write(text)
        }
    }
}
