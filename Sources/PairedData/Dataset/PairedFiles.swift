import Foundation

/// The files that one side of a dataset is made of.
struct PairedFiles: Sendable, Equatable {
    var images: URL
    var audio: URL
    /// A `.npy` or `.csv` file.
    var labels: URL?
    var utterances: URL?
    var speakers: URL?

    /// The labels, unless this side has none.
    func readLabels() throws -> [Int]? {
        guard let labels else { return nil }
        return try labels.pathExtension == "csv" ? LabelsCSV.read(labels) : PairedDataset.readColumn(labels)
    }
}
