import Foundation

extension SeededGenerator {
    /// Numbers from the normal distribution of mean 0 and standard deviation 1.
    ///
    /// Marsaglia's polar method: a point drawn evenly from the unit disc gives two independent numbers.
    /// G. Marsaglia, T. A. Bray: A Convenient Method for Generating Normal Variables. SIAM Review 6 (1964).
    ///
    /// - Parameter count: how many, at least 0.
    /// - Returns: `count` numbers. Fewer of them are the first of more.
    public mutating func normals(_ count: Int) -> [Float] {
        var normals: [Float] = []
        normals.reserveCapacity(count + 1)
        while normals.count < count {
            let (x, y) = (fromMinusOneToOne(), fromMinusOneToOne())
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

    private mutating func fromMinusOneToOne() -> Double {
        // 53 bits fill a Double's significand.
        Double(next() >> 11) * 0x1p-52 - 1
    }
}
