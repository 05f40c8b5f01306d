import Foundation
import Testing
import TestSupport

extension CommandTests {
    @Suite("duet report")
    struct ReportTests {
        @Test("A report tells its paths and the numbers that evaluate tells")
        func paths() throws {
            try Workshop.with { shop in
                let studio = try Studio.required()
                try FileManager.default.copyItem(at: studio.run, to: shop["run"])
                try FileManager.default.removeItem(at: shop["run/report.html"])
                let outcome = try shop.duet("report", "--run", "run", "--threads", "1", "--json")
                try #require(outcome.status == 0, "\(outcome.errors)")
                let report = try outcome.json()
                #expect(report["page"] as? String == "run/report.html" && report["figures"] as? String == "run/figures")
                let metrics = try #require(shop.json("run/metrics.json")["test"] as? [String: Any])
                #expect(report["accuracy"] as? Double == metrics["accuracy"] as? Double)
                #expect(report["calibrationError"] as? Double == metrics["calibrationError"] as? Double)
                #expect((report["embeddings"] as? [Any])?.count == 3)
                #expect(shop.exists("run/report.html"))

                let quiet = try shop.duet("report", "--run", "run", "--threads", "1", "--quiet")
                #expect(quiet == Outcome(status: 0, output: "", errors: ""))
            }
        }

        @Test("What cannot be reported on is told, and the run stays as it is")
        func refusals() throws {
            try Workshop.with { shop in
                let nothing = try shop.duet("report", "--run", "nothing")
                #expect(
                    nothing.status == 66 && nothing.errors.contains("nothing is no run folder"), "\(nothing.errors)")
                let studio = try Studio.required()
                try FileManager.default.copyItem(at: studio.run, to: shop["run"])
                let elsewhere = try shop.duet("report", "--run", "run", "--data", "elsewhere")
                #expect(elsewhere.status == 66 && elsewhere.errors.contains("elsewhere"), "\(elsewhere.errors)")
                try Data("mine".utf8).write(to: shop["run/report.html"])
                let foreign = try shop.duet("report", "--run", "run", "--threads", "1")
                #expect(
                    foreign.status == 73 && foreign.errors.contains("is not a report of Duet's"), "\(foreign.errors)")
                #expect(try shop.text("run/report.html") == "mine")
            }
        }

        @Test("--open hands the page to the system's opener, and says where it is if that fails")
        func opening() throws {
            try Workshop.with { shop in
                try FileManager.default.copyItem(at: Studio.required().run, to: shop["run"])
                let opener = shop["bin/xdg-open"]
                try FileManager.default.createDirectory(at: shop["bin"], withIntermediateDirectories: true)
                func open(_ script: String) throws -> Outcome {
                    try Data("#!/bin/sh\n\(script)\n".utf8).write(to: opener)
                    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: opener.path)
                    return try shop.duet(
                        "report", "--run", "run", "--threads", "1", "--open",
                        environment: ["PATH": "\(shop["bin"].path):/usr/bin:/bin"])
                }
                #expect(try open("echo \"$1\" > opened").status == 0)
                #expect(try shop.text("opened") == "run/report.html\n")
                let failed = try open("exit 3")
                #expect(failed.status == 66 && failed.errors.contains("run/report.html is written"), "\(failed.errors)")
            }
        }
    }
}
