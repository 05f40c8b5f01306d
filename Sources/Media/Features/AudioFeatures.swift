/// Turns clips into audio features: frames of MFCCs, as many as it expects.
///
/// It keeps the memory that it works in between calls, so it belongs to one thread at a time.
public final class AudioFeatures {
    /// How the values are computed.
    public let settings: AudioFeatureSettings
    let mfcc: MFCC

    /// An extractor for the given settings.
    ///
    /// - Throws: `MediaError`, when a setting is out of range.
    public init(_ settings: AudioFeatureSettings = AudioFeatureSettings()) throws {
        try settings.check()
        self.settings = settings
        mfcc = try MFCC(settings.mfcc)
    }

    /// The samples that fill the frames, at the settings' rate.
    var clipLength: Int { mfcc.samples(forFrames: settings.frames) }

    /// The values of a clip.
    ///
    /// The clip is resampled to `settings.mfcc.sampleRate`, and trimmed where `settings.trimsSilence` says so. A longer one is cut to its loudest stretch, so that the voice
    /// lies in the centre; a shorter one gets frames of zeros behind, as in the default digits dataset. Means and
    /// differences are taken over the clip's own frames, before those zeros.
    ///
    /// - Parameter clip: the sound, at any rate.
    /// - Returns: `settings.valuesPerClip` values, frame by frame: coefficients, then their differences.
    /// - Throws: `MediaError`, when the clip cannot be resampled.
    public func values(of clip: AudioClip) throws -> [Float] {
        try valuesAndPreparation(of: clip).values
    }

    /// The values of a clip, as `values(of:)`, and what was done to it: the clip is resampled and the voice looked for once.
    /// - Parameter clip: the sound, at any rate.
    /// - Returns: `settings.valuesPerClip` values, and how the clip got the rate and the length of a model's clips.
    /// - Throws: `MediaError`, when the clip cannot be resampled.
    package func valuesAndPreparation(of clip: AudioClip) throws -> (values: [Float], preparation: ClipPreparation) {
        let samples = try clip.resampled(to: settings.mfcc.sampleRate).samples
        let voice = voice(in: samples)
        let values = [Float](unsafeUninitializedCapacity: settings.valuesPerClip) { values, initialized in
            write(samples, voice: voice, to: values)
            initialized = settings.valuesPerClip
        }
        return (values, preparation(of: clip, sampleCount: samples.count, voice: voice))
    }

    /// The values of a clip, as `values(of:)`, and what was subtracted from its coefficients.
    /// - Parameter clip: the sound, at any rate.
    /// - Returns: the values, and the mean of each coefficient; no means where the settings do not normalize them.
    /// - Throws: `MediaError`, when the clip cannot be resampled.
    package func valuesAndMeans(of clip: AudioClip) throws -> (values: [Float], means: [Float]) {
        valuesAndMeans(of: try clip.resampled(to: settings.mfcc.sampleRate).samples)
    }

    /// The values and means of samples at the settings' rate, taken to be spoken at another tempo.
    func valuesAndMeans(of samples: [Float], tempo: Double = 1) -> (values: [Float], means: [Float]) {
        var means: [Float] = []
        let values = [Float](unsafeUninitializedCapacity: settings.valuesPerClip) { values, initialized in
            means = write(samples, voice: voice(in: samples), tempo: tempo, to: values)
            initialized = settings.valuesPerClip
        }
        return (values, means)
    }

    /// The samples of the voice, at the settings' rate; nil where silence is not trimmed or there is no voice.
    func voice(in samples: [Float]) -> Range<Int>? {
        settings.trimsSilence ? VoiceActivity.range(in: samples, sampleRate: settings.mfcc.sampleRate) : nil
    }

    /// Writes the values of samples at the settings' rate, taken to be spoken at another tempo and with another vocal tract.
    ///
    /// - Parameters:
    ///   - samples: the sound, from −1 to 1.
    ///   - tempo: how many times as fast, at the same pitch.
    ///   - vocalTract: the factor for the frequencies of the mel filters, see `VocalTract`.
    ///   - target: room for `settings.valuesPerClip` values.
    package func write(
        _ samples: [Float], tempo: Double = 1, vocalTract: Double = 1, to target: UnsafeMutableBufferPointer<Float>
    ) {
        write(samples, voice: voice(in: samples), tempo: tempo, vocalTract: vocalTract, to: target)
    }

