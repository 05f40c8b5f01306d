import Foundation

extension PairedDataset {
    /// Loads loose files of pairs without labels, as for prediction.
    ///
    /// - Parameters:
    ///   - images: a `.npy` file of shape (N, 784), (N, height, width) or (N, height, width, channels), values from 0 to 255.
    ///   - audio: a `.npy` file of shape (N, values), (N, values, 1) or (N, frames, coefficients).
    /// - Returns: N pairs without labels.
    /// - Throws: `DataError`, naming the file and the value.
    public static func load(images: URL, audio: URL) throws -> PairedDataset {
        try load(PairedFiles(images: images, audio: audio), classNames: nil)
    }

    static func load(_ files: PairedFiles, classNames: [String]?) throws -> PairedDataset {
        let images = try NPYArray(contentsOf: files.images)
        let audio = try NPYArray(contentsOf: files.audio)
        return try PairedDataset(
            images: images.floats(), imageShape: imageShape(of: images),
            audio: audio.floats(), audioShape: audioShape(of: audio),
            labels: files.readLabels(),
            utterances: files.utterances.map { try readColumn($0).map(int32(in: $0)) },
            speakers: files.speakers.map { try readColumn($0).map(int32(in: $0)) },
            classNames: classNames,
            names: PartNames(images: images.name, audio: audio.name, labels: files.labels?.path ?? "labels"))
    }

    /// A `.npy` file of one whole number per row: shape (N) or (N, 1).
    static func readColumn(_ url: URL) throws -> [Int] {
        let array = try NPYArray(contentsOf: url)
        guard array.shape.count == 1 || array.shape.count == 2 && array.shape[1] == 1 else {
            throw DataError(.badData, "\(array.name) has shape \(array.shape); expected one number per row, [N]")
        }
        return try array.integers()
    }

    private static func int32(in url: URL) -> (Int) throws -> Int32 {
        { value in
            guard let value = Int32(exactly: value) else {
                throw DataError(.badData, "\(url.path): \(value) does not fit 32 bits")
            }
            return value
        }
    }

    private static func imageShape(of array: NPYArray) throws -> [Int] {
        let shape = array.shape
        let side = shape.count == 2 ? Int(Double(shape[1]).squareRoot().rounded()) : 0
        switch shape.count {
        case 2 where side > 0 && side.multipliedReportingOverflow(by: side) == (shape[1], false):
            return [side, side, 1]
        case 3 where !shape.dropFirst().contains(0): return [shape[1], shape[2], 1]
        case 4 where !shape.dropFirst().contains(0): return Array(shape.dropFirst())
        default:
            throw DataError(
                .badData,
                "\(array.name) has shape \(shape); expected images as [N, height, width], [N, height, width, channels] "
                    + "or, when square, [N, height * width]")
        }
    }

    private static func audioShape(of array: NPYArray) throws -> [Int] {
        let size = array.shape.dropFirst().reduce(1, *)
        guard (2...3).contains(array.shape.count), size > 0 else {
            throw DataError(
                .badData,
                "\(array.name) has shape \(array.shape); expected audio features as [N, values], [N, values, 1] or "
                    + "[N, frames, coefficients]")
        }
        return [size, 1]
    }
}
