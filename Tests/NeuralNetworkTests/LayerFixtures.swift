import Foundation
import NeuralNetwork

/// Single layers computed by PyTorch in float64; see `Tests/Fixtures/parity/README.md`.
struct LayerFixtures: Decodable {
    struct Array: Decodable {
        let shape: [Int]
        let values: [Float]
    }

    struct Case: Decodable, CustomStringConvertible, Sendable {
        let name: String
        let layer: CodedLayer
        /// Nil where training and inference are the same.
        let training: Bool?
        let input: Array
        let parameters: [String: Array]
        let output: Array
        let upstream: Array
        let inputGradient: Array
        let parameterGradients: [String: Array]
        let movedStatistics: [String: Array]

        var description: String { name }
    }

    struct AdamSteps: Decodable {
        let initial: Array
        let gradients: [[Float]]
        let updated: [[Float]]
    }

    let cases: [Case]
    let adam: AdamSteps

    static let all: LayerFixtures = {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/parity/layers.json").standardized
        return try! JSONDecoder().decode(LayerFixtures.self, from: Data(contentsOf: url))
    }()
}
