import ArgumentParser
import Duet
import FileFormats
import Foundation
import TerminalUI

/// `duet export`.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a smaller model file, with 16-bit weights.",
        discussion: """
            A copy of a model file whose weights are 16-bit floats, rounded to the nearest, and whose calibration keeps 1,000 \
            quantiles of its scores. It is used like the original; its probabilities differ a little. Measure it again: \
            duet evaluate.

            Example: duet export --model runs/first/model.safetensors --weights float16 --output first.safetensors
            """)

    /// The types that weights can be written as.
    enum Weights: String, CaseIterable, ExpressibleByArgument {
        case float32, float16
    }

    @Option(help: "A model file, as training writes it.")
    var model: String

    @Option(help: "The weights' type: float32, float16.")
    var weights = Weights.float16

    @Option(help: "The model file to write.")
    var output: String

    @Flag(help: "Replace the output file if it exists.")
    var force = false

    @Flag(help: "Say nothing unless something goes wrong.")
    var quiet = false

    func run() throws {
        let url = URL(fileURLWithPath: output)
        // The weights of a file that is being replaced are read while it is written.
        guard url.resolvingSymlinksInPath() != URL(fileURLWithPath: model).resolvingSymlinksInPath() else {
            throw DuetError(.usage, "--output is the model file itself; choose another name")
        }
        let trained = try TrainedModel(contentsOf: URL(fileURLWithPath: model))
        try trained.write(to: url, overwrite: force, isCompact: weights == .float16)
        let size = try FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int ?? 0
        if !quiet { print("Wrote \(output): \(Format.count(size)) bytes") }
    }
}
