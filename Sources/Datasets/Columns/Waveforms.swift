import FileFormats
package import Foundation
public import Media

/// The waveforms of the recordings that a training side's audio was computed from, for augmentation in training.
///
/// They stay in their file: 16-bit integers, each distinct recording once and as long as it is. A second file has for each example
/// where its waveform begins and ends; where both are the same, there is none of that example.
public struct Waveforms: Sendable {
    /// Samples per second.
    public let sampleRate: Int
    /// The number of distinct recordings.
    public let recordings: Int
    /// The number of examples.
    public var count: Int { ranges.count }
    /// The number of samples of all recordings.
    public var sampleCount: Int { samples.shape[0] }
    private let samples: NPYFile
    private let ranges: [Range<Int>]

    /// The value of a sample of 1.
    static let scale: Float = 32_768

    /// Opens the files and checks that they fit each other.
    /// - Parameters:
    ///   - samples: a `.npy` file of 16-bit integers, shape (samples).
    ///   - places: a `.npy` file of whole numbers, shape (examples, 2): the first sample of each example's waveform, and the one after its
    ///     last.
    ///   - sampleRate: samples per second.
    ///   - count: how many examples are expected.
    /// - Throws: `DuetError`, naming the file, the row and the value.
    package init(_ samples: URL, places: URL, sampleRate: Int, count: Int) throws {
        guard let file = try NPYFile(samples, of: [.int16]), file.shape.count == 1 else {
            throw DuetError(
                .badData,
                "\(samples.path): expected waveforms as 16-bit integers of shape [samples], one recording after another; "
                    + Self.remedy)
        }
        let array = try NPYArray(contentsOf: places)
        guard array.shape == [count, 2] else {
            throw DuetError(
                .badData,
                "\(array.name) has shape \(array.shape); expected [\(count), 2], the beginning and the end of each training "
                    + "example's waveform; \(Self.remedy)")
        }
        let numbers = try array.integers()
        let length = file.shape[0]
        ranges = try (0..<count).map { row in
            let (start, end) = (numbers[2 * row], numbers[2 * row + 1])
            guard start >= 0, start <= end, end <= length else {
                throw DuetError(
                    .badData,
                    "\(array.name), row \(row): samples \(start) to \(end); expected a beginning that is not behind the end, and both from 0 "
                        + "to \(length), the samples in \(samples.lastPathComponent); \(Self.remedy)")
            }
            return start..<end
        }
        self.samples = file
        self.sampleRate = sampleRate
        recordings = Set(ranges.filter { !$0.isEmpty }).count
    }

    private static let remedy = "build the dataset again"

    /// Whether there is a waveform of an example. There are none of the test side's, which a random split may train on.
    package func has(_ row: Int) -> Bool { row < ranges.count && !ranges[row].isEmpty }

    /// The clip that an example's audio was computed from.
    /// - Parameter row: the example's number on the training side.
    /// - Returns: the clip at `sampleRate`; without samples where there is none of this example.
    /// - Throws: `DuetError` of kind `badData` where the file was cut short.
    public func clip(of row: Int) throws -> AudioClip {
        AudioClip(samples: try samples(of: row), sampleRate: sampleRate)
    }

    /// The samples of an example's clip, from −1 to 1.
    package func samples(of row: Int) throws -> [Float] {
        let range = ranges[row]
        return try withUnsafeTemporaryAllocation(of: Int16.self, capacity: range.count) { integers in
            try samples.read(range, into: UnsafeMutableRawBufferPointer(integers))
            return [Float](unsafeUninitializedCapacity: range.count) { floats, initialized in
                for index in 0..<range.count { floats[index] = Float(integers[index]) / Self.scale }
                initialized = range.count
            }
        }
    }

    /// The integers that stand for samples; what is beyond −1 to 1 is clipped.
    static func integers(_ samples: [Float]) -> [Int16] {
        samples.map { Int16(max(-scale, min($0 * scale, scale - 1)).rounded()) }
    }
}
