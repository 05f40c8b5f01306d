import ArgumentParser
import Datasets
import FileFormats
import Foundation

/// `duet data info`.
struct DataInfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Check a dataset folder and say what it holds.",
        discussion: """
            Reads every value, so a folder that passes is fit to train on. Prints examples per class and side, shapes, ranges, \
            distinct groups (such as recordings), sources and licences, and warns of what would make a result look better than it is. \
            Example: duet data info data/digits
            """)

    @Argument(help: "The dataset folder: Zenodo's file names, or Kaggle's.")
    var folder: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let info = try DatasetInfo(DatasetFolder(URL(fileURLWithPath: folder)))
        print(json ? try JSON.prettyText(info) : info.text)
    }
}

extension DatasetInfo {
    /// The report for people.
    var text: String {
        var lines = ["\(name ?? "dataset") in \(path)"]
        if let fingerprint { lines.append("fingerprint  \(fingerprint)") }
        for side in sides {
            lines.append("")
            lines.append("\(side.name): \(side.examples) examples, \(side.groups) distinct groups")
            let width = (side.modalities.map(\.name.count) + ["classes".count]).max() ?? 0
            for values in side.modalities {
                lines.append("  \(values.name.padding(toLength: width, withPad: " ", startingAt: 0)) \(values.text)")
            }
            for waveform in side.waveforms { lines.append("  \(waveform.text)") }
            if let counts = side.examplesPerClass {
                let perClass = zip(classes, counts).map { "\($0): \($1)" }.joined(separator: "  ")
                lines.append("  classes \(perClass)")
            } else {
                lines.append("  no labels")
            }
            if let speakers = side.speakers { lines.append("  \(speakers.count) speakers: \(speakers.listing)") }
        }
        for part in background {
            lines += [
                "", "background: \(part.examples) examples of no class", "  \(part.values.name) \(part.values.text)",
            ]
        }
        if !sources.isEmpty { lines.append("") }
        for source in sources {
            let terms = [source.licence, source.url].compactMap { $0 }.joined(separator: ", ")
            lines.append("source: \(source.name)\(terms.isEmpty ? "" : " (\(terms))")")
        }
        if !warnings.isEmpty { lines.append("") }
        lines += warnings.map { "warning: \($0)" }
        return lines.joined(separator: "\n")
    }
}

extension [String] {
    /// The first of them, and how many more there are.
    fileprivate var listing: String {
        let shown = prefix(12)
        let rest = count - shown.count
        return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}

extension DatasetInfo.Waveform {
    fileprivate var text: String {
        "waveforms of \(name): \(recordings) recordings at \(sampleRate) Hz, \(String(format: "%.1f", seconds)) s"
    }
}

extension DatasetInfo.Values {
    fileprivate var text: String {
        let numbers = String(
            format: "%g to %g, mean %.4g, standard deviation %.4g", minimum, maximum, mean, standardDeviation)
        return "\(shape) \(type), \(numbers)"
    }
}
