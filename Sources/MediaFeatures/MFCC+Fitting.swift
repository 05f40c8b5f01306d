extension MFCC {
    /// The coefficients of a clip in as many frames as a model expects.
    ///
    /// The clip is resampled to `settings.sampleRate`. A longer one is cut to its loudest stretch, so that the voice
    /// lies in the centre; a shorter one gets frames of zeros behind, as in the default digits dataset.
    ///
    /// - Parameters:
    ///   - clip: the sound, at any rate.
    ///   - frames: how many frames the model expects, above 0.
    /// - Returns: `frames × coefficients` values, frame by frame.
    /// - Throws: `MediaError`, when the clip cannot be resampled.
    public func features(of clip: AudioClip, frames: Int) throws -> [Float] {
        precondition(frames > 0)
        let fitting = try clip.resampled(to: settings.sampleRate).loudest(samples(forFrames: frames))
        let features = features(of: fitting.samples)
        return features + [Float](repeating: 0, count: frames * settings.coefficients - features.count)
    }
}
