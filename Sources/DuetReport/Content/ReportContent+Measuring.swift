package import FileFormats
package import Datasets
package import Duet
package import Foundation

extension ReportContent {
    /// The most mistakes in the gallery.
    static let galleryLimit = 18

    /// From barely noticeable to nearly drowned.
    private static func noise(on modalities: [Modality]) throws -> [NoiseLevels] {
        try modalities.map { try NoiseLevels($0, $0.kind == .image ? [0.1, 0.2, 0.4] : [20, 10, 0]) }
    }

    /// Asks a run's model about its test examples.
    /// - Parameters:
    ///   - folder: the run.
    ///   - model: its model.
    ///   - dataset: the dataset that the model was trained on, or another one with the same shapes.
    ///   - rows: the rows to report on.
    ///   - data: what the dataset is called.
    ///   - waveform: where the recording of a row's audio lies; nil where nobody knows.
    ///   - threads: how many compute.
    ///   - monitor: told of progress.
    /// - Throws: `DuetError` where the run's files cannot be read or the dataset does not fit the model.
    package init(
        _ folder: RunFolder, model: TrainedModel, _ dataset: Dataset, rows: [Int], data: String,
        waveform: (_ row: Int) -> URL? = { _ in nil },
        threads: Int = ProcessInfo.processInfo.activeProcessorCount, monitor: WorkMonitor
    ) throws {
        // What may be missing comes before what takes long.
        settings = try folder.configurationText()
        history = try TrainingHistory(contentsOf: folder.history)
        let evaluator = try Evaluator(model, threads: threads)
        let result = try evaluator.evaluate(dataset, rows: rows, on: .test, monitor: monitor)
        var evaluation = result.evaluation
        evaluation.noise = try evaluator.robustness(
            of: evaluation, dataset, rows: rows, noise: Self.noise(on: evaluation.modalities), monitor: monitor)
        let explainer = try Explainer(model, dataset, threads: threads)
        let predictions = result.predictions
        let mistakes = predictions.mistakes
        run = folder.url.standardizedFileURL.lastPathComponent
        self.data = data
        self.evaluation = evaluation
        self.predictions = predictions
        self.mistakes = mistakes.count
        contradiction = try explainer.contradiction(predictions, monitor: monitor)
        maps = try EmbeddingMap.maps(explainer, predictions, threads: threads, monitor: monitor)
        let usual = try explainer.usualImages(of: rows)
        let worst = mistakes.prefix(Self.galleryLimit)
        gallery = try worst.enumerated().map { index, position in
            let attribution = try explainer.attribution(of: predictions.rows[position], usual: usual)
            try monitor.advance("Explaining mistakes", index + 1, of: worst.count, "mistakes")
            return try GalleryItem(
                position, predictions, dataset, attribution,
                waveform: waveform(predictions.rows[position]))
        }
    }
}
