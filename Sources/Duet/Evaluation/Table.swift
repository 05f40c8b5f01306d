/// Vectors of equal length, one for each row of a dataset.
struct Table: Sendable {
    let width: Int
    private(set) var values: [Float]

    /// A table of zeros.
    init(width: Int, rows: Int) {
        self.width = width
        values = [Float](repeating: 0, count: width * rows)
    }

    subscript(row: Int) -> ArraySlice<Float> {
        get { values[(row * width)..<((row + 1) * width)] }
        set { values.replaceSubrange((row * width)..<((row + 1) * width), with: newValue) }
    }

    func copy(_ row: Int, to target: UnsafeMutablePointer<Float>) {
        values.withUnsafeBufferPointer { target.update(from: $0.baseAddress! + row * width, count: width) }
    }
}

extension Table {
    /// A table of the same size in which every entry is equally likely.
    var uniform: Table {
        var table = self
        table.values = [Float](repeating: 1 / Float(max(width, 1)), count: values.count)
        return table
    }

    /// Each row's most probable class; the first of equal ones.
    var classes: [Int] {
        stride(from: 0, to: values.count, by: max(width, 1)).map { start in
            let row = values[start..<(start + width)]
            return row.indices.reduce(start) { values[$1] > values[$0] ? $1 : $0 } - start
        }
    }

    /// Whether each row's most probable class is the true one.
    func areCorrect(_ truth: [Int]) -> [Bool] { zip(classes, truth).map { $0 == $1 } }
}
