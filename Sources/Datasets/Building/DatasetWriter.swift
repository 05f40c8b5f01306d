import FileFormats
import Foundation
import Media
import SeededRandom

/// Writes planned examples as a dataset folder.
struct DatasetWriter {
    let material: DatasetMaterial
    let plan: ExamplePlan
    /// The values of each of the material's columns.
    let columns: [MaterialReader.Column]
    let classes: [String]
    let pictureSettings: PictureSettings
    let audio: AudioFeatureSettings
    /// Background examples, and their values.
    var background: [(column: MaterialColumn, values: MaterialReader.Column)] = []
    /// Whether the settings say how pictures from files are to be prepared.
    var knowsPreparation = true
    private var variation: AudioVariation?
    /// The values of training rows whose recording is varied, and the means of their coefficients, by row.
    private var varied: [Int: (values: [Float], means: [Float])] = [:]

    init(
        material: DatasetMaterial, plan: ExamplePlan, columns: [MaterialReader.Column], classes: [String],
        pictureSettings: PictureSettings, audio: AudioFeatureSettings
    ) {
        self.material = material
        self.plan = plan
        self.columns = columns
        self.classes = classes
        self.pictureSettings = pictureSettings
        self.audio = audio
    }

    /// Gives each training row that uses a recording again a variation of its own. The test's recordings stay as they are.
    /// - Throws: `DuetError` of kind `usage` where there are no recordings.
    mutating func vary(_ variation: AudioVariation, seed: UInt64, _ reader: MaterialReader) throws {
        guard let (number, column) = material.column(of: .audio) else {
            throw DuetError(.usage, "there are no recordings to vary; --vary goes with recordings")
        }
        let rows = plan.rows[.train] ?? []
        var used: Set<Int> = []
        let again = rows.indices.filter { !used.insert(rows[$0].items[number]).inserted }
        let audio = audio
        let values = try reader.all(again.count, "Varying recordings", tool: { try AudioFeatures(audio) }) {
            index, features in
            let row = again[index]
            var generator = SeededGenerator(seed: seed, stream: "build/variation/\(row)")
            let clip = try MaterialReader.clip(of: column.items[rows[row].items[number]])
            return try features.valuesAndMeans(of: clip, varied: variation, using: &generator)
        }
        self.variation = variation
        varied = Dictionary(uniqueKeysWithValues: zip(again, values))
    }

