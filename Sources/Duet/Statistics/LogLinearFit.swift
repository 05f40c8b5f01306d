import Foundation

/// The exponents wᵢ with which ∏ pᵢ^wᵢ, over its sum, has the lowest cross-entropy. One distribution alone gets temperature
/// scaling's 1 / T (Guo et al. 2017).
///
/// The cross-entropy is convex in the exponents, so Newton's method finds the only minimum. Where nothing is ever wrong there
/// is none: ridge regression towards 1 keeps the exponents from growing without end.
package struct LogLinearFit {
    /// One for each distribution, from 0.05 to 20.
    package let exponents: [Double]

    /// Fits exponents.
    /// - Parameters:
    ///   - logarithms: the logarithms of each distribution's probabilities, [example × class].
    ///   - labels: the class of each example.
    package init(_ logarithms: [[Double]], labels: [Int]) {
        var exponents = [Double](repeating: 1, count: logarithms.count)
        var current = Self.loss(exponents, logarithms, labels)
        for _ in 0..<100 {
            let step = Self.solve(current.hessian, current.gradient)
            var size = 1.0
            var next = current
            var moved = exponents
            repeat {
                moved = zip(exponents, step).map { min(max($0 - size * $1, 0.05), 20) }
                next = Self.loss(moved, logarithms, labels)
                size /= 2
            } while next.value > current.value && size > 1e-6
            guard next.value < current.value - 1e-12 else { break }
            (exponents, current) = (moved, next)
        }
        self.exponents = exponents
    }

    private static let ridge = 1e-3

    /// The mean cross-entropy with its derivatives.
    private static func loss(
        _ exponents: [Double], _ logarithms: [[Double]], _ labels: [Int]
    ) -> (value: Double, gradient: [Double], hessian: [[Double]]) {
        let (experts, classes) = (exponents.count, logarithms[0].count / max(labels.count, 1))
        var value = 0.0
        var gradient = [Double](repeating: 0, count: experts)
        var hessian = [[Double]](repeating: gradient, count: experts)
        // Room for one example, made once: there are many examples, and many steps.
        var weights = [Double](repeating: 0, count: classes)
        var means = [Double](repeating: 0, count: experts)
        for (example, label) in labels.enumerated() {
            let row = example * classes
            var most = -Double.infinity
            for c in 0..<classes {
                weights[c] = 0
                for i in 0..<experts { weights[c] += exponents[i] * logarithms[i][row + c] }
                most = max(most, weights[c])
            }
            value += most - weights[label]
            var sum = 0.0
            for c in 0..<classes {
                weights[c] = exp(weights[c] - most)
                sum += weights[c]
            }
            value += log(sum)
            for i in 0..<experts {
                means[i] = 0
                for c in 0..<classes { means[i] += weights[c] * logarithms[i][row + c] }
                means[i] /= sum
                gradient[i] += means[i] - logarithms[i][row + label]
                for j in 0...i {
                    var product = 0.0
                    for c in 0..<classes { product += weights[c] * logarithms[i][row + c] * logarithms[j][row + c] }
                    hessian[i][j] += product / sum - means[i] * means[j]
                }
            }
        }
        let share = 1 / Double(max(labels.count, 1))
        for i in 0..<experts {
            value += ridge * (exponents[i] - 1) * (exponents[i] - 1) / 2 / share
            gradient[i] = gradient[i] * share + ridge * (exponents[i] - 1)
            for j in 0...i {
                hessian[i][j] = hessian[i][j] * share + (i == j ? ridge : 0)
                hessian[j][i] = hessian[i][j]
            }
        }
        return (value * share, gradient, hessian)
    }

    /// The solution of a symmetric positive definite system, by Gaussian elimination: there are as many unknowns as modalities.
    private static func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
        var (matrix, right) = (matrix, right)
        let count = right.count
        for column in 0..<count {
            for row in (column + 1)..<max(count, column + 1) {
                let factor = matrix[row][column] / matrix[column][column]
                for k in column..<count { matrix[row][k] -= factor * matrix[column][k] }
                right[row] -= factor * right[column]
            }
        }
        for row in (0..<count).reversed() {
            for k in (row + 1)..<max(count, row + 1) { right[row] -= matrix[row][k] * right[k] }
            right[row] /= matrix[row][row]
        }
        return right
    }
}
