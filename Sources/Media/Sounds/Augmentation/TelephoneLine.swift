/// A telephone line: the band from 300 to 3,400 Hz at 8 kHz, in 8 bits of µ-law (ITU-T G.712, G.711).
///
/// The band's edges are Butterworth filters of fourth order. At another rate than 8 kHz the sound is resampled to it and back.
package struct TelephoneLine {
    private static let rate = 8_000
    private let down: SincResampler?
    private let up: SincResampler?
    private let filters: [BiquadFilter]

    /// A line for sounds at a rate in Hz. A rate below 8 kHz is kept.
    package init(sampleRate: Int) {
        let isResampled = sampleRate > Self.rate
        down = isResampled ? SincResampler(sampleRate, over: Self.rate) : nil
        up = isResampled ? SincResampler(Self.rate, over: sampleRate) : nil
        let rate = Double(min(sampleRate, Self.rate))
        // The two sections of a Butterworth filter of fourth order.
        filters = [0.541_196_100_146_197, 1.306_562_964_876_376].flatMap { quality -> [BiquadFilter] in
            let low = rate > 2 * 3_400 ? [BiquadFilter.lowPass(3_400 / rate, quality: quality)] : []
            return [.highPass(300 / rate, quality: quality)] + low
        }
    }

    /// Sends samples from −1 to 1 over the line; what is louder is clipped.
    package func apply(to samples: inout [Float]) {
        let count = samples.count
        if let down { samples = down.resampled(samples) }
        BiquadFilter.apply(filters, to: &samples)
        for index in samples.indices {
            let sample = Int16(max(-32_768, min(samples[index] * 32_768, 32_767)).rounded())
            samples[index] = Float(MuLaw.decoded(MuLaw.encoded(sample))) / 32_768
        }
        if let up {
            samples = up.resampled(samples)
            if samples.count > count { samples.removeLast(samples.count - count) }
        }
    }
}
