import Foundation
package import SeededRandom

/// Varies recordings of which there are MFCCs only: does to the mel spectra that these stand for what `WaveformAugmenter` does to
/// waveforms, as far as a spectrum without phases can tell.
///
/// Powers of independent sounds add up, a room is an exponential decay, a line or a microphone a factor for each band. What comes out
/// follows from the clip, the settings and the seed alone; each step draws numbers of its own. It keeps memory between calls, so it
/// belongs to one thread at a time.
package final class SpectrumAugmenter {
    private let settings: WaveformAugmentation
    private let features: AudioFeatureSettings
    private let mfcc: MFCC
    private let cepstrum: CepstralInverse
    private let bands: MelBands

    /// How far below the loudest frame an amplifier's limit lies, in dB.
    private static let limits = 0.0...20.0
    /// The distortion of a frame that just reaches the limit, and the most that there is, in dB below the frame.
    private static let distortion = (least: 25.0, most: 3.0)
    /// The noise of a telephone's 8 bits, in dB below each frame.
    private static let quantization = 25.0...45.0
    /// The lower and the upper edge of a telephone's band in Hz, and the attenuation outside, in dB.
    private static let line = (lower: 200.0...450.0, upper: 2_800.0...3_900.0, attenuation: 30.0...110.0)
    /// Over this share of its frequency, a line's edge goes down.
    private static let edgeWidth = 0.15

    /// - Parameters:
    ///   - settings: what is varied; checked.
    ///   - features: how the features were computed.
    /// - Throws: `MediaError`, when a feature setting is out of range.
    package init(_ settings: WaveformAugmentation, _ features: AudioFeatureSettings) throws {
        try features.check()
        self.settings = settings
        self.features = features
        mfcc = try MFCC(features.mfcc)
        cepstrum = CepstralInverse(features.mfcc)
        bands = MelBands(features.mfcc)
    }

    /// The spectrum that the features of a clip stand for.
    /// - Parameters:
    ///   - values: a clip's features, `AudioFeatureSettings.valuesPerClip` of them.
    ///   - means: what cepstral mean normalization took away: a number for each coefficient; none where nothing was.
    /// - Returns: the spectrum of the clip's own frames, without the zeros behind.
    package func spectrum(of values: [Float], means: [Float]) -> MelSpectrum {
        cepstrum.spectrum(ofLevels: levels(of: values, means))
    }

    /// Writes the features of a varied clip.
    /// - Parameters:
    ///   - values: a clip's features, `AudioFeatureSettings.valuesPerClip` of them.
    ///   - means: what cepstral mean normalization took away: a number for each coefficient; none where nothing was.
    ///   - seed: everything that is drawn follows from it.
    ///   - spectra: draws the spectrum of another clip, for babble.
    ///   - target: room for `AudioFeatureSettings.valuesPerClip` values.
    /// - Throws: what `spectra` throws.
    package func write(
        featuresOf values: [Float], means: [Float], seed: UInt64,
        babbleOf spectra: (inout SeededGenerator) throws -> MelSpectrum, to target: UnsafeMutableBufferPointer<Float>
    ) rethrows {
        var seeds = SeededGenerator(seed: seed)
        var voice = SeededGenerator(seed: seeds.next())
        guard voice.number(in: 0...1) >= settings.clean else {
            _ = target.update(fromContentsOf: values)
            return
        }
        let levels = spoken(levels(of: values, means), &voice)
        var spectrum = cepstrum.spectrum(ofLevels: levels)
        try vary(&spectrum, &seeds, babbleOf: spectra)
        _ = target.update(fromContentsOf: features.values(ofCoefficients: cepstrum.coefficients(of: spectrum)))
    }

    private func levels(of values: [Float], _ means: [Float]) -> [Float] {
        let (count, stride) = (features.mfcc.coefficients, features.valuesPerFrame)
        let last = values.lastIndex { $0 != 0 } ?? -1
        var coefficients: [Float] = []
        for frame in 0..<((last + stride) / stride) {
            for column in 0..<count {
                coefficients.append(values[frame * stride + column] + (means.isEmpty ? 0 : means[column]))
            }
        }
        return cepstrum.levels(of: coefficients)
    }

    /// What another speaker would have said: with another vocal tract, faster or slower. Between bands and frames, levels are
    /// interpolated.
    private func spoken(_ levels: [Float], _ generator: inout SeededGenerator) -> [Float] {
        let warp = VocalTract.drawn(settings.vocalTract, &generator)
        let speed = exp(generator.number(in: -1...1) * log(1 + settings.speed))
        let tempo = speed * exp(generator.number(in: -1...1) * log(1 + settings.tempo))
        let count = levels.count / bands.count
        guard count > 0, warp != 1 || tempo != 1 || speed != 1 else { return levels }
        let places = bands.places(warp: warp, speed: speed)
        let frames = min(max(Int((Double(count) / tempo).rounded()), 1), features.frames)
        var result = [Float](repeating: 0, count: frames * bands.count)
        for frame in 0..<frames {
            let place = min(Double(frame) * tempo, Double(count - 1))
            let (first, share) = (Int(place), Float(place - place.rounded(.down)))
            let second = min(first + 1, count - 1)
            for (band, source) in places.enumerated() {
                func level(_ frame: Int) -> Float {
                    let (low, high) = (
                        levels[frame * bands.count + source.band], levels[frame * bands.count + source.next]
                    )
                    return low + source.share * (high - low)
                }
                result[frame * bands.count + band] = level(first) + share * (level(second) - level(first))
            }
        }
        return result
    }

    /// The way of the sound, from the room to the line.
    private func vary(
        _ spectrum: inout MelSpectrum, _ seeds: inout SeededGenerator,
        babbleOf spectra: (inout SeededGenerator) throws -> MelSpectrum
    ) rethrows {
        func generator() -> SeededGenerator { SeededGenerator(seed: seeds.next()) }
        var (silence, room, noise) = (generator(), generator(), generator())
        var (microphone, amplifier, line) = (generator(), generator(), generator())
        guard spectrum.frames > 0 else { return }
        if settings.silence > 0 { surround(&spectrum, &silence) }
        if room.number(in: 0...1) < settings.reverberation { reverberate(&spectrum, &room) }
        if noise.number(in: 0...1) < settings.backgroundNoise {
            let kind = BackgroundNoise.allCases[noise.index(below: BackgroundNoise.allCases.count)]
            let snr = noise.number(in: settings.snr)
            let background =
                try kind == .babble
                ? babble(spectrum.frames, of: spectra, &noise) : sound(kind, frames: spectrum.frames, &noise)
            spectrum.add(background, snr: snr)
        }
        if settings.equalizer > 0 { spectrum.amplify(by: bands.response(upTo: settings.equalizer, &microphone)) }
        let gain = amplifier.number(in: -1...1) * settings.gain
        if settings.gain > 0 { spectrum.amplify(by: [Float](repeating: Float(gain), count: bands.count)) }
        if amplifier.number(in: 0...1) < settings.clipping { clip(&spectrum, &amplifier) }
        if line.number(in: 0...1) < settings.telephone {
            let ratio = line.number(in: Self.quantization)
            addSignalDependentNoise(to: &spectrum, ratios: [Double](repeating: ratio, count: spectrum.frames), &line)
            spectrum.amplify(by: lineResponse(&line))
        }
    }

    /// Noise before and after the clip, as `SilenceAround` has it; the clip keeps its place where there is no room.
    private func surround(_ spectrum: inout MelSpectrum, _ generator: inout SeededGenerator) {
        let longest = Int((settings.silence / features.mfcc.stepSeconds).rounded())
        let room = max(features.frames - spectrum.frames, 0)
        let before = min(generator.index(below: longest + 1), room)
        let after = min(generator.index(below: longest + 1), room - before)
        let level = generator.number(in: SilenceAround.levels)
        guard before + after > 0 else { return }
        var silence = MelSpectrum(bands: bands.count, power: [])
        silence.power = [Float](repeating: 0, count: (before + after) * bands.count)
        silence.add(sound(.white, frames: before + after, &generator), power: spectrum.meanPower, snr: level)
        let middle = before * bands.count
        spectrum.power = silence.power[..<middle] + spectrum.power + silence.power[middle...]
    }

    /// Echoes that decay exponentially, with the clip's end until they have fallen by 20 dB.
    private func reverberate(_ spectrum: inout MelSpectrum, _ generator: inout SeededGenerator) {
        let time = generator.number(in: settings.reverberationTime)
        let ratio = generator.number(in: RoomResponse.directToReverberant)
        let decay = Float(pow(10, -6 * features.mfcc.stepSeconds / time))
        let gain = Float(pow(10, -ratio / 10)) * (1 - decay)
        let tail = min(Int(time / 3 / features.mfcc.stepSeconds), max(features.frames - spectrum.frames, 0))
        spectrum.power += [Float](repeating: 0, count: tail * bands.count)
        for band in 0..<bands.count {
            var echoes: Float = 0
            for index in stride(from: band, to: spectrum.power.count, by: bands.count) {
                echoes = echoes * decay + spectrum.power[index]
                spectrum.power[index] += gain * echoes
            }
        }
    }

    /// Lowers the frames that are louder than an amplifier's limit to it, and adds distortion: the more, the louder they were.
    private func clip(_ spectrum: inout MelSpectrum, _ generator: inout SeededGenerator) {
        let powers = (0..<spectrum.frames).map { spectrum.power(ofFrame: $0) }
        let limit = (powers.max() ?? 0) * Float(pow(10, -generator.number(in: Self.limits) / 10))
        var ratios = [Double](repeating: .infinity, count: spectrum.frames)
        for (frame, power) in powers.enumerated() where power > limit {
            ratios[frame] = max(Self.distortion.least - 10 * log10(Double(power / limit)), Self.distortion.most)
            for index in spectrum.indices(ofFrame: frame) { spectrum.power[index] *= limit / power }
        }
        addSignalDependentNoise(to: &spectrum, ratios: ratios, &generator)
    }

    /// Adds noise that goes up and down with the clip: to each frame, so many dB below it.
    private func addSignalDependentNoise(
        to spectrum: inout MelSpectrum, ratios: [Double], _ generator: inout SeededGenerator
    ) {
        let kind = generator.index(below: 2) == 0 ? BackgroundNoise.white : .pink
        let noise = sound(kind, frames: spectrum.frames, &generator)
        let mean = noise.meanPower
        guard mean > 0 else { return }
        for (frame, ratio) in ratios.enumerated() {
            let scale = spectrum.power(ofFrame: frame) / mean * Float(pow(10, -ratio / 10))
            for index in spectrum.indices(ofFrame: frame) { spectrum.power[index] += scale * noise.power[index] }
        }
    }

    /// What a telephone line adds to the level of each band, in dB.
    private func lineResponse(_ generator: inout SeededGenerator) -> [Float] {
        let (lower, upper) = (generator.number(in: Self.line.lower), generator.number(in: Self.line.upper))
        let attenuation = generator.number(in: Self.line.attenuation)
        return bands.middles.map { frequency in
            let beyond = max((lower - frequency) / lower, (frequency - upper) / upper, 0)
            return Float(-min(beyond / Self.edgeWidth, 1) * attenuation)
        }
    }

    /// The spectrum of a noise, at any level.
    private func sound(
        _ kind: BackgroundNoise, frames: Int, _ generator: inout SeededGenerator
    ) -> MelSpectrum {
        let count = mfcc.samples(forFrames: frames)
        // Babble is made of spectra; the other kinds need no clips.
        let samples = kind.drawn(count, sampleRate: features.mfcc.sampleRate, of: { _ in [] }, &generator)
        var power = mfcc.bandEnergies(of: samples)
        power.removeLast(max(power.count - frames * bands.count, 0))
        return MelSpectrum(bands: bands.count, power: power)
    }

    /// As `Babble`, of spectra.
    private func babble(
        _ frames: Int, of spectra: (inout SeededGenerator) throws -> MelSpectrum, _ generator: inout SeededGenerator
    ) rethrows -> MelSpectrum {
        var babble = MelSpectrum(bands: bands.count, power: [Float](repeating: 0, count: frames * bands.count))
        for _ in 0..<(Babble.voices.lowerBound + generator.index(below: Babble.voices.count)) {
            let clip = try spectra(&generator)
            let mean = clip.meanPower
            guard mean > 0 else { continue }
            let start = generator.index(below: clip.frames)
            for frame in 0..<frames {
                let source = (start + frame) % clip.frames * bands.count
                for band in 0..<bands.count {
                    babble.power[frame * bands.count + band] += clip.power[source + band] / mean
                }
            }
        }
        return babble
    }
}

extension MelSpectrum {
    /// Adds a noise whose mean power lies so many dB below this spectrum's own.
    fileprivate mutating func add(_ noise: MelSpectrum, snr: Double) { add(noise, power: meanPower, snr: snr) }

    /// Adds a noise whose mean power lies so many dB below a power.
    fileprivate mutating func add(_ noise: MelSpectrum, power reference: Float, snr: Double) {
        let mean = noise.meanPower
        guard mean > 0 else { return }
        let scale = reference / mean * Float(pow(10, -snr / 10))
        for index in power.indices { power[index] += scale * noise.power[index] }
    }

    /// Amplifies each band by so many dB.
    fileprivate mutating func amplify(by decibels: [Float]) {
        let factors = decibels.map { pow(10, $0 / 10) }
        for index in power.indices { power[index] *= factors[index % bands] }
    }
}
