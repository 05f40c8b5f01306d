import Duet
import Foundation
import PairedData

extension ReportContent {
    /// The most mistakes in the gallery.
    static let galleryLimit = 18

    /// From hardly to be seen or heard to nearly drowned.
    private static func noise() throws -> [NoiseLevels] {
        [try NoiseLevels(.image, [0.1, 0.2, 0.4]), try NoiseLevels(.audio, [20, 10, 0])]
    }

    /// Asks a run's model about its test pairs.
    /// - Parameters:
    ///   - folder: the run.
    ///   - model: its model.
    ///   - dataset: the dataset that the model was trained on, or another one with the same shapes.
    ///   - rows: the rows to report on.
    ///   - data: what the dataset is called.
    ///   - waveform: where the recording of a row's audio lies; nil where nobody knows.
    ///   - threads: how many compute.
    ///   - advance: told of progress; may throw to stop.
    /// - Throws: `DuetError` where the run's files cannot be read or the dataset does not fit the model.
    public init(
        _ folder: RunFolder, model: TrainedModel, _ dataset: PairedDataset, rows: [Int], data: String,
        waveform: (_ row: Int) -> URL? = { _ in nil },
        threads: Int = ProcessInfo.processInfo.activeProcessorCount, advance: Advance
    ) throws {
        // What may be missing comes before what takes long.
        settings = try folder.configurationText()
        history = try TrainingHistory(contentsOf: folder.history)
        let evaluator = try Evaluator(model, threads: threads)
        let result = try evaluator.evaluate(dataset, rows: rows, on: .test) { try advance(.measuring, $0, $1) }
        var evaluation = result.evaluation
        evaluation.noise = try evaluator.robustness(of: evaluation, dataset, rows: rows, noise: Self.noise()) {
            try advance(.addingNoise, $0, $1)
        }
        let explainer = try Explainer(model, dataset, threads: threads)
        let opinions = result.opinions
        let mistakes = opinions.mistakes
        run = folder.url.standardizedFileURL.lastPathComponent
        self.data = data
        self.evaluation = evaluation
        self.opinions = opinions
        self.mistakes = mistakes.count
        contradiction = try explainer.contradiction(rows) { try advance(.contradicting, $0, rows.count) }
        maps = try EmbeddingMap.maps(explainer, opinions, threads: threads, advance: advance)
        let usual = explainer.meanImage(of: rows)
        let worst = mistakes.prefix(Self.galleryLimit)
        gallery = try worst.enumerated().map { index, position in
            let attribution = try explainer.attribution(of: opinions.rows[position], usualImage: usual)
            try advance(.attributing, index + 1, worst.count)
            return GalleryItem(
                position, opinions, dataset, attribution,
                waveform: waveform(opinions.rows[position]))
        }
    }
}
