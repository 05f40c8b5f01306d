import Foundation
import SeededRandom

/// Where the mel bands lie.
struct MelBands {
    /// The middle of each band, in Hz.
    let middles: [Double]
    private let nyquist: Double

    var count: Int { middles.count }

    init(_ settings: MFCCSettings) {
        middles = Array(MelFilterbank.edges(settings).dropFirst().dropLast())
        nyquist = settings.nyquistFrequency
    }

    /// A place between two bands.
    struct Place {
        let band: Int
        let next: Int
        /// How near to `next`, 0 to 1.
        let share: Float
    }

    /// Where to look for each band's level in the spectrum of a voice whose frequencies are to be multiplied by a speed, after they were
    /// moved as by `VocalTract`.
    func places(warp: Double, speed: Double) -> [Place] {
        var next = 0
        return middles.map { middle in
            let frequency = VocalTract.warped(min(middle / speed, nyquist), by: warp, nyquist: nyquist)
            while next < count - 1, middles[next] < frequency { next += 1 }
            let band = max(next - 1, 0)
            guard band < next else { return Place(band: band, next: band, share: 0) }
            let share = (frequency - middles[band]) / (middles[next] - middles[band])
            return Place(band: band, next: next, share: Float(max(0, min(share, 1))))
        }
    }

    /// A microphone's response, in dB for each band, as `MicrophoneResponse` draws it: four peaks and dips.
    func response(upTo decibels: Double, _ generator: inout SeededGenerator) -> [Float] {
        let filters = MicrophoneResponse.drawn(upTo: decibels, sampleRate: Int(2 * nyquist), &generator)
        return middles.map { middle in
            Float(filters.reduce(0) { $0 + $1.decibels(at: middle / (2 * nyquist)) })
        }
    }
}
