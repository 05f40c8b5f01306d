import Datasets
import Duet
import DuetReport
import FileFormats
import Foundation
import Testing
import TestSupport

extension ReportTests {
    @Suite("A report's page")
    struct PageTests {
        @Test("Texts are escaped, pieces of HTML are not")
        func escaping() {
            let (text, number) = ("<b a=\"1\" c='2'> & \u{7}\n", 3)
            let cell: HTML = "<td>\(text)</td>"
            #expect(cell.text == "<td>&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt; &amp; \u{FFFD}\n</td>")
            let row: HTML = "<tr>\(cell)\(number)\([cell, cell])</tr>"
            #expect(row.text == "<tr>\(cell.text)3\(cell.text)\n\(cell.text)</tr>")
        }

        @Test("The page needs nothing beside it, has words for every picture, and ends what it begins")
        func wholeness() throws {
            try TrainedRun.with { run in
                let report = try RunReport.write(run.folder)
                let page = try run.text("report.html")
                for word in ["<script", "http://", "https://", "url(", "<link", "<iframe"] {
                    #expect(!page.contains(word), "\(word)")
                }
                let images = page.components(separatedBy: "<img ").dropFirst()
                #expect(images.count >= 4 && images.count >= (report.notes.isEmpty ? 16 : 4))
                for image in images {
                    let tag = image.prefix { $0 != ">" }
                    #expect(tag.contains("src=\"data:image/") && tag.contains("alt=\"") && !tag.contains("alt=\"\""))
                    #expect(tag.contains("width=\"") && tag.contains("height=\""))
                }
                try expectBalanced(page)
            }
        }

        @Test("Class names that look like markup, CSV or gnuplot do no harm")
        func hostileNames() throws {
            try TrainedRun.with { run in
                let model = try TrainedModel(contentsOf: run.folder.model)
                let dataset = try DatasetFolder(URL(fileURLWithPath: run.data)).load()
                let rows = try Evaluator(model).rows(of: .test, in: dataset, place: run.data)
                let content = try ReportContent(
                    run.folder, model: model, dataset, rows: rows, data: "<data>", monitor: .none)
                var json = try #require(
                    JSONSerialization.jsonObject(with: JSONEncoder().encode(content)) as? [String: Any])
                var evaluation = try #require(json["evaluation"] as? [String: Any])
                evaluation["classNames"] = [
                    "<script>alert(1)</script>", "a,\"b\"\nc", "it's @{x}_1^2 %s \\n `date`", "größe 数字 🙂",
                ]
                json["evaluation"] = evaluation
                let hostile = try JSONDecoder().decode(
                    ReportContent.self, from: JSONSerialization.data(withJSONObject: json))
                let report = try RunReport.write(hostile, to: run.folder, with: Gnuplot())
                if Gnuplot() != nil { #expect(report.notes == []) }
                let page = try run.text("report.html")
                #expect(!page.contains("<script") && page.contains("&lt;script&gt;"))
                try expectBalanced(page)
                let table = try CSVTable(contentsOf: run["figures/examples.csv"])
                #expect(Set(table.rows.compactMap { $0["class"] }).contains("a,\"b\" c"))
            }
        }

        @Test("A recording that is known can be played, one that is gone cannot")
        func player() throws {
            try TrainedRun.with { run in
                let model = try TrainedModel(contentsOf: run.folder.model)
                let dataset = try DatasetFolder(URL(fileURLWithPath: run.data)).load()
                let rows = try Evaluator(model).rows(of: .test, in: dataset, place: run.data)
                try Data("RIFF".utf8).write(to: run["sound.wav"])
                func players(_ place: String) throws -> Int {
                    let content = try ReportContent(
                        run.folder, model: model, dataset, rows: rows, data: run.data, waveform: { _ in run[place] },
                        monitor: .none)
                    _ = try RunReport.write(content, to: run.folder, with: nil)
                    let sound = "data:audio/wav;base64,UklGRg=="
                    let player = "<audio controls aria-label=\"The recording\" src=\"\(sound)\"></audio>"
                    let mistakes = content.gallery.count
                    #expect(mistakes > 0)
                    return try run.text("report.html").components(separatedBy: player).count - 1 - mistakes
                }
                #expect(try players("sound.wav") == 0)
                #expect(try players("gone.wav") < 0)
            }
        }

        /// Every element that is opened is closed, in order.
        private func expectBalanced(_ page: String) throws {
            let empty: Set = ["meta", "img", "source", "br", "!DOCTYPE"]
            var open: [String] = []
            for tag in page.components(separatedBy: "<").dropFirst() {
                let name = String(tag.prefix { !" >\n".contains($0) })
                if name.hasPrefix("/") {
                    #expect(open.popLast() == String(name.dropFirst()))
                } else if !empty.contains(name) {
                    open.append(name)
                }
            }
            #expect(open == [])
        }
    }
}
