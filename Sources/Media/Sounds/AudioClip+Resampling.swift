import CLateLibraries

extension AudioClip {
    /// How many samples the sound has at another rate.
    func sampleCount(at rate: Int) -> Int {
        Int((Double(samples.count) * (Double(rate) / Double(sampleRate))).rounded())
    }

    /// The same sound at another rate, `round(samples × rate / sampleRate)` samples of it.
    ///
    /// libsoxr does it at its high quality: its error lies 120 dB below the sound, under the last bit of 16, and it keeps nine tenths of
    /// the band.
    ///
    /// - Parameter rate: samples per second, 1,000 to 384,000.
    /// - Returns: this clip itself where it has the rate already.
    /// - Throws: `MediaError`, when the rate is out of range or more than 256 times the clip's, or less than a 256th.
    public func resampled(to rate: Int) throws -> AudioClip {
        guard rate != sampleRate else { return self }
        var missing: UnsafePointer<CChar>?
        guard let library = late_soxr(&missing)?.pointee else {
            throw MediaError(missingLibrary: missing, for: "a sound at \(sampleRate) Hz, resampled to \(rate) Hz")
        }
        guard AudioLimits.sampleRates.contains(rate), max(rate, sampleRate) <= 256 * min(rate, sampleRate) else {
            throw MediaError(
                .badData,
                "a sound at \(sampleRate) Hz cannot be resampled to \(rate) Hz; expected 1000 to 384000 Hz, "
                    + "and at most 256 times more or less than now")
        }
        let count = sampleCount(at: rate)
        var resampled = [Float](repeating: 0, count: count)
        var quality = library.soxr_quality_spec(UInt(SOXR_HQ), 0)
        let problem = library.soxr_oneshot(
            Double(sampleRate), Double(rate), 1, samples, samples.count, nil, &resampled, count, nil, nil, &quality, nil
        )
        if let problem {
            throw MediaError(
                .badData,
                "a sound of \(samples.count) samples cannot be resampled from \(sampleRate) to \(rate) Hz "
                    + "(\(String(cString: problem)))")
        }
        return AudioClip(samples: resampled, sampleRate: rate)
    }
}
