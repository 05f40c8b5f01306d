import Duet
import FileFormats
import Foundation
import NeuralNetwork
import Testing
import TestSupport

/// The presets against their tables in `docs/models.md`, which for the paper's models are the paper's.
struct PresetTests {
    struct Row: Equatable {
        let branch: String
        let layer: String
        let shape: [Int]
        let parameters: Int
    }

    /// The tables' rows and totals by model.
    private static func tables() throws -> [String: (rows: [Row], totals: [Int])] {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../docs/models.md").standardized
        var tables: [String: (rows: [Row], totals: [Int])] = [:]
        var model = ""
        func numbers(_ text: some StringProtocol) -> [Int] {
            text.split { !$0.isNumber }.compactMap { Int($0) }
        }
        for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n") {
            if line.hasPrefix("## ") { model = String(line.dropFirst(3)) }
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            if line.hasPrefix("| "), cells.count == 4, let parameters = Int(cells[3].replacing(",", with: "")) {
                tables[model, default: ([], [])].rows.append(
                    Row(branch: cells[0], layer: cells[1], shape: numbers(cells[2]), parameters: parameters))
            }
            if line.hasPrefix("total ") { tables[model]?.totals = numbers(line.replacing(",", with: "")) }
        }
        return tables
    }

    @Test(arguments: Presets.names)
    func everyRowIsTheTables(of name: String) throws {
        let table = try #require(try Self.tables()[name])
        let summary = try #require(Presets.named(name)).network().summary()
        let rows = summary.rows.filter { $0.kind != "InputLayer" }.map { row in
            let branch = String(row.name.split(separator: ".")[0])
            return Row(
                branch: branch == "head" ? "fusion" : branch, layer: row.kind, shape: row.outputShape,
                parameters: row.parameters)
        }
        // The paper's tables list the image branch first; in the concatenation the audio comes first.
        for branch in ["image", "audio", "fusion"] {
            #expect(rows.filter { $0.branch == branch } == table.rows.filter { $0.branch == branch })
        }
        #expect(rows.count == table.rows.count)
        #expect(
            [summary.totalParameters, summary.trainableParameters, summary.nonTrainableParameters] == table.totals)
    }

    @Test(arguments: Presets.paper)
    func theAudioComesFirstInTheConcatenation(of name: String) throws {
        let network = try #require(Presets.named(name)).network()
        let concatenation = try #require(network.nodes.first { $0.layer is Concatenate })
        #expect(concatenation.inputs.map { $0.prefix(5) } == ["audio", "image"])
    }

    /// What their names promise.
    @Test func theSearchedPresetsAreSmall() throws {
        func parameters(_ name: String) throws -> Int {
            try #require(Presets.named(name)).network().summary().totalParameters
        }
        #expect(try 50 * parameters("compact") <= parameters("model-2"))
        #expect(try parameters("accurate") <= parameters("model-2"))
    }

    @Test func presetsFitOtherShapesAndClasses() throws {
        let task = Presets.Task(image: [32, 32, 3], audio: [400, 2], classes: 7)
        for name in Presets.names {
            let model = try #require(Presets.named(name, for: task))
            let network = try model.network()
            #expect(network.inputs.map(\.shape) == [[400, 2], [32, 32, 3]])
            #expect(network.nodes.last?.outputShape == [7])
            #expect(model.classCount == 7)
        }
    }

    @Test func unknownNamesGetASuggestion() {
        #expect {
            try Presets.required("model2")
        } throws: { error in
            (error as? DuetError)?.kind == .usage && "\(error)".contains("Did you mean model-2?")
        }
    }

    @Test func descriptionsSurviveCoding() throws {
        for name in Presets.names {
            let model = try #require(Presets.named(name))
            let data = try JSONEncoder().encode(model)
            let decoded = try JSONDecoder().decode(FusionModel.self, from: data)
            #expect(try decoded.network() == model.network())
        }
    }
}