    /// Writes the values of what is spoken: of `voice`, or of all samples where that is nil.
    /// - Returns: the means that were subtracted.
    @discardableResult
    private func write(
        _ samples: [Float], voice: Range<Int>?, tempo: Double = 1, vocalTract: Double = 1,
        to target: UnsafeMutableBufferPointer<Float>
    ) -> [Float] {
        let samples = voice.map { Array(samples[$0]) } ?? samples
        let longest = mfcc.samples(forFrames: settings.frames, tempo: tempo)
        let fitting =
            samples.count <= longest
            ? samples : AudioClip(samples: samples, sampleRate: settings.mfcc.sampleRate).loudest(longest).samples
        let count = mfcc.write(
            fitting, tempo: tempo, vocalTract: vocalTract, to: target, stride: settings.valuesPerFrame)
        return settings.complete(target, frames: count)
    }
}

extension AudioFeatureSettings {
    /// The values of a clip whose MFCCs are known: what comes of them by the settings that follow the MFCCs.
    ///
    /// - Parameter coefficients: `mfcc.coefficients` values for each frame, frame by frame. Frames beyond `frames` are left out.
    /// - Returns: `valuesPerClip` values, as `AudioFeatures` makes them.
    package func values(ofCoefficients coefficients: some RandomAccessCollection<Float>) -> [Float] {
        valuesAndMeans(ofCoefficients: coefficients).values
    }

    /// The same, with the mean of each coefficient that was subtracted; no means where the settings do not normalize them.
    package func valuesAndMeans(
        ofCoefficients coefficients: some RandomAccessCollection<Float>
    ) -> (values: [Float], means: [Float]) {
        var means: [Float] = []
        let values = [Float](unsafeUninitializedCapacity: valuesPerClip) { values, initialized in
            let count = min(frames, coefficients.count / mfcc.coefficients)
            var source = coefficients.makeIterator()
            for frame in 0..<count {
                for column in 0..<mfcc.coefficients { values[frame * valuesPerFrame + column] = source.next() ?? 0 }
            }
            means = complete(values, frames: count)
            initialized = valuesPerClip
        }
        return (values, means)
    }

    /// Puts behind the coefficients of a clip's own frames what follows from them, and frames of zeros behind those.
    /// - Returns: the means that were subtracted.
    fileprivate func complete(_ values: UnsafeMutableBufferPointer<Float>, frames count: Int) -> [Float] {
        let own = FeatureFrames(values: values, count: count, coefficients: mfcc.coefficients, stride: valuesPerFrame)
        let means = normalizesMean ? own.subtractMeans() : []
        for round in 0..<deltas { own.writeDeltas(round) }
        values[(count * valuesPerFrame)..<valuesPerClip].initialize(repeating: 0)
        return means
    }
}

/// A clip's frames, one after another: the coefficients, and room for their differences.
private struct FeatureFrames {
    let values: UnsafeMutableBufferPointer<Float>
    let count: Int
    let coefficients: Int
    /// Values per frame.
    let stride: Int

    /// Takes each coefficient's mean away.
    /// - Returns: the means.
    func subtractMeans() -> [Float] {
        (0..<coefficients).map { column in
            var sum = 0.0
            for frame in 0..<count { sum += Double(values[frame * stride + column]) }
            let mean = Float(sum / Double(max(count, 1)))
            for frame in 0..<count { values[frame * stride + column] -= mean }
            return mean
        }
    }

    /// Writes the differences of the values of a round behind them: the slope of the regression line over five frames, as
    /// `python_speech_features.delta(features, 2)` computes it. The first and the last frame are repeated beyond the ends.
    func writeDeltas(_ round: Int) {
        for frame in 0..<count {
            func place(_ distance: Int) -> Int {
                min(max(frame + distance, 0), count - 1) * stride + round * coefficients
            }
            let (before, next, farBefore, farNext) = (place(-1), place(1), place(-2), place(2))
            let target = frame * stride + (round + 1) * coefficients
            for column in 0..<coefficients {
                let near = values[next + column] - values[before + column]
                let far = values[farNext + column] - values[farBefore + column]
                values[target + column] = (near + 2 * far) / 10
            }
        }
    }
}
