import CImageDecoding
import Foundation

/// A picture's samples as its file has them: palettes resolved and CMYK turned into RGB, and nothing else changed.
struct DecodedSamples {
    let width: Int
    let height: Int
    /// 1: grey, 2: grey and alpha, 3: RGB, 4: RGB and alpha.
    let channels: Int
    /// 1, or 2 in this machine's byte order.
    let bytesPerSample: Int
    /// `height × width × channels` samples, row by row from the top.
    let bytes: [UInt8]

    /// Decodes a file that is in memory.
    ///
    /// - Parameters:
    ///   - file: the whole file.
    ///   - format: what the file is.
    ///   - name: what to call the picture in error messages.
    ///   - limits: how large it may be.
    ///   - judge: looks at the header and throws if the caller has no use for such a picture.
    /// - Throws: `MediaError`, when the file is broken or too large, and what `judge` throws.
    init(
        _ file: UnsafeRawBufferPointer, format: ImageFormat, name: String, limits: ImageLimits,
        judge: (image_header) throws -> Void = { _ in }
    ) throws {
        var header = image_header()
        var message = image_message()
        guard format.readHeader(file.baseAddress, file.count, &header, &message) else {
            throw MediaError(.badData, "\(name): not a readable \(format.rawValue) file (\(message.string))")
        }
        try judge(header)
        let (width, height) = (Int(header.width), Int(header.height))
        try limits.check(width: width, height: height, name: name)

        let size = width * height * Int(header.channels) * Int(header.bytes_per_sample)
        bytes = try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            guard format.readPixels(file.baseAddress, file.count, buffer.baseAddress, size, &message) else {
                throw MediaError(
                    .badData, "\(name): the \(format.rawValue)'s pixels cannot be decoded (\(message.string))")
            }
            count = size
        }
        (self.width, self.height) = (width, height)
        channels = Int(header.channels)
        bytesPerSample = Int(header.bytes_per_sample)
    }
}

extension image_message {
    fileprivate var string: String {
        withUnsafeBytes(of: text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
