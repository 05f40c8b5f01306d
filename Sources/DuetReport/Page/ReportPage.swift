import Duet
import Foundation

/// The report of a run as one page of HTML that needs nothing beside it.
struct ReportPage {
    let content: ReportContent
    let drawing: Drawing
    /// What the reader should know of what is missing.
    let notes: [String]

    func html() throws -> HTML {
        let sections: [(id: String, title: String, body: HTML)] = [
            ("training", "Training", training),
            ("confusion", "Confusion matrices", try confusion()),
            ("embeddings", "Embeddings", layers),
            ("calibration", "Calibration", calibration),
            ("modalities", "Contribution of each modality", blocks(content.modalities)),
            ("mistakes", "The worst mistakes", try mistakes()),
            ("settings", "Settings", settings),
        ]
        let links = sections.map { "<li><a href=\"#\($0.id)\">\($0.title)</a></li>" as HTML }
        let parts = sections.map { "<section id=\"\($0.id)\"><h2>\($0.title)</h2>\n\($0.body)\n</section>" as HTML }
        return Page.html(
            title: "\(content.run): \(content.evaluation.model)",
            body: """
                <header><h1>\(content.run)</h1>
                <p class="quiet">\(content.evaluation.model) on \(content.evaluation.count.grouped) test examples of \(content.data)</p>
                </header>
                \(noteBlock)
                \(cards)
                <nav><ul>\(links)</ul></nav>
                \(parts)
                """)
    }

    private var noteBlock: HTML {
        notes.isEmpty ? "" : "<div class=\"notes\">\(notes.map { "<p>\($0)</p>" as HTML })</div>"
    }

    private var cards: HTML {
        let test = content.evaluation
        func interval(_ interval: WilsonInterval) -> String {
            "95 % confidence interval \(interval.low.short)–\(interval.high.short)"
        }
        let accuracies = test.accuracies.entries.map {
            (test.title($0.ablation), $0.value.accuracy.short, interval($0.value.interval))
        }
        let cards =
            accuracies + [
                ("mistakes", content.mistakes.grouped, "of \(test.count.grouped) test examples"),
                ("calibration error", test.calibrationError.short, "loss \(test.loss.short)"),
            ]
        return """
            <dl class="cards">
            \(cards.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd><dd class=\"quiet\">\($0.2)</dd></div>" as HTML })
            </dl>
            """
    }

    private func blocks(_ figures: [Figure]) -> HTML {
        "<div class=\"figures\">\(figures.map { FigureBlock(figure: $0, pictures: drawing.pictures).html })</div>"
    }

    private var training: HTML {
        content.history.epochs.isEmpty
            ? "<p>The run's history.csv has no epochs.</p>" : blocks(content.curves)
    }

    private func confusion() throws -> HTML {
        let test = content.evaluation
        var table = DataTable(["class", "precision", "recall", "F1", "examples"])
        for (name, metrics) in zip(test.classNames, test.perClass) {
            table.add(name, metrics.precision, metrics.recall, metrics.f1, metrics.support)
        }
        return """
            <p>\(ConfusionFigure.explanation)</p>
            \(blocks(try content.confusions()))
            <details><summary>Precision, recall and F1 of each class</summary>\
            \(HTML(table, caption: test.title(.all).capitalizedFirst))</details>
            """
    }

    private var layers: HTML {
        content.maps.isEmpty
            ? "<p>There are too few test examples for a map.</p>"
            : "<p>\(EmbeddingFigure.explanation)</p>\(blocks(content.embeddings))"
    }

    private var calibration: HTML {
        guard let uncertainty = content.evaluation.uncertainty else { return blocks(content.certainty) }
        var table = DataTable([
            "prediction sets for", "target", "coverage", "95 % low", "95 % high", "classes per set", "empty",
        ])
        for (ablation, measures) in uncertainty.entries {
            for set in measures.predictionSets {
                let interval = set.coverage.interval
                table.add(
                    content.evaluation.title(ablation), set.target, set.coverage.accuracy.short, interval.low.short,
                    interval.high.short, set.meanSize.short, set.empty.short)
            }
        }
        return """
            \(blocks(content.certainty))
            <details><summary>Prediction sets: how often they contain the true class</summary>\
            \(HTML(table, caption: "Prediction sets"))</details>
            """
    }

    private func mistakes() throws -> HTML {
        guard !content.gallery.isEmpty else {
            return "<p>There are none: every test example was classified correctly.</p>"
        }
        let shown =
            content.gallery.count < content.mistakes
            ? "The \(content.gallery.count) worst of \(content.mistakes.grouped)" : "All \(content.mistakes.grouped)"
        let items = try content.gallery.map {
            try GalleryBlock(item: $0, classNames: content.evaluation.classNames).html()
        }
        return """
            <p>\(shown), the most confident first: by the probability of the predicted class less that of the true one. Audio is \
            shown as its features, time from left to right. <em>Occlusion</em>: patches were covered with what is usual at their \
            place; orange places speak for the predicted class, blue ones against it (Zeiler and Fergus 2014).</p>
            <ul class="gallery">\(items)</ul>
            """
    }

    private var settings: HTML {
        """
        <p>The run's config.yaml. The prediction for every test example is in figures/examples.csv; each figure lies in figures/ as SVG \
        and PNG, with its numbers as CSV and the gnuplot script that draws it.</p>
        <pre>\(content.settings)</pre>
        """
    }
}

/// What every page has.
package enum Page {
    /// The mark by which Duet knows its own pages.
    static let generator = "<meta name=\"generator\" content=\"duet\">"

    /// A whole page.
    /// - Parameters:
    ///   - title: the browser's title.
    ///   - body: what is between the tags of the body.
    /// - Returns: the page.
    package static func html(title: String, body: HTML) -> HTML {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        \(HTML(stringLiteral: generator))
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(title)</title>
        <style>
        \(HTML(stringLiteral: PageStyle.css))
        </style>
        </head>
        <body>
        \(body)
        </body>
        </html>

        """
    }
}
