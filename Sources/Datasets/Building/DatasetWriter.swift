import FileFormats
import Foundation
import Media
import SeededRandom

/// Writes planned pairs as a dataset folder.
struct DatasetWriter {
    let material: DatasetMaterial
    let plan: PairPlan
    let pictures: MaterialReader.Pictures
    let recordings: MaterialReader.Values
    let classes: [String]
    let pictureSettings: PictureSettings
    let audio: AudioFeatureSettings
    /// Whether the settings say how pictures from files are to be prepared.
    var knowsPreparation = true
    private var variation: AudioVariation?
    /// The values of training rows whose recording is varied, by row.
    private var varied: [Int: [Float]] = [:]

    init(
        material: DatasetMaterial, plan: PairPlan, pictures: MaterialReader.Pictures, recordings: MaterialReader.Values,
        classes: [String], pictureSettings: PictureSettings, audio: AudioFeatureSettings
    ) {
        self.material = material
        self.plan = plan
        self.pictures = pictures
        self.recordings = recordings
        self.classes = classes
        self.pictureSettings = pictureSettings
        self.audio = audio
    }

    /// Gives each training row that uses a recording again a variation of its own. The test's recordings stay as they are.
    mutating func vary(_ variation: AudioVariation, seed: UInt64, _ reader: MaterialReader) throws {
        let rows = plan.rows[.train] ?? []
        let again = rows.indices.filter { rows[$0].use > 0 }
        let (audio, items) = (audio, material.recordings)
        let values = try reader.all(again.count, "Varying recordings", tool: { try AudioFeatures(audio) }) {
            index, features in
            let row = again[index]
            var generator = SeededGenerator(seed: seed, stream: "build/variation/\(row)")
            let clip = try AudioFile.read(items[rows[row].recording].url)
            return try features.values(of: clip, varied: variation, using: &generator)
        }
        self.variation = variation
        varied = Dictionary(uniqueKeysWithValues: zip(again, values))
    }

    func write(to folder: URL, name: String) throws {
        let speakers = ClassOrder.ordered(material.recordings.compactMap(\.speaker))
        for (side, rows) in plan.rows where !rows.isEmpty {
            try writeArrays(rows, side, speakers, to: folder)
            try writeExamples(rows, side, to: folder)
            if side == .train, let waveforms = recordings.waveforms { try write(waveforms, of: rows, to: folder) }
        }
        var description = DatasetDescription(
            name: name, classes: classes,
            modalities: [
                .init(.image, preparation: knowsPreparation ? pictureSettings.preparation : nil),
                .init(.audio, features: .init(audio)),
            ], sources: material.sources)
        description.speakers = speakers.isEmpty ? nil : speakers
        description.variation = variation
        if recordings.waveforms != nil {
            description.waveforms = [Modality.audio.name: .init(sampleRate: audio.mfcc.sampleRate)]
        }
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            description.files[file] = try FileDigest.sha256(of: folder.appendingPathComponent(file))
        }
        try description.write(to: folder)
    }

    private func writeArrays(
        _ rows: [PairPlan.Row], _ side: DatasetFolder.Side, _ speakers: [String], to folder: URL
    ) throws {
        func url(_ part: String) -> URL { folder.appendingPathComponent("\(part)_\(side).npy") }
        func url(_ modality: Modality) -> URL {
            folder.appendingPathComponent(DatasetFolder.fileName(of: modality, side))
        }
        var pixels: [UInt8] = []
        pixels.reserveCapacity(rows.count * pictureSettings.shape.reduce(1, *))
        var values: [Float] = []
        values.reserveCapacity(rows.count * audio.valuesPerClip)
        for (index, row) in rows.enumerated() {
            pixels += pictures.rows[row.picture]
            values += (side == .train ? varied[index] : nil) ?? recordings.rows[row.recording]
        }
        try NPYArray.write(pixels, shape: [rows.count] + pictureSettings.shape, to: url(.image))
        try NPYArray.write(
            values, shape: [rows.count, audio.frames, audio.valuesPerFrame], to: url(.audio))
        try NPYArray.write(rows.map { Int32($0.label) }, shape: [rows.count], to: url("labels"))
        try NPYArray.write(rows.map(\.group), shape: [rows.count], to: url("groups"))
        if !speakers.isEmpty {
            let numbers = Dictionary(uniqueKeysWithValues: speakers.enumerated().map { ($1, Int32($0)) })
            let column = rows.map { row in
                material.recordings[row.recording].speaker.flatMap { numbers[$0] } ?? Dataset.unknownSpeaker
            }
            try NPYArray.write(column, shape: [rows.count], to: url("speakers"))
        }
    }

    /// The waveforms of some rows' recordings, each distinct one once, and where that of each row lies.
    private func write(_ waveforms: [[Int16]], of rows: [PairPlan.Row], to folder: URL) throws {
        var samples: [Int16] = []
        var places: [[Int16]: Int] = [:]
        var ranges: [Int64] = []
        for row in rows {
            let waveform = waveforms[row.recording]
            let start = places[waveform] ?? samples.count
            if places.updateValue(start, forKey: waveform) == nil { samples += waveform }
            ranges += [Int64(start), Int64(start + waveform.count)]
        }
        try NPYArray.write(
            samples, shape: [samples.count],
            to: folder.appendingPathComponent(DatasetFolder.waveformFile(of: .audio)))
        try NPYArray.write(
            ranges, shape: [rows.count, 2],
            to: folder.appendingPathComponent(DatasetFolder.waveformPlacesFile(of: .audio)))
    }

    /// Which files each row came from, as a manifest.
    private func writeExamples(_ rows: [PairPlan.Row], _ side: DatasetFolder.Side, to folder: URL) throws {
        try AtomicFile.write(to: folder.appendingPathComponent("examples_\(side).csv"), overwrite: false) { output in
            try output.write("row_id,image,audio,label,split,group,speaker,varied\n")
            for start in stride(from: 0, to: rows.count, by: 4096) {
                var text = ""
                for index in start..<min(start + 4096, rows.count) {
                    let row = rows[index]
                    let recording = material.recordings[row.recording]
                    let cells = [
                        String(index), material.pictures.items[row.picture].origin, recording.url.path,
                        classes[row.label], side.rawValue, String(row.group), recording.speaker ?? "",
                        side == .train && varied[index] != nil ? "1" : "0",
                    ]
                    text += cells.map(CSVTable.quoted).joined(separator: ",") + "\n"
                }
                try output.write(text)
            }
        }
    }
}
