import FileFormats
public import Foundation

extension DatasetMaterial {
    private static let modalities = [Modality.image, .audio]
    private static let optional = ["split", "group", "speaker"]
    /// Columns of the manifests that Duet itself writes into a dataset folder.
    private static let harmless: Set<String> = ["row_id", "varied"]

    /// The examples of a CSV file with the columns `image` and `audio`, or one of them, `label` and, where wanted, `split` (`train` or
    /// `test`), `group` (rows with the same text are never divided) and `speaker`. Paths are relative to the file's folder.
    ///
    /// - Throws: `DuetError` with all that is wrong in the file, line by line.
    public init(manifest: URL) throws {
        let table = try CSVTable(contentsOf: manifest)
        let modalities = Self.modalities.filter { table.columns.contains($0.name) }
        for (column, isThere) in [
            ("image' or 'audio", !modalities.isEmpty), ("label", table.columns.contains("label")),
        ]
        where !isThere {
            throw DuetError(
                .badData,
                "\(table.name) has no column '\(column)'; expected image,audio,label (or image,label, or audio,label) and, "
                    + "where wanted, \(Self.optional.joined(separator: ", "))")
        }
        // A misspelt column would be passed over in silence, and a split with it.
        let known = Self.modalities.map(\.name) + ["label"] + Self.optional
        for column in table.columns where !known.contains(column) && !Self.harmless.contains(column) {
            throw DuetError(
                .badData, "\(table.name) has a column '\(column)'; expected \(known.joined(separator: ", "))")
        }
        var reader = ManifestReader(folder: manifest.deletingLastPathComponent(), modalities: modalities)
        for row in table.rows { reader.read(row) }
        try reader.problems.check(table.name)
        guard !reader.examples.isEmpty else { throw DuetError(.badData, "\(table.name) names no examples") }
        columns = zip(modalities, reader.items).map { MaterialColumn(modality: $0, items: $1) }
        examples = reader.examples
        sources = [.init(name: "examples in \(manifest.relativePath)")]
    }
}

/// Gathers a manifest's rows, and what is wrong with them.
private struct ManifestReader {
    let folder: URL
    let modalities: [Modality]
    /// The files of each modality, each once.
    var items: [[MaterialColumn.Item]]
    var examples: [DatasetMaterial.Example] = []
    var problems = ProblemList()

    /// For each modality, the number of each file and the line where it first was.
    private var known: [[String: (number: Int, line: Int)]]

    init(folder: URL, modalities: [Modality]) {
        (self.folder, self.modalities) = (folder, modalities)
        items = modalities.map { _ in [] }
        known = modalities.map { _ in [:] }
    }

    mutating func read(_ row: CSVTable.Row) {
        func cell(_ name: String) -> String? { row[name].flatMap { $0.isEmpty ? nil : $0 } }
        let needed = modalities.map(\.name) + ["label"]
        if let empty = needed.first(where: { cell($0) == nil }) {
            return problems.add(
                "line \(row.line): '\(empty)' is empty; an example to learn from needs \(needed.joined(separator: ", "))"
            )
        }
        var side: DatasetFolder.Side?
        if let split = row["split"] {
            side = DatasetFolder.Side(rawValue: split)
            guard side != nil else {
                return problems.add(
                    "line \(row.line): split is '\(split)'; expected train or test (a training draws its validation examples "
                        + "from the training side)")
            }
        }
        var numbers: [Int] = []
        for (column, modality) in modalities.enumerated() {
            // Speaker and group are those of the recording, and of a picture where there is none.
            let owns = column == modalities.count - 1
            let item = MaterialColumn.Item(
                url(cell(modality.name) ?? ""), label: cell("label") ?? "", side: owns ? side : nil,
                speaker: owns ? cell("speaker") : nil, group: owns ? cell("group") : nil)
            guard let number = number(of: item, column, row.line) else { return }
            numbers.append(number)
        }
        examples.append(.init(items: numbers, side: side))
    }

    /// The number of a file, which may be in several rows.
    private mutating func number(of item: MaterialColumn.Item, _ column: Int, _ line: Int) -> Int? {
        guard let (number, firstLine) = known[column][item.origin] else {
            known[column][item.origin] = (items[column].count, line)
            items[column].append(item)
            return items[column].count - 1
        }
        let first = items[column][number]
        guard first.speaker == item.speaker, first.group == item.group else {
            problems.add("line \(line): \(item.origin) has another speaker or group than in line \(firstLine)")
            return nil
        }
        guard first.label == item.label else {
            problems.add("line \(line): \(item.origin) is '\(item.label)', but '\(first.label)' in line \(firstLine)")
            return nil
        }
        return number
    }

    private func url(_ path: String) -> URL {
        path.hasPrefix("/")
            ? URL(fileURLWithPath: path).standardizedFileURL
            : folder.appendingPathComponent(path).standardizedFileURL
    }
}
