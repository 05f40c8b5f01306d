import Foundation

/// How the energies of mel bands become levels, of which the cosine transform is taken.
enum BandLogarithm {
    /// The natural logarithm, as python_speech_features takes it.
    case natural
    /// Decibels, at most 80 below the loudest band of the whole sound, as torchaudio takes them.
    case decibels

    // torchaudio's `top_db` and `amin`.
    private static let dynamicRange: Float = 80
    private static let leastEnergy: Float = 1e-10
    private static let decibelsPerNeper = Float(10 / log(10.0))

    /// The logarithm by the convention.
    init(_ convention: MFCCSettings.Convention) {
        switch convention {
        case .pythonSpeechFeatures: self = .natural
        case .torchaudio: self = .decibels
        }
    }

    /// The level of energies from 0 up.
    @inline(__always)
    func level(_ energies: SIMD4<Float>) -> SIMD4<Float> {
        switch self {
        // Silence has no logarithm; the Python package takes that of the smallest step from 1 to the next number.
        case .natural:
            Self.logarithm(energies.replacing(with: Float(Double.ulpOfOne), where: energies .== 0))
        case .decibels:
            Self.logarithm(pointwiseMax(energies, SIMD4(repeating: Self.leastEnergy))) * Self.decibelsPerNeper
        }
    }

    /// The level of an energy from 0 up.
    func level(_ energy: Float) -> Float { level(SIMD4(repeating: energy))[0] }

    /// Natural logarithms of positive numbers, to the precision of float32.
    ///
    /// A number is 2^n (1 + f) with 1 + f between √½ and √2. The logarithm of 1 + f is that of (1 + s) / (1 − s) for s = f / (2 + f), whose
    /// series in odd powers of s converges fast.
    @inline(__always)
    private static func logarithm(_ values: SIMD4<Float>) -> SIMD4<Float> {
        let values = pointwiseMax(values, SIMD4(repeating: .leastNormalMagnitude))
        // Moved so that the exponent changes at √½ and not at 1.
        let bits = unsafeBitCast(values, to: SIMD4<Int32>.self) &- SIMD4(repeating: 0x3f35_04f3)
        let exponent = bits &>> SIMD4(repeating: 23)
        let mantissa = unsafeBitCast(
            bits &- (exponent &<< SIMD4(repeating: 23)) &+ SIMD4(repeating: 0x3f35_04f3), to: SIMD4<Float>.self)
        let f = mantissa - 1
        let s = f / (f + 2)
        let square = s * s
        var series = square * (2.0 / 9) + 2.0 / 7
        series = series * square + 2.0 / 5
        series = series * square + 2.0 / 3
        let turns = SIMD4<Float>(exponent)
        // ln 2 in two parts, so that the first product is exact.
        return turns * 0.693_359_375 + (turns * -2.121_944_4e-4 + (series * square * s + 2 * s))
    }

    /// The energy at a level: the inverse of `level`.
    func power(atLevel level: Float) -> Float {
        switch self {
        case .natural: exp(level)
        case .decibels: pow(10, level / 10)
        }
    }

    /// The level that no band of a sound may lie below, by its loudest band.
    func floor(below loudest: Float) -> Float {
        switch self {
        case .natural: -.infinity
        case .decibels: loudest - Self.dynamicRange
        }
    }
}
