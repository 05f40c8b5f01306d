import Foundation
import ParameterSearch
import SeededRandom
import Testing

@Suite("Kernels and priors of parameters")
struct KernelTests {
    @Test("Densities of real numbers are SciPy's truncated normal's")
    func truncatedNormal() throws {
        for expected in try SearchFixture().truncated {
            let kind = ParameterKind.real(expected.low...expected.high, logarithmic: expected.logarithmic)
            let kernel = ParameterKernel(kind: kind, bandwidth: expected.deviation)
            for (value, logDensity) in zip(expected.values, expected.logDensities) {
                let ours = kernel.logDensity(of: value, around: expected.center)
                #expect(abs(ours - logDensity) < 1e-9 * max(1, abs(logDensity)))
            }
        }
    }

    @Test("Probabilities of integers are SciPy's, and add up to 1")
    func integers() throws {
        for expected in try SearchFixture().discrete {
            let kernel = ParameterKernel(kind: .integer(expected.low...expected.high), bandwidth: expected.deviation)
            let ours = (expected.low...expected.high).map {
                kernel.logDensity(of: Double($0), around: expected.center)
            }
            for (ours, logProbability) in zip(ours, expected.logProbabilities) {
                #expect(abs(ours - logProbability) < 1e-7 * max(1, abs(logProbability)))
            }
            #expect(abs(ours.reduce(0) { $0 + exp($1) } - 1) < 1e-12)
        }
    }

    static let discrete: [(ParameterKind, center: Double, bandwidth: Double)] = [
        (.categorical(count: 5), 2, 0.4), (.categorical(count: 1), 0, 0.3), (.ordinal(count: 10), 0, 1.5),
        (.integer(3...20), 18, 4), (.integer(1...30, logarithmic: true), 4, 0.5), (.integer(7...7), 7, 1),
    ]

    @Test("Drawn options and integers come as often as their probabilities say", arguments: discrete.indices)
    func discreteDraws(index: Int) {
        let (kind, center, bandwidth) = Self.discrete[index]
        let kernel = ParameterKernel(kind: kind, bandwidth: bandwidth)
        var generator = SeededGenerator(seed: UInt64(index))
        let values = (0...40).map(Double.init).filter(kind.contains)
        let probabilities = values.map { exp(kernel.logDensity(of: $0, around: center)) }
        #expect(abs(probabilities.reduce(0, +) - 1) < 1e-12)
        let draws = (0..<20_000).map { _ in kernel.sample(around: kernel.center(center), using: &generator) }
        #expect(chiSquare(of: draws, values, probabilities) < chiSquareLimit(values.count - 1))

        let prior = values.map { exp(kind.logPrior(of: $0)) }
        #expect(abs(prior.reduce(0, +) - 1) < 1e-12)
        let priorDraws = (0..<20_000).map { _ in kind.sample(using: &generator) }
        #expect(chiSquare(of: priorDraws, values, prior) < chiSquareLimit(values.count - 1))
    }

    static let real: [(ParameterKind, center: Double, bandwidth: Double)] = [
        (.real(0...1), 0.05, 0.2), (.real(-5...5), 1, 10), (.real(1e-5...1, logarithmic: true), 1e-4, 1),
    ]

    @Test("Drawn numbers follow the density's integral", arguments: real.indices)
    func realDraws(index: Int) {
        let (kind, center, bandwidth) = Self.real[index]
        guard case .real(let range, let logarithmic) = kind else { return }
        let kernel = ParameterKernel(kind: kind, bandwidth: bandwidth)
        var generator = SeededGenerator(seed: UInt64(index))
        let scale = { (value: Double) in logarithmic ? log(value) : value }
        let draws = (0..<5_000).map { _ in scale(kernel.sample(around: kernel.center(center), using: &generator)) }
            .sorted()
        // Kolmogorov and Smirnov's distance to the integral, by the midpoint rule.
        let (low, high) = (scale(range.lowerBound), scale(range.upperBound))
        let steps = 20_000
        let width = (high - low) / Double(steps)
        var (integral, drawn, distance) = (0.0, 0, 0.0)
        for step in 0..<steps {
            let middle = low + (Double(step) + 0.5) * width
            let value = logarithmic ? exp(middle) : middle
            integral += width * exp(kernel.logDensity(of: value, around: center))
            while drawn < draws.count, draws[drawn] <= low + Double(step + 1) * width { drawn += 1 }
            distance = max(distance, abs(integral - Double(drawn) / Double(draws.count)))
        }
        #expect(abs(integral - 1) < 1e-6)
        #expect(distance < 1.95 / Double(draws.count).squareRoot(), "less likely than 1 in 1,000")
    }

    @Test("Drawn numbers have six significant digits, however large or small", arguments: [1e-9, 1e-3, 1, 1e12])
    func digits(scale: Double) {
        let kind = ParameterKind.real((-scale)...scale)
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<200 {
            let value = kind.sample(using: &generator)
            #expect(Double(String(format: "%.6g", value)) == value)
        }
    }

    private func chiSquare(of draws: [Double], _ values: [Double], _ probabilities: [Double]) -> Double {
        // Rare values are counted together.
        var (sum, restExpected, restCount) = (0.0, 0.0, 0.0)
        for (value, probability) in zip(values, probabilities) {
            let expected = probability * Double(draws.count)
            let count = Double(draws.count { $0 == value })
            if expected < 10 {
                restExpected += expected
                restCount += count
            } else {
                sum += (count - expected) * (count - expected) / expected
            }
        }
        #expect(draws.allSatisfy(values.contains))
        return restExpected > 1 ? sum + (restCount - restExpected) * (restCount - restExpected) / restExpected : sum
    }

    /// Above 4 standard deviations from the mean: about 1 in 1,000.
    private func chiSquareLimit(_ degrees: Int) -> Double {
        Double(degrees) + 4 * (2 * Double(max(degrees, 1))).squareRoot()
    }
}

extension ParameterKernel {
    fileprivate func logDensity(of value: Double, around center: Double) -> Double {
        logDensities(of: value, around: [self.center(center)])[0]
    }
}
