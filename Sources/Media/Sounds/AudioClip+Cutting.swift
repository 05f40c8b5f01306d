extension AudioClip {
    /// The part of the clip with the voice: the stretch of so many samples that has the most energy.
    ///
    /// Where the voice is shorter than the stretch, many stretches hold all of it. Of those that have nearly as much
    /// energy as the best one, the middle one is taken, so the voice comes to lie in the centre.
    ///
    /// - Parameter count: how many samples to keep, above 0.
    /// - Returns: `count` samples, or the clip itself where it has no more.
    public func loudest(_ count: Int) -> AudioClip {
        precondition(count > 0)
        guard samples.count > count else { return self }
        // Energies of all stretches by what enters and what leaves; in float64, which loses nothing that matters over
        // minutes.
        var energies: [Double] = []
        energies.reserveCapacity(samples.count - count + 1)
        var energy = samples.prefix(count).reduce(0) { $0 + square($1) }
        energies.append(energy)
        for start in 1...samples.count - count {
            energy += square(samples[start + count - 1]) - square(samples[start - 1])
            energies.append(energy)
        }
        // Never empty, as there are more samples than wanted.
        let best = energies.indices.max { energies[$0] < energies[$1] } ?? 0
        let enough = energies[best] * 0.99
        let first = energies[..<best].lastIndex { $0 < enough }.map { $0 + 1 } ?? 0
        let last = energies[best...].firstIndex { $0 < enough }.map { $0 - 1 } ?? energies.count - 1
        let start = (first + last) / 2
        return AudioClip(samples: Array(samples[start..<start + count]), sampleRate: sampleRate)
    }

    private func square(_ sample: Float) -> Double { Double(sample) * Double(sample) }
}
