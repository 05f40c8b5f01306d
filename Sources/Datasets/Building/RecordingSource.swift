import Foundation

/// A recording that a dataset is to be made of, before it is read.
struct RecordingItem: Sendable {
    /// The sound file.
    let url: URL
    /// The name of its class.
    let label: String
    /// Who speaks, where that is known.
    let speaker: String?
    /// The group that it belongs to, where one was named: recordings of one group are never divided.
    let group: String?
    /// The side that its makers put it on, where they did.
    let side: DatasetFolder.Side?
}
