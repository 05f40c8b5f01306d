import Foundation

/// The two directions in which points vary most: the leading eigenvectors of their covariance matrix.
package struct PrincipalComponents {
    /// Two unit vectors [dimensions]; the largest number of each is positive. Zeros where points do not vary in a second
    /// direction.
    package let first: [Double]
    package let second: [Double]

    /// Two eigenvalues so close that this many iterations do not part them are as good as equal, and so are their
    /// directions.
    private static let mostIterations = 500

    /// - Parameter points: around the origin.
    package init(of points: PointCloud) {
        let covariance = Self.covariance(of: points)
        let start = (0..<points.dimensions).map { 1 + 1 / Double($0 + 1) }
        first = Self.leadingEigenvector(of: covariance, start: start, orthogonalTo: nil)
        let other = start.indices.map { $0.isMultiple(of: 2) ? start[$0] : -start[$0] }
        second = Self.leadingEigenvector(of: covariance, start: other, orthogonalTo: first)
    }

    /// [points, 2]
    func project(_ points: PointCloud) -> [Double] {
        let dimensions = points.dimensions
        var result = [Double](repeating: 0, count: 2 * points.count)
        for point in 0..<points.count {
            for d in 0..<dimensions {
                let value = Double(points.values[point * dimensions + d])
                result[2 * point] += value * first[d]
                result[2 * point + 1] += value * second[d]
            }
        }
        return result
    }

    /// The covariance matrix's rows, times the number of points.
    private static func covariance(of points: PointCloud) -> [[Double]] {
        let dimensions = points.dimensions
        var rows = [[Double]](repeating: [Double](repeating: 0, count: dimensions), count: dimensions)
        for point in 0..<points.count {
            let values = points.values[(point * dimensions)..<((point + 1) * dimensions)].map { Double($0) }
            for a in 0..<dimensions where values[a] != 0 {
                let factor = values[a]
                rows[a].withUnsafeMutableBufferPointer { row in
                    values.withUnsafeBufferPointer { values in
                        for b in a..<values.count { row[b] += factor * values[b] }
                    }
                }
            }
        }
        for a in 0..<dimensions {
            for b in 0..<a { rows[a][b] = rows[b][a] }
        }
        return rows
    }

    /// By power iteration.
    private static func leadingEigenvector(
        of matrix: [[Double]], start: [Double], orthogonalTo other: [Double]?
    ) -> [Double] {
        func cleaned(_ vector: [Double]) -> [Double]? {
            var vector = vector
            if let other {
                let share = dot(vector, other)
                for d in vector.indices { vector[d] -= share * other[d] }
            }
            let length = dot(vector, vector).squareRoot()
            return length > 0 ? vector.map { $0 / length } : nil
        }
        let zeros = [Double](repeating: 0, count: start.count)
        guard var vector = cleaned(start) else { return zeros }
        for _ in 0..<mostIterations {
            guard let next = cleaned(matrix.map { dot($0, vector) }) else { return zeros }
            let change = zip(next, vector).reduce(0) { max($0, abs($1.0 - $1.1)) }
            vector = next
            if change < 1e-12 { break }
        }
        let largest = vector.max { abs($0) < abs($1) } ?? 0
        return largest < 0 ? vector.map { -$0 } : vector
    }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for i in a.indices { sum += a[i] * b[i] }
        return sum
    }
}
