/// Vectors of equal length, one for each row of a dataset.
struct Table: Sendable {
    let width: Int
    private(set) var values: [Float]

    /// A table of zeros.
    init(width: Int, rows: Int) {
        self.width = width
        values = [Float](repeating: 0, count: width * rows)
    }

    /// - Parameters:
    ///   - width: values per row.
    ///   - values: row by row.
    init(width: Int, values: [Float]) {
        (self.width, self.values) = (width, values)
    }

    subscript(row: Int) -> ArraySlice<Float> {
        get { values[(row * width)..<((row + 1) * width)] }
        set { values.replaceSubrange((row * width)..<((row + 1) * width), with: newValue) }
    }

    /// Writes rows one after the other.
    func copy(_ rows: ArraySlice<Int>, to target: UnsafeMutablePointer<Float>) {
        values.withUnsafeBufferPointer { values in
            guard let first = values.baseAddress else { return }
            for (position, row) in rows.enumerated() {
                (target + position * width).update(from: first + row * width, count: width)
            }
        }
    }
}

extension Table {
    /// A table of the same size with one value everywhere.
    func filled(with value: Float) -> Table {
        var table = self
        table.values = [Float](repeating: value, count: values.count)
        return table
    }

    /// Calibrates the probabilities in the rows.
    mutating func calibrate(by calibration: ConfidenceCalibration?) {
        calibration?.calibrate(&values, width: width)
    }

    /// Divides the logarithms of a row's probabilities by a temperature.
    mutating func temper(_ row: Int, by temperature: Float) {
        values.temper(by: temperature, in: (row * width)..<((row + 1) * width))
    }

    /// The number of rows.
    var count: Int { values.count / max(width, 1) }

    /// Each row's most probable class; the first of equal ones.
    var classes: [Int] { (0..<count).map { self[$0].argmax } }
}
