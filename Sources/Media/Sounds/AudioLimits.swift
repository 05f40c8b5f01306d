/// What a sound must keep to.
enum AudioLimits {
    /// Samples per second.
    static let sampleRates = 1_000...384_000
    /// Channels that are mixed to one.
    static let channels = 1...16
    /// The longest clip: what holds one label is seldom longer, and more would fill memory.
    static let seconds = 600
    /// The most samples after mixing: ten minutes at 48 kHz. A small FLAC file holds hours of silence at the highest rate.
    static let samples = 28_800_000
    /// Float files may go beyond −1 to 1 where they are loud; values beyond this are on another scale, such as 16-bit
    /// integers'.
    static let amplitude: Float = 16
}
