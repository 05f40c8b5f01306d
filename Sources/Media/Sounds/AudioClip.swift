/// A sound of one channel.
public struct AudioClip: Sendable, Equatable {
    /// Samples from −1 to 1, in the order of time.
    public let samples: [Float]
    /// Samples per second.
    public let sampleRate: Int

    /// A sound from its samples; the rate is above 0.
    public init(samples: [Float], sampleRate: Int) {
        precondition(sampleRate > 0)
        self.samples = samples
        self.sampleRate = sampleRate
    }
}
