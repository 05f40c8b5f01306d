import Foundation
package import SeededRandom

/// Noise in the background, at a ratio to the clip.
package enum BackgroundNoise: CaseIterable {
    /// Equally much at all frequencies.
    case white
    /// As `PinkNoise`.
    case pink
    /// As `MainsHum`.
    case hum
    /// As `Babble`.
    case babble

    /// Noise of this kind, at any level.
    package func drawn(
        _ count: Int, sampleRate: Int, of clips: (inout SeededGenerator) throws -> [Float],
        _ generator: inout SeededGenerator
    ) rethrows -> [Float] {
        switch self {
        case .white: generator.noise(count)
        case .pink: PinkNoise.drawn(count, sampleRate: sampleRate, &generator)
        case .hum: MainsHum.drawn(count, sampleRate: sampleRate, &generator)
        case .babble: try Babble.drawn(count, of: clips, &generator)
        }
    }

    /// Adds noise whose mean power lies so many dB below that of the samples. Silence stays silent.
    package static func add(_ noise: [Float], to samples: inout [Float], snr: Double) {
        let power = noise.meanPower
        guard power > 0 else { return }
        let scale = Float((samples.meanPower / power * pow(10, -snr / 10)).squareRoot())
        for index in samples.indices { samples[index] += scale * noise[index] }
    }
}
