import ArgumentParser
import Duet
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
            describes a network. Example: duet summary model-2
            """)

    @Argument(help: "A preset's name, or a YAML file.")
    var model: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let description = try ModelArgument.model(model)
        let summary = try description.network().summary()
        print(json ? try JSON.prettyText(SummaryReport(name: description.name, summary)) : text(of: summary))
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

    static func model(_ text: String) throws -> LateFusion {
        switch try choice(text) {
        case .preset(let name): try Presets.required(name)
        case .custom(let model): model
        }
    }

    /// A preset's name is that preset, also where a run folder of the same name lies.
    private static func isFile(_ text: String) -> Bool {
        guard !Presets.names.contains(text) else { return false }
        return text.hasSuffix(".yaml") || text.hasSuffix(".yml") || FileManager.default.fileExists(atPath: text)
    }
}
