import Foundation
package import SeededRandom

/// Varies waveforms and computes their features.
///
/// What comes out follows from the samples, the settings and the seed alone. Each step draws numbers of its own, so that leaving one
/// out leaves the others as they are. It keeps filters and memory between calls, so it belongs to one thread at a time.
package final class WaveformAugmenter {
    private let settings: WaveformAugmentation
    private let features: AudioFeatures
    private var speeds = SpeedChange()
    private let rooms = FourierConvolution()
    private let telephone: TelephoneLine

    private var sampleRate: Int { features.settings.mfcc.sampleRate }

    /// - Parameters:
    ///   - settings: what is varied; checked.
    ///   - features: how the features are computed.
    /// - Throws: `MediaError`, when a feature setting is out of range.
    package init(_ settings: WaveformAugmentation, _ features: AudioFeatureSettings) throws {
        self.settings = settings
        self.features = try AudioFeatures(features)
        telephone = TelephoneLine(sampleRate: features.mfcc.sampleRate)
    }

    /// Writes the features of a varied waveform.
    /// - Parameters:
    ///   - samples: the waveform at the features' sample rate, from −1 to 1, not empty.
    ///   - seed: everything that is drawn follows from it.
    ///   - clips: draws another waveform, for babble.
    ///   - target: room for `AudioFeatureSettings.valuesPerClip` values.
    /// - Throws: what `clips` throws.
    package func write(
        featuresOf samples: [Float], seed: UInt64, babbleOf clips: (inout SeededGenerator) throws -> [Float],
        to target: UnsafeMutableBufferPointer<Float>
    ) rethrows {
        var seeds = SeededGenerator(seed: seed)
        var voice = SeededGenerator(seed: seeds.next())
        let isClean = voice.number(in: 0...1) < settings.clean
        let warp = VocalTract.drawn(settings.vocalTract, &voice)
        let tempo = exp(voice.number(in: -1...1) * log(1 + settings.tempo))
        guard !isClean else { return features.write(samples, to: target) }
        var samples = samples
        try vary(&samples, &seeds, babbleOf: clips)
        features.write(samples, tempo: tempo, vocalTract: warp, to: target)
    }

    /// Varies a waveform in all but what the features do: vocal tract and tempo.
    package func vary(
        _ samples: inout [Float], _ seeds: inout SeededGenerator,
        babbleOf clips: (inout SeededGenerator) throws -> [Float]
    ) rethrows {
        func generator() -> SeededGenerator { SeededGenerator(seed: seeds.next()) }
        var (speed, silence, room, noise) = (generator(), generator(), generator(), generator())
        var (microphone, amplifier, line) = (generator(), generator(), generator())
        if settings.speed > 0 { speeds.apply(to: &samples, speed: SpeedChange.drawn(settings.speed, &speed)) }
        if settings.silence > 0 {
            let longest = Int(settings.silence * Double(sampleRate))
            SilenceAround.apply(to: &samples, longest: longest, &silence)
        }
        if room.number(in: 0...1) < settings.reverberation { reverberate(&samples, &room) }
        if noise.number(in: 0...1) < settings.backgroundNoise {
            let kind = BackgroundNoise.allCases[noise.index(below: BackgroundNoise.allCases.count)]
            let snr = noise.number(in: settings.snr)
            let background = try kind.drawn(samples.count, sampleRate: sampleRate, of: clips, &noise)
            BackgroundNoise.add(background, to: &samples, snr: snr)
        }
        if settings.equalizer > 0 {
            let response = MicrophoneResponse.drawn(upTo: settings.equalizer, sampleRate: sampleRate, &microphone)
            BiquadFilter.apply(response, to: &samples)
        }
        let gain = Float(pow(10, amplifier.number(in: -1...1) * settings.gain / 20))
        if settings.gain > 0 { for index in samples.indices { samples[index] *= gain } }
        if amplifier.number(in: 0...1) < settings.clipping {
            Clipping.apply(to: &samples, limit: amplifier.number(in: Clipping.limits))
        }
        if line.number(in: 0...1) < settings.telephone { telephone.apply(to: &samples) }
    }

    /// Lets a waveform sound in a room. It becomes longer by what is heard after its end.
    private func reverberate(_ samples: inout [Float], _ generator: inout SeededGenerator) {
        let room = RoomResponse(settings.reverberationTime, sampleRate: sampleRate, &generator)
        let count = samples.count + room.audibleTail
        samples = Array(rooms.convolved(samples, room.samples).prefix(count))
    }
}
