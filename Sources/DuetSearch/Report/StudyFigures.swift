import Duet
import DuetReport
import Foundation

/// The figures of a study.
enum StudyFigures {
    /// So many networks at most are drawn as points.
    private static let mostPoints = 4000

    /// Accuracy against size: the Pareto front, a sample of all networks, and the paper's models.
    static func front(_ results: [NetworkResult], _ front: [NetworkResult], _ presets: [PresetPlace]) -> Figure {
        let columns = ["name", "parameters", "validation_accuracy"]
        func table(_ results: [NetworkResult]) -> DataTable {
            var table = DataTable(columns)
            for result in results { table.add(result.name, result.parameters, result.validationAccuracy) }
            return table
        }
        // Every so many-th by accuracy: the sample has the distribution of all.
        let step = max(1, (results.count + mostPoints - 1) / mostPoints)
        let sample = stride(from: 0, to: results.count, by: step).map { results[$0] }
        var named = DataTable(columns)
        for place in presets { named.add(place.preset, place.result.parameters, place.result.validationAccuracy) }
        let lowest = min(
            front.first?.validationAccuracy ?? 0, presets.map(\.result.validationAccuracy).min() ?? 1,
            results.isEmpty ? 0 : results[results.count / 2].validationAccuracy)
        let shown = step > 1 ? "one in \(step) of \(results.count.grouped) networks" : "every network"
        let models =
            presets.isEmpty
            ? ""
            : """
            , \\
                "front-presets.csv" skip 1 using 2:3 with points pt 9 ps 1.4 lc rgb third title "the paper's models", \\
                "" skip 1 every 2 using 2:3:1 with labels offset 0,-0.9 tc rgb ink notitle, \
                "" skip 1 every 2::1 using 2:3:1 with labels offset 0,0.9 tc rgb ink notitle
            """
        return Figure(
            name: "front", title: "Validation accuracy against number of parameters",
            caption:
                "Points: \(shown); those below \(lowest.short) are not shown. Line: the Pareto front, the networks than which no other is "
                + "as small and more accurate.",
            alternative: front.last.map {
                "The front has \(front.count) networks, from \(front[0].parameters.grouped) parameters with "
                    + "\(front[0].validationAccuracy.short) to \($0.parameters.grouped) with \($0.validationAccuracy.short)."
            } ?? "There are no networks.",
            size: (720, 420), table: table(front),
            furtherTables: ["front-networks.csv": table(sample), "front-presets.csv": named],
            plot: """
                set logscale x
                set xtics (\(sizes()))
                set xlabel "number of parameters"
                set ylabel "validation accuracy"
                set yrange [\(lowest - 0.2 * ((results.first?.validationAccuracy ?? 1) - lowest)):*]
                set grid lt 1 lw 0.5 lc rgb faint
                plot "front-networks.csv" skip 1 using 2:3 with points pt 7 ps 0.25 lc rgb first title "networks", \\
                    "front.csv" skip 1 using 2:3 with fsteps lw 2 lc rgb second title "Pareto front"\(models)
                """, isDense: true)
    }

    /// The highest accuracy so far after each trial, of each strategy.
    static func history(_ strategies: [StrategyResults]) -> Figure {
        var table = DataTable(["strategy", "trial", "highest_validation_accuracy"])
        for results in strategies {
            for (trial, highest) in results.highest.enumerated() {
                if let highest { table.add(results.strategy.rawValue, trial + 1, highest) }
            }
        }
        let lines = zip(strategies, ["first", "second"]).map { results, colour in
            let name = results.strategy.rawValue
            return
                "\"history.csv\" skip 1 using 2:(strcol(1) eq \"\(name)\" ? column(3) : NaN) with steps lw 2 lc rgb \(colour) title \"\(name)\""
        }
        return Figure(
            name: "history", title: "Highest validation accuracy after each trial",
            caption: "Of the trials of each strategy, in the order in which they were begun.",
            alternative: strategies.map { results in
                "\(results.strategy.rawValue): \(results.highest.last.flatMap(\.self)?.short ?? "none") after \(results.highest.count) trials"
            }.joined(separator: "; ") + ".",
            size: (720, 320), table: table,
            plot: """
                set xlabel "number of trials"
                set ylabel "highest validation accuracy"
                set grid lt 1 lw 0.5 lc rgb faint
                plot \(lines.joined(separator: ", "))
                """)
    }

