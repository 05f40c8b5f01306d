/// A picture of any size, grey or in colour, as rows of numbers from 0 to 1.
public struct Image: Sendable, Equatable {
    /// What a pixel's numbers mean.
    public enum Channels: Int, Sendable {
        /// One number: how light the pixel is.
        case gray = 1
        /// Three numbers: red, green, blue.
        case rgb = 3
    }

    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// What a pixel's numbers mean.
    public let channels: Channels
    /// `height × width × channels` values from 0 (dark) to 1 (light), row by row from the top.
    public let pixels: [Float]

    /// A picture from its pixels, row by row; there must be `width × height × channels` of them.
    public init(width: Int, height: Int, channels: Channels, pixels: [Float]) {
        precondition(width > 0 && height > 0 && pixels.count == width * height * channels.rawValue)
        self.width = width
        self.height = height
        self.channels = channels
        self.pixels = pixels
    }

    /// The same picture in grey or in RGB.
    ///
    /// Grey is the luma of Rec. 601, `0.299 red + 0.587 green + 0.114 blue`, as Pillow's mode "L" has it.
    public func converted(to wanted: Channels) -> Image {
        switch (channels, wanted) {
        case (.gray, .gray), (.rgb, .rgb):
            return self
        case (.gray, .rgb):
            return mapped(to: .rgb) { source, target in
                target[0] = source[0]
                target[1] = source[0]
                target[2] = source[0]
            }
        case (.rgb, .gray):
            return mapped(to: .gray) { source, target in
                target[0] = min(1, 0.299 * source[0] + 0.587 * source[1] + 0.114 * source[2])
            }
        }
    }

    private func mapped(
        to wanted: Channels, _ convert: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
    ) -> Image {
        let total = width * height
        let converted = [Float](unsafeUninitializedCapacity: total * wanted.rawValue) { target, count in
            pixels.withUnsafeBufferPointer { source in
                for pixel in 0..<total {
                    convert(
                        source.baseAddress! + pixel * channels.rawValue, target.baseAddress! + pixel * wanted.rawValue)
                }
            }
            count = total * wanted.rawValue
        }
        return Image(width: width, height: height, channels: wanted, pixels: converted)
    }
}
