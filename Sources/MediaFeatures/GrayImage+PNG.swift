import CPNG
import Foundation

extension GrayImage {
    /// The most pixels a PNG may have unless the caller says otherwise: enough for 784 × 65,000, little enough to fit memory.
    public static let defaultPixelLimit = 100_000_000

    /// Reads a greyscale PNG file of at most 8 bits per pixel.
    ///
    /// - Throws: `MediaError`, when the file is missing, broken, in colour, transparent, 16 bits deep or too large.
    public init(png url: URL, pixelLimit: Int = defaultPixelLimit) throws {
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw MediaError(.missingInput, "\(url.path): cannot be read (\(error.localizedDescription))")
        }
        try self.init(pngData: data, name: url.path, pixelLimit: pixelLimit)
    }

    /// Decodes a greyscale PNG of at most 8 bits per pixel that is already in memory.
    ///
    /// - Parameters:
    ///   - data: the whole PNG file.
    ///   - name: what to call the picture in error messages.
    ///   - pixelLimit: the most pixels to make room for.
    /// - Throws: `MediaError`, when the data is broken, in colour, transparent, 16 bits deep or too large.
    public init(pngData data: some ContiguousBytes, name: String, pixelLimit: Int = defaultPixelLimit) throws {
        self = try data.withUnsafeBytes { try Self.decode($0, name: name, pixelLimit: pixelLimit) }
    }

    private static func decode(_ bytes: UnsafeRawBufferPointer, name: String, pixelLimit: Int) throws -> GrayImage {
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        defer { png_image_free(&image) }
        guard let start = bytes.baseAddress, png_image_begin_read_from_memory(&image, start, bytes.count) != 0 else {
            throw MediaError(.badData, "\(name): not a readable PNG file (\(message(of: image, or: "it is empty")))")
        }
        try check(image, name: name, pixelLimit: pixelLimit)

        let (width, height) = (Int(image.width), Int(image.height))
        let pixels = try [UInt8](unsafeUninitializedCapacity: width * height) { buffer, count in
            guard png_image_finish_read(&image, nil, buffer.baseAddress, png_int_32(width), nil) != 0 else {
                throw MediaError(
                    .badData, "\(name): the PNG's pixels cannot be decoded (\(message(of: image, or: "unknown")))")
            }
            count = width * height
        }
        return GrayImage(width: width, height: height, pixels: pixels)
    }

    // libpng would turn any picture into 8-bit grey, but colour models and gamma change values without a word;
    // a network should see the numbers that are in the file.
    private static func check(_ image: png_image, name: String, pixelLimit: Int) throws {
        let format = image.format
        var objections: [String] = []
        if format & PNG_FORMAT_FLAG_COLOR != 0 { objections.append("in colour") }
        if format & PNG_FORMAT_FLAG_ALPHA != 0 { objections.append("transparent") }
        if format & PNG_FORMAT_FLAG_LINEAR != 0 { objections.append("16 bits deep") }
        guard objections.isEmpty else {
            let wrong = objections.joined(separator: " and ")
            throw MediaError(
                .badData, "\(name): the PNG is \(wrong); expected 8-bit grey without transparency. Convert it first")
        }
        let (count, overflow) = Int(image.width).multipliedReportingOverflow(by: Int(image.height))
        guard !overflow, count <= pixelLimit else {
            throw MediaError(
                .badData, "\(name): \(image.width) × \(image.height) pixels are more than the limit of \(pixelLimit)")
        }
    }

    private static func message(of image: png_image, or fallback: String) -> String {
        let text = withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return text.isEmpty ? fallback : text
    }
}
