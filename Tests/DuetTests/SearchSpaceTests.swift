import Datasets
import Duet
import FileFormats
import Foundation
import NeuralNetwork
import TestSupport
import Testing

/// The networks that a space holds.
struct SearchSpaceTests {
    /// A dataset with the digits' shapes, of which nothing but these matters.
    private static let digits: Dataset = {
        do {
            return try Dataset(
                [
                    Column(.audio, shape: [507, 1], values: [Float](repeating: 0, count: 507)),
                    Column(.image, shape: [28, 28, 1], values: [Float](repeating: 0, count: 784)),
                ], classNames: (0..<10).map(String.init))
        } catch { fatalError("\(error)") }
    }()

    private func space(_ branch: String, heads: String = "heads: [{fusion: product}]") throws -> SearchSpace {
        let text = """
            branches:
              - modality: audio
                layers: [Flatten, Dense: {units: $classes, activation: softmax}]
              - modality: image
            \(branch.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))
            \(heads)
            """
        return try SearchSpace(text, path: "space.yaml", for: Self.digits)
    }

    @Test func theStandardSpaceHasThePapersModels() throws {
        let space = try SearchSpace(SearchSpace.standard, path: "standard", for: Self.digits)
        #expect(
            space.branches.allSatisfy { $0.count >= 96 } && space.heads.count >= 24, "\(space.branches.map(\.count))")
        #expect(space.count > 200_000 && space.misfits == 0)
        func text(_ layers: [any Layer]) throws -> String { try JSON.text(layers.map(CodedLayer.init)) }
        for name in Presets.paper {
            let model = try Presets.required(name)
            let places = try zip(space.branches, model.branches).map { candidates, branch in
                let wanted = try text(branch.networks[0])
                return try candidates.firstIndex { try text($0.networks[0]) == wanted }
            }
            let wanted = try text(model.head)
            let head = try space.heads.firstIndex { try $0.fusion is Concatenation && text($0.layers) == wanted }
            let found = space.model(try places.map { try #require($0, "\(name)") }, head: try #require(head, "\(name)"))
            #expect(try found.network().summary() == model.network().summary())
        }
    }

    @Test func eachNetworkIsThereOnce() throws {
        // Four choices for each of two numbers of filters, of which two lead to the same network.
        let found = try space(
            """
            layers:
              - Conv2D: {filters: [2, 3], kernel: 3, activation: relu}
              - choice: [[], [Dropout: {rate: 0.5}], [Dropout: {rate: [0.5, 0.25]}]]
              - Flatten
              - Dense: {units: $classes, activation: softmax}
            """)
        #expect(found.branches.map(\.count) == [1, 6] && found.count == 6)
    }

    @Test func choicesAreNamedAndToldInWords() throws {
        let found = try space(
            """
            parameters: {size: [{a: 2, b: 4}, {a: 4, b: 8}]}
            layers:
              - repeat: {times: [0, 2], layers: [Conv2D: {filters: $size.a, kernel: [2, 3]}]}
              - choice: [[], [Dropout: {rate: 0.5}]]
              - Flatten
              - optional: [Dense: {units: 16, activation: relu}, BatchNormalization]
              - Dense: {units: $classes, activation: softmax}
            """)
        let last = try #require(found.branchChoices[1].last)
        let names = Hyperparameter.shortNames(last.map(\.name))
        #expect(
            last.map { names[$0.name] } == [
                "image repeat Conv2D", "image size", "image Conv2D kernel", "image Conv2D kernel #2", "image choice",
                "image optional Dense 16",
            ])
        #expect(last.map(\.value) == ["2", "4/8", "3", "3", "Dropout", "no"])
        #expect(found.heads[0].choices == [Hyperparameter(name: "head fusion", value: "product")])
    }

    @Test func everyWordMeansWhatItSays() throws {
        let found = try space(
            """
            parameters:
              depth: [0, 2]
              size: [{filters: 2, kernel: 3}, {filters: 4, kernel: 5}]
            layers:
              - repeat:
                  times: $depth
                  layers: [Conv2D: {filters: $size.filters, kernel: $size.kernel}]
              - when: {depth: 2, layers: [optional: BatchNormalization]}
              - Flatten
              - Dense: {units: {from: 8, to: 16, step: 8}}
              - Dense: {units: $classes, activation: softmax}
            """)
        // Without convolutions, 2 widths; with them, 2 sizes, with a normalization and without, 2 widths.
        #expect(found.branches[1].count == 2 + 2 * 2 * 2)
        let deepest = found.branches[1].map(\.networks[0].count).max()
        #expect(deepest == 6)
    }

