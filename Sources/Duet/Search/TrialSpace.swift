public import Datasets
import FileFormats
public import Foundation
import NeuralNetwork
package import ParameterSearch
import Yams

/// The trainings that a search may try: networks, and settings of their training, drawn one by one.
///
/// It reads the same files as `SearchSpace`, and more of them: a value may come from a range of real numbers, heads may read embeddings,
/// and `training` has settings that are chosen too:
///
/// ```yaml
/// training:
///   learning_rate: {from: 0.0003, to: 0.03, scale: log}
///   batch_size: [32, 64, 128]
/// ```
public struct TrialSpace {
    /// What the space is called.
    public let name: String
    /// The text that it was read from.
    public let text: String
    private let space: SearchSpaceDocument

    /// Settings that are the whole study's.
    private static let fixed: Set<TrainingConfiguration.CodingKeys> = [
        .version, .data, .output, .model, .fusion, .modalities, .split, .limit, .seed, .threads,
    ]

    /// Reads a space.
    /// - Parameters:
    ///   - url: a YAML file.
    ///   - data: what the networks are for: their inputs and classes.
    /// - Throws: `DuetError` of kind `missingInput` or `badData`, with file and line.
    public init(contentsOf url: URL, for data: TrainingData) throws {
        try self.init(YAMLDocument(contentsOf: url), for: data.dataset)
    }

    /// Reads a space from a text.
    /// - Parameters:
    ///   - text: YAML.
    ///   - path: what to call it in messages.
    ///   - dataset: what the networks are for.
    /// - Throws: `DuetError` of kind `badData`, with path and line.
    public init(_ text: String, path: String, for dataset: Dataset) throws {
        try self.init(YAMLDocument(text, path: path), for: dataset)
    }

    private init(_ document: YAMLDocument, for dataset: Dataset) throws {
        space = try SearchSpaceDocument(document, dataset)
        (name, text) = (space.name, document.text)
        guard let training = space.training else { return }
        let known = TrainingConfiguration.CodingKeys.allCases.filter { !Self.fixed.contains($0) }
        guard training.mapping != nil else { throw document.failure(training, "expected settings of the training") }
        try document.checkTraining(training, against: known)
    }

    /// Makes the choices of a training, without the training that they lead to.
    /// - Parameter choose: makes the choices.
    /// - Throws: `DuetError` of kind `badData`, with path and line.
    package func walk(_ choose: @escaping ParameterChooser) throws {
        _ = try layers(choose)
        _ = try chosenSettings(choose)
    }

    /// The training that some choices lead to.
    /// - Parameters:
    ///   - configuration: the settings that all have in common.
    ///   - choose: makes the choices.
    /// - Returns: the settings, with a network; nil where its layers do not fit each other.
    /// - Throws: `DuetError` of kind `badData`, with path and line.
    package func trial(
        _ configuration: TrainingConfiguration, choose: @escaping ParameterChooser
    ) throws -> TrainingConfiguration? {
        let (branches, fusion, head, _) = try layers(choose)
        let model = FusionModel(
            name,
            branches: zip(space.branches, branches).map {
                Branch($0.column.modality, input: $0.column.shape, layers: $1)
            },
            fusion: fusion, head: head)
        do {
            try space.check(model, "network")
        } catch is NetworkError {
            return nil
        }
        var trial = try settings(configuration, choose)
        trial.model = .custom(model)
        return trial
    }

    /// Choices in words, in the order in which they are made.
    /// - Parameter choose: makes the choices.
    /// - Returns: what was chosen for each open setting.
    /// - Throws: `DuetError` of kind `badData`, with path and line.
    package func choices(_ choose: @escaping ParameterChooser) throws -> [Hyperparameter] {
        try layers(choose).choices + (chosenSettings(choose)?.choices ?? [])
    }

    private func layers(
        _ choose: @escaping ParameterChooser
    ) throws -> (branches: [[any Layer]], fusion: any Fusion, head: [any Layer], choices: [Hyperparameter]) {
        let branches = try space.branches.map { try $0.template.layers(choose) }
        let place = option(of: space.heads.count, "heads", choose)
        let head = space.heads[place]
        let fusion = head.fusions[option(of: head.fusions.count, "fusion", choose)]
        let (layers, choices) = try head.template.layers(choose)
        let own = [
            Hyperparameter(name: "head", value: "\(place)"),
            Hyperparameter(name: "head fusion", value: type(of: fusion).name),
        ]
        return (branches.map(\.layers), fusion, layers, branches.flatMap(\.choices) + own + choices)
    }

    private func option(of count: Int, _ name: String, _ choose: ParameterChooser) -> Int {
        count > 1 ? Int(choose(name, .categorical(count: count))) : 0
    }

    /// The settings with those that the space chooses.
    private func settings(
        _ configuration: TrainingConfiguration, _ choose: @escaping ParameterChooser
    ) throws -> TrainingConfiguration {
        guard let training = space.training, let chosen = try chosenSettings(choose)?.settings,
            var merged = try Yams.compose(yaml: JSON.text(configuration))
        else { return configuration }
        for (key, value) in chosen.mapping ?? [:] { merged[key] = value }
        let trial = try space.document.decode(TrainingConfiguration.self, from: merged)
        do {
            try trial.validate()
        } catch let error as DuetError {
            throw space.document.failure(training, error.message)
        }
        return trial
    }

    /// The settings that the space chooses; nil where it chooses none.
    private func chosenSettings(
        _ choose: @escaping ParameterChooser
    ) throws -> (settings: Node, choices: [Hyperparameter])? {
        try space.training.map { training in
            try LayerTemplate(
                document: space.document, layers: training, parameters: [:], constants: [:], place: "training"
            ).settings(training, choose)
        }
    }
}
