public import FileFormats
public import Foundation
public import Media

/// Makes a dataset folder from pictures and recordings, or from one of the two.
///
/// ```swift
/// let material = try DatasetMaterial(images: pictures, audio: [recordings])
/// try DatasetBuilder().build(material, to: URL(fileURLWithPath: "data/mine"))
/// ```
public struct DatasetBuilder: Sendable {
    /// How the test side is chosen, where the material does not say it.
    public enum Splitting: Equatable, Sendable {
        /// A tenth of each class's recordings, and of its pictures. What the Free Spoken Digit Dataset's names and IDX files' names
        /// say is kept.
        case recording
        /// All that these speakers say; with no names, a tenth of the speakers, at least one.
        case speaker([String])
    }

    /// Rows, columns and channels of the images; nil for those of the material where it has a size, else 28, 28, 1.
    public var imageShape: [Int]?
    /// What is done to each picture first; nil for what was done to a dataset's own pictures, and nothing for others.
    public var preparation: PicturePreparation?
    /// How each recording becomes values; nil for the settings of a dataset folder among the recordings, else the paper's.
    public var audio: AudioFeatureSettings?
    /// The classes, in the order of their numbers; nil for those of the material, numbers by value and words by alphabet.
    public var classNames: [String]?
    /// How the test side is chosen.
    public var splitting = Splitting.recording
    /// How recordings change where a training pair uses one again; nil to use them as they are.
    public var variation: AudioVariation?
    /// Whether the waveforms of the training side's recordings are kept beside their features, for augmentation in training. Not
    /// together with a variation, whose features are not those of the recordings.
    public var keepsWaveforms = false
    /// How often each training pair is there, at least 1; more than once makes sense with a variation.
    public var repeats = 1
    /// Settles what is drawn at random.
    public var seed: UInt64 = 0
    /// Threads to read files on.
    public var threads = ProcessInfo.processInfo.activeProcessorCount

    /// A builder with the paper's audio features.
    public init() {}

    /// Builds a dataset folder: whole or not at all.
    ///
    /// - Parameters:
    ///   - material: the pictures and recordings.
    ///   - output: the folder to make.
    ///   - overwrite: whether an existing dataset folder may be replaced. A folder with other files in it never is.
    ///   - monitor: told of progress; where it cancels, nothing is left of the work.
    /// - Returns: the new folder.
    /// - Throws: `DuetError`; of bad files, all are named at once.
    @discardableResult
    public func build(
        _ material: DatasetMaterial, to output: URL, overwrite: Bool = false,
        monitor: WorkMonitor = .none
    ) throws -> DatasetFolder {
        guard variation == nil || !keepsWaveforms else {
            throw DuetError(
                .usage, "a dataset has varied recordings, or their waveforms to be varied in training; choose one")
        }
        let replaceable = overwrite ? DatasetFolder.fileNames() : nil
        try AtomicFolder.check(output, replacing: replaceable)
        let classes = try classes(of: material)
        let stored = material.column(of: .image)?.column.stored
        let known = preparation ?? material.pictureDescription?.modalities.first { $0.kind == .image }?.preparation
        let pictureSettings = try Self.asDuetError {
            try PictureSettings(shape: imageShape ?? stored?.shape ?? [28, 28, 1], preparation: known ?? .none)
        }
        let audio = try audioSettings(for: material)
        do {
            let reader = MaterialReader(threads: threads, monitor: monitor)
            // What is wrong with the files of one modality is told together with what is wrong with the others'.
            var problems = ProblemList()
            func read(_ column: MaterialColumn, _ label: String) throws -> MaterialReader.Column? {
                do {
                    return switch column.modality.kind {
                    case .image: try reader.pictures(column, pictureSettings, label: label)
                    case .audio:
                        try reader.recordings(
                            column, audio, keepsWaveforms: keepsWaveforms, label: label)
                    }
                } catch let unreadable as UnreadableFiles {
                    problems.add(unreadable.problems)
                    return nil
                }
            }
            let columns = try material.columns.compactMap { try read($0, "Reading \($0.noun)") }
            let background = try material.background.compactMap { column in
                try read(column, "Reading background \(column.noun)").map { (column: column, values: $0) }
            }
            try problems.check("Reading files")
            for part in background {
                guard let number = material.column(of: part.column.modality)?.number else { continue }
                try Self.checkDistinct(part, from: columns[number], material.columns[number])
            }
            let plan = try ExamplePlan(
                material, identities: columns.map(\.identities), classes: classes, splitting: splitting,
                repeats: repeats, seed: seed)
            var writer = DatasetWriter(
                material: material, plan: plan, columns: columns, classes: classes, pictureSettings: pictureSettings,
                audio: audio)
            // Of an IDX file's pictures nobody knows how they were made.
            writer.knowsPreparation = known != nil || stored == nil
            writer.background = background
            if let variation { try writer.vary(variation, seed: seed, reader) }
            try AtomicFolder.make(at: output, replacing: replaceable) { folder in
                try writer.write(to: folder, name: output.lastPathComponent)
                if monitor.isCancelled { throw CancellationError() }
            }
        } catch let unreadable as UnreadableFiles {
            try unreadable.problems.check("Varying recordings")
        } catch is CancellationError {
            throw DuetError(.interrupted, "stopped; \(output.path) was not made. The same command starts again")
        }
        return try DatasetFolder(output)
    }

