import Foundation
import NeuralNetwork
import PairedData

/// A dataset made ready for training: divided, its normalization fitted on the training pairs alone.
public struct TrainingData: Sendable {
    /// All labelled pairs, raw.
    public let dataset: PairedDataset
    /// Each pair's class.
    public let labels: [Int]
    /// Which pairs are for what.
    public let split: Split
    /// How raw values become the network's input.
    public let normalization: Normalization
    /// How the audio features were made, where the dataset says.
    public let features: DatasetDescription.Features?
    /// How pictures are made to look like the images, where the dataset says.
    public let pictures: DatasetDescription.Pictures?
    /// Tells this dataset from others.
    public let fingerprint: String

    /// Loads and divides a dataset folder.
    /// - Throws: `DataError` where the folder is not a sound dataset.
    public init(_ url: URL, split method: Split.Method, seed: UInt64, limit: Int? = nil) throws {
        let folder = try DatasetFolder(url)
        dataset = try folder.load()
        guard let labels = dataset.labels else {
            throw DuetError(
                .badData, "\(url.path) has no labels to train with; expected labels_train.npy or y_train.csv")
        }
        self.labels = labels
        let whole = try Split(dataset, by: method, seed: seed)
        split = limit.map { whole.limitingTraining(to: $0) } ?? whole
        features = folder.description?.features
        normalization = Normalization.fit(
            on: dataset, indices: split.train, frameWidth: features?.widthOfFramesWithoutMeans(in: dataset))
        pictures = folder.description?.pictures
        fingerprint = dataset.fingerprint()
    }

    /// What a preset has to fit.
    public var task: Presets.Task { Presets.Task(dataset, features) }

    /// The model that a configuration asks for, checked against the data.
    /// - Throws: `DuetError` where a network of the user's own does not fit the data's shapes or classes.
    public func model(_ choice: TrainingConfiguration.ModelChoice) throws -> LateFusion {
        switch choice {
        case .preset(let name):
            return try Presets.required(name, for: task)
        case .custom(let model):
            for (what, needed, given) in [
                ("image input", dataset.imageShape, model.image.input),
                ("audio input", dataset.audioShape, model.audio.input),
                ("number of classes", [dataset.classNames.count], [model.classCount]),
            ] where needed != given {
                throw DuetError(
                    .badData,
                    "the network '\(model.name)' has \(what) \(given), but the dataset has \(needed); change the "
                        + "network's description to fit")
            }
            return model
        }
    }
}

extension Presets.Task {
    /// What a preset has to fit to be trained on a dataset.
    public init(_ dataset: PairedDataset, _ features: DatasetDescription.Features?) {
        let frames = features.map { [$0.frames, $0.coefficients] }
        self.init(
            image: dataset.imageShape, audio: dataset.audioShape, classes: dataset.classNames.count,
            frames: frames?.elementCount == dataset.audioSize ? frames : nil)
    }

    /// The task in a few words: "images 28 × 28 × 1, audio 39 × 13, 10 classes".
    public var summary: String {
        func times(_ shape: Shape) -> String { shape.map(String.init).joined(separator: " × ") }
        return "images \(times(image)), audio \(times(frames ?? audio)), \(classes) classes"
    }
}

extension DatasetDescription.Features {
    /// Values per frame, where each clip's means were taken away: what is left means the same in every frame, so all frames share
    /// their statistics. Nil for all other features, whose positions are normalized one by one, as in the paper.
    fileprivate func widthOfFramesWithoutMeans(in dataset: PairedDataset) -> Int? {
        guard settings?.normalizesMean == true, frames * coefficients == dataset.audioSize else { return nil }
        return coefficients
    }
}
