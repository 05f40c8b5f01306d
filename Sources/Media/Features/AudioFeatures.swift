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
    /// The clip is resampled to `settings.mfcc.sampleRate`. A longer one is cut to its loudest stretch, so that the voice
    /// lies in the centre; a shorter one gets frames of zeros behind, as in the default digits dataset. Means and
    /// differences are taken over the clip's own frames, before those zeros.
    ///
    /// - Parameter clip: the sound, at any rate.
    /// - Returns: `settings.valuesPerClip` values, frame by frame: coefficients, then their differences.
    /// - Throws: `MediaError`, when the clip cannot be resampled.
    public func values(of clip: AudioClip) throws -> [Float] {
        let fitting = try clip.resampled(to: settings.mfcc.sampleRate)
            .loudest(clipLength)
        var frames = FeatureFrames(mfcc.features(of: fitting.samples), width: settings.mfcc.coefficients)
        if settings.normalizesMean { frames.subtractMeans() }
        if settings.deltas > 0 { frames = frames.withDeltas(settings.deltas) }
        return frames.values + [Float](repeating: 0, count: settings.valuesPerClip - frames.values.count)
    }
}

/// A clip's frames, one after another, each of `width` values.
private struct FeatureFrames {
    var values: [Float]
    let width: Int

    private var count: Int { values.count / width }

    init(_ values: [Float], width: Int) {
        self.values = values
        self.width = width
    }

    /// Takes each column's mean away.
    mutating func subtractMeans() {
        guard count > 0 else { return }
        for column in 0..<width {
            let places = stride(from: column, to: values.count, by: width)
            let mean = Float(places.reduce(0.0) { $0 + Double(values[$1]) } / Double(count))
            for place in places { values[place] -= mean }
        }
    }

    /// The frames with their differences, and theirs, behind the values.
    func withDeltas(_ rounds: Int) -> FeatureFrames {
        var parts = [self]
        for _ in 0..<rounds { parts.append(parts[parts.count - 1].differences()) }
        let joined = (0..<count).flatMap { frame in
            parts.flatMap { $0.values[(frame * width)..<((frame + 1) * width)] }
        }
        return FeatureFrames(joined, width: width * parts.count)
    }

    /// The slope of the regression line over five frames, as `python_speech_features.delta(features, 2)` computes it. The first and
    /// the last frame are repeated beyond the ends.
    private func differences() -> FeatureFrames {
        func value(_ frame: Int, _ column: Int) -> Float {
            values[min(max(frame, 0), count - 1) * width + column]
        }
        let slopes = (0..<count).flatMap { frame in
            (0..<width).map { column in
                let near = value(frame + 1, column) - value(frame - 1, column)
                let far = value(frame + 2, column) - value(frame - 2, column)
                return (near + 2 * far) / 10
            }
        }
        return FeatureFrames(slopes, width: width)
    }
}
