import Foundation
package import SeededRandom

/// The distribution of a parameter's values around one observed value.
///
/// Of a number, a normal distribution that is cut off at the ends of the range, on the logarithmic scale if the
/// parameter has one; an integer takes the probability of its cell. Of an option, the observed one is likelier than the
/// others, which are alike (J. Aitchison, C. Aitken: Multivariate Binary Discrimination by the Kernel Method.
/// Biometrika 63 (1976)).
package struct ParameterKernel {
    package let kind: ParameterKind
    /// Of a number, the standard deviation on `kind.interval`. Of an option, the probability that goes to all options
    /// evenly, from 0 to 1.
    package let bandwidth: Double

    /// A kernel. A number's bandwidth is above 0 and at most the length of its range.
    package init(kind: ParameterKind, bandwidth: Double) {
        self.kind = kind
        self.bandwidth = bandwidth
    }

    /// An observed value, with what `logDensities` needs to know of it.
    package struct Center: Sendable {
        /// The value.
        let value: Double
        /// Where it lies on `ParameterKind.interval`.
        let position: Double
        /// The logarithm of the mass inside of the range, before the rest is cut off.
        let logMass: Double
    }

    /// An observed value as the center of a kernel.
    package func center(_ value: Double) -> Center {
        var logMass = 0.0
        let position = kind.position(of: value)
        if case .categorical = kind {} else { logMass = log(mass(of: kind.interval, around: position)) }
        return Center(value: value, position: position, logMass: logMass)
    }

    /// The logarithms of the probability of a value around each of some centers; of a real number, of its density over
    /// `kind.interval`.
    /// - Parameters:
    ///   - value: the value.
    ///   - centers: the observed values.
    /// - Returns: a logarithm per center, which may be -infinity far from it.
    package func logDensities(of value: Double, around centers: [Center]) -> [Double] {
        switch kind {
        case .categorical(let count):
            let other = log(bandwidth / Double(count))
            let same = log(bandwidth / Double(count) + 1 - bandwidth)
            return centers.map { $0.value == value ? same : other }
        case .integer:
            let cell = kind.cell(of: value)
            return centers.map { log(mass(of: cell, around: $0.position)) - $0.logMass }
        case .real:
            guard kind.width > 0 else { return centers.map { _ in 0 } }
            let position = kind.position(of: value)
            let factor = -0.5 / (bandwidth * bandwidth)
            let logNorm = log(bandwidth * (2 * Double.pi).squareRoot())
            return centers.map { center in
                let difference = position - center.position
                return factor * difference * difference - logNorm - center.logMass
            }
        }
    }

    /// The normal distribution's mass of an interval, before it is cut off at the ends of the range.
    private func mass(of interval: ClosedRange<Double>, around position: Double) -> Double {
        normalMass(
            from: (interval.lowerBound - position) / bandwidth, to: (interval.upperBound - position) / bandwidth)
    }

    /// Draws a value from the distribution around an observed one.
    /// - Parameters:
    ///   - center: the observed value.
    ///   - generator: what the draws come from.
    /// - Returns: the value.
    package func sample(around center: Center, using generator: inout SeededGenerator) -> Double {
        if case .categorical = kind {
            let isEven = generator.number(in: 0...1) < bandwidth
            return isEven ? kind.sample(using: &generator) : center.value
        }
        // An observed value is inside the range, and the bandwidth is at most its length: a third or more of the
        // draws are inside.
        let interval = kind.interval
        while true {
            let position = center.position + bandwidth * Double(generator.normals(1)[0])
            if interval.contains(position) { return kind.value(at: position) }
        }
    }
}
