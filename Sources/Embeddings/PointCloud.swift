import FileFormats

/// Points that are known to be finite: as rows, one after another.
package struct PointCloud {
    package internal(set) var values: [Float]
    package let dimensions: Int

    package var count: Int { values.count / dimensions }

    /// Squared distances between points up to this size fit `Float`.
    private static let largest: Float = 1e15

    /// - Throws: `DuetError` of kind `badData`, when there are none, or the numbers do not fill the points or are not
    ///   finite or too large to take distances.
    package init(_ values: [Float], dimensions: Int) throws {
        guard dimensions > 0, !values.isEmpty, values.count.isMultiple(of: dimensions) else {
            throw DuetError(
                .badData,
                "\(values.count) numbers do not make points of \(dimensions) dimensions; expected a multiple above 0")
        }
        if let place = values.firstIndex(where: { !(abs($0) <= Self.largest) }) {
            throw DuetError(
                .badData,
                "point \(place / dimensions) has \(values[place]) in dimension \(place % dimensions); expected numbers "
                    + "between -1e15 and 1e15. Check where the points come from")
        }
        self.values = values
        self.dimensions = dimensions
    }

    /// The mean of each dimension, in float64.
    var mean: [Double] {
        var sums = [Double](repeating: 0, count: dimensions)
        for point in 0..<count {
            for d in 0..<dimensions { sums[d] += Double(values[point * dimensions + d]) }
        }
        return sums.map { $0 / Double(count) }
    }

    /// The points around the origin, the largest number 1: the same relative distances, with no digits lost to where the
    /// points lie or in what unit.
    package func centeredAndScaled() -> PointCloud {
        let mean = mean
        var result = self
        for i in values.indices { result.values[i] = Float(Double(values[i]) - mean[i % dimensions]) }
        let largest = result.values.reduce(0) { max($0, abs($1)) }
        guard largest > 0 else { return result }
        for i in values.indices { result.values[i] /= largest }
        return result
    }

    /// - Throws: `DuetError` of kind `badData`, when there are not as many labels as points.
    func check(labels: [Int]) throws {
        guard labels.count == count else {
            throw DuetError(.badData, "there are \(labels.count) labels for \(count) points; expected one for each")
        }
    }
}
