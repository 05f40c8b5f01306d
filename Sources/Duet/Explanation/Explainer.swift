import NeuralNetwork
import PairedData

/// Looks into a trained model: what its layers hold, which modality it believes, and where it looks and listens.
///
/// One thread at a time may ask an explainer.
public struct Explainer {
    private let model: TrainedModel
    private let dataset: PairedDataset
    private let predictor: Predictor
    private let threads: Int

    /// Prepares a model and the pairs to ask it about, on so many threads.
    /// - Throws: `DuetError` of kind `badData` if the shapes are not the model's.
    public init(_ model: TrainedModel, _ dataset: PairedDataset, threads: Int = Engine.processors) throws {
        try model.requireFit(dataset)
        self.model = model
        self.dataset = dataset
        self.threads = threads
        predictor = try Predictor(model, threads: threads)
    }

    /// What the last hidden layers of both branches and of the head hold for some rows. They are what the last layer of
    /// each part reads.
    /// - Parameters:
    ///   - rows: rows of the dataset.
    ///   - advance: called after each batch with the number of rows done.
    /// - Returns: the three layers' values, in the order of the rows.
    /// - Throws: what `advance` throws.
    public func hiddenLayers(_ rows: [Int], advance: (Int) throws -> Void = { _ in }) throws -> HiddenLayers {
        let network = try model.architecture.network()
        let ends = try model.architecture.endNames()
        let names = [ends.image, ends.audio, ends.fused].map { end in
            let source = network.nodes.first { $0.name == end }?.inputs.first ?? end
            // A part of a single layer has no hidden one: its own output is all that there is to see.
            return network.inputs.contains { $0.name == source } ? end : source
        }
        let pass = try InferencePass(
            network, outputs: Set(names).sorted(), batchSize: 128, parameters: FrozenParameters(model.parameters),
            threads: threads)
        var values = [String: [Float]]()
        try pass.run(rows, .pairs(of: dataset, model.normalization), advance: advance) { _, outputs in
            for (name, output) in outputs { values[name, default: []] += output }
        }
        let layers = names.map { name in
            HiddenLayer(name: name, width: network.shape(of: name)?.elementCount ?? 0, values: values[name] ?? [])
        }
        return HiddenLayers(image: layers[0], audio: layers[1], fused: layers[2])
    }

    /// What the model says when it sees one class and hears another: each row's image with the sound of a row of another
    /// class, drawn at random.
    /// - Parameters:
    ///   - rows: rows with labels.
    ///   - seed: settles the draw.
    ///   - advance: called after each batch with the number of rows done.
    /// - Returns: nil where all rows are of one class, or the dataset has no labels.
    /// - Throws: what `advance` throws.
    public func contradiction(
        _ rows: [Int], seed: UInt64 = 0, advance: (Int) throws -> Void = { _ in }
    ) throws -> Contradiction? {
        guard let labels = dataset.labels else { return nil }
        let truth = rows.map { labels[$0] }
        guard let partners = Contradiction.partners(of: truth, seed: seed) else { return nil }
        let said = try predictor.fused(
            of: dataset, images: rows, sounds: partners.map { rows[$0] }, advance: advance)
        return Contradiction(
            image: truth, audio: partners.map { truth[$0] }, said: said.classes, classes: model.classNames.count)
    }

    /// Where the model looks and listens in one pair.
    /// - Parameters:
    ///   - row: the pair's row.
    ///   - usualImage: what a covered pixel shows, one value from 0 to 255 for each, such as `meanImage(of:)`. What is heard
    ///     in place of a covered value is the mean of the training.
    /// - Returns: a map over the image and one over the audio, for the class that the model says.
    /// - Throws: `ExecutionError` where the network cannot run.
    public func attribution(of row: Int, usualImage: [Float]) throws -> Attribution {
        let (imageSize, audioSize) = (dataset.imageSize, dataset.audioSize)
        let image = Array(dataset.images[(row * imageSize)..<((row + 1) * imageSize)])
        let audio = Array(dataset.audio[(row * audioSize)..<((row + 1) * audioSize)])
        let imageGrid = OcclusionGrid(height: dataset.imageShape[0], width: dataset.imageShape[1])
        let channels = imageSize / (imageGrid.height * imageGrid.width)
        let layout = model.audioLayout
        let audioGrid = OcclusionGrid(height: layout.frames, width: layout.values)

        var (images, clips) = (image, audio)
        for patch in imageGrid.patches {
            var covered = image
            for place in patch.flatMap({ ($0 * channels)..<(($0 + 1) * channels) }) {
                covered[place] = usualImage[place]
            }
            images += covered
            clips += audio
        }
        for patch in audioGrid.patches {
            var covered = audio
            for place in patch { covered[place] = model.normalization.audioMean[place] }
            images += image
            clips += covered
        }
        let variants = try PairedDataset(
            images: images, imageShape: dataset.imageShape, audio: clips, audioShape: dataset.audioShape,
            classNames: model.classNames)
        let said = try predictor.fused(of: variants, rows: Array(0..<variants.count))
        let best = said.classes[0]
        let probabilities = (0..<variants.count).map { said[$0].dropFirst(best).first ?? 0 }
        let worth = probabilities.dropFirst().map { probabilities[0] - $0 }
        let imagePatches = imageGrid.patches.count
        return Attribution(
            classIndex: best,
            image: .init(
                height: imageGrid.height, width: imageGrid.width,
                values: imageGrid.spread(Array(worth.prefix(imagePatches)))),
            audio: .init(
                height: audioGrid.height, width: audioGrid.width,
                values: audioGrid.spread(Array(worth.dropFirst(imagePatches)))))
    }

    /// The mean of some rows' images, one value from 0 to 255 for each place.
    public func meanImage(of rows: [Int]) -> [Float] {
        let size = dataset.imageSize
        var sums = [Double](repeating: 0, count: size)
        for row in rows {
            for place in 0..<size { sums[place] += Double(dataset.images[row * size + place]) }
        }
        return sums.map { Float($0 / Double(max(rows.count, 1))) }
    }
}

extension TrainedModel {
    /// How a clip's values lie in time: frame after frame, each of so many values. By the dataset's word, where it fits; else by
    /// the shape that the network takes.
    public var audioLayout: (frames: Int, values: Int) {
        let shape = architecture.audio.input
        if let features, features.frames * features.coefficients == shape.elementCount {
            return (features.frames, features.coefficients)
        }
        return (shape.first ?? 1, shape.dropFirst().reduce(1, *))
    }
}
