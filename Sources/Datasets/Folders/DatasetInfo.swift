import FileFormats
import Foundation

/// What a dataset folder holds, in numbers: for people to read and for programs as JSON.
public struct DatasetInfo: Codable, Sendable, Equatable {
    /// One of the folder's sides.
    public struct Side: Codable, Sendable, Equatable {
        /// "train" or "test".
        public var name: String
        /// The number of examples.
        public var examples: Int
        /// Examples of each class, in the order of `classes`; nil where the side has no labels.
        public var examplesPerClass: [Int]?
        /// Distinct groups among the examples, such as recordings.
        public var groups: Int
        /// Who speaks, in the order of the speakers' numbers: names by `dataset.json`, else the numbers; nil where nobody knows.
        public var speakers: [String]?
        /// The size of the largest group.
        public var largestGroup: Int
        /// What the values of each modality are like, in the order of the columns.
        public var modalities: [Values]
        /// The waveforms that are kept for augmentation; empty where there are none.
        public var waveforms: [Waveform]
    }

    /// What the waveforms of one modality are like.
    public struct Waveform: Codable, Sendable, Equatable {
        /// The modality's name.
        public var name: String
        /// Distinct recordings.
        public var recordings: Int
        /// Samples per second.
        public var sampleRate: Int
        /// The length of all of them.
        public var seconds: Double
    }

    /// Background examples of one modality.
    public struct BackgroundExamples: Codable, Sendable, Equatable {
        /// The number of examples.
        public var examples: Int
        /// What their values are like.
        public var values: Values
    }

    /// What the values of one modality are like.
    public struct Values: Codable, Sendable, Equatable {
        /// The modality's name.
        public var name: String
        /// What its values are made of.
        public var kind: Modality.Kind
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
        public var standardDeviation: Double
    }

    /// The version of this format.
    public var version = 1
    /// The folder.
    public var path: String
    /// The dataset's name, by its `dataset.json`.
    public var name: String?
    /// The names of the classes.
    public var classes: [String]
    /// The sides that the folder has.
    public var sides: [Side]
    /// Examples of no class, by modality; empty where there are none.
    public var background: [BackgroundExamples]
    /// How many groups are on both sides.
    public var sharedGroups: Int
    /// Where the data comes from.
    public var sources: [DatasetDescription.Source]
    /// What is known of the modalities.
    public var modalities: [ModalityDescription]
    /// The name of exactly this data; see `Dataset.fingerprint()`. Nil where no side has labels.
    public var fingerprint: String?
    /// What the user should know before training on this data.
    public var warnings: [String]

    /// Reads a dataset folder whole, checks it and measures it.
    ///
    /// - Throws: `DuetError`, naming the file and the value.
    public init(_ folder: DatasetFolder) throws {
        let pool = try folder.load(pooling: folder.sides)
        let labels = try Dictionary(uniqueKeysWithValues: folder.sides.map { ($0, try folder.files[$0]?.readLabels()) })
        let groups = try pool.groups ?? pool.derivedGroups()
        let ranges = [0..<pool.trainSideCount, pool.trainSideCount..<pool.count]

        path = folder.url.path
        name = folder.description?.name
        classes = pool.classNames
        sources = folder.description?.sources ?? []
        modalities = folder.description?.modalities ?? folder.modalities.map { ModalityDescription($0) }
        sides = []
        for (side, rows) in zip(folder.sides, ranges) {
            guard let files = folder.files[side] else { continue }
            sides.append(
                Side(
                    name: side.rawValue, examples: rows.count,
                    examplesPerClass: labels[side]??.counts(below: pool.classNames.count),
                    groups: Set(groups[rows]).count,
                    speakers: pool.speakers.map { folder.speakerNames(of: $0[rows]) },
                    largestGroup: Dictionary(grouping: groups[rows]) { $0 }.values.map(\.count).max() ?? 0,
                    modalities: try zip(pool.columns, files.columns).map { try Values($0, rows, file: $1) },
                    waveforms: side == .train ? try folder.modalities.compactMap(folder.waveformInfo) : []))
        }
        background = try pool.columns.compactMap { column in
            try folder.background(for: column).map { background in
                let file = folder.url.appendingPathComponent(
                    DatasetFolder.fileName(of: column.modality, DatasetFolder.backgroundPart))
                return BackgroundExamples(
                    examples: background.count,
                    values: try Values(background.column, 0..<background.count, file: file))
            }
        }
        sharedGroups = Set(groups[ranges[0]]).intersection(groups[ranges[1]]).count
        // A model is trained on the labelled sides, so theirs is the fingerprint that it carries.
        switch folder.labelledSides {
        case folder.sides: fingerprint = try pool.fingerprint()
        case [.train]: fingerprint = try folder.load().fingerprint()
        default: fingerprint = nil
        }
        warnings = []
        warnings = findWarnings() + (try folder.findChangedFiles())
    }

