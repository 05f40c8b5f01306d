public import Datasets
public import FileFormats
public import Foundation
import Media
import NeuralNetwork

/// A dataset made ready for training: divided, its normalization fitted on the training examples alone.
public struct TrainingData: Sendable {
    /// All labelled examples, raw.
    public let dataset: Dataset
    /// Each example's class.
    public let labels: [Int]
    /// Which examples are for what.
    public let split: Split
    /// How raw values become the network's inputs.
    public let normalization: Normalization
    /// What the dataset says of its modalities, in the order of its columns.
    public let modalities: [ModalityDescription]
    /// The waveforms of the training side's examples, by modality, where the dataset has them; row i belongs to example i.
    public let waveforms: [String: Waveforms]
    /// What was subtracted from the coefficients of the examples, by modality, where the dataset has it.
    let means: [String: CepstralMeans]
    /// Background examples, by modality, where the dataset has them. Their rows follow those of the dataset.
    public let background: [String: Background]
    /// Tells this dataset from others.
    public let fingerprint: String

    /// Loads and divides a dataset folder.
    /// - Parameters:
    ///   - url: the folder.
    ///   - method: how the examples are divided.
    ///   - seed: the random seed of that.
    ///   - limit: the number of training examples to keep; nil for all.
    ///   - monitor: told of the examples that were read.
    /// - Throws: `DuetError` where the folder is not a sound dataset, or of kind `interrupted`.
    public init(
        _ url: URL, split method: Split.Method, seed: UInt64, limit: Int? = nil, monitor: WorkMonitor = .none
    ) throws {
        let folder = try DatasetFolder(url)
        let dataset = try folder.load()
        guard let labels = dataset.labels else {
            throw DuetError(
                .badData, "\(url.path) has no labels to train with; expected labels_train.npy or y_train.csv")
        }
        self.dataset = dataset
        self.labels = labels
        let whole = try Split(dataset, by: method, seed: seed)
        split = limit.map { whole.limitingTraining(to: $0) } ?? whole
        modalities = folder.description?.modalities ?? folder.modalities.map { ModalityDescription($0) }
        let frameWidths = modalities.compactMap { modality in
            dataset[modality.name].flatMap { modality.frameWidth(in: $0) }.map { (modality.name, $0) }
        }
        normalization = try Normalization.fit(
            on: dataset, rows: split.train, frameWidths: Dictionary(uniqueKeysWithValues: frameWidths))
        waveforms = try Dictionary(
            uniqueKeysWithValues: folder.modalities.compactMap { modality in
                try folder.waveforms(of: modality).map { (modality.name, $0) }
            })
        means = try Dictionary(
            uniqueKeysWithValues: folder.modalities.compactMap { modality in
                try folder.means(of: modality).map { (modality.name, $0) }
            })
        background = try Dictionary(
            uniqueKeysWithValues: dataset.columns.compactMap { column in
                try folder.background(for: column).map { (column.modality.name, $0) }
            })
        fingerprint = try dataset.fingerprint(monitor: monitor)
    }

    /// The model that a configuration asks for, checked against the data.
    /// - Throws: `DuetError` where the network does not fit the data's modalities, shapes or classes.
    public func model(_ configuration: TrainingConfiguration) throws -> FusionModel {
        let whole: FusionModel
        switch configuration.model {
        case .preset(let name): whole = try Presets.required(name, for: Presets.Task(dataset, modalities))
        case .custom(let model): whole = model
        }
        let model = try configuration.network(whole)
        try model.requireFit(dataset)
        guard model.classCount == dataset.classNames.count else {
            throw DuetError(
                .badData,
                "the network '\(model.name)' has \(model.classCount) classes, but the dataset has \(dataset.classNames.count); "
                    + "change the network's description to fit")
        }
        return model
    }

    /// Some rows, of which each example of a modality counts once: of rows with the same values and the same class, the first.
    func distinctRows(of modality: String, among rows: [Int]) throws -> [Int] {
        guard let column = dataset[modality] else { return rows }
        return try column.distinctRows(among: rows) { labels[$0] }
    }

    /// How the values of a modality lie: height, width and channels of an image; frames and their values of audio, by the dataset's
    /// word where it has one.
    func layout(of modality: String) -> Augmenter.Layout? {
        guard let column = dataset[modality] else { return nil }
        switch column.modality.kind {
        case .image:
            guard column.shape.count == 3 else { return nil }
            return .image(height: column.shape[0], width: column.shape[1], channels: column.shape[2])
        case .audio:
            let features = modalities.first { $0.name == modality }?.features
            if let features, features.frames * features.coefficients == column.size {
                return .audio(frames: features.frames, values: features.coefficients)
            }
            let frames = Presets.Task(audio: column.shape).frames ?? column.shape
            return .audio(frames: frames[0], values: frames.dropFirst().reduce(1, *))
        }
    }

