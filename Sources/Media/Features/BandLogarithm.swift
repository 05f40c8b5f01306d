import CFeatureKernels
import Foundation

/// How the energies of mel bands become levels, of which the cosine transform is taken.
enum BandLogarithm {
    /// The natural logarithm, as python_speech_features takes it.
    case natural
    /// Decibels, at most 80 below the loudest band of the whole sound, as torchaudio takes them.
    case decibels

    /// The logarithm by the convention.
    init(_ convention: MFCCSettings.Convention) {
        switch convention {
        case .pythonSpeechFeatures: self = .natural
        case .torchaudio: self = .decibels
        }
    }

    /// What the kernels call it.
    var kernel: kernel_logarithm {
        switch self {
        case .natural: KERNEL_NATURAL_LOGARITHM
        case .decibels: KERNEL_DECIBELS
        }
    }

    /// The level of an energy above 0.
    func level(_ energy: Float) -> Float {
        switch self {
        case .natural: log(energy)
        case .decibels: 10 * log10(energy)
        }
    }

    /// The energy at a level.
    func power(atLevel level: Float) -> Float {
        switch self {
        case .natural: exp(level)
        case .decibels: pow(10, level / 10)
        }
    }
}
