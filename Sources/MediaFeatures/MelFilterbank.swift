import Foundation

/// Triangular filters, evenly spaced on the mel scale, that sum a power spectrum into bands.
///
/// A filter is zero over most of the spectrum, so each keeps only the run of weights that are not. The edges are
/// rounded down to whole points of the spectrum, as `python_speech_features.get_filterbanks` does.
struct MelFilterbank {
    private struct Filter {
        let firstPoint: Int
        let weights: Range<Int>
    }

    private let filters: [Filter]
    private let weights: [Float]

    /// The filters for a spectrum of `fftSize / 2 + 1` points; the settings must be checked.
    init(_ settings: MFCCSettings) {
        let edges = Self.edges(settings)
        var filters: [Filter] = []
        var weights: [Float] = []
        for (lower, (peak, upper)) in zip(edges, zip(edges.dropFirst(), edges.dropFirst(2))) {
            let start = weights.count
            for point in lower..<peak { weights.append(Float(point - lower) / Float(peak - lower)) }
            for point in peak..<upper { weights.append(Float(upper - point) / Float(upper - peak)) }
            filters.append(Filter(firstPoint: lower, weights: start..<weights.count))
        }
        self.filters = filters
        self.weights = weights
    }

    /// The energy under one filter of each of the spectra.
    func energy(
        inBand band: Int, of spectra: UnsafeMutableBufferPointer<RealFourierTransform.Lanes>
    ) -> RealFourierTransform.Lanes {
        let filter = filters[band]
        var sum = RealFourierTransform.Lanes.zero
        for index in filter.weights {
            sum += weights[index] * spectra[filter.firstPoint + index - filter.weights.lowerBound]
        }
        return sum
    }

    /// The points of the spectrum where filters begin, peak and end: two more than there are filters.
    private static func edges(_ settings: MFCCSettings) -> [Int] {
        let (low, high) = (mel(settings.lowFrequency), mel(settings.upperFrequency))
        let step = (high - low) / Double(settings.filters + 1)
        return (0...settings.filters + 1).map { index in
            let edge = frequency(low + Double(index) * step)
            return Int((Double(settings.fftSize + 1) * edge / Double(settings.sampleRate)).rounded(.down))
        }
    }

    private static func mel(_ frequency: Double) -> Double { 2595 * log10(1 + frequency / 700) }
    private static func frequency(_ mel: Double) -> Double { 700 * (pow(10, mel / 2595) - 1) }
}
