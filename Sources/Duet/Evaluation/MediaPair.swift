import Foundation

/// A picture and a recording that belong together, as files. One of them may be missing.
public struct MediaPair: Hashable, Sendable {
    /// A PNG or JPEG file; nil where there is no picture.
    public var image: URL?
    /// A sound file; nil where there is no recording.
    public var audio: URL?

    /// A pair of files, at least one of them.
    public init(image: URL? = nil, audio: URL? = nil) {
        self.image = image
        self.audio = audio
    }
}