    /// A round distance of five tick marks or so.
    private static func step(from low: Double, to high: Double) -> Double {
        let wanted = max(high - low, 1e-6) / 4
        let power = pow(10, log10(wanted).rounded(.down))
        return (([1, 2, 5].map { $0 * power }.first { $0 >= wanted }) ?? 10 * power)
    }

    /// Tick marks at 1, 2 and 5 times powers of ten.
    private static func sizes() -> String {
        let marks = (0...9).flatMap { power in [1, 2, 5].map { $0 * Int(pow(10, Double(power))) } }
        return marks.map { mark in
            let short = mark >= 1_000_000 ? "\(mark / 1_000_000)M" : mark >= 1000 ? "\(mark / 1000)k" : "\(mark)"
            return "\"\(short)\" \(mark)"
        }.joined(separator: ", ")
    }

    /// The accuracies at each value of each choice.
    static func choices(_ effects: ChoiceEffects) -> Figure {
        var table = DataTable([
            "place", "networks", "mean", "q05", "q25", "median", "q75", "q95", "highest", "choice", "value",
        ])
        var ticks: [String] = []
        var place = 0
        for effect in effects.effects {
            ticks.append("\(FigureScript.quoted(effect.name.shortened(to: 30) + ":")) \(place)")
            place += 1
            for value in effect.values {
                table.add(
                    row: [place, value.count, value.mean] + value.quantiles.map { $0 as any CustomStringConvertible }
                        + [effect.name, value.value])
                ticks.append("\(FigureScript.quoted(value.value.shortened(to: 24))) \(place)")
                place += 1
            }
        }
        let values = effects.effects.flatMap(\.values).map(\.quantiles)
        let (low, high) = (values.map { $0[0] }.min() ?? 0, values.map { $0[5] }.max() ?? 1)
        let best = effects.effects.first?.values.max { $0.mean < $1.mean }
        return Figure(
            name: "choices", title: "Validation accuracy at each value of each choice",
            caption:
                "Thin line: 5 % to 95 % of the networks with this value; thick: 25 % to 75 %; point: their median; cross: the best. The most "
                + "important choice comes first. “\(ChoiceTable.absent)”: the setting does not come up.",
            alternative: best.map {
                "The most important choice is \(effects.effects[0].name); on average it is best at \($0.value)."
            } ?? "There are no choices.",
            size: (720, 90 + 19 * max(place, 3)), table: table,
            plot: """
                unset key
                set yrange [\(max(place, 1)):-1]
                set ytics (\(ticks.joined(separator: ", ")))
                set xlabel "validation accuracy"
                set xtics \(step(from: low, to: high))
                set grid xtics lt 1 lw 0.5 lc rgb faint
                plot "choices.csv" skip 1 using 4:1:(column(8)-column(4)):(0) with vectors nohead lw 1 lc rgb first, \\
                    "" skip 1 using 5:1:(column(7)-column(5)):(0) with vectors nohead lw 5 lc rgb first, \\
                    "" skip 1 using 6:1 with points pt 7 ps 0.8 lc rgb ink, \\
                    "" skip 1 using 9:1 with points pt 2 ps 0.6 lc rgb second
                """)
    }

    /// How important each choice is.
    static func importance(_ effects: ChoiceEffects) -> Figure {
        var table = DataTable(["place", "importance", "choice"])
        for (place, effect) in effects.effects.enumerated() { table.add(place, effect.importance, effect.name) }
        let ticks = effects.effects.enumerated().map { "\(FigureScript.quoted($1.name)) \($0)" }
        return Figure(
            name: "importance", title: "Importance of each choice",
            caption:
                "The share of the variance of validation accuracy that a choice explains by itself (functional analysis of variance, Hutter, "
                + "Hoos and Leyton-Brown 2014), on all networks that were trained. Few networks that fail can dominate the variance.",
            alternative: effects.effects.prefix(3).map { "\($0.name): \($0.importance.percent)" }.joined(
                separator: ", ")
                + ".",
            size: (720, 90 + 22 * max(effects.effects.count, 3)), table: table,
            plot: """
                unset key
                set yrange [\(max(effects.effects.count, 1)).0-0.4:-0.6]
                set xrange [0:*]
                set xtics \(step(from: 0, to: effects.effects.first?.importance ?? 1))
                set ytics (\(ticks.joined(separator: ", ")))
                set xlabel "share of the variance"
                set grid xtics lt 1 lw 0.5 lc rgb faint
                set style fill solid 1 noborder
                plot "importance.csv" skip 1 using (column(2)/2):1:(column(2)/2):(0.3) with boxxyerror lc rgb first
                """)
    }
}
