import FileFormats
public import Foundation

/// A folder that holds a dataset: for each side and modality a `.npy` file with a row for each example, and files with labels,
/// groups and speakers.
///
/// | part | Duet and the Zenodo record | Kaggle competition |
/// |---|---|---|
/// | modality `image` | `data_wr_{train,test}.npy` | `x_{train,test}_wr.npy` |
/// | modality `audio` | `data_sp_{train,test}.npy` | `x_{train,test}_sp.npy` |
/// | any other modality | `data_NAME_{train,test}.npy`, listed in `dataset.json` | |
/// | labels | `labels_{train,test}.npy` | `y_{train,test}.csv` |
/// | optional | `groups_{train,test}.npy`, `speakers_{train,test}.npy`, `dataset.json` | the same |
/// | means of the coefficients, optional | `means_NAME_{train,test}.npy` | the same |
/// | waveforms, optional | `waveforms_NAME_train.npy`, `waveform_places_NAME_train.npy` | the same |
/// | background examples, optional | as a modality of a side named `background`, without labels | the same |
public struct DatasetFolder: Sendable {
    /// The two sides that a dataset may come in.
    public enum Side: String, Sendable, Codable, CaseIterable {
        /// The examples to learn from.
        case train
        /// The examples that its makers set aside.
        case test
    }

    /// The files of one side.
    struct Files {
        /// The file of each modality, in the order of `modalities`.
        var columns: [URL]
        /// A `.npy` or `.csv` file.
        var labels: URL?
        var groups: URL?
        var speakers: URL?

        /// The labels, unless this side has none.
        func readLabels() throws -> [Int]? {
            guard let labels else { return nil }
            return try labels.pathExtension == "csv" ? LabelsCSV.read(labels) : DatasetFolder.readNumbers(labels)
        }
    }

    /// Where the dataset lies.
    public let url: URL
    /// What `dataset.json` says, where there is one.
    public let description: DatasetDescription?
    /// The modalities, in the order of the dataset's columns.
    public let modalities: [Modality]
    let files: [Side: Files]

    /// The sides that the folder has.
    public var sides: [Side] { Side.allCases.filter { files[$0] != nil } }

    /// Looks at the folder's file names and reads its `dataset.json`; the data itself is read later.
    ///
    /// - Throws: `DuetError` of kind `missingInput`, saying which file is missing, or `badData` for a broken `dataset.json`.
    public init(_ url: URL) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue else {
            throw DuetError(
                .missingInput, "\(url.path) is not a folder; expected a dataset folder, as `duet data fetch` makes one")
        }
        let description = try DatasetDescription.read(from: url)
        let modalities = description?.modalities.map(\.modality) ?? [.image, .audio]
        self.url = url
        self.description = description
        self.modalities = modalities
        var files: [Side: Files] = [:]
        for side in Side.allCases { files[side] = try Self.files(of: side, modalities, in: url) }
        guard !files.isEmpty else {
            let expected = modalities.map { Self.fileName(of: $0, Side.train.rawValue) }.joined(separator: ", ")
            throw DuetError(
                .missingInput,
                "\(url.path) holds no dataset: expected \(expected) and labels_train.npy, or, as in the Kaggle competition, "
                    + "x_train_wr.npy, x_train_sp.npy and y_train.csv")
        }
        self.files = files
    }

    private static func files(of side: Side, _ modalities: [Modality], in folder: URL) throws -> Files? {
        func existing(_ name: String) -> URL? {
            let url = folder.appendingPathComponent(name)
            return FileManager.default.fileExists(atPath: url.path) ? url : nil
        }
        for (layout, labels) in ["labels_\(side).npy", "y_\(side).csv"].enumerated() {
            let names = modalities.compactMap { modality -> String? in
                let layouts = layouts(of: modality, side.rawValue)
                return layouts.indices.contains(layout) ? layouts[layout] : nil
            }
            let found = names.filter { existing($0) != nil }
            guard !found.isEmpty else { continue }
            guard found.count == modalities.count else {
                let missing = names.filter { !found.contains($0) }
                throw DuetError(
                    .missingInput,
                    "\(folder.path) has \(found.joined(separator: ", ")) but not \(missing.joined(separator: ", ")); an example "
                        + "has every modality")
            }
            return Files(
                columns: names.compactMap(existing), labels: existing(labels), groups: existing("groups_\(side).npy"),
                speakers: existing("speakers_\(side).npy"))
        }
        return nil
    }

    /// The names that a modality's file may have: Duet's own first, then the Kaggle competition's.
    private static func layouts(of modality: Modality, _ part: String) -> [String] {
        switch modality {
        case .image: ["data_wr_\(part).npy", "x_\(part)_wr.npy"]
        case .audio: ["data_sp_\(part).npy", "x_\(part)_sp.npy"]
        default: ["data_\(modality.name)_\(part).npy"]
        }
    }

    /// The name of the file that holds a modality, on a side or of its background examples.
    package static func fileName(of modality: Modality, _ part: String) -> String { layouts(of: modality, part)[0] }

    /// Every file that a dataset folder of Duet's may hold, with these modalities.
    package static func fileNames(for modalities: [Modality] = [.image, .audio]) -> Set<String> {
        let perSide = Side.allCases.flatMap { side in
            ["labels_\(side).npy", "groups_\(side).npy", "speakers_\(side).npy", "examples_\(side).csv"]
        }
        let parts = Side.allCases.map(\.rawValue) + [backgroundPart]
        let perModality = modalities.flatMap { modality in
            parts.flatMap { part in
                [fileName(of: modality, part)]
                    + (modality.kind == .audio
                        ? [
                            meansFile(of: modality, part), waveformFile(of: modality, part),
                            waveformPlacesFile(of: modality, part),
                        ] : [])
            }
        }
        return Set(perSide + perModality + [backgroundListFile, DatasetDescription.fileName])
    }
}

