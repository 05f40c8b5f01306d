/// How raw values become a network's inputs, modality by modality. Fitted on the training rows and no others, or validation and
/// test would be measured with what they must not know.
public struct Normalization: Sendable, Codable, Equatable {
    /// How the values of one modality are normalized.
    public enum Rule: Sendable, Equatable {
        /// Values are divided by a number: pixels by 255.
        case scaling(divisor: Float)
        /// z-score: the mean is subtracted and the difference divided by the standard deviation, position by position.
        case standardization(mean: [Float], standardDeviation: [Float])
    }

    /// The rule of each modality, by name.
    public let rules: [String: Rule]

    /// A normalization with known rules, with as many means as standard deviations.
    public init(_ rules: [String: Rule]) {
        self.rules = rules
    }

    /// Fits the rules: images are divided by 255; audio is standardized to mean 0 and standard deviation 1 over the rows.
    ///
    /// - Parameters:
    ///   - dataset: the examples.
    ///   - rows: rows to take the statistics from, at least one: the training rows.
    ///   - frameWidths: by modality, values per frame, to take one mean and standard deviation for each of them over all frames of
    ///     all rows, but for the frames of zeros behind short clips. A modality without an entry gets them for each position of a
    ///     clip. Divides the values per clip.
    /// - Returns: a rule for each modality of the dataset.
    /// - Throws: `DuetError` of kind `badData` where a file that holds values was cut short.
    public static func fit(
        on dataset: Dataset, rows: [Int], frameWidths: [String: Int] = [:]
    ) throws -> Normalization {
        precondition(!rows.isEmpty, "a mean needs at least one row")
        return Normalization(
            Dictionary(
                uniqueKeysWithValues: try dataset.columns.map { column in
                    let name = column.modality.name
                    return switch column.modality.kind {
                    case .image: (name, .scaling(divisor: 255))
                    case .audio: (name, try .standardization(of: column, rows: rows, frameWidth: frameWidths[name]))
                    }
                }))
    }

    /// Writes rows of a modality, normalized, one after another.
    ///
    /// - Parameters:
    ///   - rows: which rows, in order.
    ///   - column: the modality's values, of the width that the rule was fitted on.
    ///   - target: room for `rows.count × column.size` values.
    /// - Throws: `DuetError` of kind `badData` where the file that holds the rows was cut short.
    public func gather(_ rows: some Sequence<Int>, of column: Column, into target: UnsafeMutablePointer<Float>) throws {
        let size = column.size
        guard let rule = rules[column.modality.name] else {
            preconditionFailure("nothing is known of how to normalize '\(column.modality.name)'")
        }
        for (position, row) in rows.enumerated() {
            try column.withRow(row) { rule.apply(to: $0, count: size, into: target + position * size) }
        }
    }

    /// Normalizes a row of a modality where it lies.
    package func apply(to values: UnsafeMutableBufferPointer<Float>, of modality: String) {
        guard let rule = rules[modality], let target = values.baseAddress else { return }
        rule.apply(to: .floats(UnsafeBufferPointer(values)), count: values.count, into: target)
    }
}

extension Normalization.Rule {
    /// Mean and population standard deviation of some rows; a standard deviation of 0 counts as 1.
    fileprivate static func standardization(of column: Column, rows: [Int], frameWidth: Int?) throws -> Self {
        let size = column.size
        let width = frameWidth ?? size
        precondition(width > 0 && size.isMultiple(of: width))
        var values = [Float](repeating: 0, count: size)
        // Two passes in double precision: the mean first, so that large offsets do not eat up the deviations' digits.
        func average(_ body: (_ value: Double, _ column: Int) -> Double) throws -> [Double] {
            var sums = [Double](repeating: 0, count: width)
            var count = 0
            for row in rows {
                try values.withUnsafeMutableBufferPointer { values in
                    try column.gather(CollectionOfOne(row), into: values.baseAddress!)
                    for start in stride(from: 0, to: size, by: width) {
                        let frame = values.extracting(start..<(start + width))
                        if frameWidth != nil, frame.allSatisfy({ $0 == 0 }) { continue }
                        count += 1
                        for place in 0..<width { sums[place] += body(Double(frame[place]), place) }
                    }
                }
            }
            return sums.map { $0 / Double(max(count, 1)) }
        }
        let mean = try average { value, _ in value }
        let variance = try average { value, place in (value - mean[place]) * (value - mean[place]) }
        let deviation = variance.map { $0 > 0 && Float($0.squareRoot()) > 0 ? Float($0.squareRoot()) : 1 }
        let frames = size / width
        return .standardization(
            mean: Array(repeatElement(mean.map { Float($0) }, count: frames).joined()),
            standardDeviation: Array(repeatElement(deviation, count: frames).joined()))
    }

    /// The number of values of a row that the rule takes; nil where any number will do.
    public var width: Int? {
        switch self {
        case .scaling: nil
        case .standardization(let mean, _): mean.count
        }
    }

    fileprivate func apply(to values: Column.RowValues, count: Int, into output: UnsafeMutablePointer<Float>) {
        switch (self, values) {
        case (.scaling(let divisor), .bytes(let bytes)):
            for i in 0..<count { output[i] = Float(bytes[i]) / divisor }
        case (.scaling(let divisor), .floats(let floats)):
            for i in 0..<count { output[i] = floats[i] / divisor }
        case (.standardization(let mean, let deviation), .bytes(let bytes)):
            precondition(mean.count == count, "the normalization was fitted on rows of another size")
            for i in 0..<count { output[i] = (Float(bytes[i]) - mean[i]) / deviation[i] }
        case (.standardization(let mean, let deviation), .floats(let floats)):
            precondition(mean.count == count, "the normalization was fitted on rows of another size")
            for i in 0..<count { output[i] = (floats[i] - mean[i]) / deviation[i] }
        }
    }
}
