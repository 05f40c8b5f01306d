/// How raw values become a network's input: images are divided by 255, audio is standardized, position by position or
/// coefficient by coefficient, to mean 0 and standard deviation 1 over the training rows.
public struct Normalization: Sendable, Codable, Equatable {
    /// What pixels are divided by.
    public let imageDivisor: Float
    /// The training rows' mean at each position of the audio features.
    public let audioMean: [Float]
    /// The training rows' population standard deviation at each position; 1 where the values never change.
    public let audioDeviation: [Float]

    /// A normalization with known statistics, as many means as deviations.
    public init(imageDivisor: Float = 255, audioMean: [Float], audioDeviation: [Float]) {
        precondition(audioMean.count == audioDeviation.count)
        self.imageDivisor = imageDivisor
        self.audioMean = audioMean
        self.audioDeviation = audioDeviation
    }

    /// Takes the statistics from some rows, which should be the training rows and no others, or validation and test would be
    /// measured with what they must not know.
    ///
    /// - Parameters:
    ///   - dataset: the pairs.
    ///   - indices: rows to take the statistics from; at least one.
    ///   - frameWidth: values per frame, to take one mean and deviation for each of them over all frames of all rows, but for the frames of
    ///     zeros behind short clips; nil to take them for each position of a clip by itself. Divides the values per clip.
    /// - Returns: the fitted normalization, one mean and one deviation per audio value.
    public static func fit(on dataset: PairedDataset, indices: [Int], frameWidth: Int? = nil) -> Normalization {
        precondition(!indices.isEmpty, "a mean needs at least one row")
        let size = dataset.audioSize
        let width = frameWidth ?? size
        precondition(width > 0 && size.isMultiple(of: width))
        // Two passes in double precision: the mean first, so that large offsets do not eat up the deviations' digits.
        func average(_ body: (_ value: Double, _ column: Int) -> Double) -> [Double] {
            var sums = [Double](repeating: 0, count: width)
            var count = 0
            dataset.audio.withUnsafeBufferPointer { audio in
                for row in indices {
                    for start in stride(from: row * size, to: (row + 1) * size, by: width) {
                        let frame = audio.extracting(start..<(start + width))
                        if frameWidth != nil, frame.allSatisfy({ $0 == 0 }) { continue }
                        count += 1
                        for column in 0..<width { sums[column] += body(Double(frame[column]), column) }
                    }
                }
            }
            return sums.map { $0 / Double(max(count, 1)) }
        }
        let mean = average { value, _ in value }
        let variance = average { value, column in (value - mean[column]) * (value - mean[column]) }
        let deviation = variance.map { $0 > 0 && Float($0.squareRoot()) > 0 ? Float($0.squareRoot()) : 1 }
        let frames = size / width
        return Normalization(
            audioMean: Array(repeatElement(mean.map { Float($0) }, count: frames).joined()),
            audioDeviation: Array(repeatElement(deviation, count: frames).joined()))
    }

    /// Writes the images of some rows, normalized, one after another.
    ///
    /// - Parameters:
    ///   - rows: which rows, in order.
    ///   - dataset: the pairs.
    ///   - target: room for `rows.count × imageSize` values.
    public func gatherImages(
        _ rows: ArraySlice<Int>, of dataset: PairedDataset, into target: UnsafeMutablePointer<Float>
    ) {
        let size = dataset.imageSize
        dataset.images.withUnsafeBufferPointer { images in
            for (position, row) in rows.enumerated() {
                precondition(row >= 0 && row < dataset.count)
                let source = images.extracting((row * size)..<((row + 1) * size))
                let output = target + position * size
                for i in source.indices { output[i] = source[i] / imageDivisor }
            }
        }
    }

    /// Writes the audio of some rows, normalized, one after another.
    ///
    /// - Parameters:
    ///   - rows: which rows, in order.
    ///   - dataset: the pairs; its audio must have as many values per row as `audioMean`.
    ///   - target: room for `rows.count × audioSize` values.
    public func gatherAudio(
        _ rows: ArraySlice<Int>, of dataset: PairedDataset, into target: UnsafeMutablePointer<Float>
    ) {
        let size = dataset.audioSize
        precondition(size == audioMean.count, "the normalization was fitted on audio of another size")
        dataset.audio.withUnsafeBufferPointer { audio in
            for (position, row) in rows.enumerated() {
                precondition(row >= 0 && row < dataset.count)
                let source = audio.extracting((row * size)..<((row + 1) * size))
                let output = target + position * size
                for i in source.indices { output[i] = (source[i] - audioMean[i]) / audioDeviation[i] }
            }
        }
    }
}
