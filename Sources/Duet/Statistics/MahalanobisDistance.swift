import Foundation
import NeuralNetwork
import SeededRandom

/// How far an embedding is from those of the classes: the squared Mahalanobis distance to the nearest class, where each class is a
/// normal distribution with a mean of its own and a covariance that all share (K. Lee et al., "A simple unified framework for
/// detecting out-of-distribution samples and adversarial attacks", 2018).
///
/// Distances are standardized by those of the validation examples, so that those of several branches can be averaged.
///
/// An embedding of more than 512 values, such as a flattened convolution, is folded into 512: each value is added, with a sign, to one of
/// them (K. Weinberger et al., "Feature hashing for large scale multitask learning", 2009). Inner products stay the same on average, and
/// the covariance stays small: it takes time with the cube of the width, and space in the model file with its square.
public struct MahalanobisDistance: Sendable, Equatable {
    /// Values of an embedding that count, after folding.
    let width: Int
    /// More values than that are folded.
    static let mostWidth = 512
    /// The inverse of the covariance's lower Cholesky factor, [width × width]: what it makes of an embedding has the identity as
    /// covariance.
    let whitening: FloatStorage
    /// The classes' means, whitened, [class × width].
    let means: FloatStorage
    /// The mean and the standard deviation of the validation examples' squared distances.
    private(set) var scale: [Float]
    /// How much less a branch knows of examples that are far away.
    package var temperature = DistanceTemperature.none

    /// What is added to each variance, as a share of their mean, so that the covariance has an inverse.
    private static let shrinkage = 1e-3

    /// Distances that were fitted before.
    /// - Throws: `NetworkError` where these cannot be one's numbers.
    init(
        whitening: FloatStorage, means: FloatStorage, scale: [Float], temperature: DistanceTemperature, classes: Int
    ) throws {
        width = Int(Double(whitening.count).squareRoot())
        // Like the weights, the large arrays stay where they lie in the file and are read when they are needed.
        guard width > 0, width * width == whitening.count, means.count == classes * width, scale.count == 2,
            scale[1] > 0, scale.allSatisfy(\.isFinite)
        else { throw NetworkError("the embeddings' means and covariance do not fit each other") }
        (self.whitening, self.means, self.scale) = (whitening, means, scale)
        self.temperature = temperature
    }

    /// Fits distances.
    /// - Parameters:
    ///   - embeddings: of training examples, [example × width]; at least one.
    ///   - labels: the class of each of them.
    ///   - classes: how many classes there are.
    ///   - validation: the embeddings of validation examples; at least one.
    package init(_ embeddings: [Float], labels: [Int], classes: Int, validation: [Float]) {
        let given = embeddings.count / labels.count
        let embeddings = Self.folded(embeddings, width: given)
        let width = min(given, Self.mostWidth)
        var means = [Double](repeating: 0, count: classes * width)
        var counts = [Double](repeating: 0, count: classes)
        for (example, label) in labels.enumerated() {
            counts[label] += 1
            for place in 0..<width { means[label * width + place] += Double(embeddings[example * width + place]) }
        }
        for label in 0..<classes {
            for place in 0..<width { means[label * width + place] /= max(counts[label], 1) }
        }
        let centered = labels.enumerated().flatMap { example, label in
            (0..<width).map { Double(embeddings[example * width + $0]) - means[label * width + $0] }
        }
        let whitening = Self.inverseCholeskyFactor(ofCovariance: centered, width: width).map(Float.init)
        let whitened = means.map(Float.init).withUnsafeBufferPointer { means in
            whitening.withUnsafeBufferPointer { whitening in
                (0..<classes).flatMap {
                    Self.whitened(UnsafeBufferPointer(rebasing: means[($0 * width)...].prefix(width)), by: whitening)
                }
            }
        }
        // A class without an example is far from everything.
        let placed = whitened.enumerated().map { counts[$0 / width] > 0 ? $1 : Float(1e6) }
        (self.width, self.whitening, self.means) = (width, .array(whitening), .array(placed))
        scale = [0, 1]
        let distances = squaredDistances(of: validation, width: given)
        let mean = distances.reduce(0) { $0 + Double($1) } / Double(distances.count)
        let variance = distances.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(distances.count)
        scale = [Float(mean), Float(max(variance.squareRoot(), 1e-6))]
    }

    /// The standardized distances of some embeddings: how many standard deviations of the validation examples they are further away than
    /// those are on average.
    /// - Parameters:
    ///   - embeddings: [example × width].
    ///   - width: values per embedding.
    /// - Returns: a score for each example.
    package func scores(of embeddings: [Float], width: Int) -> [Float] {
        squaredDistances(of: embeddings, width: width).map(score)
    }

    /// The standardized distance.
    func score(_ squaredDistance: Float) -> Float { (squaredDistance - scale[0]) / scale[1] }

