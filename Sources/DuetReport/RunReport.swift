public import FileFormats
public import Datasets
public import Duet
public import Foundation

/// The report of a run: figures and a page that show what the model learned.
///
/// ```swift
/// let folder = RunFolder(URL(fileURLWithPath: "runs/first"))
/// let report = try RunReport.write(folder, data: nil)
/// print(report.page.path)
/// ```
public struct RunReport: Codable, Sendable {
    /// The version of this format.
    public private(set) var version = 1
    /// The page, `report.html`.
    public let page: String
    /// The folder with the figures, their numbers and their scripts.
    public let figures: String
    /// What could not be drawn, and why; empty where all is there.
    public let notes: [String]
    /// The test accuracy, from all modalities and from each alone.
    public let accuracies: Ablations<Accuracy>
    /// The expected calibration error.
    public let calibrationError: Double
    /// How separated each embedding is.
    public let embeddings: [Separation]
    /// What was predicted for contradicting examples; nil where none could be made.
    public let contradiction: Outcome?

    /// How well an embedding tells the classes apart.
    public struct Separation: Codable, Sendable {
        /// Whose embedding.
        public let ablation: String
        /// The number of points.
        public let points: Int
        /// Their mean silhouette, as drawn.
        public let silhouette: Double
        /// k-means' clusters of the points as drawn, against the classes.
        public let adjustedRandIndex: Double
        /// The mean silhouette in the layer itself.
        public let layerSilhouette: Double
        /// k-means' clusters in the layer itself, against the classes.
        public let layerAdjustedRandIndex: Double
    }

    /// What was predicted for contradicting examples.
    public struct Outcome: Codable, Sendable {
        /// The number of examples.
        public let examples: Int
        /// How many were predicted as the class of each modality.
        public let wins: [String: Int]
        /// In how many the two alone predict different classes, and the model one of these.
        public let decided: Int
        /// In how many of these it is the class of the more confident one.
        public let decidedByMoreConfident: Int
    }

    /// Writes the report of a run whose dataset is read from its folder.
    /// - Parameters:
    ///   - folder: the run.
    ///   - data: the dataset folder; nil for the one that the run's settings name.
    ///   - threads: how many compute.
    ///   - monitor: told of progress.
    /// - Returns: where the report lies, and its main numbers.
    /// - Throws: `DuetError` where run or dataset cannot be read, or the report not be written.
    public static func write(
        _ folder: RunFolder, data: String? = nil, threads: Int = ProcessInfo.processInfo.activeProcessorCount,
        monitor: WorkMonitor = .none
    ) throws -> RunReport {
        try write(folder, data: data, threads: threads, with: Gnuplot(), monitor: monitor)
    }

    /// The same with a gnuplot of the caller's choice; nil for none.
    package static func write(
        _ folder: RunFolder, data: String? = nil, threads: Int = ProcessInfo.processInfo.activeProcessorCount,
        with gnuplot: Gnuplot?, monitor: WorkMonitor = .none
    ) throws -> RunReport {
        let configuration = try folder.savedConfiguration()
        let data = data ?? configuration.data
        let model = try TrainedModel(contentsOf: folder.model)
        let dataset = try DatasetFolder(URL(fileURLWithPath: data)).load()
        let rows = try Evaluator(model).rows(of: .test, in: dataset, place: data)
        let content = try ReportContent(
            folder, model: model, dataset, rows: rows, data: data, waveform: waveforms(in: data), threads: threads,
            monitor: monitor)
        return try write(content, to: folder, with: gnuplot, monitor: monitor)
    }

    /// Writes the report of a run whose model and dataset are in memory.
    public static func write(
        _ folder: RunFolder, model: TrainedModel, _ dataset: Dataset, rows: [Int], data: String,
        threads: Int = ProcessInfo.processInfo.activeProcessorCount, monitor: WorkMonitor = .none
    ) throws -> RunReport {
        let content = try ReportContent(
            folder, model: model, dataset, rows: rows, data: data, waveform: waveforms(in: data), threads: threads,
            monitor: monitor)
        return try write(content, to: folder, with: Gnuplot(), monitor: monitor)
    }

    /// Where the recording of a row's audio lies; nowhere, where the dataset does not say it or no longer can.
    private static func waveforms(in data: String) -> (_ row: Int) -> URL? {
        let recordings = (try? DatasetFolder(URL(fileURLWithPath: data)).recordings()) ?? []
        return { recordings.indices.contains($0) ? recordings[$0] : nil }
    }

    /// Writes what was measured.
    package static func write(
        _ content: ReportContent, to folder: RunFolder, with gnuplot: Gnuplot?,
        monitor: WorkMonitor = .none
    ) throws -> RunReport {
        let figures =
            try content.curves + content.confusions() + content.embeddings + content.certainty + content.modalities
        let place = ReportFolder(url: folder.url)
        let notes = try place.write(
            figures, tables: ["examples": content.examples], with: gnuplot,
            advance: { try monitor.advance("Drawing", $0, of: figures.count, "figures") },
            page: { try ReportPage(content: content, drawing: $0, notes: $0.failures).html() })
        return RunReport(
            page: place.page.relativePath, figures: place.figures.relativePath, notes: notes,
            accuracies: content.evaluation.accuracies, calibrationError: content.evaluation.calibrationError,
            embeddings: content.maps.map {
                Separation(
                    ablation: $0.ablation.key, points: $0.points.count, silhouette: $0.silhouette,
                    adjustedRandIndex: $0.adjustedRandIndex, layerSilhouette: $0.layerSilhouette,
                    layerAdjustedRandIndex: $0.layerAdjustedRandIndex)
            },
            contradiction: content.contradiction.map {
                Outcome(
                    examples: $0.count, wins: Dictionary(uniqueKeysWithValues: $0.sides.map { ($0.modality, $0.wins) }),
                    decided: $0.decided, decidedByMoreConfident: $0.decidedByMoreConfident)
            })
    }
}
