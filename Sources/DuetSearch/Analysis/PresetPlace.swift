import Datasets
import Duet
import FileFormats
import GRDB
import NeuralNetwork

/// Where a preset stands among the networks of a study.
public struct PresetPlace: Codable, Sendable {
    /// The preset's name.
    public let preset: String
    /// What came out for it.
    public let result: NetworkResult
    /// Its rank by validation accuracy, 1 for the best.
    public let rank: Int
    /// The share of the other networks that are worse.
    public let shareOfWorse: Double
}

extension Study {
    /// The paper's models that are among the networks.
    /// - Parameter results: the networks, the best first.
    /// - Returns: the place of each, in the paper's order.
    /// - Throws: `DuetError` where the study cannot be read.
    public func presets(in results: [NetworkResult]) throws -> [PresetPlace] {
        guard try sampling() == nil, let first = results.first else { return [] }
        let example = try model(first.name)
        let inputs = Dictionary(uniqueKeysWithValues: example.branches.map { ($0.modality, $0.input) })
        guard inputs.count == 2, let image = inputs[.image], let audio = inputs[.audio] else { return [] }
        let task = Presets.Task(image: image, audio: audio, classes: example.classCount)
        return try Presets.paper.compactMap { name in
            guard let preset = try? Presets.required(name, for: task), let parts = try parts(of: preset),
                let rank = results.firstIndex(where: { $0.branches == parts.branches && $0.head == parts.head })
            else { return nil }
            return PresetPlace(
                preset: name, result: results[rank], rank: rank + 1,
                shareOfWorse: Double(results.count - 1 - rank) / Double(max(results.count - 1, 1)))
        }
    }

    /// Which of the study's branches and heads a network has; nil where it has others.
    private func parts(of model: FusionModel) throws -> (branches: [Int], head: Int)? {
        try read { database in
            let known = try branchTable(database) { $0["description"] as String }
            let branches = try zip(known, model.branches).compactMap { candidates, branch in
                try candidates.firstIndex(of: JSON.text(FusionModel("", branches: [branch])))
            }
            let head = try Int.fetchOne(
                database, sql: "SELECT candidate FROM head WHERE fusion = ? AND layers = ?",
                arguments: [type(of: model.fusion).name, JSON.text(model.head.map(CodedLayer.init))])
            guard branches.count == known.count, model.branches.count == known.count, let head else { return nil }
            return (branches, head)
        }
    }
}
