/// An amplifier at its limit: what is louder is cut off.
package enum Clipping {
    /// The limit, as a share of the peak.
    package static let limits = 0.2...0.9

    /// Cuts off what lies above a share of the largest magnitude.
    package static func apply(to samples: inout [Float], limit: Double) {
        let peak = samples.reduce(Float(0)) { max($0, abs($1)) }
        let limit = Float(limit) * peak
        for index in samples.indices { samples[index] = max(-limit, min(samples[index], limit)) }
    }
}
