import CImageDecoding
public import Foundation

extension GrayImage {
    /// The most pixels a PNG may have unless the caller says otherwise: enough for 784 × 65,000, little enough to fit memory.
    public static let defaultPixelLimit = 100_000_000

    /// Reads a greyscale PNG file of at most 8 bits per pixel.
    ///
    /// - Throws: `MediaError`, when the file is missing, broken, in colour, transparent, 16 bits deep or too large.
    public init(png url: URL, pixelLimit: Int = defaultPixelLimit) throws {
        try self.init(pngData: PictureFile.contents(of: url), name: url.path, pixelLimit: pixelLimit)
    }

    /// Decodes a greyscale PNG of at most 8 bits per pixel that is already in memory.
    ///
    /// - Parameters:
    ///   - data: the whole PNG file.
    ///   - name: what to call the picture in error messages.
    ///   - pixelLimit: the most pixels to make room for.
    /// - Throws: `MediaError`, when the data is broken, in colour, transparent, 16 bits deep or too large.
    public init(pngData data: some ContiguousBytes, name: String, pixelLimit: Int = defaultPixelLimit) throws {
        let samples = try data.withUnsafeBytes { file in
            try DecodedSamples(file, format: .png, name: name, limits: ImageLimits(pixels: pixelLimit)) { header in
                try Self.check(header, name: name)
            }
        }
        self.init(width: samples.width, height: samples.height, pixels: samples.bytes)
    }

    // `Image` turns any picture into grey; where the numbers in the file are the data, none may change without a word.
    private static func check(_ header: image_header, name: String) throws {
        var objections: [String] = []
        if header.channels >= 3 { objections.append("in colour") }
        if header.channels.isMultiple(of: 2) { objections.append("transparent") }
        if header.bytes_per_sample == 2 { objections.append("16 bits deep") }
        guard objections.isEmpty else {
            let wrong = objections.joined(separator: " and ")
            throw MediaError(
                .badData, "\(name): the PNG is \(wrong); expected 8-bit grey without transparency. Convert it first")
        }
    }
}