    func write(to folder: URL, name: String) throws {
        let speakers = ClassOrder.ordered(material.columns.flatMap { $0.items.compactMap(\.speaker) })
        var waveforms: [String: DatasetDescription.WaveformDescription] = [:]
        for (side, rows) in plan.rows where !rows.isEmpty {
            for (number, column) in material.columns.enumerated() {
                let items = rows.map { $0.items[number] }
                try writeValues(
                    columns[number].rows, of: items, column.modality, side.rawValue, to: folder,
                    varied: side == .train && column.modality.kind == .audio ? varied : [:])
                if side == .train, case .features(_, _, let samples?) = columns[number].rows {
                    try write(samples, of: items, column.modality, side.rawValue, to: folder)
                    waveforms[column.modality.name] = .init(sampleRate: audio.mfcc.sampleRate)
                }
            }
            try writeLabels(rows, side, speakers, to: folder)
            try writeExamples(rows, side, to: folder)
        }
        if !background.isEmpty { try writeBackground(to: folder) }
        var description = DatasetDescription(
            name: name, classes: classes, modalities: material.columns.map { self.description(of: $0.modality) },
            sources: material.sources)
        description.speakers = speakers.isEmpty ? nil : speakers
        description.variation = variation
        description.waveforms = waveforms.isEmpty ? nil : waveforms
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            description.files[file] = try FileDigest.sha256(of: folder.appendingPathComponent(file))
        }
        try description.write(to: folder)
    }

    private func description(of modality: Modality) -> ModalityDescription {
        switch modality.kind {
        case .image: .init(modality, preparation: knowsPreparation ? pictureSettings.preparation : nil)
        case .audio: .init(modality, features: .init(audio))
        }
    }

    /// The values of some items, and the means of their coefficients.
    private func writeValues(
        _ values: MaterialReader.Column.Rows, of items: [Int], _ modality: Modality, _ part: String, to folder: URL,
        varied: [Int: (values: [Float], means: [Float])] = [:]
    ) throws {
        let url = folder.appendingPathComponent(DatasetFolder.fileName(of: modality, part))
        switch values {
        case .pixels(let pictures):
            var pixels: [UInt8] = []
            pixels.reserveCapacity(items.count * pictureSettings.shape.reduce(1, *))
            for item in items { pixels += pictures[item] }
            try NPYArray.write(pixels, shape: [items.count] + pictureSettings.shape, to: url)
        case .features(let recordings, let means, _):
            var values: [Float] = []
            values.reserveCapacity(items.count * audio.valuesPerClip)
            for (row, item) in items.enumerated() { values += varied[row]?.values ?? recordings[item] }
            try NPYArray.write(values, shape: [items.count, audio.frames, audio.valuesPerFrame], to: url)
            guard let means else { return }
            try NPYArray.write(
                items.enumerated().flatMap { row, item in varied[row]?.means ?? means[item] },
                shape: [items.count, audio.mfcc.coefficients],
                to: folder.appendingPathComponent(DatasetFolder.meansFile(of: modality, part)))
        }
    }

    /// The background examples of each modality, and which files they came from.
    private func writeBackground(to folder: URL) throws {
        for (column, values) in background {
            let (modality, part) = (column.modality, DatasetFolder.backgroundPart)
            try writeValues(values.rows, of: Array(column.items.indices), modality, part, to: folder)
            if case .features(_, _, let samples?) = values.rows {
                try write(samples, of: Array(column.items.indices), modality, part, to: folder)
            }
        }
        try AtomicFile.write(
            to: folder.appendingPathComponent(DatasetFolder.backgroundListFile), overwrite: false
        ) { output in
            try output.write("modality,row_id,file\n")
            for (column, _) in background {
                for (row, item) in column.items.enumerated() {
                    try output.write(
                        [column.modality.name, String(row), item.origin].map(CSVTable.quoted).joined(separator: ",")
                            + "\n")
                }
            }
        }
    }

    private func writeLabels(
        _ rows: [ExamplePlan.Row], _ side: DatasetFolder.Side, _ speakers: [String], to folder: URL
    ) throws {
        func url(_ part: String) -> URL { folder.appendingPathComponent("\(part)_\(side).npy") }
        try NPYArray.write(rows.map { Int32($0.label) }, shape: [rows.count], to: url("labels"))
        try NPYArray.write(rows.map(\.group), shape: [rows.count], to: url("groups"))
        if !speakers.isEmpty {
            let numbers = Dictionary(uniqueKeysWithValues: speakers.enumerated().map { ($1, Int32($0)) })
            let column = rows.map { speaker(of: $0).flatMap { numbers[$0] } ?? Dataset.unknownSpeaker }
            try NPYArray.write(column, shape: [rows.count], to: url("speakers"))
        }
    }

    /// The waveforms of some rows' recordings, each distinct one once, and where that of each row lies. Of recordings of which there are
    /// features only, nothing is there, from 0 to 0.
    private func write(
        _ waveforms: [[Int16]], of items: [Int], _ modality: Modality, _ part: String, to folder: URL
    ) throws {
        var samples: [Int16] = []
        var places: [[Int16]: Int] = [:]
        var ranges: [Int64] = []
        for item in items {
            let waveform = waveforms[item]
            let start = waveform.isEmpty ? 0 : places[waveform] ?? samples.count
            if places.updateValue(start, forKey: waveform) == nil { samples += waveform }
            ranges += [Int64(start), Int64(start + waveform.count)]
        }
        try NPYArray.write(
            samples, shape: [samples.count],
            to: folder.appendingPathComponent(DatasetFolder.waveformFile(of: modality, part)))
        try NPYArray.write(
            ranges, shape: [items.count, 2],
            to: folder.appendingPathComponent(DatasetFolder.waveformPlacesFile(of: modality, part)))
    }

    /// Which files each row came from, as a manifest.
    private func writeExamples(_ rows: [ExamplePlan.Row], _ side: DatasetFolder.Side, to folder: URL) throws {
        try AtomicFile.write(to: folder.appendingPathComponent("examples_\(side).csv"), overwrite: false) { output in
            let modalities = material.columns.map(\.modality.name).joined(separator: ",")
            try output.write("row_id,\(modalities),label,split,group,speaker,varied\n")
            for start in stride(from: 0, to: rows.count, by: 4096) {
                var text = ""
                for index in start..<min(start + 4096, rows.count) {
                    let row = rows[index]
                    let cells =
                        [String(index)] + items(of: row).map(\.origin) + [
                            classes[row.label], side.rawValue, String(row.group), speaker(of: row) ?? "",
                            side == .train && varied[index] != nil ? "1" : "0",
                        ]
                    text += cells.map(CSVTable.quoted).joined(separator: ",") + "\n"
                }
                try output.write(text)
            }
        }
    }

    private func items(of row: ExamplePlan.Row) -> [MaterialColumn.Item] {
        zip(material.columns, row.items).map { $0.items[$1] }
    }

    private func speaker(of row: ExamplePlan.Row) -> String? {
        items(of: row).lazy.compactMap(\.speaker).first
    }
}