    /// What is known of the recordings of a modality; nil where nobody knows how their features were computed.
    package func recordings(of modality: String) -> RecordingFeeder.Recordings? {
        guard let column = dataset[modality],
            let features = modalities.first(where: { $0.name == modality })?.features?.settings,
            features.valuesPerClip == column.size
        else { return nil }
        return .init(
            column: column, features: features, waveforms: waveforms[modality], means: means[modality],
            background: background[modality])
    }

    /// The values of a modality, those of its background examples after those of the dataset's.
    func column(of modality: Modality) -> Column? {
        guard let column = dataset[modality.name] else { return nil }
        return background[modality.name].map { column.appending($0.column) } ?? column
    }

    /// The class of a row, or that it is a background example.
    func label(of row: Int) -> Int32 { row < labels.count ? Int32(labels[row]) : Program.noClass }

    /// The data in a few words: "image 28 × 28 × 1, audio 507 × 1, 10 classes".
    public var summary: String {
        let shapes = dataset.columns.map { "\($0.modality) \($0.shape.map(String.init).joined(separator: " × "))" }
        return "\(shapes.joined(separator: ", ")), \(dataset.classNames.count) classes"
    }

    /// A model with these weights, trained on this data.
    func trainedModel(
        _ model: FusionModel, _ parameters: Parameters, _ configuration: TrainingConfiguration,
        _ calibration: Ablations<ConfidenceCalibration>? = nil, _ distances: [String: MahalanobisDistance] = [:]
    ) throws -> TrainedModel {
        let names = model.modalities.map(\.name)
        var trained = try TrainedModel(
            architecture: model, parameters: parameters, classNames: dataset.classNames,
            normalization: Normalization(normalization.rules.filter { names.contains($0.key) }),
            modalities: names.compactMap { name in modalities.first { $0.name == name } },
            origin: .init(
                dataset: fingerprint, split: configuration.split, seed: configuration.seed,
                limit: configuration.limit),
            branchesAreTrained: configuration.trainsBranches)
        trained.calibration = calibration
        trained.embeddingDistances = distances
        return trained
    }
}

extension FusionModel {
    /// Checks that a dataset has what the branches take.
    func requireFit(_ dataset: Dataset) throws {
        for branch in branches {
            let name = branch.modality.name
            guard let column = dataset[name] else {
                throw DuetError(
                    .badData,
                    "the model '\(self.name)' takes '\(name)', but the dataset has only "
                        + dataset.modalities.map(\.name).joined(separator: ", "))
            }
            guard column.modality == branch.modality, column.shape == branch.input else {
                throw DuetError(
                    .badData,
                    "the model '\(self.name)' takes \(branch.modality.kind.rawValue) of shape \(branch.input) as '\(name)', but the "
                        + "dataset has \(column.modality.kind.rawValue) of shape \(column.shape)")
            }
        }
    }
}

extension Presets.Task {
    /// What a preset has to fit to be trained on a dataset.
    /// - Parameters:
    ///   - dataset: a dataset with the modalities `image` and `audio`, or one of them.
    ///   - modalities: what is known of them.
    /// - Throws: `DuetError` of kind `badData` where the dataset has other modalities.
    public init(_ dataset: Dataset, _ modalities: [ModalityDescription]) throws {
        let (image, audio) = (dataset[Modality.image.name], dataset[Modality.audio.name])
        guard dataset.columns.count == [image, audio].count(where: { $0 != nil }) else {
            throw DuetError(
                .badData,
                "the presets are for the modalities image and audio, but the dataset has "
                    + "\(dataset.modalities.map(\.name).joined(separator: ", ")); describe a network in YAML (docs/models.md)"
            )
        }
        let frames = modalities.first { $0.name == Modality.audio.name }?.features.map { [$0.frames, $0.coefficients] }
        let digits = Self()
        self.init(
            image: image?.shape ?? digits.image, audio: audio?.shape ?? digits.audio, classes: dataset.classNames.count,
            frames: frames?.elementCount == audio?.size ? frames : nil)
        self.modalities = Set(dataset.modalities)
    }

    /// The task in a few words: "images 28 × 28 × 1, audio 39 × 13, 10 classes".
    public var summary: String {
        func times(_ shape: Shape) -> String { shape.map(String.init).joined(separator: " × ") }
        let shapes = [
            modalities.contains(.image) ? "images \(times(image))" : nil,
            modalities.contains(.audio) ? "audio \(times(frames ?? audio))" : nil,
        ]
        return (shapes.compactMap { $0 } + ["\(classes) classes"]).joined(separator: ", ")
    }
}

extension ModalityDescription {
    /// Values per frame, where cepstral means were subtracted: what is left means the same in every frame, so all frames share
    /// their statistics. Nil for all other values, whose positions are normalized one by one, as in the paper.
    fileprivate func frameWidth(in column: Column) -> Int? {
        guard let features, features.settings?.normalizesMean == true,
            features.frames * features.coefficients == column.size
        else { return nil }
        return features.coefficients
    }
}
