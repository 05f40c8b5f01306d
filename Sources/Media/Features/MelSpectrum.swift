import CFeatureKernels

/// The power of a clip in each mel band, frame by frame.
package struct MelSpectrum {
    /// The number of bands.
    package let bands: Int
    /// `bands` values for each frame, one frame after another.
    package var power: [Float]

    /// The number of frames.
    package var frames: Int { bands == 0 ? 0 : power.count / bands }

    /// The mean power of a frame, all bands together; 0 where there are no frames.
    package var meanPower: Float { frames == 0 ? 0 : power.reduce(0, +) / Float(frames) }

    /// The power of a frame, all bands together.
    func power(ofFrame frame: Int) -> Float { power[indices(ofFrame: frame)].reduce(0, +) }

    /// Where a frame's values lie in `power`.
    func indices(ofFrame frame: Int) -> Range<Int> { (frame * bands)..<((frame + 1) * bands) }
}

/// Turns cepstral coefficients into the mel spectra that they stand for, and back.
///
/// Fewer coefficients than bands stand for a smooth spectrum: of a voice, its formants and not its pitch. Back and forth gives the same
/// coefficients, as far as bands do not lie below the floor of `BandLogarithm`.
struct CepstralInverse {
    private let settings: MFCCSettings
    private let logarithm: BandLogarithm
    /// A row of `filters` values for each coefficient.
    private let forward: [Float]
    private let inverse: [Float]

    init(_ settings: MFCCSettings) {
        self.settings = settings
        logarithm = BandLogarithm(settings.convention)
        let cosines = MFCC.cosines(settings)
        forward = cosines.map(Float.init)
        // The rows are orthogonal, each as long as its lifter makes it.
        inverse = (0..<settings.coefficients).flatMap { row -> [Float] in
            let row = cosines[(row * settings.filters)..<((row + 1) * settings.filters)]
            let square = row.reduce(0) { $0 + $1 * $1 }
            return row.map { square > 1e-6 ? Float($0 / square) : 0 }
        }
    }

    /// The levels of all bands, frame by frame, in the unit of the settings' logarithm.
    func levels(of coefficients: [Float]) -> [Float] {
        let (bands, count) = (settings.filters, settings.coefficients)
        var levels = [Float](repeating: 0, count: coefficients.count / count * bands)
        for frame in 0..<(coefficients.count / count) {
            let target = frame * bands
            // The frame's energy, which may have taken the first coefficient's place, raises the whole spectrum.
            for row in (settings.appendsEnergy ? 1 : 0)..<count {
                let coefficient = coefficients[frame * count + row]
                for band in 0..<bands { levels[target + band] += coefficient * inverse[row * bands + band] }
            }
            guard settings.appendsEnergy else { continue }
            let sum = levels[target..<(target + bands)].reduce(0) { $0 + logarithm.power(atLevel: $1) }
            let raise = coefficients[frame * count] - logarithm.level(sum)
            for band in 0..<bands { levels[target + band] += raise }
        }
        return levels
    }

    /// The spectrum of some levels.
    func spectrum(ofLevels levels: [Float]) -> MelSpectrum {
        MelSpectrum(bands: settings.filters, power: levels.map(logarithm.power(atLevel:)))
    }

    /// The coefficients of a spectrum, frame by frame.
    func coefficients(of spectrum: MelSpectrum) -> [Float] {
        let (bands, count, lanes) = (settings.filters, settings.coefficients, kernel_mel_lanes())
        let frames = spectrum.frames
        var energies = [Float](repeating: 0, count: (frames + lanes - 1) / lanes * lanes * (bands + 1))
        for frame in 0..<frames {
            let (round, lane) = frame.quotientAndRemainder(dividingBy: lanes)
            let first = round * (bands + 1) * lanes + lane
            for band in 0..<bands { energies[first + band * lanes] = spectrum.power[frame * bands + band] }
            energies[first + bands * lanes] = spectrum.power(ofFrame: frame)
        }
        var coefficients = [Float](repeating: 0, count: frames * count)
        kernel_cepstrum(
            &energies, frames, bands, logarithm.kernel, forward, count, settings.appendsEnergy, &coefficients, count)
        return coefficients
    }
}
