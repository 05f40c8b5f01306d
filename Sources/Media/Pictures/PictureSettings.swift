/// What is done to a picture before it has the size that a model wants.
public enum PicturePreparation: String, Codable, Hashable, Sendable, CaseIterable {
    /// Nothing: the picture is taken as it is.
    case none
    /// It is made to look like one of MNIST's digits: light on dark, cut out and centred; see `Image.preparedAsDigit()`.
    case digit
}

/// How a picture becomes the values that a model sees.
public struct PictureSettings: Hashable, Sendable {
    /// Columns of the model's images.
    public let width: Int
    /// Rows of the model's images.
    public let height: Int
    /// Grey or RGB.
    public let channels: Image.Channels
    /// What is done first.
    public let preparation: PicturePreparation

    /// Settings for images of the given shape.
    ///
    /// - Parameters:
    ///   - shape: rows, columns, channels.
    ///   - preparation: what is done first; a digit has 28 rows, 28 columns and one channel.
    /// - Throws: `MediaError`, when no picture can have such a shape.
    public init(shape: [Int], preparation: PicturePreparation) throws {
        guard shape.count == 3, (1...4096).contains(shape[0]), (1...4096).contains(shape[1]),
            let channels = Image.Channels(rawValue: shape[2])
        else {
            throw MediaError(
                .badData,
                "images of shape \(shape) cannot come from pictures; expected [rows, columns, channels] with 1 to 4096 rows "
                    + "and columns, and 1 channel (grey) or 3 (RGB)")
        }
        guard preparation == .none || shape == [28, 28, 1] else {
            throw MediaError(
                .badData,
                "images of shape \(shape) cannot be prepared as MNIST's digits, which have the shape [28, 28, 1]")
        }
        (height, width, self.channels, self.preparation) = (shape[0], shape[1], channels, preparation)
    }

    /// Rows, columns, channels.
    public var shape: [Int] { [height, width, channels.rawValue] }

    /// The values of a picture.
    ///
    /// - Returns: `height × width × channels` whole numbers from 0 to 255, row by row, and what was done to a digit.
    public func values(of picture: Image) -> (values: [UInt8], preparation: DigitPreparation?) {
        let (image, done): (Image, DigitPreparation?) =
            switch preparation {
            case .none: (picture.converted(to: channels).resized(width: width, height: height), nil)
            case .digit: picture.preparedAsDigit()
            }
        return (image.pixels.map { UInt8(min(max($0, 0), 1) * 255 + 0.5) }, done)
    }
}
