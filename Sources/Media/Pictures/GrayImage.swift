/// A picture of one channel, 8 bits per pixel.
public struct GrayImage: Sendable, Equatable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// `height × width` values from 0 (black) to 255 (white), row by row from the top.
    public let pixels: [UInt8]

    /// A picture from its pixels, row by row; there must be `width × height` of them.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width >= 0 && height >= 0 && pixels.count == width * height)
        self.width = width
        self.height = height
        self.pixels = pixels
    }
}
