import ArgumentParser
import Duet
import DuetReport
import FileFormats
import Foundation
import TerminalUI

/// `duet report`.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write a report on a trained model: figures and an HTML page.",
        discussion: """
            Writes report.html and the folder figures into the run folder, in place of an earlier report. The page holds \
            everything it shows and needs no network. figures has each figure as SVG and PNG, light and dark, its numbers as \
            CSV and the gnuplot script that draws it. Without gnuplot, the page has everything but the figures. \
            `duet train` writes the report at its end.

            Example: duet report --run runs/first --open
            """)

    @Option(name: .customLong("run"), help: "The run folder.")
    var folder: String

    @Option(help: "The dataset folder (default: the one that the run was trained on).")
    var data: String?

    @Flag(help: "Open the page in the browser.")
    var open = false

    @Option(help: "Number of threads (default: all processors).")
    var threads: Int?

    @Flag(help: "Print paths and numbers as JSON.")
    var json = false

    @Flag(help: "Show no progress.")
    var quiet = false

    func run() throws {
        let threads = try ThreadCount.checked(threads)
        let progress = ProgressReporter(quiet: quiet)
        let report = try progress.run(whenStopped: "stopped; no report was written") {
            try RunReport.write(RunFolder(URL(fileURLWithPath: folder)), data: data, threads: threads, monitor: $0)
        }
        if json {
            print(try JSON.prettyText(report))
        } else {
            report.notes.forEach(progress.warn)
            if !quiet { print("The report is \(report.page).") }
        }
        if open { try Browser.open(report.page) }
    }
}

/// The system's web browser.
enum Browser {
    /// Opens a file.
    /// - Throws: `DuetError` where nothing opens files here.
    static func open(_ path: String) throws {
        #if os(macOS)
            let opener = "open"
        #else
            let opener = "xdg-open"
        #endif
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [opener, path]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw DuetError(.missingInput, "\(path) is written, but \(opener) could not open it; open it in a browser")
        }
    }
}
