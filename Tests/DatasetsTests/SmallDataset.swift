import Datasets
import TestSupport

extension Dataset {
    /// A dataset with images of one pixel and audio of two values, made from its labels and recording numbers.
    static func small(labels: [Int], groups: [Int32]?) throws -> Dataset {
        try Dataset(
            images: labels.indices.map { Float($0 % 256) }, imageShape: [1, 1, 1],
            audio: labels.indices.flatMap { [Float(groups?[$0] ?? Int32($0)), 1] }, audioShape: [2, 1],
            labels: labels, groups: groups)
    }
}