    /// How recordings become values: as wanted, and as those were made of which there are only features.
    private func audioSettings(for material: DatasetMaterial) throws -> AudioFeatureSettings {
        guard let stored = material.column(of: .audio)?.column.storedRecordings else {
            return audio ?? AudioFeatureSettings()
        }
        guard audio == nil || audio == stored.settings else {
            throw DuetError(
                .usage,
                "the recordings of a dataset folder are features already, of other settings than those asked for; leave out the "
                    + "options of recordings")
        }
        return stored.settings
    }

    /// The classes' names: as wanted, or those of the material. Each class needs files of each modality.
    private func classes(of material: DatasetMaterial) throws -> [String] {
        let labels = material.columns.map { Set($0.items.map(\.label)) }
        let all = labels.reduce(Set()) { $0.union($1) }
        let classes = classNames ?? ClassOrder.ordered(all)
        guard classes.count >= 2, Set(classes).count == classes.count, classes.count <= Dataset.classLimit else {
            throw DuetError(
                .badData,
                "there are \(classes.count) classes (\(classes.prefix(5).joined(separator: ", "))); expected 2 to "
                    + "\(Dataset.classLimit), each with a name of its own")
        }
        var problems = ProblemList()
        for name in ClassOrder.ordered(all.union(classes)) {
            let there = zip(material.columns, labels).filter { $1.contains(name) }.map(\.0.noun)
            let missing = zip(material.columns, labels).filter { !$1.contains(name) }.map(\.0.noun)
            if there.isEmpty {
                problems.add("'\(name)' has no \(missing.joined(separator: " and no "))")
            } else if !missing.isEmpty {
                problems.add(
                    "'\(name)' has \(there.joined(separator: " and ")) but no \(missing.joined(separator: " and no "))")
            } else if !classes.contains(name) {
                problems.add("'\(name)' is not among the classes \(classes.joined(separator: ", "))")
            }
        }
        try problems.check("the classes do not match")
        return classes
    }

    /// Throws where a background example is an example of a class too, such as where its folder holds the others'.
    private static func checkDistinct(
        _ background: (column: MaterialColumn, values: MaterialReader.Column), from values: MaterialReader.Column,
        _ column: MaterialColumn
    ) throws {
        func firstItems(_ rows: MaterialReader.Column.Rows) -> [AnyHashable: Int] {
            let keys: [AnyHashable] =
                switch rows {
                case .pixels(let pixels): pixels.map(AnyHashable.init)
                case .features(let features, _, _): features.map(AnyHashable.init)
                }
            return Dictionary(keys.enumerated().map { ($1, $0) }) { first, _ in first }
        }
        let known = firstItems(values.rows)
        var problems = ProblemList()
        for (key, item) in firstItems(background.values.rows).sorted(by: { $0.value < $1.value }) {
            guard let other = known[key].map({ column.items[$0] }) else { continue }
            problems.add(
                "\(background.column.items[item].origin) has the same values as \(other.origin), an example of class "
                    + "'\(other.label)'; background examples are of no class")
        }
        try problems.check("Background examples")
    }

    static func asDuetError<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as MediaError {
            throw DuetError(error)
        }
    }
}

extension DuetError {
    /// An error of a picture or a sound, as one of the data.
    init(_ error: MediaError) {
        self.init(error.kind == .missingInput ? .missingInput : .badData, error.description)
    }
}
