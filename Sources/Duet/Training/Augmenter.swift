import Foundation
import SeededRandom

/// Varies the examples of a batch where they lie in a program's memory, normalized.
///
/// What is drawn follows from the seed, the epoch and the example alone, so that a resumed training goes on as it would have gone.
package struct Augmenter {
    /// How an example's values lie.
    package enum Layout {
        case image(height: Int, width: Int, channels: Int)
        case audio(frames: Int, values: Int)
    }

    let settings: Augmentation
    private let layout: Layout
    private let seed: UInt64
    private let stream: String

    /// - Parameters:
    ///   - settings: what is varied.
    ///   - modality: the modality's name: each draws numbers of its own.
    ///   - layout: how its values lie.
    ///   - seed: the random seed.
    package init(_ settings: Augmentation, of modality: String, _ layout: Layout, seed: UInt64) {
        (self.settings, self.layout, self.seed) = (settings, layout, seed)
        stream = "augmentation/\(modality)"
    }

    /// Varies the examples of some rows, which lie one after another.
    package func apply(to batch: UnsafeMutableBufferPointer<Float>, rows: ArraySlice<Int>, epoch: Int) {
        guard !rows.isEmpty else { return }
        let size = size
        var copy = [Float](repeating: 0, count: size)
        for (position, row) in rows.enumerated() {
            var generator = SeededGenerator(seed: seed, epoch: epoch, row: row, stream: stream)
            let example = UnsafeMutableBufferPointer(rebasing: batch[(position * size)..<((position + 1) * size)])
            switch layout {
            case .image(let height, let width, let channels):
                let picture = Picture(values: example, height: height, width: width, channels: channels)
                changeStrokeWidth(picture, &copy, &generator)
                move(picture, &copy, &generator)
                addNoise(to: example, &generator)
                erase(picture, &generator)
            case .audio(let frames, let values):
                shift(example, frames, values, &copy, &generator)
                addNoise(to: example, &generator)
                mask(example, frames, values, &generator)
            }
        }
    }

    private var size: Int {
        switch layout {
        case .image(let height, let width, let channels): height * width * channels
        case .audio(let frames, let values): frames * values
        }
    }

    /// Moves a clip in time. What leaves at one end comes in at the other.
    private func shift(
        _ clip: UnsafeMutableBufferPointer<Float>, _ frames: Int, _ values: Int, _ copy: inout [Float],
        _ generator: inout SeededGenerator
    ) {
        guard settings.timeShift > 0 else { return }
        let drawn = generator.index(below: 2 * settings.timeShift + 1) - settings.timeShift
        let shift = (drawn % frames + frames) % frames * values
        copy.withUnsafeMutableBufferPointer { copy in
            _ = copy.update(fromContentsOf: clip)
            _ = clip[shift...].update(fromContentsOf: copy[..<(clip.count - shift)])
            _ = clip[..<shift].update(fromContentsOf: copy[(clip.count - shift)..<clip.count])
        }
    }

    /// Sets a run of frames to the mean, which is 0.
    private func mask(
        _ clip: UnsafeMutableBufferPointer<Float>, _ frames: Int, _ values: Int, _ generator: inout SeededGenerator
    ) {
        guard settings.timeMask > 0 else { return }
        let length = generator.index(below: min(settings.timeMask, frames) + 1)
        let first = generator.index(below: frames - length + 1)
        clip[(first * values)..<((first + length) * values)].update(repeating: 0)
    }

    /// Adds noise, more to one example than to another: a branch that has seen all amounts knows when it cannot know.
    private func addNoise(to example: UnsafeMutableBufferPointer<Float>, _ generator: inout SeededGenerator) {
        guard settings.noise > 0 else { return }
        let deviation = Float(generator.number(in: 0...1)) * settings.noise
        for (i, value) in generator.normals(example.count).enumerated() { example[i] += deviation * value }
    }
}

extension SeededGenerator {
    /// The numbers that vary an example in an epoch.
    init(seed: UInt64, epoch: Int, row: Int, stream: String) {
        var mixer = SplitMix64(state: seed &+ UInt64(epoch) << 40 &+ UInt64(row))
        self.init(seed: mixer.next(), stream: stream)
    }
}
