import Foundation
import NeuralNetwork

/// What one phase trains: a network, the output that the loss is taken on, and where its inputs come from.
struct PhaseSetup {
    let network: Network
    let output: String
    let feeder: BatchFeeder

    init(
        _ phase: TrainingPhase, _ architecture: LateFusion, _ data: TrainingData, _ parameters: Parameters, threads: Int
    ) throws {
        let ends = try architecture.endNames()
        switch phase {
        case .joint, .fineTune:
            network = try architecture.network()
            output = ends.fused
            feeder = .pairs(of: data.dataset, data.normalization)
        case .audio, .image:
            let branch = phase == .audio ? architecture.audio : architecture.image
            network = try architecture.branchNetwork(branch)
            output = phase == .audio ? ends.audio : ends.image
            feeder = .pairs(of: data.dataset, data.normalization, inputs: [branch.name])
            guard let last = branch.layers.last as? Dense, last.activation == .softmax,
                last.units == architecture.classCount
            else {
                throw DuetError(
                    .badData,
                    "a staged training needs a '\(branch.name)' branch that ends in Dense with softmax and "
                        + "\(architecture.classCount) units, to be trained on its own; or train with schedule 'joint'")
            }
        case .head:
            network = try architecture.headNetwork()
            output = ends.fused
            feeder = .tables(try Self.opinions(of: architecture, ends, data, parameters, threads))
        }
    }

    /// What the finished branches say about each pair. They no longer change, so it is computed once.
    private static func opinions(
        of architecture: LateFusion, _ ends: (audio: String, image: String, fused: String), _ data: TrainingData,
        _ parameters: Parameters, _ threads: Int
    ) throws -> [String: Table] {
        let rows = data.split.train + data.split.validation
        let frozen = FrozenParameters(parameters)
        var tables: [String: Table] = [:]
        for (branch, end) in [(architecture.audio, ends.audio), (architecture.image, ends.image)] {
            let network = try architecture.branchNetwork(branch)
            let pass = try InferencePass(
                network, outputs: [end], batchSize: 128, parameters: frozen, threads: threads)
            tables[end] = try pass.table(
                end, width: network.shape(of: end)?.elementCount ?? 0, rows: rows, of: data.dataset.count,
                .pairs(of: data.dataset, data.normalization, inputs: [branch.name]))
        }
        return tables
    }

    /// Mean cross-entropy and accuracy of the output over some rows.
    func measure(_ pass: InferencePass, rows: [Int], labels: [Int]) throws -> (loss: Double, accuracy: Double) {
        var (loss, correct) = (0.0, 0)
        try pass.run(rows, feeder) { row, outputs in
            guard let probabilities = outputs[output] else { return }
            loss -= log(max(Double(probabilities[labels[row]]), 1e-7))
            if probabilities.indices.max(by: { probabilities[$0] < probabilities[$1] }) == labels[row] { correct += 1 }
        }
        return (loss / Double(rows.count), Double(correct) / Double(rows.count))
    }
}
