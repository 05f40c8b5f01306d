import ArgumentParser
import Datasets
import Duet
import FileFormats
import Foundation
import NeuralNetwork
import TerminalUI

/// `duet summary`.
struct SummaryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "summary",
        abstract: "Show a network's layers, shapes and parameters.",
        discussion: """
            Keras's summary table. The model is a preset (\(Presets.names.joined(separator: ", "))) or a YAML file that \
            describes a network. A preset takes the shapes and classes of the paper's digits, or those of a dataset. \
            Examples: duet summary model-2, duet summary model-5 --data data/mine
            """)

    @Argument(help: "A preset's name, or a YAML file.")
    var model: String

    @Option(help: "A dataset folder, to fit a preset to.")
    var data: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let task = try data.map { path in
            let folder = try DatasetFolder(URL(fileURLWithPath: path))
            return try Presets.Task(
                folder.load(), folder.description?.modalities ?? folder.modalities.map { ModalityDescription($0) })
        }
        let description = try ModelArgument.model(model, for: task ?? Presets.Task())
        let summary = try description.network().summary()
        if json {
            print(try JSON.prettyText(SummaryReport(name: description.name, summary)))
        } else {
            if let task, let data { print("\(description.name) for \(data): \(task.summary)\n") }
            print(text(of: summary))
        }
    }

    private func text(of summary: Network.Summary) -> String {
        var table = TextTable(
            [.left("Layer (type)"), .left("Output Shape"), .right("Param #"), .left("Connected to")], rules: .box)
        for row in summary.rows {
            table.addRow([
                "\(row.name) (\(row.kind))", row.outputShape.kerasDescription, Format.count(row.parameters),
                row.connectedTo.joined(separator: ", "),
            ])
        }
        return """
            \(table.render(for: .standardOutput))
            Total params: \(Format.count(summary.totalParameters))
            Trainable params: \(Format.count(summary.trainableParameters))
            Non-trainable params: \(Format.count(summary.nonTrainableParameters))
            """
    }
}

/// The summary as JSON has it.
private struct SummaryReport: Encodable {
    let version = 1
    let name: String
    let layers: [Network.SummaryRow]
    let totalParameters: Int
    let trainableParameters: Int
    let nonTrainableParameters: Int

    init(name: String, _ summary: Network.Summary) {
        self.name = name
        layers = summary.rows
        totalParameters = summary.totalParameters
        trainableParameters = summary.trainableParameters
        nonTrainableParameters = summary.nonTrainableParameters
    }
}

/// What users may write where a model is asked for: a preset's name, or the path of a YAML file.
enum ModelArgument {
    static func choice(_ text: String) throws -> TrainingConfiguration.ModelChoice {
        guard isFile(text) else {
            _ = try Presets.required(text)
            return .preset(text)
        }
        return .custom(try ConfigurationFile.model(contentsOf: URL(fileURLWithPath: text)))
    }

    static func model(_ text: String, for task: Presets.Task) throws -> FusionModel {
        switch try choice(text) {
        case .preset(let name): try Presets.required(name, for: task)
        case .custom(let model): model
        }
    }

    /// A preset's name is that preset, also where a run folder of the same name lies.
    private static func isFile(_ text: String) -> Bool {
        guard !Presets.names.contains(text) else { return false }
        return text.hasSuffix(".yaml") || text.hasSuffix(".yml") || FileManager.default.fileExists(atPath: text)
    }
}
