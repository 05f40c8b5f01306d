import FileFormats
package import Foundation
import Media

/// What cepstral mean normalization has subtracted from the coefficients of each example: with it, the coefficients that were
/// computed can be had back, and the spectra that they stand for.
public struct CepstralMeans: Sendable {
    /// The number of coefficients.
    public let coefficients: Int
    private let values: [Float]

    /// Reads files.
    /// - Parameters:
    ///   - files: `.npy` files of floating-point numbers, shape (examples, coefficients), one for each side.
    ///   - coefficients: how many are expected.
    ///   - counts: how many examples are expected of each.
    /// - Throws: `DuetError` of kind `badData`, naming the file.
    package init(_ files: [URL], coefficients: Int, counts: [Int]) throws {
        self.coefficients = coefficients
        values = try zip(files, counts).flatMap { file, count in
            let array = try NPYArray(contentsOf: file)
            let values = array.floats()
            guard array.shape == [count, coefficients], values.allSatisfy(\.isFinite) else {
                throw DuetError(
                    .badData,
                    "\(array.name) has shape \(array.shape); expected [\(count), \(coefficients)], the mean of each coefficient in "
                        + "each example, all of them finite; build the dataset again")
            }
            return values
        }
    }

    /// The means of an example, by its number among the labelled ones.
    package subscript(row: Int) -> [Float] { Array(values[(row * coefficients)..<((row + 1) * coefficients)]) }
}

extension DatasetFolder {
    /// What cepstral mean normalization has subtracted from a modality's labelled examples, in the order of `load()`; nil where the
    /// folder does not say.
    /// - Throws: `DuetError`, naming the file, where it does not fit the dataset.
    public func means(of modality: Modality) throws -> CepstralMeans? {
        guard let place = modalities.firstIndex(of: modality), let coefficients = meanCoefficients(of: modality)
        else { return nil }
        let means = labelledSides.map { url.appendingPathComponent(Self.meansFile(of: modality, $0.rawValue)) }
        guard means.allSatisfy({ FileManager.default.fileExists(atPath: $0.path) }) else { return nil }
        let counts = try labelledSides.compactMap { files[$0]?.columns[place] }
            .map { try NPYArray.readHeader(InputFile($0)).header.shape.first ?? 0 }
        return try CepstralMeans(means, coefficients: coefficients, counts: counts)
    }

    /// How many coefficients' means were subtracted; nil where none were.
    func meanCoefficients(of modality: Modality) -> Int? {
        let settings = description?.modalities.first { $0.name == modality.name }?.features?.settings
        return settings.flatMap { $0.normalizesMean ? $0.mfcc.coefficients : nil }
    }

    /// The name of the file that holds the means of a modality's coefficients, on a side or of its background examples.
    package static func meansFile(of modality: Modality, _ part: String) -> String {
        "means_\(modality.name)_\(part).npy"
    }
}
