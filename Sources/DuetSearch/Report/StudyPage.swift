import Duet
import DuetReport
import FileFormats
import NeuralNetwork

/// The report of a study as one page of HTML that needs nothing beside it.
struct StudyPage {
    let study: String
    let progress: StudyProgress
    /// The networks, the best first; at least one.
    let results: [NetworkResult]
    let presets: [PresetPlace]
    let effects: ChoiceEffects
    let optimism: SelectionOptimism?
    /// The best network.
    let winner: FusionModel
    let configuration: TrainingConfiguration
    /// The space's text.
    let space: String

    func html(_ figures: [Figure], _ drawing: Drawing) throws -> HTML {
        func block(_ name: String) -> HTML {
            let shown = figures.filter { $0.name == name }
            return
                "<div class=\"figures\">\(shown.map { FigureBlock(figure: $0, pictures: drawing.pictures).html })</div>"
        }
        let notes = drawing.failures.map { "<p>\($0)</p>" as HTML }
        let state =
            progress.isComplete ? "" : " The search is not over: there are \(progress.networks.grouped) in all."
        return Page.html(
            title: "\(study): \(results.count.grouped) networks",
            body: """
                <header><h1>\(study)</h1>
                <p class="quiet">\(results.count.grouped) networks, compared on the validation examples of \(configuration.data).\(state)</p>
                </header>
                \(notes.isEmpty ? "" : "<div class=\"notes\">\(notes)</div>")
                \(cards)
                <section><h2>The best networks</h2>\(best)\(selection)\(block("history"))</section>
                <section><h2>Accuracy and size</h2>\(block("front"))\(front)</section>
                \(papers)
                <section><h2>The best network</h2>\(try layers())</section>
                <section><h2>What each choice brings</h2>\(block("choices"))\(block("importance"))\(interactions)</section>
                <section><h2>Settings</h2>
                <p>The search space, and how each network was trained. <code>duet search export</code> writes the whole table.</p>
                <pre>\(space)</pre><pre>\(try JSON.prettyText(configuration))</pre></section>
                """)
    }

    private var cards: HTML {
        let best = results[0]
        var cards = [
            ("networks", results.count.grouped, "of \(progress.networks.grouped)"),
            ("highest validation accuracy", best.validationAccuracy.short, best.name),
            ("its parameters", best.parameters.grouped, "loss \(best.validationLoss.short)"),
        ]
        if let small = results.best(by: .parameters, within: 0.001) {
            cards.append(("smallest within 0.001", small.parameters.grouped, small.name))
        }
        if let optimism {
            cards.append(
                ("selection optimism", optimism.optimism.short, "measured on halves of the validation groups"))
        }
        return """
            <dl class="cards">
            \(cards.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd><dd class=\"quiet\">\($0.2)</dd></div>" as HTML })
            </dl>
            """
    }

    private func table(_ networks: [NetworkResult]) -> DataTable {
        let hasLatency = networks.contains { $0.latency != nil }
        var table = DataTable(
            ["network", "validation accuracy", "validation loss", "parameters"] + (hasLatency ? ["latency, ms"] : []))
        for result in networks {
            let latency = hasLatency ? [result.latency.map { ($0 * 1000).decimals(3) } ?? ""] : []
            table.add(
                row: [result.name, result.validationAccuracy, result.validationLoss, result.parameters.grouped]
                    + latency)
        }
        return table
    }

    private var best: HTML { HTML(table(Array(results.prefix(10))), caption: "The ten most accurate") }

    private var front: HTML {
        "<details><summary>The Pareto front as a table</summary>\(HTML(table(results.paretoFront), caption: "Most accurate of each size"))</details>"
    }

    private var selection: HTML {
        guard let optimism else {
            return
                "<p>The best of many networks looks better than it is: train it again with other seeds, and test it once.</p>"
        }
        return """
            <p>The best of many looks better than it is. Chosen among all \(optimism.networks.grouped) by half of the groups of \
            validation examples, the best network's accuracy was \(optimism.chosen.short) there and \(optimism.unseen.short) on the other \
            half, on average over the \(optimism.halvings) ways to halve ten folds of them. A choice by all of them should gain less than \
            this difference of \(optimism.optimism.short). Train it again with other seeds, and test it once.</p>
            """
    }

    private var papers: HTML {
        guard !presets.isEmpty else { return "" }
        var table = DataTable(["preset", "validation accuracy", "parameters", "rank", "better than", "network"])
        for place in presets {
            table.add(
                place.preset, place.result.validationAccuracy, place.result.parameters.grouped, place.rank.grouped,
                place.shareOfWorse.percent, place.result.name)
        }
        return """
            <section><h2>The paper's models</h2>
            \(HTML(table, caption: "Each with the head that the paper gives it, trained as all others here"))</section>
            """
    }

    private func layers() throws -> HTML {
        let summary = try winner.network().summary()
        var table = DataTable(["layer", "kind", "output shape", "parameters"])
        for row in summary.rows {
            table.add(
                row.name, row.kind, row.outputShape.map(String.init).joined(separator: " × "), row.parameters.grouped)
        }
        return HTML(
            table, caption: "\(results[0].name): \(summary.totalParameters.grouped) parameters")
    }

    private var interactions: HTML {
        let strong = effects.interactions.prefix(10).filter { $0.importance >= 0.0005 }
        guard !strong.isEmpty else { return "" }
        var table = DataTable(["choices", "share of the variance"])
        for interaction in strong { table.add(interaction.names.joined(separator: ", "), interaction.importance) }
        return HTML(table, caption: "What two choices explain together, beyond what each explains by itself")
    }
}
