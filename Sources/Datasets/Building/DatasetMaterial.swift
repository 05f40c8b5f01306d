public import Foundation

/// What a dataset is to be made of: pictures and recordings, and where a manifest says so, which belongs to which.
public struct DatasetMaterial: Sendable {
    /// A picture and a recording that a manifest puts together.
    struct Pair: Sendable {
        /// Number in `pictures.items`.
        let picture: Int
        /// Number in `recordings`.
        let recording: Int
        /// The side that the manifest puts it on, where it does.
        let side: DatasetFolder.Side?
    }

    let pictures: PictureSource
    let recordings: [RecordingItem]
    /// The manifest's pairs; nil where pictures and recordings of the same class are still to be paired.
    let pairs: [Pair]?
    /// Where all of it comes from, for `dataset.json`.
    let sources: [DatasetDescription.Source]
    /// What the dataset says that the pictures come from; nil where they come from elsewhere.
    let pictureDescription: DatasetDescription?

    /// Pictures and recordings in folders, to be paired by class.
    ///
    /// - Parameters:
    ///   - images: class folders of PNG and JPEG files, IDX files as MNIST ships them, or a dataset folder of Duet's.
    ///   - audio: class folders of sound files, or files named as in the Free Spoken Digit Dataset.
    ///   - classNames: names for the numbers that IDX files have for labels.
    /// - Throws: `DuetError` where a folder is of none of these kinds.
    public init(images: URL, audio: URL, classNames: [String]? = nil) throws {
        pictures = try PictureSource(folder: images, classNames: classNames)
        recordings = try RecordingItem.list(in: audio)
        pairs = nil
        pictureDescription = (try? DatasetFolder(images))?.description
        sources =
            [.init(name: "pictures in \(images.path)"), .init(name: "recordings in \(audio.path)")]
            + (pictureDescription?.sources ?? [])
    }
}
