import Foundation
import Media
import SeededRandom
import Testing

@Suite("What the steps that vary waveforms do")
struct WaveformAugmentationTests {
    private let rate = 8_000

    private func tone(_ frequency: Double, count: Int = 8_000, height: Float = 0.5) -> [Float] {
        (0..<count).map { height * Float(sin(2 * .pi * frequency * Double($0) / Double(rate))) }
    }

    private func power(_ samples: some Collection<Float>) -> Double {
        samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(samples.count, 1))
    }

    /// The power at a frequency: of the mean of stretches under a Hann window.
    private func power(_ samples: [Float], at frequency: Double, stretch: Int = 1_024) -> Double {
        let starts = stride(from: 0, through: samples.count - stretch, by: stretch / 2)
        let powers = starts.map { start in
            var (real, imaginary) = (0.0, 0.0)
            for index in 0..<stretch {
                let window = 0.5 - 0.5 * cos(2 * .pi * Double(index) / Double(stretch))
                let angle = 2 * .pi * frequency * Double(index) / Double(rate)
                real += window * Double(samples[start + index]) * cos(angle)
                imaginary += window * Double(samples[start + index]) * sin(angle)
            }
            return real * real + imaginary * imaginary
        }
        return powers.reduce(0, +) / Double(powers.count)
    }

    private func varied(
        _ samples: [Float], seed: UInt64 = 1, _ change: (inout WaveformAugmentation) -> Void
    ) throws -> [Float] {
        var settings = WaveformAugmentation()
        change(&settings)
        let augmenter = try WaveformAugmenter(settings, .speech)
        var (varied, seeds) = (samples, SeededGenerator(seed: seed))
        augmenter.vary(&varied, &seeds) { _ in samples }
        return varied
    }

    @Test("The noise that noises are made of has mean 0 and standard deviation 1")
    func noise() {
        var generator = SeededGenerator(seed: 3)
        let noise = generator.noise(100_000)
        #expect(abs(noise.reduce(0, +)) / 100_000 < 0.01)
        #expect(abs(power(noise) - 1) < 0.01)
        #expect(noise.allSatisfy { abs($0) < 3.5 })
        #expect(abs(Double(noise.count { abs($0) < 1 }) / 100_000 - 0.6827) < 0.015, "as normally distributed numbers")
    }

    @Test("Played faster, a tone is higher and shorter")
    func speed() {
        var speeds = SpeedChange()
        for speed in [103, 128, 160] {
            var samples = tone(500)
            speeds.apply(to: &samples, speed: speed)
            #expect(samples.count == (8_000 * 128 + speed / 2) / speed)
            let higher = power(samples, at: 500 * Double(speed) / 128)
            #expect(
                [400.0, 500, 600].filter { abs($0 - 500 * Double(speed) / 128) > 60 }.allSatisfy {
                    power(samples, at: $0) < higher / 1_000
                })
        }
        var generator = SeededGenerator(seed: 1)
        let drawn = (0..<2_000).map { _ in SpeedChange.drawn(0.25, &generator) }
        #expect(drawn.min() == 102 && drawn.max() == 160)
        #expect(abs(drawn.count { $0 > 128 } - 1_000) < 120, "as often faster as slower")
    }

    @Test("Nothing that lies above the Nyquist frequency comes back below it")
    func aliasing() {
        var (low, high) = (tone(2_500), tone(3_900))
        var speeds = SpeedChange()
        speeds.apply(to: &low, speed: 160)
        speeds.apply(to: &high, speed: 160)
        #expect(power(high[200..<6_000]) < 1e-7 * power(low[200..<6_000]))
    }

    @Test("A room's impulse response falls by 60 dB in its reverberation time (Schroeder's integration)")
    func reverberationTime() throws {
        var generator = SeededGenerator(seed: 5)
        for time in [0.15, 0.3, 0.6] {
            let room = RoomResponse(time...time, sampleRate: rate, &generator)
            let direct = Double(room.samples[0])
            let echoes = room.samples.dropFirst().map { Double($0) * Double($0) }
            let ratio = 10 * log10(direct * direct / echoes.reduce(0, +))
            #expect(RoomResponse.directToReverberant.contains(ratio + 1e-4) || abs(ratio) < 1e-4)
            let start = try #require(room.samples.dropFirst().firstIndex { $0 != 0 })
            try #require(start > 0)
            #expect(RoomResponse.firstEcho.contains(Double(start) / Double(rate)) || start <= 17)
            // The energy that is still to come, from the first echo on, in dB.
            var rest = echoes.dropFirst(start - 1).reduce(0, +)
            let whole = rest
            var (five, twentyFive): (Int?, Int?)
            for (index, energy) in echoes.dropFirst(start - 1).enumerated() {
                let level = 10 * log10(rest / whole)
                if level < -5, five == nil { five = index }
                if level < -25, twentyFive == nil { twentyFive = index }
                rest -= energy
            }
            let measured = 3 * Double(try #require(twentyFive) - (try #require(five))) / Double(rate)
            #expect(abs(measured / time - 1) < 0.1, "\(measured) s instead of \(time)")
        }
    }

    @Test("The convolution by the Fourier transform is the sum of products", arguments: [(5, 3), (100, 1), (700, 900)])
    func convolution(lengths: (Int, Int)) {
        var generator = SeededGenerator(seed: 2)
        let (samples, response) = (generator.noise(lengths.0), generator.noise(lengths.1))
        let convolution = FourierConvolution()
        for _ in 0..<2 {
            let result = convolution.convolved(samples, response)
            #expect(result.count == lengths.0 + lengths.1 - 1)
            for place in result.indices {
                let first = max(0, place - response.count + 1)
                let expected = (first...min(place, samples.count - 1)).reduce(0.0) {
                    $0 + Double(samples[$1]) * Double(response[place - $1])
                }
                #expect(abs(Double(result[place]) - expected) < 1e-5 * Double(max(lengths.0, lengths.1)))
            }
        }
    }

    @Test(
        "Background noise of every kind is as far below the clip as it should be", arguments: BackgroundNoise.allCases)
    func snr(kind: BackgroundNoise) {
        let voice = tone(440)
        for snr in [-5.0, 0, 20] {
            var (samples, generator) = (voice, SeededGenerator(seed: 4))
            let noise = kind.drawn(samples.count, sampleRate: rate, of: { _ in tone(300, count: 1_000) }, &generator)
            BackgroundNoise.add(noise, to: &samples, snr: snr)
            let added = zip(samples, voice).map { $0 - $1 }
            #expect(abs(10 * log10(power(voice) / power(added)) - snr) < 0.05)
        }
    }

    @Test("Pink noise falls by 3 dB an octave, white noise by none")
    func slopes() {
        var generator = SeededGenerator(seed: 6)
        let pink = PinkNoise.drawn(400_000, sampleRate: rate, &generator)
        let white = generator.noise(400_000)
        let octaves = [62.5, 125, 250, 500, 1_000, 2_000]
        let levels = octaves.map { 10 * log10(power(pink, at: $0) / power(white, at: $0)) }
        for (place, octave) in octaves.enumerated() {
            let expected = levels[3] - 10 * log10(octave / octaves[3])
            #expect(abs(levels[place] - expected) < 0.7, "\(octave) Hz: \(levels[place] - levels[3]) dB beside 500 Hz")
        }
    }

    @Test("A hum has the mains' frequency and its overtones, and nothing between them")
    func hum() {
        var frequencies: Set<Double> = []
        for seed in 0..<8 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let hum = MainsHum.drawn(16_000, sampleRate: rate, &generator)
            let mains = MainsHum.frequencies.max {
                power(hum, at: $0, stretch: 8_000) < power(hum, at: $1, stretch: 8_000)
            }
            guard let mains else { continue }
            frequencies.insert(mains)
            let tones = (1...8).map { power(hum, at: Double($0) * mains, stretch: 8_000) }.reduce(0, +)
            #expect((1...7).allSatisfy { power(hum, at: (Double($0) + 0.5) * mains, stretch: 8_000) < tones / 1e6 })
        }
        #expect(frequencies == [50, 60])
    }

    @Test("Babble repeats clips, each as loud as the others, and silence gives silence")
    func babble() {
        var generator = SeededGenerator(seed: 1)
        let babble = Babble.drawn(
            4_000, of: { $0.index(below: 2) == 0 ? tone(300, count: 800) : tone(700, count: 80) }, &generator)
        #expect(power(babble) > 2 && babble.count == 4_000)
        #expect(Babble.drawn(10, of: { _ in [Float](repeating: 0, count: 4) }, &generator).allSatisfy { $0 == 0 })
    }

    @Test("A microphone raises and lowers frequencies by no more than its peaks together")
    func microphone() {
        var generator = SeededGenerator(seed: 8)
        let flat = generator.noise(64_000)
        var louder: Set<Bool> = []
        for _ in 0..<6 {
            var samples = flat
            BiquadFilter.apply(MicrophoneResponse.drawn(upTo: 6, sampleRate: rate, &generator), to: &samples)
            for frequency in [150.0, 400, 1_000, 2_500] {
                let change = 10 * log10(power(samples, at: frequency) / power(flat, at: frequency))
                #expect(abs(change) < 12)
                louder.insert(change > 0)
            }
        }
        #expect(louder.count == 2)
    }

    @Test("A telephone lets 300 to 3,400 Hz pass, and its noise follows the sound", arguments: [8_000, 16_000])
    func telephone(rate: Int) {
        func level(_ frequency: Double) -> Double {
            let sound = (0..<rate).map { 0.5 * Float(sin(2 * .pi * frequency * Double($0) / Double(rate))) }
            var samples = sound
            TelephoneLine(sampleRate: rate).apply(to: &samples)
            #expect(samples.count == rate)
            return 10 * log10(power(samples[1_000..<(rate - 1_000)]) / power(sound))
        }
        #expect([600.0, 1_000, 2_500].allSatisfy { abs(level($0)) < 0.5 })
        #expect(abs(level(300) + 3) < 0.5 && abs(level(3_400) + 3) < 0.7)
        #expect(level(75) < -40)
        if rate > 8_000 { #expect(level(6_000) < -40) }
    }

    @Test("A clipped sound ends at a share of its peak, gain moves the level, silence moves the sound")
    func amplifier() throws {
        var samples = tone(200)
        Clipping.apply(to: &samples, limit: 0.5)
        #expect(abs((samples.max() ?? 0) - 0.25) < 1e-4 && abs((samples.min() ?? 0) + 0.25) < 1e-4)
        let gains = try (0..<40).map { seed in
            10 * log10(power(try varied(tone(200), seed: UInt64(seed)) { $0.gain = 6 }) / power(tone(200)))
        }
        #expect(gains.allSatisfy { abs($0) <= 6.001 } && gains.contains { $0 < -3 } && gains.contains { $0 > 3 })
        var starts: Set<Int> = []
        for seed in 0..<20 {
            let moved = try varied(tone(200), seed: UInt64(seed)) { $0.silence = 0.1 }
            #expect((8_000...9_600).contains(moved.count))
            let start = try #require(moved.firstIndex { abs($0) > 0.05 })
            #expect(start <= 802)
            starts.insert(start)
            #expect(moved.prefix(max(start - 2, 0)).allSatisfy { abs($0) < 0.013 }, "40 dB and more below the tone")
        }
        #expect(starts.count > 15)
    }

    @Test("Equal seeds give equal bits; each step leaves the draws of the others alone; without steps nothing changes")
    func draws() throws {
        let clip = tone(440, count: 3_000)
        func all(_ settings: inout WaveformAugmentation) {
            (settings.speed, settings.silence, settings.reverberation, settings.backgroundNoise) = (0.2, 0.1, 1, 1)
            (settings.equalizer, settings.gain, settings.clipping, settings.telephone) = (6, 6, 1, 1)
        }
        #expect(try varied(clip, all) == varied(clip, all))
        #expect(try varied(clip, all) != varied(clip, seed: 2, all))
        #expect(try varied(clip) { _ in } == clip)
        let fast = try varied(clip) { $0.speed = 0.2 }
        #expect(try varied(clip) { ($0.speed, $0.gain) = (0.2, 6) }.count == fast.count)
    }

    @Test("What is written are the features of the varied waveform; a clean share stays as recorded")
    func features() throws {
        let clip = try AudioFile.read(AudioFixtures.file("telephone.wav"))
        let plain = try AudioFeatures(.speech).values(of: clip)
        func values(seed: UInt64, _ change: (inout WaveformAugmentation) -> Void) throws -> [Float] {
            var settings = WaveformAugmentation()
            change(&settings)
            let augmenter = try WaveformAugmenter(settings, .speech)
            return [Float](unsafeUninitializedCapacity: plain.count) { target, count in
                augmenter.write(featuresOf: clip.samples, seed: seed, babbleOf: { _ in clip.samples }, to: target)
                count = plain.count
            }
        }
        #expect(try values(seed: 1) { _ in } == plain)
        #expect(try values(seed: 1) { ($0.speed, $0.clean) = (0.2, 1) } == plain)
        #expect(try values(seed: 1) { $0.tempo = 0.2 } != plain)
        #expect(try values(seed: 1) { $0.vocalTract = 0.2 } != plain)
        let kept = try (0..<200).count { seed in
            try values(seed: UInt64(seed)) { ($0.gain, $0.vocalTract, $0.clean) = (6, 0.2, 0.3) } == plain
        }
        #expect(abs(kept - 60) < 25)
    }

    @Test("Settings are read by their names in files, defaults filled in, and checked")
    func settings() throws {
        let text = #"{"vocal_tract": 0.1, "background_noise": 0.5, "snr": [0, 20]}"#
        let settings = try JSONDecoder().decode(WaveformAugmentation.self, from: Data(text.utf8))
        var expected = WaveformAugmentation()
        (expected.vocalTract, expected.backgroundNoise, expected.snr) = (0.1, 0.5, 0...20)
        #expect(settings == expected && settings.problem == nil && !settings.isEmpty)
        #expect(settings.changedSettings == ["vocal_tract", "background_noise", "snr"])
        #expect(try JSONDecoder().decode(WaveformAugmentation.self, from: JSONEncoder().encode(settings)) == settings)
        #expect(WaveformAugmentation().isEmpty && WaveformAugmentation.speech.problem == nil)
        expected.reverberationTime = 0...1
        #expect(expected.problem?.setting == "reverberation_time" && expected.problem?.value == "[0.0, 1.0]")
        expected = WaveformAugmentation()
        expected.speed = .nan
        #expect(expected.problem?.setting == "speed")
    }
}
