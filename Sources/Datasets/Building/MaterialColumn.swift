import Foundation
import Media

/// The files that one modality of a dataset is to be made of, before they are read.
struct MaterialColumn: Sendable {
    /// A picture or a recording.
    struct Item: Sendable {
        /// Where a picture or a recording is.
        enum Source: Sendable {
            /// In a file: PNG or JPEG, or a sound file.
            case file(URL)
            /// In the column's `stored`, as the row of that number.
            case row(Int)
        }

        let source: Source
        /// The name of its class.
        let label: String
        /// The side that its makers put it on, where they did.
        var side: DatasetFolder.Side?
        /// Who speaks, where that is known.
        var speaker: String?
        /// The group that it belongs to, where one was named: what is in one group is never divided.
        var group: String?
        /// Whether it is for the training side, whatever is drawn.
        var staysInTraining = false
        /// Where it comes from, for people: a path, or a file and a row.
        let origin: String
    }

    let modality: Modality
    let items: [Item]
    /// The pictures that `Item.Source.row` speaks of.
    var stored: StoredPictures?
    /// The same for recordings.
    var storedRecordings: StoredRecordings?

    /// The word for its items: "pictures" or "recordings".
    var noun: String { modality.kind == .image ? "pictures" : "recordings" }
}

extension MaterialColumn.Item {
    /// A file.
    init(_ url: URL, label: String, side: DatasetFolder.Side? = nil, speaker: String? = nil, group: String? = nil) {
        self.init(
            source: .file(url), label: label, side: side, speaker: speaker, group: group, staysInTraining: false,
            origin: url.path)
    }
}

/// Recordings of a dataset, of which there are features only.
struct StoredRecordings: Sendable {
    /// How the features were computed.
    let settings: AudioFeatureSettings
    /// The values of each.
    let rows: [[Float]]
    /// What cepstral mean normalization has subtracted from the coefficients of each, where that is known.
    let means: [[Float]]?
}

/// Pictures of one size that lie in memory.
struct StoredPictures: Sendable {
    /// Rows, columns, channels.
    let shape: [Int]
    /// One picture after another.
    var values: [UInt8]

    /// Values of one picture.
    var size: Int { shape.reduce(1, *) }

    /// A picture as one read from a file would be.
    func image(_ row: Int, channels: Image.Channels) -> Image {
        Image(
            width: shape[1], height: shape[0], channels: channels,
            pixels: values[(row * size)..<((row + 1) * size)].map { Float($0) / 255 })
    }
}
