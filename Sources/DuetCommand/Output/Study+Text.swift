import Duet
import DuetSearch
import Foundation
import NeuralNetwork
import TerminalUI

/// What `duet search show` prints.
struct StudySummary: Encodable {
    let progress: StudyProgress
    /// The best networks, the best first.
    let best: [NetworkResult]
    /// The most accurate of each size.
    let paretoFront: [NetworkResult]
    /// How many networks there are results of: with halving, those that were trained for all of their epochs.
    let trained: Int
    /// The trials by how they were chosen; empty where every network is trained.
    let strategies: [StrategyResults]

    init(_ study: Study, top: Int) throws {
        progress = try study.progress()
        let results = try study.results()
        best = Array(results.prefix(top))
        paretoFront = results.paretoFront
        trained = results.count
        strategies = try study.strategies()
    }

    func text(_ study: Study, for terminal: Terminal = .standardOutput) throws -> String {
        let networks = "\(Format.count(progress.trainedNetworks)) of \(Format.count(progress.networks))"
        let branches = "\(Format.count(progress.trainedBranches)) of \(Format.count(progress.branches))"
        var parts = [
            try study.sampling() == nil
                ? "\(networks) networks are trained, \(branches) branches."
                : "\(networks) trials are trained"
                    + (try study.sampling()?.halves == true
                        ? ", \(Format.count(trained)) for all of their epochs." : ".")
        ]
        let failures = try study.failures()
        if !failures.isEmpty {
            parts.append(
                "\(Format.count(failures.count)) could not be trained:\n"
                    + failures.prefix(5).map { "  \($0.name): \($0.reason)" }.joined(separator: "\n"))
        }
        if strategies.count > 1, !best.isEmpty { parts.append(Self.table(strategies, terminal)) }
        if !best.isEmpty {
            parts.append(Self.table("best networks", best, terminal))
            parts.append(Self.table("most accurate of each size", paretoFront, terminal))
            parts.append(
                "Accuracies are on the validation examples, by which the networks were chosen; the best of many looks better than it "
                    + "is.\nTrain one and test it: duet train --from \(study.folder.relativePath) --pick \(best[0].name)"
            )
        }
        return parts.joined(separator: "\n\n")
    }

    /// What the strategy brings, beside random choices.
    private static func table(_ strategies: [StrategyResults], _ terminal: Terminal) -> String {
        var table = TextTable([
            .left("strategy"), .right("trials"), .right("highest accuracy"), .right("after half of them"),
            .right("on the Pareto front"),
        ])
        func text(_ accuracy: Double??) -> String { accuracy.flatMap(\.self).map { Format.decimal($0) } ?? "" }
        for results in strategies {
            let highest = results.highest
            table.addRow([
                results.strategy.rawValue, Format.count(highest.count), text(highest.last),
                text(highest.prefix((highest.count + 1) / 2).last), Format.count(results.onParetoFront),
            ])
        }
        return table.render(for: terminal)
    }

    private static func table(_ title: String, _ results: [NetworkResult], _ terminal: Terminal) -> String {
        let hasLatency = results.contains { $0.latency != nil }
        var table = TextTable(
            [.left(title), .right("validation accuracy"), .right("validation loss"), .right("parameters")]
                + (hasLatency ? [.right("latency, ms")] : []))
        for result in results {
            let latency = hasLatency ? [result.latency.map { String(format: "%.3f", $0 * 1000) } ?? ""] : []
            table.addRow(
                [
                    result.name.printable, Format.decimal(result.validationAccuracy),
                    Format.decimal(result.validationLoss), Format.count(result.parameters),
                ] + latency)
        }
        return table.render(for: terminal)
    }
}

extension NetworkResult {
    /// What was measured, as a YAML comment.
    var comment: String {
        "# \(name): validation accuracy \(Format.decimal(validationAccuracy)), loss \(Format.decimal(validationLoss)), "
            + "\(Format.count(parameters)) parameters"
    }
}

extension SearchSpace {
    /// How many networks there are, and how that comes about.
    var countText: String {
        let parts =
            branches.map { "\(Format.count($0.count)) branches for \($0[0].modality)" } + [
                "\(Format.count(heads.count)) heads"
            ]
        let left =
            misfits > 0 ? " \(Format.count(misfits)) choices lead to layers that do not fit, and are left out." : ""
        return "\(Format.count(count)) networks: \(parts.joined(separator: " × ")).\(left)"
    }
}
