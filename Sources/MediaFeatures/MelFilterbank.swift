import Foundation

/// Triangular filters, evenly spaced on the mel scale, that sum a power spectrum into bands.
///
/// A filter is zero over most of the spectrum, so each keeps only the run of weights that are not. The edges are rounded down to whole
/// points of the spectrum, as `python_speech_features.get_filterbanks` does.
struct MelFilterbank {
    private struct Filter {
        let firstPoint: Int
        let weights: Range<Int>
    }

    private let filters: [Filter]
    private let weights: [Double]

    /// The filters for a spectrum of `fftSize / 2 + 1` points; the settings must be checked.
    init(_ settings: MFCCSettings) {
        let edges = Self.edges(settings)
        var filters: [Filter] = []
        var weights: [Double] = []
        for (lower, (peak, upper)) in zip(edges, zip(edges.dropFirst(), edges.dropFirst(2))) {
            let start = weights.count
            for point in lower..<peak { weights.append(Double(point - lower) / Double(peak - lower)) }
            for point in peak..<upper { weights.append(Double(upper - point) / Double(upper - peak)) }
            filters.append(Filter(firstPoint: lower, weights: start..<weights.count))
        }
        self.filters = filters
        self.weights = weights
    }

    /// Sums the spectrum under each filter into `bands`, one value per filter.
    func apply(to spectrum: UnsafeBufferPointer<Double>, into bands: UnsafeMutableBufferPointer<Double>) {
        weights.withUnsafeBufferPointer { weights in
            for (band, filter) in filters.enumerated() {
                var sum = 0.0
                var point = filter.firstPoint
                for index in filter.weights {
                    sum += weights[index] * spectrum[point]
                    point += 1
                }
                bands[band] = sum
            }
        }
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
