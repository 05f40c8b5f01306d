import FileFormats
public import Foundation

extension DatasetMaterial {
    private static let required = ["image", "audio", "label"]
    private static let known = required + ["split", "group", "speaker"]

    /// The pairs of a CSV file with the columns `image`, `audio`, `label` and, where wanted, `split` (`train` or `test`), `group`
    /// (rows with the same text are never divided) and `speaker`. Paths are relative to the file's folder.
    ///
    /// - Throws: `DuetError` with all that is wrong in the file, line by line.
    public init(manifest: URL) throws {
        let table = try CSVTable(contentsOf: manifest)
        for column in Self.required where !table.columns.contains(column) {
            throw DuetError(
                .badData,
                "\(table.name) has no column '\(column)'; expected image,audio,label and, where wanted, split, group and "
                    + "speaker")
        }
        // A misspelt column would be passed over in silence, and a split with it.
        for column in table.columns where !Self.known.contains(column) && !Self.harmless.contains(column) {
            throw DuetError(
                .badData, "\(table.name) has a column '\(column)'; expected \(Self.known.joined(separator: ", "))")
        }
        var reader = ManifestReader(folder: manifest.deletingLastPathComponent())
        for row in table.rows { reader.read(row) }
        try reader.problems.check(table.name)
        guard !reader.pairs.isEmpty else { throw DuetError(.badData, "\(table.name) names no pairs") }
        pictures = PictureSource(items: reader.pictures)
        recordings = reader.recordings
        pairs = reader.pairs
        pictureDescription = nil
        sources = [.init(name: "pairs in \(manifest.path)")]
    }

    /// Columns of the manifests that Duet itself writes into a dataset folder.
    private static let harmless: Set<String> = ["row_id", "varied"]
}

/// Gathers a manifest's rows, and what is wrong with them.
private struct ManifestReader {
    let folder: URL
    var pictures: [PictureSource.Item] = []
    var recordings: [RecordingItem] = []
    var pairs: [DatasetMaterial.Pair] = []
    var problems = ProblemList()

    private var pictureNumbers: [String: (number: Int, line: Int)] = [:]
    private var recordingNumbers: [String: (number: Int, line: Int)] = [:]

    init(folder: URL) {
        self.folder = folder
    }

    mutating func read(_ row: CSVTable.Row) {
        func cell(_ name: String) -> String? { row[name].flatMap { $0.isEmpty ? nil : $0 } }
        guard let image = cell("image"), let audio = cell("audio"), let label = cell("label") else {
            let empty = ["image", "audio", "label"].first { cell($0) == nil } ?? ""
            return problems.add(
                "line \(row.line): '\(empty)' is empty; a pair to learn from needs image, audio and label")
        }
        var side: DatasetFolder.Side?
        if let split = row["split"] {
            side = DatasetFolder.Side(rawValue: split)
            guard side != nil else {
                return problems.add(
                    "line \(row.line): split is '\(split)'; expected train or test (a training draws its validation pairs "
                        + "from the training side)")
            }
        }
        guard let picture = picture(image, label, row.line) else { return }
        guard
            let recording = recording(
                RecordingItem(
                    url: url(audio), label: label, speaker: cell("speaker"), group: cell("group"), side: side),
                row.line)
        else { return }
        pairs.append(.init(picture: picture, recording: recording, side: side))
    }

    /// The number of a picture, which may stand in several rows.
    private mutating func picture(_ path: String, _ label: String, _ line: Int) -> Int? {
        let url = url(path)
        if let known = pictureNumbers[url.path] {
            return agrees(url, pictures[known.number].label, known.line, label, line) ? known.number : nil
        }
        pictureNumbers[url.path] = (pictures.count, line)
        pictures.append(.init(pixels: .file(url), label: label, side: nil, origin: url.path))
        return pictures.count - 1
    }

    /// The number of a recording, which may stand in several rows.
    private mutating func recording(_ item: RecordingItem, _ line: Int) -> Int? {
        guard let known = recordingNumbers[item.url.path] else {
            recordingNumbers[item.url.path] = (recordings.count, line)
            recordings.append(item)
            return recordings.count - 1
        }
        let first = recordings[known.number]
        guard first.speaker == item.speaker, first.group == item.group else {
            problems.add(
                "line \(line): \(item.url.path) has another speaker or group than in line \(known.line)")
            return nil
        }
        return agrees(item.url, first.label, known.line, item.label, line) ? known.number : nil
    }

    private mutating func agrees(_ url: URL, _ first: String, _ firstLine: Int, _ label: String, _ line: Int) -> Bool {
        if first == label { return true }
        problems.add("line \(line): \(url.path) is '\(label)', but '\(first)' in line \(firstLine)")
        return false
    }

    private func url(_ path: String) -> URL {
        path.hasPrefix("/")
            ? URL(fileURLWithPath: path).standardizedFileURL
            : folder.appendingPathComponent(path).standardizedFileURL
    }
}
