import Foundation

/// Media files for datasets to be built from.
enum BuildMaterial {
    /// Writes a recording of 16 bits at 8 kHz: a tone of the given pitch, as long as wanted.
    static func writeTone(_ frequency: Double, seconds: Double = 0.2, to url: URL) throws {
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        let samples = (0..<Int(8000 * seconds)).map { index in
            Int16(10_000 * sin(2 * .pi * frequency * Double(index) / 8000))
        }
        var file = Data("RIFF".utf8)
        func append(_ value: UInt32, bytes: Int) {
            withUnsafeBytes(of: value.littleEndian) { file.append(contentsOf: $0.prefix(bytes)) }
        }
        append(UInt32(36 + 2 * samples.count), bytes: 4)
        file += Data("WAVEfmt ".utf8)
        for (value, bytes) in [(16, 4), (1, 2), (1, 2), (8000, 4), (16_000, 4), (2, 2), (16, 2)] {
            append(UInt32(value), bytes: bytes)
        }
        file += Data("data".utf8)
        append(UInt32(2 * samples.count), bytes: 4)
        samples.withUnsafeBytes { file.append(contentsOf: $0) }
        try file.write(to: url)
    }

    /// Writes pictures of 2 × 2 pixels and their labels as MNIST ships its training side.
    static func writeIDX(labels: [UInt8], to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let count = UInt8(labels.count)
        let header: [UInt8] = [0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 2, 0, 0, 0, 2]
        let images =
            header + (0..<count).flatMap { (pixel: UInt8) -> [UInt8] in [pixel, pixel, 255, 0] }
        try Data(images).write(to: folder.appendingPathComponent("train-images-idx3-ubyte"))
        try Data([0, 0, 8, 1, 0, 0, 0, count] + labels)
            .write(to: folder.appendingPathComponent("train-labels-idx1-ubyte"))
    }

    /// Writes recordings as the Free Spoken Digit Dataset names them: six of each digit by each speaker.
    static func writeSpokenDigits(_ digits: [Int], speakers: [String], to folder: URL) throws {
        for digit in digits {
            for (number, speaker) in speakers.enumerated() {
                for index in 0..<6 {
                    let pitch = Double(200 + 100 * digit + 30 * number + 4 * index)
                    try writeTone(pitch, to: folder.appendingPathComponent("\(digit)_\(speaker)_\(index).wav"))
                }
            }
        }
    }
}
