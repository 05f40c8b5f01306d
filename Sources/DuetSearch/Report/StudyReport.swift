import Duet
package import DuetReport
public import FileFormats
import Foundation
import NeuralNetwork

/// The report of a study: figures and a page that show which networks are good, and what makes them so.
public struct StudyReport: Codable, Sendable {
    /// The version of this format.
    public private(set) var version = 1
    /// The page, `report.html`.
    public let page: String
    /// What could not be drawn, and why; empty where all is there.
    public let notes: [String]
    /// How many networks were trained.
    public let networks: Int
    /// How much better the best looks than it is; nil where it was not measured.
    public let optimism: SelectionOptimism?
    /// What each choice explains.
    public let effects: ChoiceEffects
    /// Where the paper's models stand.
    public let presets: [PresetPlace]

    /// Writes the report into the study's folder.
    /// - Parameters:
    ///   - study: the study, finished or not.
    ///   - monitor: told of progress.
    /// - Returns: where the report lies, and its main numbers.
    /// - Throws: `DuetError` of kind `badData` where no network is trained yet, `cannotWrite`, and `interrupted` where the monitor cancels.
    public static func write(_ study: Study, monitor: WorkMonitor = .none) throws -> StudyReport {
        try write(study, with: Gnuplot(), monitor: monitor)
    }

    /// The same with a gnuplot of the caller's choice; nil for none.
    package static func write(_ study: Study, with gnuplot: Gnuplot?, monitor: WorkMonitor) throws -> StudyReport {
        let results = try study.results()
        guard let best = results.first else {
            throw DuetError(.badData, "\(study.folder.path) has no trained network yet; there is nothing to report")
        }
        let effects = ChoiceEffects(
            try study.choices(of: results), accuracies: results.map(\.validationAccuracy))
        let presets = try study.presets(in: results)
        let strategies = try study.strategies()
        let figures =
            (strategies.isEmpty ? [] : [StudyFigures.history(strategies)]) + [
                StudyFigures.front(results, results.paretoFront, presets), StudyFigures.choices(effects),
                StudyFigures.importance(effects),
            ]
        let page = StudyPage(
            study: study.folder.lastPathComponent, progress: try study.progress(), results: results, presets: presets,
            effects: effects, optimism: try study.selectionOptimism(), winner: try study.model(best.name),
            configuration: try study.configuration(), space: try study.setting("space"))
        let place = ReportFolder(url: study.folder)
        let notes = try place.write(
            figures, tables: [:], with: gnuplot,
            advance: { try monitor.advance("Drawing", $0, of: figures.count, "figures") },
            page: { try page.html(figures, $0) })
        return StudyReport(
            page: place.page.relativePath, notes: notes, networks: results.count, optimism: page.optimism,
            effects: effects, presets: presets)
    }
}
