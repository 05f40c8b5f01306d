/// A square matrix of few entries, row by row.
package struct SparseMatrix {
    /// Row i's entries are `rowBegins[i]..<rowBegins[i + 1]`.
    package internal(set) var rowBegins: [Int64]
    package internal(set) var columns: [Int32]
    package internal(set) var values: [Float]

    package var rowCount: Int { rowBegins.count - 1 }

    package func row(_ i: Int) -> Range<Int> { Int(rowBegins[i])..<Int(rowBegins[i + 1]) }

    /// Rows become columns. The entries of each row of the result are in the order of their columns.
    func transposed() -> SparseMatrix {
        var begins = [Int64](repeating: 0, count: rowBegins.count)
        for column in columns { begins[Int(column) + 1] += 1 }
        for i in 1..<begins.count { begins[i] += begins[i - 1] }
        var result = SparseMatrix(
            rowBegins: begins, columns: [Int32](repeating: 0, count: columns.count),
            values: [Float](repeating: 0, count: values.count))
        for i in 0..<rowCount {
            for entry in row(i) {
                let place = Int(begins[Int(columns[entry])])
                begins[Int(columns[entry])] += 1
                result.columns[place] = Int32(i)
                result.values[place] = values[entry]
            }
        }
        return result
    }
}

extension SparseMatrix {
    /// (a + b) · factor. Entries of the rows of both are in the order of their columns, and so are the result's.
    init(adding a: SparseMatrix, _ b: SparseMatrix, timesEach factor: Float) {
        self.init(rowBegins: [0], columns: [], values: [])
        rowBegins.reserveCapacity(a.rowBegins.count)
        columns.reserveCapacity(a.columns.count + b.columns.count)
        values.reserveCapacity(a.columns.count + b.columns.count)
        for i in 0..<a.rowCount {
            var (left, right) = (a.row(i), b.row(i))
            while !left.isEmpty || !right.isEmpty {
                let leftColumn = left.isEmpty ? Int32.max : a.columns[left.lowerBound]
                let rightColumn = right.isEmpty ? Int32.max : b.columns[right.lowerBound]
                var value: Float = 0
                if leftColumn <= rightColumn { value += a.values[left.removeFirst()] }
                if rightColumn <= leftColumn { value += b.values[right.removeFirst()] }
                columns.append(min(leftColumn, rightColumn))
                values.append(value * factor)
            }
            rowBegins.append(Int64(columns.count))
        }
    }
}
