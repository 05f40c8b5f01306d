import NeuralNetwork
import PairedData

/// Runs a trained model over many pairs: what both modalities together say, and what each would say alone.
///
/// A modality that is absent says that every class is equally likely: in place of its branch's softmax the head gets
/// 1 / classes throughout. Nothing else is known of what was not seen or heard.
final class Predictor {
    /// What a model makes of some rows. Row i of each table belongs to the i-th row that was asked for.
    struct Opinions {
        /// The head's probabilities on both modalities.
        var fused: Table
        /// The head's probabilities with the audio absent.
        var imageOnly: Table
        /// The head's probabilities with the image absent.
        var audioOnly: Table
    }

    private let model: TrainedModel
    private let ends: (audio: String, image: String, fused: String)
    private let widths: [String: Int]
    private let batchSize: Int
    private let threads: Int
    private let parameters: FrozenParameters
    private let whole: InferencePass
    /// The head alone, which only those who ask for single opinions need.
    private var headAlone: InferencePass?

    init(_ model: TrainedModel, batchSize: Int = 128, threads: Int) throws {
        self.model = model
        self.batchSize = batchSize
        self.threads = threads
        parameters = FrozenParameters(model.parameters)
        ends = try model.architecture.endNames()
        let network = try model.architecture.network()
        widths = Dictionary(
            uniqueKeysWithValues: [ends.fused, ends.audio, ends.image].map {
                ($0, network.shape(of: $0)?.elementCount ?? 0)
            })
        whole = try InferencePass(
            network, outputs: [ends.fused, ends.audio, ends.image], batchSize: batchSize,
            parameters: parameters, threads: threads)
    }

    /// The head's probabilities for some rows of a dataset, both modalities present. `advance` is called after each batch
    /// with the number of rows done.
    func fused(of dataset: PairedDataset, rows: [Int], advance: (Int) throws -> Void = { _ in }) throws -> Table {
        try ask(dataset, rows, advance).fused
    }

    /// The head's probabilities for images and sounds that are not each other's: the i-th row of the result is for the image
    /// of the i-th row of `images` with the audio of the i-th of `sounds`.
    func fused(
        of dataset: PairedDataset, images: [Int], sounds: [Int], advance: (Int) throws -> Void = { _ in }
    ) throws -> Table {
        let normalization = model.normalization
        let feeder = BatchFeeder(inputs: [
            "image": { normalization.gatherImages(ArraySlice($0.map { images[$0] }), of: dataset, into: $1) },
            "audio": { normalization.gatherAudio(ArraySlice($0.map { sounds[$0] }), of: dataset, into: $1) },
        ])
        return try whole.table(
            ends.fused, width: model.classNames.count, rows: Array(images.indices), of: images.count, feeder,
            advance: advance)
    }

    /// What both and each alone say about some rows of a dataset, clean or with noise. `advance` is called after each batch
    /// with the number of rows done.
    func opinions(
        of dataset: PairedDataset, rows: [Int], with noise: PairNoise? = nil,
        advance: (Int) throws -> Void = { _ in }
    ) throws -> Opinions {
        let said = try ask(dataset, rows, with: noise, advance)
        let head = try head()
        return Opinions(
            fused: said.fused, imageOnly: try decide(head, said.audio.uniform, said.image, count: rows.count),
            audioOnly: try decide(head, said.audio, said.image.uniform, count: rows.count))
    }

    /// What the head and the two branches say about some rows.
    private func ask(
        _ dataset: PairedDataset, _ rows: [Int], with noise: PairNoise? = nil, _ advance: (Int) throws -> Void
    ) throws -> (fused: Table, audio: Table, image: Table) {
        let names = [ends.fused, ends.audio, ends.image]
        var tables = names.map { Table(width: widths[$0] ?? 0, rows: rows.count) }
        var place = 0
        var feeder = BatchFeeder.pairs(of: dataset, model.normalization)
        if let noise {
            feeder = feeder.adding(noise, size: noise.modality == .image ? dataset.imageSize : dataset.audioSize)
        }
        try whole.run(rows, feeder, advance: advance) { _, outputs in
            for (index, name) in names.enumerated() {
                if let values = outputs[name] { tables[index][place] = ArraySlice(values) }
            }
            place += 1
        }
        return (tables[0], tables[1], tables[2])
    }

    private func head() throws -> InferencePass {
        if let headAlone { return headAlone }
        let network = try model.architecture.headNetwork()
        let head = try InferencePass(
            network, outputs: [ends.fused], batchSize: batchSize,
            parameters: parameters, threads: threads)
        headAlone = head
        return head
    }

    /// What the head makes of what the branches say.
    private func decide(_ head: InferencePass, _ audio: Table, _ image: Table, count: Int) throws -> Table {
        try head.table(
            ends.fused, width: model.classNames.count, rows: Array(0..<count), of: count,
            .tables([ends.audio: audio, ends.image: image]))
    }
}
