import FileFormats
import Foundation

/// Background examples of one modality: pictures or recordings of none of a dataset's classes, such as other words. A branch that is
/// trained to predict any class alike for them knows more of what it does not know (outlier exposure, Hendrycks et al. 2019).
public struct Background: Sendable {
    /// Their values, raw.
    public let column: Column
    /// The waveforms of recordings, where the dataset keeps waveforms; row i belongs to example i.
    package let waveforms: Waveforms?
    /// What was subtracted from the coefficients of recordings, where that is known.
    package let means: CepstralMeans?

    /// The number of examples.
    public var count: Int { column.count }
}

extension DatasetFolder {
    /// What stands for the side in the names of files with background examples.
    static let backgroundPart = "background"
    /// The name of the file that lists which files background examples came from.
    static let backgroundListFile = "examples_background.csv"

    /// The background examples that go with a column of the dataset; nil where the folder has none.
    /// - Parameter examples: the column.
    /// - Returns: the background examples of its modality.
    /// - Throws: `DuetError`, naming the file and the value, where they do not fit the column.
    public func background(for examples: Column) throws -> Background? {
        let modality = examples.modality
        func file(_ name: String) -> URL? {
            let file = url.appendingPathComponent(name)
            return FileManager.default.fileExists(atPath: file.path) ? file : nil
        }
        guard let values = file(Self.fileName(of: modality, Self.backgroundPart)) else { return nil }
        let column = try Column(modality, contentsOf: values)
        guard column.shape == examples.shape, column.count > 0 else {
            throw DuetError(
                .badData,
                "\(values.path) has \(column.count) examples of shape \(column.shape); expected some of shape \(examples.shape), as on the "
                    + "sides")
        }
        var (waveforms, means) = (Waveforms?.none, CepstralMeans?.none)
        if let known = description?.waveforms?[modality.name],
            let samples = file(Self.waveformFile(of: modality, Self.backgroundPart)),
            let places = file(Self.waveformPlacesFile(of: modality, Self.backgroundPart))
        {
            waveforms = try Waveforms(samples, places: places, sampleRate: known.sampleRate, count: column.count)
        }
        if let coefficients = meanCoefficients(of: modality),
            let subtracted = file(Self.meansFile(of: modality, Self.backgroundPart))
        {
            means = try CepstralMeans([subtracted], coefficients: coefficients, counts: [column.count])
        }
        return Background(column: column, waveforms: waveforms, means: means)
    }
}
