import Foundation

/// Triangular filters, evenly spaced on the mel scale (2595 log10(1 + f / 700)), that sum a power spectrum into bands.
///
/// A filter is zero over most of the spectrum, so each keeps only the run of weights that are not.
struct MelFilterbank {
    /// For each filter the first point of the spectrum that has a weight, and how many have one.
    private(set) var filters: [UInt32] = []
    /// These weights, one filter after another.
    private(set) var weights: [Float] = []

    /// The filters for a spectrum of `fftSize / 2 + 1` points; the settings must be checked. Their frequencies are multiplied by a factor
    /// for the vocal tract, see `VocalTract`.
    init(_ settings: MFCCSettings, vocalTract: Double = 1) {
        let edges = Self.edges(settings).map {
            vocalTract == 1 ? $0 : VocalTract.warped($0, by: vocalTract, nyquist: settings.nyquistFrequency)
        }
        for (lower, (peak, upper)) in zip(edges, zip(edges.dropFirst(), edges.dropFirst(2))) {
            switch settings.convention {
            case .pythonSpeechFeatures:
                append(Self.wholeTriangle(lower, peak, upper, settings))
            case .torchaudio:
                append(Self.exactTriangle(lower, peak, upper, settings))
            }
        }
    }

    private mutating func append(_ filter: (firstPoint: Int, weights: [Float])) {
        weights += filter.weights
        filters += [UInt32(filter.firstPoint), UInt32(filter.weights.count)]
    }

    /// A filter whose edges are rounded down to whole points of the spectrum, as `python_speech_features.get_filterbanks` does.
    private static func wholeTriangle(
        _ lower: Double, _ peak: Double, _ upper: Double, _ settings: MFCCSettings
    ) -> (firstPoint: Int, weights: [Float]) {
        func point(_ frequency: Double) -> Int {
            Int((Double(settings.fftSize + 1) * frequency / Double(settings.sampleRate)).rounded(.down))
        }
        let (lower, peak, upper) = (point(lower), point(peak), point(upper))
        let rising = (lower..<peak).map { Float($0 - lower) / Float(peak - lower) }
        let falling = (peak..<upper).map { Float(upper - $0) / Float(upper - peak) }
        return (lower, rising + falling)
    }

    /// A filter whose edges lie where they are, as in `torchaudio.functional.melscale_fbanks` without a norm. One that is
    /// narrower than the spectrum's points may hold none.
    private static func exactTriangle(
        _ lower: Double, _ peak: Double, _ upper: Double, _ settings: MFCCSettings
    ) -> (firstPoint: Int, weights: [Float]) {
        let spacing = settings.nyquistFrequency / Double(settings.fftSize / 2)
        let first = Int((lower / spacing).rounded(.down)) + 1
        let last = min(Int((upper / spacing).rounded(.up)) - 1, settings.fftSize / 2)
        guard first <= last else { return (0, []) }
        return (
            first,
            (first...last).map { point in
                let frequency = Double(point) * spacing
                return Float(max(0, min((frequency - lower) / (peak - lower), (upper - frequency) / (upper - peak))))
            }
        )
    }

    /// The frequencies in Hz where filters begin, peak and end: two more than there are filters.
    static func edges(_ settings: MFCCSettings) -> [Double] {
        let (low, high) = (mel(settings.lowFrequency), mel(settings.upperFrequency))
        let step = (high - low) / Double(settings.filters + 1)
        return (0...settings.filters + 1).map { frequency(low + Double($0) * step) }
    }

    private static func mel(_ frequency: Double) -> Double { 2595 * log10(1 + frequency / 700) }
    private static func frequency(_ mel: Double) -> Double { 700 * (pow(10, mel / 2595) - 1) }
}
