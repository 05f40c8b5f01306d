import CImageDecoding

/// The kinds of picture files that Duet reads.
enum ImageFormat: String {
    case png = "PNG"
    case jpeg = "JPEG"

    /// The format that a file's first bytes say; its name may say another.
    init(of file: UnsafeRawBufferPointer, name: String) throws {
        if file.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if file.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if file.isEmpty {
            throw MediaError(.badData, "\(name): the file is empty; expected a PNG or JPEG picture")
        } else {
            let start = file.prefix(8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
            throw MediaError(
                .badData,
                "\(name): neither a PNG nor a JPEG picture (it begins with \(start.joined(separator: " "))). Convert it first"
            )
        }
    }

    var readHeader:
        (UnsafeRawPointer?, Int, UnsafeMutablePointer<image_header>, UnsafeMutablePointer<image_message>) -> Bool
    {
        switch self {
        case .png: image_png_header
        case .jpeg: image_jpeg_header
        }
    }

    var readPixels: (UnsafeRawPointer?, Int, UnsafeMutableRawPointer?, Int, UnsafeMutablePointer<image_message>) -> Bool
    {
        switch self {
        case .png: image_png_pixels
        case .jpeg: image_jpeg_pixels
        }
    }
}
