/// How a sound is cut into overlapping frames, and what stands where a frame reaches beyond it.
struct SoundFraming {
    /// A frame's length in samples.
    let length: Int
    /// Samples from one frame's start to the next.
    let step: Int
    private let convention: MFCCSettings.Convention
    private let preemphasis: Double

    // Files hold 16-bit integers, and python_speech_features takes them as they are.
    private static let integerScale: Float = 32_768

    /// The framing by checked settings. A tempo of 1.1 has frames a tenth further apart: the sound is spoken faster.
    init(_ settings: MFCCSettings, tempo: Double = 1) {
        convention = settings.convention
        preemphasis = settings.preemphasis
        step = max(Int(settings.samples(in: settings.stepSeconds * tempo)), 1)
        length =
            switch settings.convention {
            case .pythonSpeechFeatures: Int(settings.samples(in: settings.windowSeconds))
            case .torchaudio: settings.fftSize
            }
    }

    /// How many frames a sound of so many samples has.
    func frames(forSamples samples: Int) -> Int {
        guard samples > 0 else { return 0 }
        return switch convention {
        // The frames follow each other from the first sample on until the last sample is in one.
        case .pythonSpeechFeatures: samples > length ? 1 + (samples - length + step - 1) / step : 1
        // There is a frame around the first sample, and around each one that lies whole steps behind it.
        case .torchaudio: 1 + samples / step
        }
    }

    /// The longest sound that has no more than so many frames, in samples.
    func samples(forFrames frames: Int) -> Int {
        guard frames > 0 else { return 0 }
        return switch convention {
        case .pythonSpeechFeatures: (frames - 1) * step + length
        case .torchaudio: frames * step - 1
        }
    }

    /// A sound from the first sample of its first frame to the last one of its last, in the scale that the convention has.
    ///
    /// - Parameters:
    ///   - samples: the sound, from −1 to 1, not empty.
    ///   - frames: how many frames are wanted, at least as many as the sound has.
    /// - Returns: `(frames − 1) × step + length` samples. Frame n begins at sample `n × step`.
    func prepared(_ samples: [Float], frames: Int) -> [Float] {
        let count = (frames - 1) * step + length
        return switch convention {
        case .pythonSpeechFeatures: emphasized(samples, count: count)
        case .torchaudio: reflected(samples, count: count)
        }
    }

    /// The samples in the scale of 16-bit integers, less a part of the sample before each, with zeros behind.
    private func emphasized(_ samples: [Float], count: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { emphasized, initialized in
            // The first sample has none before it.
            var previous: Double = 0
            for index in samples.indices {
                let sample = Double(samples[index])
                emphasized[index] = Float(sample - preemphasis * previous) * Self.integerScale
                previous = sample
            }
            emphasized[samples.count...].initialize(repeating: 0)
            initialized = count
        }
    }

    /// The samples with half a frame of their mirror image on both sides, and zeros behind.
    ///
    /// The first and the last sample are the mirrors, which are not repeated. A sound shorter than half a frame is mirrored again and
    /// again, as `numpy.pad(mode="reflect")` does; torchaudio refuses such sounds.
    private func reflected(_ samples: [Float], count: Int) -> [Float] {
        let margin = length / 2
        let period = max(2 * (samples.count - 1), 1)
        let end = min(samples.count + 2 * margin, count)
        return [Float](unsafeUninitializedCapacity: count) { reflected, initialized in
            func mirror(_ indices: Range<Int>) {
                for index in indices {
                    let place = ((index - margin) % period + period) % period
                    reflected[index] = samples[min(place, period - place, samples.count - 1)]
                }
            }
            let middle = min(margin, end)..<min(margin + samples.count, end)
            mirror(0..<middle.lowerBound)
            _ = UnsafeMutableBufferPointer(rebasing: reflected[middle])
                .initialize(from: samples[(middle.lowerBound - margin)..<(middle.upperBound - margin)])
            mirror(middle.upperBound..<end)
            reflected[end...].initialize(repeating: 0)
            initialized = count
        }
    }
}
