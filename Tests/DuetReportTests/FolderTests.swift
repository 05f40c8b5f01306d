import DuetReport
import FileFormats
import Foundation
import Testing
import TestSupport

extension ReportTests {
    @Suite("A report's files", .enabled(if: Gnuplot() != nil, "needs gnuplot"))
    struct FolderTests {
        @Test("Every figure is there as SVG and PNG, light and dark, with its numbers and its script")
        func figures() throws {
            try TrainedRun.with { run in
                let report = try RunReport.write(run.folder)
                #expect(report.notes == [])
                let names = try FileManager.default.contentsOfDirectory(atPath: run["figures"].path)
                let figures = names.filter { $0.hasSuffix(".gnuplot") }.map { $0.dropLast(8) }
                #expect(figures.count == 15)
                for figure in figures {
                    for ending in [".csv", ".svg", "-dark.svg", ".png", "-dark.png"] {
                        #expect(names.contains(figure + ending), "\(figure)\(ending)")
                    }
                    let (light, dark) = (
                        try run.text("figures/\(figure).svg"), try run.text("figures/\(figure)-dark.svg")
                    )
                    #expect(light.hasSuffix("</svg>\n\n") && light != dark)
                }
                #expect(!(try run.files().keys.contains { $0.contains("partial") }))
            }
        }

        @Test("The same run gives the same bytes, and what is not the report's is left alone")
        func repetition() throws {
            try TrainedRun.with { run in
                _ = try RunReport.write(run.folder)
                let first = try run.files()
                try Data("mine".utf8).write(to: run["figures/notes.txt"])
                try Data("old".utf8).write(to: run["figures/loss-names.csv"])
                _ = try RunReport.write(run.folder)
                var second = try run.files()
                #expect(second.removeValue(forKey: "figures/notes.txt") == Data("mine".utf8))
                // A file that an earlier report of another kind left is gone.
                #expect(second.keys.sorted() == first.keys.sorted())
                for (name, bytes) in first { #expect(second[name] == bytes, "\(name)") }
            }
        }

        @Test("A page that is not Duet's is refused and stays")
        func foreignPage() throws {
            try TrainedRun.with { run in
                try Data("<p>mine</p>".utf8).write(to: run["report.html"])
                let before = try run.files()
                let error = #expect(throws: DuetError.self) { try RunReport.write(run.folder) }
                #expect(error?.kind == .cannotWrite)
                #expect(error?.message.contains("is not a report of Duet's") == true)
                #expect(try run.files() == before)
            }
        }

        @Test("A report that is stopped leaves the run as it was")
        func stopped() throws {
            try TrainedRun.with { run in
                let before = try run.files()
                let watcher = Watcher { reports, _ in reports.last?.label == "Drawing" && reports.last?.completed == 2 }
                let error = #expect(throws: DuetError.self) {
                    try RunReport.write(run.folder, monitor: watcher.monitor)
                }
                #expect(error?.kind == .interrupted)
                #expect(try run.files() == before)
            }
        }

        @Test("A run that lacks its files, or whose data is gone, is told")
        func missing() throws {
            try TrainedRun.with { run in
                for (name, words) in [
                    ("history.csv", "history.csv"), ("model.safetensors", "model.safetensors"),
                    ("config.yaml", "no run folder"),
                ] {
                    try FileManager.default.removeItem(at: run[name])
                    let error = #expect(throws: (any Error).self) { try RunReport.write(run.folder) }
                    #expect("\(error as Any)".contains(words), "\(name): \(error as Any)")
                }
                let error = #expect(throws: (any Error).self) { try RunReport.write(run.folder, data: "/nowhere") }
                #expect(error != nil)
            }
        }
    }
}