    @Test func whatDoesNotFitIsLeftOut() throws {
        let found = try space(
            """
            layers:
              - repeat: {times: {from: 1, to: 6}, layers: [MaxPooling2D]}
              - Flatten
              - Dense: {units: $classes, activation: softmax}
            """)
        // 28, 14, 7, 3, 1: no fifth pooling.
        #expect(found.branches[1].count == 4 && found.misfits == 2)
    }

    @Test func samplesAreOfTheSpaceAndFollowTheSeed() throws {
        let space = try SearchSpace(SearchSpace.standard, path: "standard", for: Self.digits)
        let names = space.sample(5, seed: 1).map(\.name)
        #expect(names == space.sample(5, seed: 1).map(\.name) && names != space.sample(5, seed: 2).map(\.name))
        #expect(Set(names).count == 5)
    }

    @Test(arguments: [
        ("layers: [Flaten]", "there is no layer 'Flaten'; did you mean Flatten?"),
        ("layers: [Conv2D: {filter: 3}]", "there is no setting 'filter'; did you mean 'filters'?"),
        ("layers: [Dropout: {rate: $rte}]", "there is no parameter 'rte'; there are classes"),
        ("layers: [Flatten, Dense: {units: [3, 4], activation: softmax}]", "no branch of 'image' fits"),
        ("layers: [Flatten, Dense: {units: []}]", "expected a list with an option at least"),
        ("layers: [repeat: {times: 2}]", "'layers' is missing"),
        ("parameters: {a: [$b], b: [$a]}\nlayers: [Dense: {units: $a}]", "is one of its own options"),
        ("layers: [Dense: {units: {from: -9223372036854775808, to: 9223372036854775807}}]", "a range is written as"),
        (
            "layers: [Dense: {units: {from: 1, to: 9000}}, Dense: {units: {from: 1, to: 9000}}]",
            "more than 10000 choices"
        ),
        ("layers: [Dense: {units: {from: 0, to: 10000}}]", "10,000 integers at most"),
        ("layers: [Dropout: {rate: {from: 0.1, to: 0.5}}]", "endlessly many numbers"),
        ("layers: [Dropout: {rate: {from: 0.0, to: 0.5, scale: log}}]", "a range is written as"),
        ("layers: [Dropout: {rate: {from: 0.1, to: 0.5, scale: lin}}]", "'scale' is log or left out"),
        ("layers: [Dense: {units: {from: 4, to: 2}}]", "a range is written as"),
        ("input: [14, 14, 1]\nlayers: [Flatten]", "the dataset's 'image' has the shape [28, 28, 1]"),
        ("layer: [Flatten]", "there is no setting 'layer'; did you mean 'layers'?"),
    ])
    func mistakesAreNamedWithTheirLine(branch: String, message: String) throws {
        let error = try #require(throws: DuetError.self) { try space(branch) }
        #expect(error.kind == .badData && error.message.contains(message), "\(error.message)")
        #expect(error.message.hasPrefix("space.yaml:"), "\(error.message)")
    }

    @Test(arguments: [
        ("heads: [{fusion: gated}]", "reads embeddings"), ("heads: [{fusion: produkt}]", "did you mean product?"),
        ("heads: []", "'heads' is missing"), ("heads: [{fusion: concatenate}]", "no head fits"),
        ("training: {batch_size: [8, 16]}\nheads: [{fusion: product}]", "needs --strategy tpe or random"),
        ("version: 2\nheads: [{fusion: product}]", "version 2"),
    ])
    func headsThatCannotBeAreRefused(heads: String, message: String) throws {
        let branch = "layers: [Flatten, Dense: {units: $classes, activation: softmax}]"
        let error = try #require(throws: DuetError.self) { try space(branch, heads: heads) }
        #expect(error.kind == .badData && error.message.contains(message), "\(error.message)")
    }
}
