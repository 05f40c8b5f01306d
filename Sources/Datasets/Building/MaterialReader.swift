import Crypto
import FileFormats
import Foundation
import Media

/// Reads pictures and recordings into values, many at a time, and tells all that cannot be read at once.
struct MaterialReader: Sendable {
    /// Pictures or recordings as values.
    struct Values: Sendable {
        /// Each one's values.
        let rows: [[Float]]
        /// A number for each that is the same for those that belong together: equal files, or of one name.
        let identities: [Int]
        /// Each one's samples at the settings' rate, where they are wanted.
        let waveforms: [[Int16]]?
    }

    /// Pictures as values.
    struct Pictures: Sendable {
        /// Each one's values, 0 to 255.
        let rows: [[UInt8]]
        /// A number for each that is the same for equal files.
        let identities: [Int]
    }

    let threads: Int
    let monitor: WorkMonitor

    /// The values of each recording, as they are.
    func recordings(
        _ items: [RecordingItem], _ settings: AudioFeatureSettings, keepsWaveforms: Bool
    ) throws -> Values {
        let read = try all(items.count, "Reading recordings", tool: { try AudioFeatures(settings) }) {
            index, features in
            let item = items[index]
            let clip = try AudioFile.read(item.url).resampled(to: settings.mfcc.sampleRate)
            return (
                try features.values(of: clip),
                try item.group.map { "group \($0)" } ?? FileDigest.sha256(of: item.url),
                keepsWaveforms ? Waveforms.integers(clip.samples) : []
            )
        }
        return Values(
            rows: read.map(\.0), identities: Self.numbered(read.map(\.1)),
            waveforms: keepsWaveforms ? read.map(\.2) : nil)
    }

    /// The values of each picture.
    func pictures(_ source: PictureSource, _ settings: PictureSettings) throws -> Pictures {
        let read = try all(source.items.count, "Reading pictures", tool: {}) { index, _ -> ([UInt8], String) in
            switch source.items[index].pixels {
            case .file(let url):
                return (settings.values(of: try Image(contentsOf: url)).values, try FileDigest.sha256(of: url))
            case .row(let row):
                guard let stored = source.stored, let channels = Image.Channels(rawValue: stored.shape[2]) else {
                    throw DuetError(
                        .badData, "\(source.items[index].origin): expected 1 channel (grey) or 3 (RGB)")
                }
                return (settings.values(of: stored.image(row, channels: channels)).values, "row \(row)")
            }
        }
        return Pictures(rows: read.map(\.0), identities: Self.numbered(read.map(\.1)))
    }

    /// Does the same work on many things. What is wrong with any of them is told together.
    func all<Tool, Value: Sendable>(
        _ count: Int, _ label: String, tool: @Sendable () throws -> Tool,
        _ body: @Sendable (Int, Tool) throws -> Value
    ) throws -> [Value] {
        let results = try DatasetBuilder.asDuetError {
            try ParallelWork.results(
                of: count, threads: threads, tool: tool,
                advance: { monitor.report(label, $0, of: count, "files") },
                isCancelled: { monitor.isCancelled }, body)
        }
        var problems = ProblemList()
        var values: [Value] = []
        for result in results {
            switch result {
            case .success(let value): values.append(value)
            case .failure(let error as MediaError):
                problems.add(error.description, isMissingFile: error.kind == .missingInput)
            case .failure(let error as DuetError):
                problems.add(error.description, isMissingFile: error.kind == .missingInput)
            case .failure(let error): throw error
            }
        }
        try problems.check(label)
        return values
    }

    /// Equal names get equal numbers, counted from 0 in order of appearance.
    private static func numbered(_ names: [String]) -> [Int] {
        var numbers: [String: Int] = [:]
        return names.map { name in
            let number = numbers[name] ?? numbers.count
            numbers[name] = number
            return number
        }
    }
}
