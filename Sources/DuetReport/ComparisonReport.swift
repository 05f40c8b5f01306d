public import FileFormats
public import Duet
public import Foundation

/// The report of a comparison: all models' curves in one figure each, and the table that tells which is best.
public struct ComparisonReport: Sendable {
    /// The page, `report.html`.
    public let page: String
    /// What could not be drawn, and why; empty where all is there.
    public let notes: [String]

    /// Writes the report into the comparison's folder.
    /// - Parameters:
    ///   - comparison: what was measured.
    ///   - folder: where the comparison lies.
    ///   - monitor: told of progress.
    /// - Returns: where the report lies.
    /// - Throws: `DuetError` of kind `cannotWrite`, and `interrupted` where the monitor cancels.
    public static func write(
        _ comparison: Comparison, to folder: URL, monitor: WorkMonitor = .none
    ) throws -> ComparisonReport {
        try write(comparison, to: folder, with: Gnuplot(), monitor: monitor)
    }

    static func write(
        _ comparison: Comparison, to folder: URL, with gnuplot: Gnuplot?, monitor: WorkMonitor
    ) throws -> ComparisonReport {
        let figures = CurvesFigure.Measure.allCases.map {
            CurvesFigure.figure($0, of: comparison.entries.map { ($0.model, $0.history) })
        }
        let place = ReportFolder(url: folder)
        let notes = try place.write(
            figures, tables: [:], with: gnuplot,
            advance: { try monitor.advance("Drawing", $0, of: figures.count, "figures") },
            page: { drawing in page(comparison, folder.lastPathComponent, figures, drawing) })
        return ComparisonReport(page: place.page.relativePath, notes: notes)
    }

    private static func page(
        _ comparison: Comparison, _ name: String, _ figures: [Figure], _ drawing: Drawing
    ) -> HTML {
        let modalities = comparison.modalities
        var table = DataTable(
            ["model", "parameters", "test accuracy", "95 % interval"] + modalities.map { "\($0) alone" } + [
                "seconds per epoch", "p against best",
            ])
        for entry in comparison.entries {
            let (all, alone) = (entry.evaluation.accuracies.all, entry.evaluation.accuracies)
            table.add(
                row: [
                    entry.model, entry.parameters.grouped, all.accuracy,
                    "\(all.interval.low.short)–\(all.interval.high.short)",
                ]
                    + modalities.map { alone[$0]?.accuracy.description ?? "" } + [
                        entry.secondsPerEpoch.decimals(1), entry.againstBest?.pValue.description ?? "",
                    ])
        }
        let caption =
            "p: McNemar's exact test against the best on the same test examples; a difference counts as more than chance below "
            + "\(comparison.significance.short)."
        let notes = drawing.failures.map { "<p>\($0)</p>" as HTML }
        return Page.html(
            title: "\(name): \(comparison.entries.count) models",
            body: """
                <header><h1>\(name)</h1>
                <p class="quiet">\(comparison.entries.count) models under one split and seed; \(comparison.best) has the highest \
                test accuracy.</p></header>
                \(notes.isEmpty ? "" : "<div class=\"notes\">\(notes)</div>")
                <section><h2>Test accuracy</h2>\(HTML(table, caption: caption))
                \(comparison.fusions.map { "<p>\($0.sentence)</p>" as HTML })</section>
                <section><h2>Training</h2>
                <div class="figures">\(figures.map { FigureBlock(figure: $0, pictures: drawing.pictures).html })</div></section>
                """)
    }
}

extension ComparisonReport {
    /// Writes the report of a comparison over several seeds into its folder. Each seed has a report of its own, in `seed-N`.
    /// - Returns: the page.
    /// - Throws: `DuetError` of kind `cannotWrite`.
    public static func write(_ comparison: SeedComparison, to folder: URL) throws -> String {
        let place = ReportFolder(url: folder)
        _ = try place.write(
            [], tables: [:], with: nil, advance: { _ in },
            page: { _ in page(comparison, folder.lastPathComponent) })
        return place.page.relativePath
    }

    private static func page(_ comparison: SeedComparison, _ name: String) -> HTML {
        let modalities = comparison.modalities
        var table = DataTable(
            ["model", "parameters", "test accuracy", "range over seeds", "95 % interval"]
                + modalities.map { "\($0) alone" } + ["calibration error", "p against best"])
        for entry in comparison.entries {
            let all = entry.accuracies.all
            let errors = entry.calibrationErrors
            table.add(
                row: [
                    entry.model, entry.parameters.grouped, all.mean.short,
                    "\((all.seeds.min() ?? 0).short)–\((all.seeds.max() ?? 0).short)",
                    "\(all.low.short)–\(all.high.short)",
                ]
                    + modalities.map { entry.accuracies[$0]?.mean.short ?? "" } + [
                        (errors.reduce(0, +) / Double(max(errors.count, 1))).short,
                        entry.againstBest?.pValue.short ?? "",
                    ])
        }
        let caption =
            "Means over the seeds. The interval is a bootstrap over the \(comparison.entries.first?.accuracies.all.groups ?? 0) groups "
            + "of test examples, such as those that share a recording. p: sign-flip test against the best over the same groups; a difference counts as more than chance "
            + "below \(comparison.significance.short)."
        let links = comparison.seeds.map { seed in
            HTML("<li><a href=\"seed-\(seed)/report.html\">seed \(seed)</a></li>")
        }
        return Page.html(
            title: "\(name): \(comparison.entries.count) models, \(comparison.seeds.count) seeds",
            body: """
                <header><h1>\(name)</h1>
                <p class="quiet">\(comparison.entries.count) models with \(comparison.seeds.count) random seeds; \(comparison.best) has \
                the highest mean test accuracy.</p></header>
                <section><h2>Test accuracy</h2>\(HTML(table, caption: caption))
                \(comparison.entries.compactMap(\.sentence).map { "<p>\($0)</p>" as HTML })</section>
                <section><h2>Each seed</h2><ul>\(links)</ul></section>
                """)
    }
}