    private func findWarnings() -> [String] {
        var found: [String] = []
        if sharedGroups > 0 {
            found.append(
                "\(sharedGroups) groups, such as recordings, are on both sides; the split by group leaves their training "
                    + "examples out")
        }
        for side in sides {
            if side.groups < side.examples, side.name == DatasetFolder.Side.train.rawValue {
                found.append(
                    "\(side.name): \(side.examples) examples share \(side.groups) groups, such as recordings. A random split of "
                        + "the examples, as in the paper, puts examples of one group on several sides")
            }
            for values in side.modalities where values.kind == .image && values.maximum <= 1 {
                found.append(
                    "\(side.name): no pixel of \(values.name) is above \(values.maximum); expected values up to 255, as Duet "
                        + "divides by 255 itself")
            }
            for (label, count) in (side.examplesPerClass ?? []).enumerated() where count == 0 {
                found.append("\(side.name): no example of the class '\(classes[label])'")
            }
        }
        return found
    }
}

extension DatasetInfo.Values {
    fileprivate init(_ column: Column, _ rows: Range<Int>, file: URL) throws {
        var (minimum, maximum) = (Float.infinity, -Float.infinity)
        var sum = 0.0
        for row in rows {
            for value in try column[row] {
                (minimum, maximum) = (min(minimum, value), max(maximum, value))
                sum += Double(value)
            }
        }
        let count = Double(max(rows.count * column.size, 1))
        let mean = sum / count
        var squares = 0.0
        for row in rows {
            for value in try column[row] { squares += (Double(value) - mean) * (Double(value) - mean) }
        }
        self.init(
            name: column.modality.name, kind: column.modality.kind, shape: column.shape,
            type: try NPYArray.readHeader(InputFile(file)).header.elementType.rawValue,
            minimum: rows.isEmpty ? 0 : minimum, maximum: rows.isEmpty ? 0 : maximum, mean: mean,
            standardDeviation: (squares / count).squareRoot())
    }
}

extension DatasetFolder {
    fileprivate func waveformInfo(_ modality: Modality) throws -> DatasetInfo.Waveform? {
        try waveforms(of: modality).map {
            .init(
                name: modality.name, recordings: $0.recordings, sampleRate: $0.sampleRate,
                seconds: Double($0.sampleCount) / Double($0.sampleRate))
        }
    }

    /// The speakers among some rows; one whom `dataset.json` does not name goes by the number.
    fileprivate func speakerNames(of rows: ArraySlice<Int32>) -> [String] {
        let names = description?.speakers ?? []
        return Set(rows).sorted().map { names.indices.contains(Int($0)) ? names[Int($0)] : String($0) }
    }

    /// A sentence for each file that is not what `dataset.json` says it is.
    fileprivate func findChangedFiles() throws -> [String] {
        try (description?.files ?? [:]).sorted { $0.key < $1.key }.compactMap { name, checksum in
            let file = url.appendingPathComponent(name)
            guard Self.fileNames(for: modalities).contains(name), FileManager.default.fileExists(atPath: file.path)
            else {
                return nil
            }
            return try FileDigest.sha256(of: file) == checksum
                ? nil : "\(name) is not the file that dataset.json describes: its SHA-256 is another"
        }
    }
}

extension [Int] {
    /// How often each number from 0 to `limit - 1` occurs.
    fileprivate func counts(below limit: Int) -> [Int] {
        reduce(into: [Int](repeating: 0, count: limit)) { $0[$1] += 1 }
    }
}
