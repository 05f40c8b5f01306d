import Foundation
package import SeededRandom

/// The values that a parameter can take, and how they lie beside each other.
package enum ParameterKind: Hashable, Sendable {
    /// One of `count` options without order; its value is the option's index.
    case categorical(count: Int)
    /// A whole number. Where it is logarithmic, all numbers must be positive, and doubling is the same step everywhere.
    case integer(ClosedRange<Int>, logarithmic: Bool = false)
    /// A real number. Where it is logarithmic, all numbers must be positive.
    case real(ClosedRange<Double>, logarithmic: Bool = false)

    /// One of `count` options in order, such as the widths 16, 32 and 64; its value is the option's index.
    package static func ordinal(count: Int) -> ParameterKind {
        .integer(0...(count - 1))
    }

    /// Draws a value from the prior: options are equally likely, and numbers are, or their logarithms.
    /// - Parameter generator: what the draw comes from.
    /// - Returns: the value.
    package func sample(using generator: inout SeededGenerator) -> Double {
        switch self {
        case .categorical(let count): Double(generator.index(below: count))
        case .integer, .real: value(at: generator.number(in: interval))
        }
    }

    /// Whether a value is one of this parameter's.
    package func contains(_ value: Double) -> Bool {
        switch self {
        case .categorical(let count): value >= 0 && value < Double(count) && value == value.rounded()
        case .integer(let range, _):
            value >= Double(range.lowerBound) && value <= Double(range.upperBound) && value == value.rounded()
        case .real(let range, _): range.contains(value)
        }
    }

    /// Whether it has options or integers.
    var isDiscrete: Bool {
        if case .real = self { false } else { true }
    }

    /// The interval of positions on a line on which the prior is uniform. An integer takes the cell from half a step
    /// below it to half a step above.
    var interval: ClosedRange<Double> {
        switch self {
        case .categorical(let count): 0...Double(count)
        case .integer(let range, let logarithmic):
            Self.position(
                Double(range.lowerBound) - 0.5, logarithmic)...Self.position(
                    Double(range.upperBound) + 0.5, logarithmic)
        case .real(let range, let logarithmic):
            Self.position(range.lowerBound, logarithmic)...Self.position(range.upperBound, logarithmic)
        }
    }

    /// Where a number lies in `interval`.
    func position(of value: Double) -> Double {
        switch self {
        case .categorical: value
        case .integer(_, let logarithmic), .real(_, let logarithmic): Self.position(value, logarithmic)
        }
    }

    /// The positions that stand for a value: an integer's cell, and a real number's position alone.
    func cell(of value: Double) -> ClosedRange<Double> {
        switch self {
        case .categorical: value...(value + 1)
        case .integer(_, let logarithmic):
            Self.position(value - 0.5, logarithmic)...Self.position(value + 0.5, logarithmic)
        case .real: position(of: value)...position(of: value)
        }
    }

    /// The value whose cell a position is in.
    func value(at position: Double) -> Double {
        switch self {
        case .categorical(let count): return min(position.rounded(.down), Double(count - 1))
        case .integer(let range, let logarithmic):
            let value = (logarithmic ? exp(position) : position).rounded()
            return min(max(value, Double(range.lowerBound)), Double(range.upperBound))
        case .real(let range, let logarithmic):
            let value = Self.rounded(logarithmic ? exp(position) : position)
            return min(max(value, range.lowerBound), range.upperBound)
        }
    }

    /// The logarithm of the prior's probability of a value; of a real number, of its density over `interval`.
    package func logPrior(of value: Double) -> Double {
        switch self {
        case .categorical(let count): return -log(Double(count))
        case .integer:
            let cell = cell(of: value)
            return log((cell.upperBound - cell.lowerBound) / width)
        case .real: return width > 0 ? -log(width) : 0
        }
    }

    /// The length of `interval`.
    var width: Double { interval.upperBound - interval.lowerBound }

    private static func position(_ value: Double, _ logarithmic: Bool) -> Double {
        logarithmic ? log(value) : value
    }

    /// Six significant digits: enough for any setting, easy to read, and the same on machines whose logarithms differ
    /// in the last bit.
    private static func rounded(_ value: Double) -> Double {
        guard value != 0, value.isFinite else { return value }
        // Powers of ten with positive exponents are exact, so that what is left is the number nearest to the digits.
        let shift = 5 - log10(abs(value)).rounded(.down)
        let power = pow(10, abs(shift))
        return shift >= 0 ? (value * power).rounded() / power : (value / power).rounded() * power
    }
}
