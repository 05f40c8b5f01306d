package import Datasets
import FileFormats
package import Media
import SeededRandom

/// Fills an input with the features of augmented waveforms, drawn anew for each example in each epoch.
///
/// What is drawn follows from the seed, the epoch and the example alone, as in `Augmenter`, whatever the threads and the batches.
package final class WaveformFeeder {
    private let modality: String
    private let waveforms: Waveforms
    private let normalization: Normalization
    private let size: Int
    /// The examples that have a waveform, among those that are trained on.
    private let rows: [Int]
    /// Whether it leaves room for examples without a waveform, which something else must fill before.
    package let leavesGaps: Bool
    private let seed: UInt64
    /// One for each thread.
    private let augmenters: [WaveformAugmenter]

    /// - Parameters:
    ///   - settings: what is varied; checked.
    ///   - modality: the modality's name: each draws numbers of its own.
    ///   - waveforms: its waveforms.
    ///   - features: how its features are computed.
    ///   - normalization: how they are normalized.
    ///   - rows: the examples that are trained on, whose voices babble in the background of others.
    ///   - seed: the random seed.
    ///   - threads: how many compute, at least 1.
    /// - Throws: `DuetError` of kind `badData` where a feature setting is out of range.
    package init(
        _ settings: WaveformAugmentation, of modality: String, _ waveforms: Waveforms, _ features: AudioFeatureSettings,
        _ normalization: Normalization, rows: [Int], seed: UInt64, threads: Int
    ) throws {
        (self.modality, self.waveforms, self.normalization) = (modality, waveforms, normalization)
        self.rows = rows.filter(waveforms.has)
        leavesGaps = self.rows.count < rows.count
        (self.seed, size) = (seed, features.valuesPerClip)
        do {
            augmenters = try (0..<threads).map { _ in try WaveformAugmenter(settings, features) }
        } catch let error as MediaError {
            throw DuetError(.badData, error.description)
        }
    }

    /// Writes the normalized features of some rows, one after another, and nothing for rows without a waveform.
    /// - Parameters:
    ///   - target: room for all of them.
    ///   - batch: which rows.
    ///   - epoch: which epoch.
    /// - Throws: `DuetError` of kind `badData` where the file that holds the waveforms was cut short.
    package func fill(_ target: UnsafeMutableBufferPointer<Float>, with batch: ArraySlice<Int>, epoch: Int) throws {
        var failures = [(any Error)?](repeating: nil, count: batch.count)
        try failures.withUnsafeMutableBufferPointer { failures in
            // Each task has a thread's augmenter and an index's memory to itself.
            nonisolated(unsafe) let (feeder, target, failures) = (self, target, failures)
            ParallelTasks.run(batch.count, threads: augmenters.count) { thread, index in
                do {
                    try feeder.write(
                        batch[batch.startIndex + index], epoch, feeder.augmenters[thread],
                        to: target.extracting((index * feeder.size)..<((index + 1) * feeder.size)))
                } catch {
                    failures[index] = error
                }
            }
            if let failure = failures.compactMap({ $0 }).first { throw failure }
        }
    }

    private func write(
        _ row: Int, _ epoch: Int, _ augmenter: WaveformAugmenter, to target: UnsafeMutableBufferPointer<Float>
    ) throws {
        guard waveforms.has(row) else { return }
        var generator = SeededGenerator(seed: seed, epoch: epoch, row: row, stream: "waveform/\(modality)")
        try augmenter.write(
            featuresOf: waveforms.samples(of: row), seed: generator.next(),
            babbleOf: { try self.waveforms.samples(of: self.rows[$0.index(below: self.rows.count)]) }, to: target)
        normalization.apply(to: target, of: modality)
    }
}
