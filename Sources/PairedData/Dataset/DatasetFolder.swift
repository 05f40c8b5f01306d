import Foundation

/// A folder that holds a dataset of pairs, in the layout of the Zenodo record or under the names of the Kaggle competition.
///
/// | part | Zenodo | Kaggle |
/// |---|---|---|
/// | images | `data_wr_{train,test}.npy` | `x_{train,test}_wr.npy` |
/// | audio | `data_sp_{train,test}.npy` | `x_{train,test}_sp.npy` |
/// | labels | `labels_{train,test}.npy` | `y_{train,test}.csv` |
/// | optional | `utterances_{train,test}.npy`, `speakers_{train,test}.npy`, `dataset.json` | the same |
public struct DatasetFolder: Sendable {
    /// The two sides that a dataset may come in.
    public enum Side: String, Sendable, Codable, CaseIterable {
        /// The pairs to learn from.
        case train
        /// The pairs that its makers set aside.
        case test
    }

    /// Where the dataset lies.
    public let url: URL
    /// What `dataset.json` says, where there is one.
    public let description: DatasetDescription?
    let files: [Side: PairedFiles]

    /// The sides that the folder has.
    public var sides: [Side] { Side.allCases.filter { files[$0] != nil } }

    /// Looks at the folder's file names and reads its `dataset.json`; the data itself is read later.
    ///
    /// - Throws: `DataError` of kind `missingInput`, saying which file is missing, or `badData` for a broken `dataset.json`.
    public init(_ url: URL) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue else {
            throw DataError(
                .missingInput, "\(url.path) is not a folder; expected a dataset folder, as `duet data fetch` makes one")
        }
        self.url = url
        var files: [Side: PairedFiles] = [:]
        for side in Side.allCases { files[side] = try Self.files(of: side, in: url) }
        guard !files.isEmpty else {
            throw DataError(
                .missingInput,
                "\(url.path) holds no dataset: expected data_wr_train.npy, data_sp_train.npy and labels_train.npy, "
                    + "or x_train_wr.npy, x_train_sp.npy and y_train.csv")
        }
        self.files = files
        description = try DatasetDescription.read(from: url)
    }

    private static func files(of side: Side, in folder: URL) throws -> PairedFiles? {
        func existing(_ name: String) -> URL? {
            let url = folder.appendingPathComponent(name)
            return FileManager.default.fileExists(atPath: url.path) ? url : nil
        }
        let layouts = [
            (images: "data_wr_\(side).npy", audio: "data_sp_\(side).npy", labels: "labels_\(side).npy"),
            (images: "x_\(side)_wr.npy", audio: "x_\(side)_sp.npy", labels: "y_\(side).csv"),
        ]
        for layout in layouts {
            let found = (images: existing(layout.images), audio: existing(layout.audio))
            guard found.images != nil || found.audio != nil else { continue }
            guard let images = found.images, let audio = found.audio else {
                let missing = found.images == nil ? layout.images : layout.audio
                let other = found.images == nil ? layout.audio : layout.images
                throw DataError(.missingInput, "\(folder.path) has \(other) but not \(missing); pairs need both")
            }
            return PairedFiles(
                images: images, audio: audio, labels: existing(layout.labels),
                utterances: existing("utterances_\(side).npy"), speakers: existing("speakers_\(side).npy"))
        }
        return nil
    }
}
