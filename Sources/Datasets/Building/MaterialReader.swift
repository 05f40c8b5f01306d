import Crypto
import FileFormats
import Foundation
import Media

/// Reads pictures and recordings into values, many at a time, and tells all that cannot be read at once.
struct MaterialReader: Sendable {
    /// The rows of a column, and what belongs together in it.
    struct Column: Sendable {
        /// The values of each item.
        enum Rows: Sendable {
            /// Of pictures, 0 to 255.
            case pixels([[UInt8]])
            /// Of recordings; what mean normalization has subtracted from each one's coefficients, where that is known of all; and
            /// each one's samples at the settings' rate, where they are wanted.
            case features([[Float]], means: [[Float]]?, waveforms: [[Int16]]?)
        }

        let rows: Rows
        /// A number for each item that is the same for those that belong together: equal files, or of one name.
        let identities: [Int]
    }

    let threads: Int
    let monitor: WorkMonitor

    /// The values of each recording, as they are; `label` stands before their progress.
    func recordings(
        _ column: MaterialColumn, _ settings: AudioFeatureSettings, keepsWaveforms: Bool, label: String
    ) throws -> Column {
        let read = try all(column.items.count, label, tool: { try AudioFeatures(settings) }) {
            index, features -> (values: [Float], means: [Float], identity: String, waveform: [Int16]) in
            let item = column.items[index]
            if case .row(let row) = item.source, let stored = column.storedRecordings {
                return (stored.rows[row], stored.means?[row] ?? [], try Self.identity(of: item), [])
            }
            let clip = try Self.clip(of: item).resampled(to: settings.mfcc.sampleRate)
            let (values, means) = try features.valuesAndMeans(of: clip)
            return (
                values, means, try Self.identity(of: item), keepsWaveforms ? Waveforms.integers(clip.samples) : []
            )
        }
        let means = read.map(\.means)
        return Column(
            rows: .features(
                read.map(\.values), means: means.contains([]) ? nil : means,
                waveforms: keepsWaveforms ? read.map(\.waveform) : nil),
            identities: Self.numbered(read.map(\.identity)))
    }

    /// The values of each picture; `label` stands before their progress.
    func pictures(_ column: MaterialColumn, _ settings: PictureSettings, label: String) throws -> Column {
        let read = try all(column.items.count, label, tool: {}) { index, _ -> ([UInt8], String) in
            let item = column.items[index]
            switch item.source {
            case .file(let url):
                return (settings.values(of: try Image(contentsOf: url)).values, try Self.identity(of: item))
            case .row(let row):
                guard let stored = column.stored, let channels = Image.Channels(rawValue: stored.shape[2]) else {
                    throw DuetError(.badData, "\(item.origin): expected 1 channel (grey) or 3 (RGB)")
                }
                return (
                    settings.values(of: stored.image(row, channels: channels)).values, try Self.identity(of: item)
                )
            }
        }
        return Column(rows: .pixels(read.map(\.0)), identities: Self.numbered(read.map(\.1)))
    }

    /// The clip of a recording, which is always in a file.
    static func clip(of item: MaterialColumn.Item) throws -> AudioClip {
        guard case .file(let url) = item.source else {
            throw DuetError(.internalFault, "\(item.origin) is no sound file")
        }
        return try AudioFile.read(url)
    }

    /// The same for items that belong together: those of one named group, or equal files.
    private static func identity(of item: MaterialColumn.Item) throws -> String {
        if let group = item.group { return "group \(group)" }
        return switch item.source {
        case .file(let url): try FileDigest.sha256(of: url)
        case .row(let row): "row \(row)"
        }
    }

    /// Does the same work on many things.
    /// - Throws: `UnreadableFiles` with all that is wrong with any of them, or `CancellationError`.
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
        guard problems.isEmpty else { throw UnreadableFiles(problems: problems) }
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
