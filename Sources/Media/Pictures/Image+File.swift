public import Foundation

extension Image {
    /// Reads a PNG or JPEG file; its first bytes decide which it is, not its name.
    ///
    /// PNG: every bit depth, grey, palette and RGB, interlaced or not. Transparent pixels are laid over white.
    /// JPEG: grey, YCbCr, RGB, and CMYK and YCCK as Adobe writes them, sequential and progressive; turned upright as its
    /// EXIF orientation says. Gamma and colour profiles are left out of account: the numbers are those in the file, divided
    /// by the largest that it could hold.
    ///
    /// - Throws: `MediaError`, when the file is missing, of another kind, broken, cut short or too large.
    public init(contentsOf url: URL, limits: ImageLimits = .standard) throws {
        try self.init(data: PictureFile.contents(of: url), name: url.path, limits: limits)
    }

    /// Decodes a PNG or JPEG file that is already in memory, as `init(contentsOf:limits:)` does.
    ///
    /// - Parameters:
    ///   - data: the whole file.
    ///   - name: what to call the picture in error messages.
    ///   - limits: how large the picture may be.
    /// - Throws: `MediaError`, when the data is of another kind, broken, cut short or too large.
    public init(data: some ContiguousBytes, name: String, limits: ImageLimits = .standard) throws {
        self = try data.withUnsafeBytes { file in
            let format = try ImageFormat(of: file, name: name)
            let image = Image(try DecodedSamples(file, format: format, name: name, limits: limits))
            return format == .jpeg ? image.turned(ImageOrientation(jpeg: file)) : image
        }
    }

    private init(_ samples: DecodedSamples) {
        let pixels = samples.bytes.withUnsafeBytes { bytes in
            samples.bytesPerSample == 1
                ? Self.pixels(bytes.bindMemory(to: UInt8.self), channels: samples.channels)
                : Self.pixels(bytes.bindMemory(to: UInt16.self), channels: samples.channels)
        }
        self.init(
            width: samples.width, height: samples.height, channels: samples.channels < 3 ? .gray : .rgb, pixels: pixels)
    }

    private static func pixels<Sample: FixedWidthInteger>(
        _ samples: UnsafeBufferPointer<Sample>, channels: Int
    ) -> [Float] {
        let largest = Float(Sample.max)
        guard channels.isMultiple(of: 2) else {
            return samples.map { Float($0) / largest }
        }
        // The last channel is alpha. Paper is white, so what is transparent is white.
        let (colours, total) = (channels - 1, samples.count / channels)
        return [Float](unsafeUninitializedCapacity: total * colours) { target, count in
            for pixel in 0..<total {
                let alpha = Float(samples[pixel * channels + colours]) / largest
                for colour in 0..<colours {
                    let value = Float(samples[pixel * channels + colour]) / largest
                    target[pixel * colours + colour] = alpha * value + (1 - alpha)
                }
            }
            count = total * colours
        }
    }
}
