import FileFormats
import Foundation

/// Small pairs that can be learned: a bright block whose place follows from the class, beside a tone that does.
///
/// Some images and clips show another class than the label says, so that no model is perfect and a confusion matrix has
/// something to tell.
struct DigitPairs {
    private(set) var images: [UInt8] = []
    private(set) var audio: [Float] = []
    private(set) var labels: [UInt8] = []
    private(set) var groups: [Int32] = []
    let count: Int

    /// Draws pairs; the classes take turns.
    /// - Parameters:
    ///   - count: how many pairs.
    ///   - recordings: how many recordings each class has.
    ///   - firstUtterance: the number of the first recording.
    init(count: Int, recordings: Int, firstUtterance: Int) {
        self.count = count
        for row in 0..<count {
            let (label, recording) = (row % 10, row / 10 % recordings)
            let utterance = firstUtterance + recording * 10 + label
            labels.append(UInt8(label))
            groups.append(Int32(utterance))
            appendImage(showing: row % 7 == 3 ? (label + 1) % 10 : label, row)
            appendClip(sounding: utterance % 13 == 5 ? (label + 3) % 10 : label, utterance)
        }
    }

    private mutating func appendImage(showing digit: Int, _ row: Int) {
        for y in 0..<28 {
            for x in 0..<28 {
                let isBlock = (y / 5 == digit / 2) && (x / 14 == digit % 2)
                images.append(UInt8((isBlock ? 170 : 20) + (row * 31 + y * 17 + x * 13) % 60))
            }
        }
    }

    private mutating func appendClip(sounding digit: Int, _ utterance: Int) {
        for place in 0..<507 {
            let tone = sin(Float((digit + 1) * place) * 0.05)
            let voice = Float((utterance * 37 + place * 11) % 29) / 29
            audio.append(20 * tone + 10 * voice)
        }
    }

    /// Writes one side in the Zenodo layout.
    func write(_ side: String, to folder: URL) throws {
        func file(_ name: String) -> URL { folder.appendingPathComponent("\(name)_\(side).npy") }
        try NPYArray.write(images, shape: [count, 784], to: file("data_wr"))
        try NPYArray.write(audio, shape: [count, 507], to: file("data_sp"))
        try NPYArray.write(labels, shape: [count], to: file("labels"))
        try NPYArray.write(groups, shape: [count], to: file("groups"))
    }

    /// Writes the dataset that all tests share: 300 training and 60 test pairs.
    static func writeDataset(to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try DigitPairs(count: 300, recordings: 6, firstUtterance: 0).write("train", to: folder)
        try DigitPairs(count: 60, recordings: 2, firstUtterance: 60).write("test", to: folder)
    }
}
