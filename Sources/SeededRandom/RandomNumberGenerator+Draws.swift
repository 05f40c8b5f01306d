import Foundation

/// Draws that are the same for the same bits in every version of Swift, unlike the standard library's own.
extension RandomNumberGenerator {
    /// Numbers from the normal distribution of mean 0 and standard deviation 1.
    ///
    /// Marsaglia's polar method: a point drawn evenly from the unit disc gives two independent numbers.
    /// G. Marsaglia, T. A. Bray: A Convenient Method for Generating Normal Variables. SIAM Review 6 (1964).
    ///
    /// - Parameter count: how many, at least 0.
    /// - Returns: `count` numbers. Fewer of them are the first of more.
    package mutating func normals(_ count: Int) -> [Float] {
        var normals: [Float] = []
        normals.reserveCapacity(count + 1)
        while normals.count < count {
            let (x, y) = (number(in: -1...1), number(in: -1...1))
            let square = x * x + y * y
            // The centre has no logarithm, and what lies outside of the disc has no angle that is equally likely.
            guard square > 0, square < 1 else { continue }
            let factor = (-2 * log(square) / square).squareRoot()
            normals.append(Float(x * factor))
            normals.append(Float(y * factor))
        }
        if normals.count > count { normals.removeLast() }
        return normals
    }

    /// A number from a range, each equally likely.
    package mutating func number(in range: ClosedRange<Double>) -> Double {
        // 53 bits fill a Double's significand.
        range.lowerBound + Double(next() >> 11) * 0x1p-53 * (range.upperBound - range.lowerBound)
    }
}
