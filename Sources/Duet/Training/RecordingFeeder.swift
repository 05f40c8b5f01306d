package import Datasets
import FileFormats
package import Media
import SeededRandom

/// Fills an input with the features of augmented recordings, drawn anew for each example in each epoch: of their waveforms where
/// these are known, and of the spectra that their features stand for where they are not.
///
/// What is drawn follows from the seed, the epoch and the example alone, as in `Augmenter`, whatever the threads and the batches.
package final class RecordingFeeder {
    /// What is known of the recordings of a modality.
    package struct Recordings {
        /// Their features, raw.
        package let column: Column
        /// How these were computed.
        package let features: AudioFeatureSettings
        /// Their waveforms, where the dataset has some.
        package let waveforms: Waveforms?
        /// What was subtracted from their coefficients, where that is known.
        package let means: CepstralMeans?
        /// Recordings of no class, whose rows follow.
        package let background: Background?

        /// Whether the spectra can be told from the features.
        package var haveSpectra: Bool {
            !features.normalizesMean || means != nil && (background == nil || background?.means != nil)
        }
        /// Whether any of them can be varied.
        package var canBeVaried: Bool { haveSpectra || (waveforms?.recordings ?? 0) > 0 }

        /// Whether there is a waveform of a row.
        func hasWaveform(_ row: Int) -> Bool {
            row < column.count ? waveforms?.has(row) ?? false : background?.waveforms?.has(row - column.count) ?? false
        }

        /// The samples of a row; none where it has no waveform.
        func samples(of row: Int) throws -> [Float] {
            try
                (row < column.count
                ? waveforms?.samples(of: row) : background?.waveforms?.samples(of: row - column.count)) ?? []
        }

        /// The features of a row.
        func values(of row: Int) throws -> [Float] {
            try row < column.count ? column[row] : background?.column[row - column.count] ?? []
        }

        /// What was subtracted from a row's coefficients; nothing where nothing was.
        func means(of row: Int) -> [Float] {
            (row < column.count ? means?[row] : background?.means?[row - column.count]) ?? []
        }
    }

    private let modality: String
    private let recordings: Recordings
    private let normalization: Normalization
    private let size: Int
    /// The examples that are trained on but for background examples, and those of them that have a waveform.
    private let rows: (all: [Int], withWaveform: [Int])
    /// Whether it leaves room for examples that it cannot vary, which something else must fill before.
    package let leavesGaps: Bool
    private let seed: UInt64
    /// Two for each thread.
    private let augmenters: [(waveform: WaveformAugmenter, spectrum: SpectrumAugmenter)]

    /// - Parameters:
    ///   - settings: what is varied; checked.
    ///   - modality: the modality's name: each draws numbers of its own.
    ///   - recordings: what is known of them.
    ///   - normalization: how their features are normalized.
    ///   - rows: the examples that are trained on, whose voices babble in the background of others.
    ///   - seed: the random seed.
    ///   - threads: how many compute, at least 1.
    /// - Throws: `DuetError` of kind `badData` where a feature setting is out of range.
    package init(
        _ settings: WaveformAugmentation, of modality: String, _ recordings: Recordings,
        _ normalization: Normalization, rows: [Int], seed: UInt64, threads: Int
    ) throws {
        (self.modality, self.recordings, self.normalization) = (modality, recordings, normalization)
        let withWaveform = rows.filter(recordings.hasWaveform)
        self.rows = (rows, withWaveform)
        let lackWaveforms =
            withWaveform.count < rows.count || recordings.background != nil && recordings.background?.waveforms == nil
        leavesGaps = lackWaveforms && !recordings.haveSpectra
        (self.seed, size) = (seed, recordings.features.valuesPerClip)
        do {
            augmenters = try (0..<threads).map { _ in
                (
                    try WaveformAugmenter(settings, recordings.features),
                    try SpectrumAugmenter(settings, recordings.features)
                )
            }
        } catch let error as MediaError {
            throw DuetError(.badData, error.description)
        }
    }

    /// Writes the normalized features of some rows, one after another, and nothing for rows that cannot be varied.
    /// - Parameters:
    ///   - target: room for all of them.
    ///   - batch: which rows.
    ///   - epoch: which epoch.
    /// - Throws: `DuetError` of kind `badData` where a file that holds waveforms or features was cut short.
    package func fill(_ target: UnsafeMutableBufferPointer<Float>, with batch: ArraySlice<Int>, epoch: Int) throws {
        var failures = [(any Error)?](repeating: nil, count: batch.count)
        try failures.withUnsafeMutableBufferPointer { failures in
            // Each task has a thread's augmenters and an index's memory to itself.
            nonisolated(unsafe) let (feeder, target, failures) = (self, target, failures)
            ParallelTasks.run(batch.count, threads: augmenters.count) { thread, index in
                do {
                    try feeder.write(
                        batch[batch.startIndex + index], epoch, thread: thread,
                        to: target.extracting((index * feeder.size)..<((index + 1) * feeder.size)))
                } catch {
                    failures[index] = error
                }
            }
            if let failure = failures.compactMap({ $0 }).first { throw failure }
        }
    }

    private func write(
        _ row: Int, _ epoch: Int, thread: Int, to target: UnsafeMutableBufferPointer<Float>
    ) throws {
        var generator = SeededGenerator(seed: seed, epoch: epoch, row: row, stream: "waveform/\(modality)")
        // Without a training example that has one, there is none to babble behind a background example's.
        if recordings.hasWaveform(row), !rows.withWaveform.isEmpty {
            try augmenters[thread].waveform.write(
                featuresOf: recordings.samples(of: row), seed: generator.next(),
                babbleOf: {
                    try self.recordings.samples(
                        of: self.rows.withWaveform[$0.index(below: self.rows.withWaveform.count)])
                }, to: target)
        } else if recordings.haveSpectra {
            let augmenter = augmenters[thread].spectrum
            try augmenter.write(
                featuresOf: recordings.values(of: row), means: recordings.means(of: row), seed: generator.next(),
                babbleOf: {
                    let other = self.rows.all[$0.index(below: self.rows.all.count)]
                    return augmenter.spectrum(
                        of: try self.recordings.values(of: other), means: self.recordings.means(of: other))
                }, to: target)
        } else {
            return
        }
        normalization.apply(to: target, of: modality)
    }
}
