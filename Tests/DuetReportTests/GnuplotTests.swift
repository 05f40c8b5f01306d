import DuetReport
import Foundation
import Testing
import TestSupport

extension ReportTests {
    @Suite("Without gnuplot, or with one that fails")
    struct GnuplotTests {
        @Test("Without gnuplot the report says so, and everything else is there")
        func missing() throws {
            try TrainedRun.with { run in
                let report = try RunReport.write(run.folder, with: nil)
                #expect(report.notes.count == 1 && report.notes[0].contains("gnuplot is not installed"))
                let page = try run.text("report.html")
                #expect(page.contains("gnuplot is not installed"))
                #expect(page.contains("<table>") && page.contains("class=\"gallery\""))
                #expect(run.exists("figures/accuracy.csv") && run.exists("figures/accuracy.gnuplot"))
                #expect(!run.exists("figures/accuracy.svg"))
                #expect(Gnuplot(path: "/nowhere:/nothing") == nil)
            }
        }

        @Test(
            "A gnuplot that fails or hangs is named in the report, figure by figure",
            arguments: [
                ("echo 'line 3: no such thing' >&2; exit 1", 60, "gnuplot ended with 1: line 3: no such thing"),
                ("exec sleep 60", 0.2, "gnuplot was stopped after 0.2 s"),
            ])
        func failing(script: String, timeout: Double, words: String) throws {
            try TrainedRun.with { run in
                let program = run["false-gnuplot"]
                try Data("#!/bin/sh\n\(script)\n".utf8).write(to: program)
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
                let report = try RunReport.write(run.folder, with: Gnuplot(executable: program, timeout: timeout))
                #expect(report.notes.count == 15)
                #expect(report.notes.allSatisfy { $0.hasSuffix(words) }, "\(report.notes)")
                #expect(try run.text("report.html").contains("(not drawn)"))
                #expect(!run.exists("figures/accuracy.svg") && !run.exists("figures/accuracy.gnuplot.errors"))
            }
        }
    }
}
