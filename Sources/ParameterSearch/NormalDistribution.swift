import Foundation

/// The probability that a standard normal number lies in an interval, accurate far from 0 too.
func normalMass(from low: Double, to high: Double) -> Double {
    // Where both ends are above 0, the tails above them are small numbers that keep their digits when subtracted.
    low > 0
        ? 0.5 * (erfc(low * 0.5.squareRoot()) - erfc(high * 0.5.squareRoot()))
        : 0.5 * (erfc(-high * 0.5.squareRoot()) - erfc(-low * 0.5.squareRoot()))
}
