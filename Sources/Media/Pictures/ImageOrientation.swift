/// How a camera was held: what EXIF's orientation 1 to 8 says must be done to see the picture upright.
struct ImageOrientation: Equatable {
    /// Rows and columns change places first of all.
    let transposed: Bool
    /// The result is then mirrored left to right, or upside down, or both.
    let mirroredHorizontally: Bool
    let mirroredVertically: Bool

    static let upright = ImageOrientation(exif: 1)

    /// The meaning of EXIF's number; one outside 1 to 8 means nothing and is taken as upright.
    init(exif number: Int) {
        transposed = (5...8).contains(number)
        mirroredHorizontally = [2, 3, 6, 7].contains(number)
        mirroredVertically = [3, 4, 7, 8].contains(number)
    }

    /// The orientation that a JPEG file's EXIF segment states, or upright if there is none.
    ///
    /// A broken EXIF segment is no reason to refuse a picture whose pixels are good; it is read as far as it makes sense.
    init(jpeg file: UnsafeRawBufferPointer) {
        var start = 2
        // Segments until the pixels begin (0xDA): 0xFF, kind, length in two bytes that counts itself.
        while let marker = file.bigEndian16(at: start), marker >> 8 == 0xFF, marker != 0xFFDA {
            if marker == 0xFFFF {
                start += 1
                continue
            }
            guard let length = file.bigEndian16(at: start + 2), length >= 2 else { break }
            let content = (start + 4)..<(start + 2 + length)
            guard content.upperBound <= file.count else { break }
            if marker == 0xFFE1, file[content].starts(with: Array("Exif\0\0".utf8)) {
                let tiff = UnsafeRawBufferPointer(rebasing: file[content.dropFirst(6)])
                self.init(exif: Self.number(inTIFF: tiff) ?? 1)
                return
            }
            start = content.upperBound
        }
        self = .upright
    }

    /// The value of tag 0x0112 in the first directory of a TIFF structure, which is what EXIF is.
    private static func number(inTIFF tiff: UnsafeRawBufferPointer) -> Int? {
        let bigEndian: Bool
        switch tiff.bigEndian16(at: 0) {
        case 0x4D4D: bigEndian = true
        case 0x4949: bigEndian = false
        default: return nil
        }
        func short(_ offset: Int) -> Int? {
            tiff.bigEndian16(at: offset).map { bigEndian ? $0 : ($0 & 0xFF) << 8 | $0 >> 8 }
        }
        func long(_ offset: Int) -> Int? {
            guard let first = short(offset), let second = short(offset + 2) else { return nil }
            return bigEndian ? first << 16 | second : second << 16 | first
        }
        guard short(2) == 42, let directory = long(4), let count = short(directory) else { return nil }
        for entry in 0..<count {
            let offset = directory + 2 + 12 * entry
            guard let tag = short(offset) else { return nil }
            // A single 16-bit number (type 3) stands in the entry itself.
            if tag == 0x0112 { return short(offset + 2) == 3 ? short(offset + 8) : nil }
        }
        return nil
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func bigEndian16(at offset: Int) -> Int? {
        guard offset >= 0, offset + 1 < count else { return nil }
        return Int(self[offset]) << 8 | Int(self[offset + 1])
    }
}

extension Image {
    /// The picture turned and mirrored as `orientation` says.
    func turned(_ orientation: ImageOrientation) -> Image {
        guard orientation != .upright else { return self }
        let (newWidth, newHeight) = orientation.transposed ? (height, width) : (width, height)
        let depth = channels.rawValue
        let turned = [Float](unsafeUninitializedCapacity: pixels.count) { target, count in
            pixels.withUnsafeBufferPointer { source in
                for y in 0..<newHeight {
                    let row = orientation.mirroredVertically ? newHeight - 1 - y : y
                    for x in 0..<newWidth {
                        let column = orientation.mirroredHorizontally ? newWidth - 1 - x : x
                        let from = orientation.transposed ? column * width + row : row * width + column
                        for channel in 0..<depth {
                            target[(y * newWidth + x) * depth + channel] = source[from * depth + channel]
                        }
                    }
                }
            }
            count = pixels.count
        }
        return Image(width: newWidth, height: newHeight, channels: channels, pixels: turned)
    }
}
