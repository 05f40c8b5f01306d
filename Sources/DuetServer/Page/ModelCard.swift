import Datasets
import Duet
import NeuralNetwork

/// What the page says about a model, as HTML: what it takes, what it tells apart, and how good it was when it was measured.
struct ModelCard {
    let html: String

    /// A model's card.
    init(_ served: ServedModel) {
        let model = served.model
        let modalities = model.architecture.branches.map { branch in
            let sizes = branch.modality.kind == .audio ? served.audioSizes(of: branch) : branch.input
            return "\(branch.modality.name) (\(sizes.map(String.init).joined(separator: " × ")))"
        }
        let classes = model.classNames
        let shown = classes.prefix(20).joined(separator: ", ") + (classes.count > 20 ? " and so on" : "")
        let weights = model.parameters.entries.reduce(0) { $0 + $1.shape.reduce(1, *) }
        let facts = [
            ("Name", served.name),
            ("Takes", modalities.joined(separator: " and ")),
            ("Tells apart", "\(classes.count) classes: \(shown)"),
            ("Parameters", weights.formatted(grouping: ",")),
        ]
        html =
            "<dl>" + facts.map { "<dt>\($0.0)</dt><dd>\($0.1.escapedForHTML)</dd>" }.joined() + "</dl>"
            + Self.accuracies(of: model)
    }

    private static func accuracies(of model: TrainedModel) -> String {
        guard let test = model.test else {
            return "<p class=\"hint\">How good it is was not measured when it was trained; "
                + "<code>duet evaluate</code> does it.</p>"
        }
        let modalities = model.architecture.modalities.map(\.name)
        let rows = ([.all] + modalities.map { .alone($0) }).compactMap { (ablation: Ablation) -> String? in
            guard let accuracy = test.accuracies[ablation] else { return nil }
            return "<tr><th scope=\"row\">\(ablation.title(of: modalities))</th><td>\(percent(accuracy.accuracy))</td>"
                + "<td>\(percent(accuracy.interval.low)) to \(percent(accuracy.interval.high))</td></tr>"
        }
        return
            "<p class=\"hint\" id=\"accuracy\">Accuracy on \(test.count.formatted(grouping: ",")) test examples, with its 95 % confidence "
            + "interval: what the training never saw, but of the same kind. Other people's pictures and voices may be harder."
            + "</p><table aria-labelledby=\"accuracy\"><thead><tr><th scope=\"col\">from</th><th scope=\"col\">accuracy</th>"
            + "<th scope=\"col\">interval</th></tr></thead><tbody>\(rows.joined())</tbody></table>"
    }

    /// 0.98765 as `98.77 %`.
    private static func percent(_ share: Double) -> String {
        let hundredths = Int((share * 10_000).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) %"
    }
}

extension Int {
    /// 1234567 as `1,234,567`.
    fileprivate func formatted(grouping separator: Character) -> String {
        var text = ""
        for (place, digit) in String(self).reversed().enumerated() {
            if place > 0, place.isMultiple(of: 3) { text.append(separator) }
            text.append(digit)
        }
        return String(text.reversed())
    }
}

extension String {
    /// The text as HTML's text, or as the value of an attribute.
    var escapedForHTML: String {
        replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }
}
