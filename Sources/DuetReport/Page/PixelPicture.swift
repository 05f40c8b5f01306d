import CPNG
import FileFormats
import Foundation

/// A small picture, pixel by pixel, and the PNG file that shows it.
struct PixelPicture: Sendable {
    /// A colour, each part from 0 to 1.
    typealias Color = SIMD3<Float>

    let width: Int
    let height: Int
    /// Rows from the top.
    let pixels: [Color]

    /// A picture whose colours follow from row and column.
    init(width: Int, height: Int, color: (_ row: Int, _ column: Int) -> Color) {
        self.width = width
        self.height = height
        pixels = (0..<height).flatMap { row in (0..<width).map { color(row, $0) } }
    }

    /// The picture as a PNG file, 8 bits for each of red, green and blue.
    func png() throws -> Data {
        var samples: [UInt8] = []
        for pixel in pixels {
            let scaled = (pixel.clamped(lowerBound: .zero, upperBound: .one) * 255).rounded(.toNearestOrEven)
            samples += [UInt8(scaled.x), UInt8(scaled.y), UInt8(scaled.z)]
        }
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        image.width = png_uint_32(width)
        image.height = png_uint_32(height)
        image.format = png_uint_32(PNG_FORMAT_FLAG_COLOR)
        defer { png_image_free(&image) }
        var size = png_alloc_size_t(0)
        guard png_image_write_to_memory(&image, nil, &size, 0, samples, 0, nil) != 0 else {
            throw DuetError(.internalFault, "a picture of \(width)×\(height) pixels cannot be written as PNG")
        }
        var data = Data(count: size)
        let isWritten = data.withUnsafeMutableBytes { buffer in
            png_image_write_to_memory(&image, buffer.baseAddress, &size, 0, samples, 0, nil) != 0
        }
        guard isWritten else {
            throw DuetError(.internalFault, "a picture of \(width)×\(height) pixels cannot be written as PNG")
        }
        return data.prefix(size)
    }
}

extension Data {
    /// The bytes as a page can hold them.
    func uri(_ type: String) -> String { "data:\(type);base64,\(base64EncodedString())" }
}
