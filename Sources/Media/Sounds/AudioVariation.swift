import Foundation
import SeededRandom

/// How a recording may be changed so that it counts as another one: the same word, said a little differently.
///
/// Each recording that is varied is changed in all of these ways at once, each by an amount drawn evenly from its range.
public struct AudioVariation: Codable, Hashable, Sendable {
    /// How fast it is played: 1.1 raises pitch and formants by a tenth and shortens it, as another speaker's voice would
    /// (Ko et al., 2015: Audio augmentation for speech recognition).
    public var speed: ClosedRange<Double> = 0.8...1.25
    /// How fast it is spoken at the same pitch: the step from frame to frame is this many times as long.
    public var tempo: ClosedRange<Double> = 0.8...1.25
    /// Louder or softer, in dB.
    public var gain: ClosedRange<Double> = -6...6
    /// White noise, in dB below the clip's mean power.
    public var noise: ClosedRange<Double> = 5...30
    /// The share of varied recordings that get noise, 0 to 1.
    public var noiseShare = 0.7

    /// The ranges that served best for unseen speakers; see `docs/data.md`.
    public init() {}
}

extension AudioFeatures {
    /// The values of a clip that is varied first.
    ///
    /// - Parameters:
    ///   - clip: the sound, at any rate.
    ///   - variation: how it may be changed.
    ///   - generator: draws by how much; equal numbers give equal values.
    /// - Returns: as `values(of:)`.
    /// - Throws: `MediaError`, when the clip cannot be resampled.
    public func values(
        of clip: AudioClip, varied variation: AudioVariation, using generator: inout some RandomNumberGenerator
    ) throws -> [Float] {
        try valuesAndMeans(of: clip, varied: variation, using: &generator).values
    }

    /// The same, with the mean of each coefficient that was subtracted; no means where the settings do not normalize them.
    package func valuesAndMeans(
        of clip: AudioClip, varied variation: AudioVariation, using generator: inout some RandomNumberGenerator
    ) throws -> (values: [Float], means: [Float]) {
        // All are drawn always and in this order, so that the numbers that follow do not depend on them.
        let speed = generator.number(in: variation.speed)
        let tempo = generator.number(in: variation.tempo)
        let gain = generator.number(in: variation.gain)
        let noise = generator.number(in: variation.noise)
        let isNoisy = generator.number(in: 0...1) < variation.noiseShare
        // Played faster, a clip is one of a higher rate.
        let rate = Int((Double(clip.sampleRate) * speed).rounded())
        var varied = try AudioClip(samples: clip.samples, sampleRate: rate).resampled(to: settings.mfcc.sampleRate)
        varied = varied.amplified(decibels: gain)
        if isNoisy { varied = varied.withNoise(decibelsBelow: noise, using: &generator) }
        return valuesAndMeans(of: varied.samples, tempo: tempo)
    }
}

extension AudioClip {
    /// The clip made louder by so many dB.
    func amplified(decibels: Double) -> AudioClip {
        let factor = Float(pow(10, decibels / 20))
        return AudioClip(samples: samples.map { $0 * factor }, sampleRate: sampleRate)
    }

    /// The clip with white noise whose power lies so many dB below its own. Silence stays silent.
    func withNoise(decibelsBelow level: Double, using generator: inout some RandomNumberGenerator) -> AudioClip {
        let power = samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(samples.count, 1))
        let deviation = Float((power * pow(10, -level / 10)).squareRoot())
        let noise = generator.normals(samples.count)
        return AudioClip(samples: zip(samples, noise).map { $0 + deviation * $1 }, sampleRate: sampleRate)
    }
}
