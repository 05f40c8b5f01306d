import Foundation
import Media

/// Pictures that a dataset is to be made of, before they are read.
struct PictureSource: Sendable {
    /// Where a picture's pixels are.
    enum Pixels: Sendable {
        /// In a PNG or JPEG file.
        case file(URL)
        /// In `stored`, as the row of that number.
        case row(Int)
    }

    /// One picture.
    struct Item: Sendable {
        let pixels: Pixels
        /// The name of its class.
        let label: String
        /// The side that its makers put it on, where they did.
        let side: DatasetFolder.Side?
        /// Where it comes from, for people: a path, or a file and a row.
        let origin: String
    }

    /// The pictures.
    let items: [Item]
    /// The rows that `Pixels.row` speaks of.
    var stored: StoredPictures?
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