    private func squaredDistances(of embeddings: [Float], width: Int) -> [Float] {
        embeddings.withUnsafeBufferPointer { embeddings in
            stride(from: 0, to: embeddings.count, by: width).map {
                squaredDistance(of: UnsafeBufferPointer(rebasing: embeddings[$0..<($0 + width)]))
            }
        }
    }

    /// The squared distance of an embedding to the nearest of the means.
    func squaredDistance(of embedding: UnsafeBufferPointer<Float>) -> Float {
        guard embedding.count <= Self.mostWidth else {
            return Self.folded(Array(embedding), width: embedding.count).withUnsafeBufferPointer(squaredDistance)
        }
        let point = whitening.withUnsafeBufferPointer { Self.whitened(embedding, by: $0) }
        return means.withUnsafeBufferPointer { means in
            stride(from: 0, to: means.count, by: width).reduce(Float.infinity) { nearest, mean in
                var sum: Float = 0
                for place in 0..<width {
                    let difference = point[place] - means[mean + place]
                    sum += difference * difference
                }
                return min(nearest, sum)
            }
        }
    }

    /// Embeddings, [example × width], of `mostWidth` values at most.
    private static func folded(_ embeddings: [Float], width: Int) -> [Float] {
        guard width > mostWidth else { return embeddings }
        // Where each value goes, and with which sign, is drawn by its place alone.
        let draws = (0..<width).map { place in
            var generator = SplitMix64(state: UInt64(place))
            return generator.next()
        }
        let buckets = draws.map { Int($0 % UInt64(mostWidth)) }
        let signs = draws.map { $0 >> 63 == 0 ? Float(1) : -1 }
        var folded = [Float](repeating: 0, count: embeddings.count / width * mostWidth)
        for example in 0..<(embeddings.count / width) {
            for place in 0..<width {
                folded[example * mostWidth + buckets[place]] += signs[place] * embeddings[example * width + place]
            }
        }
        return folded
    }

    /// A lower triangular matrix times a vector.
    private static func whitened(
        _ vector: UnsafeBufferPointer<Float>, by whitening: UnsafeBufferPointer<Float>
    ) -> [Float] {
        vector.indices.map { row in
            product(vector[...].prefix(row + 1), whitening[(row * vector.count)...].prefix(row + 1))
        }
    }

    /// The inner product of two vectors of one length, sixteen numbers at a time.
    private static func product(
        _ a: Slice<UnsafeBufferPointer<Float>>, _ b: Slice<UnsafeBufferPointer<Float>>
    ) -> Float {
        let (a, b) = (UnsafeBufferPointer(rebasing: a), UnsafeBufferPointer(rebasing: b))
        let whole = a.count / 16 * 16
        var sums = SIMD16<Float>.zero
        for index in stride(from: 0, to: whole, by: 16) {
            sums +=
                UnsafeRawPointer(a.baseAddress! + index).loadUnaligned(as: SIMD16<Float>.self)
                * UnsafeRawPointer(b.baseAddress! + index).loadUnaligned(as: SIMD16<Float>.self)
        }
        return (whole..<a.count).reduce(sums.sum()) { $0 + a[$1] * b[$1] }
    }

    /// L⁻¹ of the covariance L · Lᵀ of centred rows.
    private static func inverseCholeskyFactor(ofCovariance rows: [Double], width: Int) -> [Double] {
        var matrix = [Double](repeating: 0, count: width * width)
        let count = Double(rows.count / width)
        rows.withUnsafeBufferPointer { rows in
            matrix.withUnsafeMutableBufferPointer { matrix in
                for start in stride(from: 0, to: rows.count, by: width) {
                    for row in 0..<width {
                        let factor = rows[start + row]
                        guard factor != 0 else { continue }
                        for column in 0...row { matrix[row * width + column] += factor * rows[start + column] }
                    }
                }
            }
        }
        let trace = (0..<width).reduce(0) { $0 + matrix[$1 * width + $1] / count }
        let ridge = max(shrinkage * trace / Double(width), 1e-12)
        for row in 0..<width {
            for column in 0...row { matrix[row * width + column] /= count }
            matrix[row * width + row] += ridge
        }
        // In place: L, row by row.
        for row in 0..<width {
            for column in 0...row {
                var sum = matrix[row * width + column]
                for place in 0..<column { sum -= matrix[row * width + place] * matrix[column * width + place] }
                matrix[row * width + column] =
                    row == column ? max(sum, ridge).squareRoot() : sum / matrix[column * width + column]
            }
        }
        // L⁻¹, column by column.
        var inverse = [Double](repeating: 0, count: width * width)
        for column in 0..<width {
            inverse[column * width + column] = 1 / matrix[column * width + column]
            for row in (column + 1)..<max(width, column + 1) {
                var sum = 0.0
                for place in column..<row { sum -= matrix[row * width + place] * inverse[place * width + column] }
                inverse[row * width + column] = sum / matrix[row * width + row]
            }
        }
        return inverse
    }
}
