import Foundation
import Media
import SeededRandom

/// Times the steps of the augmentation of recordings: `DuetBenchmark waveforms`. The second number is for recordings of which there
/// are features only.
///
/// Each is done to every example, alone, with the features of `AudioFeatureSettings.speech`, on clips of 0.436 s at 8 kHz, as long as a
/// digit of the Free Spoken Digit Dataset is on average. Microseconds of processor time for an example, on one thread.
enum WaveformBenchmark {
    private static let steps: [(name: String, change: @Sendable (inout WaveformAugmentation) -> Void)] = [
        ("features alone", { _ in }), ("vocal_tract", { $0.vocalTract = 0.1 }), ("speed", { $0.speed = 0.25 }),
        ("tempo", { $0.tempo = 0.25 }), ("silence", { $0.silence = 0.1 }), ("reverberation", { $0.reverberation = 1 }),
        ("background_noise", { $0.backgroundNoise = 1 }), ("equalizer", { $0.equalizer = 6 }),
        ("gain", { $0.gain = 6 }),
        ("clipping", { $0.clipping = 1 }), ("telephone", { $0.telephone = 1 }),
    ]

    static func run() throws {
        var generator = SeededGenerator(seed: 1)
        let clips = (0..<64).map { _ in generator.noise(3488).map { $0 * 0.1 } }
        let settings = AudioFeatureSettings.speech
        let extractor = try AudioFeatures(settings)
        let known = try clips.map { try extractor.valuesAndMeans(of: AudioClip(samples: $0, sampleRate: 8_000)) }
        let target = UnsafeMutableBufferPointer<Float>.allocate(capacity: settings.valuesPerClip)
        defer { target.deallocate() }
        var alone = 0.0
        for (name, change) in steps {
            var augmentation = WaveformAugmentation()
            change(&augmentation)
            let augmenter = try WaveformAugmenter(augmentation, settings)
            let time = microseconds { number in
                augmenter.write(
                    featuresOf: clips[number % clips.count], seed: UInt64(number),
                    babbleOf: { clips[$0.index(below: clips.count)] }, to: target)
            }
            if name == steps[0].name { alone = time }
            let spectra = try SpectrumAugmenter(augmentation, settings)
            let spectrumTime = microseconds { number in
                func spectrum(_ number: Int) -> MelSpectrum {
                    spectra.spectrum(of: known[number].values, means: known[number].means)
                }
                let clip = known[number % known.count]
                spectra.write(
                    featuresOf: clip.values, means: clip.means, seed: UInt64(number),
                    babbleOf: { spectrum($0.index(below: known.count)) }, to: target)
            }
            print(
                name.padding(toLength: 18, withPad: " ", startingAt: 0),
                String(format: "%7.1f %+7.1f %7.1f", time, time - alone, spectrumTime))
        }
    }

    /// Microseconds for an example: the least of several tries, which is what nothing else has held up.
    private static func microseconds(_ example: (Int) -> Void) -> Double {
        for number in 0..<1_000 { example(number) }
        let times = (0..<7).map { _ in
            let start = seconds
            for number in 0..<1_000 { example(number) }
            return (seconds - start) * 1_000
        }
        return times.min() ?? 0
    }

    /// Processor time of this process so far.
    private static var seconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