extension DatasetFolder {
    /// Loads one side.
    ///
    /// Where the folder does not say which examples belong together, those of identical audio do.
    ///
    /// - Returns: the side's examples, with labels where the folder has them.
    /// - Throws: `DuetError`, naming the file and the value.
    public func load(_ side: Side) throws -> Dataset {
        guard let files = files[side] else { throw DuetError(.missingInput, "\(url.path) has no \(side) side") }
        return try load(files, classNames: classNames()).withGroups()
    }

    /// Loads every example that has a label: the training side, and after it the test side if that one has labels.
    ///
    /// - Returns: the pooled examples; `trainSideCount` says where the test side begins.
    /// - Throws: `DuetError`, naming the file and the value, or of kind `missingInput` when no side has labels.
    public func load() throws -> Dataset {
        guard labelledSides.first == .train else {
            throw DuetError(
                .missingInput, "\(url.path) has no labelled training side; expected labels_train.npy or y_train.csv")
        }
        return try load(pooling: labelledSides)
    }

    /// The sides that have labels.
    var labelledSides: [Side] { sides.filter { files[$0]?.labels != nil } }

    /// Loads some sides, one after another; there are labels only if all of them have some.
    func load(pooling sides: [Side]) throws -> Dataset {
        let classNames = try classNames()
        let parts = try sides.compactMap { files[$0] }.map { try load($0, classNames: classNames) }
        guard parts.count == 2 else { return try parts[0].withGroups() }
        return try parts[0].pooled(withTestSide: parts[1], in: url.path).withGroups()
    }

    private func load(_ files: Files, classNames: [String]?) throws -> Dataset {
        let columns = try zip(modalities, files.columns).map { try Column($0, contentsOf: $1) }
        return try Dataset(
            columns, labels: files.readLabels(), groups: files.groups.map { try Self.readInt32($0) },
            speakers: files.speakers.map { try Self.readInt32($0) }, classNames: classNames,
            names: files.columns.map(\.path) + [files.labels?.path ?? "labels"])
    }

    /// The classes by `dataset.json`, or as many as the labels of both sides speak of.
    private func classNames() throws -> [String]? {
        if let description { return description.classes }
        let largest = try sides.compactMap { try files[$0]?.readLabels()?.max() }.max()
        // Absurd and negative labels are left to the loader, which knows their row.
        guard let largest, (0..<Dataset.classLimit).contains(largest) else { return nil }
        return (0...largest).map(String.init)
    }

    /// A `.npy` file of one whole number per row: shape (N) or (N, 1).
    fileprivate static func readNumbers(_ url: URL) throws -> [Int] {
        let array = try NPYArray(contentsOf: url)
        guard array.shape.count == 1 || array.shape.count == 2 && array.shape[1] == 1 else {
            throw DuetError(.badData, "\(array.name) has shape \(array.shape); expected one number per row, [N]")
        }
        return try array.integers()
    }

    private static func readInt32(_ url: URL) throws -> [Int32] {
        try readNumbers(url).map { value in
            guard let value = Int32(exactly: value) else {
                throw DuetError(.badData, "\(url.path): \(value) does not fit 32 bits")
            }
            return value
        }
    }
}

extension DatasetFolder {
    /// The sound file of each labelled example's audio, in the order of `load()`, where `duet data build` wrote it down.
    ///
    /// - Returns: nil for an example whose audio is a variation; an empty list where the folder does not say which files it was
    ///   made of.
    /// - Throws: `DuetError` where the folder's `examples_train.csv` or `examples_test.csv` is broken.
    public func recordings() throws -> [URL?] {
        var recordings: [URL?] = []
        for side in labelledSides {
            let manifest = url.appendingPathComponent("examples_\(side).csv")
            guard FileManager.default.fileExists(atPath: manifest.path) else { return [] }
            recordings += try CSVTable(contentsOf: manifest).rows.map { row in
                row["varied"] == "1" ? nil : row["audio"].map { URL(fileURLWithPath: $0) }
            }
        }
        return recordings
    }
}
