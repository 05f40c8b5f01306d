import Foundation

/// How the energies of mel bands become levels, of which the cosine transform is taken.
enum BandLogarithm {
    /// The natural logarithm, as python_speech_features takes it.
    case natural
    /// Decibels, at most 80 below the loudest band of the whole sound, as torchaudio takes them.
    case decibels

    // torchaudio's `top_db` and `amin`.
    private static let dynamicRange = 80.0
    private static let leastEnergy = 1e-10

    /// The logarithm by the convention.
    init(_ convention: MFCCSettings.Convention) {
        switch convention {
        case .pythonSpeechFeatures: self = .natural
        case .torchaudio: self = .decibels
        }
    }

    /// The level of an energy from 0 up.
    func level(_ energy: Float) -> Double {
        switch self {
        // Silence has no logarithm; the Python package takes that of the smallest step from 1 to the next number.
        case .natural: log(energy == 0 ? .ulpOfOne : Double(energy))
        case .decibels: 10 * log10(max(Double(energy), Self.leastEnergy))
        }
    }

    /// The level that no band of a sound may lie below, by its loudest band.
    func floor(below loudest: Double) -> Double {
        switch self {
        case .natural: -.infinity
        case .decibels: loudest - Self.dynamicRange
        }
    }
}
