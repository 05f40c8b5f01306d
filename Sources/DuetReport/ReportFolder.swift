import FileFormats
package import Foundation

/// Where a report goes: `report.html` and the folder `figures` in a run's or a comparison's folder.
///
/// The figures are drawn in a folder beside, and each file is then renamed into its place; the page comes last. What an earlier
/// report left and this one does not have is removed. Nothing else is touched.
package struct ReportFolder {
    let url: URL

    /// - Parameter url: the folder that the report goes into.
    package init(url: URL) { self.url = url }

    /// The folder with the figures.
    package var figures: URL { url.appendingPathComponent("figures") }
    /// The page.
    package var page: URL { url.appendingPathComponent("report.html") }

    /// Draws figures and writes a report with them.
    /// - Parameters:
    ///   - drawn: the figures.
    ///   - tables: further CSV files, by name without extension.
    ///   - gnuplot: draws the figures; nil where there is none.
    ///   - advance: called after each figure.
    ///   - page: makes the page, once the figures are drawn.
    /// - Returns: what could not be drawn.
    /// - Throws: `DuetError` of kind `cannotWrite`, and what `advance` and `page` throw. Then an earlier report is untouched.
    package func write(
        _ drawn: [Figure], tables: [String: DataTable], with gnuplot: Gnuplot?, advance: (_ done: Int) throws -> Void,
        page: (Drawing) throws -> HTML
    ) throws -> [String] {
        try refuseForeignPage()
        let files = FileManager.default
        let partial = url.appendingPathComponent(".figures.\(UUID().uuidString.prefix(8)).partial")
        try attempt("\(url.path) cannot be written to") {
            try files.createDirectory(at: partial, withIntermediateDirectories: false)
        }
        defer { try? files.removeItem(at: partial) }
        for (name, text) in drawn.flatMap(\.sources) + tables.map({ ("\($0).csv", $1.csv) }) {
            try AtomicFile.write(to: partial.appendingPathComponent(name), overwrite: false) { try $0.write(text) }
        }
        let drawing = try Drawing(drawn, in: partial, gnuplot, advance: advance)
        let html = try page(drawing)
        let names = try files.contentsOfDirectory(atPath: partial.path)
        if !names.isEmpty {
            try attempt("\(figures.path) cannot be made") {
                try files.createDirectory(at: figures, withIntermediateDirectories: true)
            }
        }
        for name in names {
            let target = figures.appendingPathComponent(name)
            guard rename(partial.appendingPathComponent(name).path, target.path) == 0 else {
                throw DuetError(.cannotWrite, "\(target.path) cannot be written: \(String(cString: strerror(errno)))")
            }
        }
        let old = (try? files.contentsOfDirectory(atPath: figures.path)) ?? []
        for name in old where Self.isOwn(name) && !names.contains(name) {
            try? files.removeItem(at: figures.appendingPathComponent(name))
        }
        try AtomicFile.write(to: self.page, overwrite: true) { try $0.write(html.text) }
        return drawing.failures
    }

    /// Whether a file in the folder of figures is one that a report of Duet's may have left.
    private static func isOwn(_ name: String) -> Bool {
        name.wholeMatch(
            of:
                /(accuracy|loss|classes|reliability|modalities|contradiction|front|choices|importance|(confusion|noise|embedding)-[a-z0-9_]+)(-dark|-names)?\.(csv|gnuplot|svg|png)/
        ) != nil
    }

    private func refuseForeignPage() throws {
        guard let text = try? String(contentsOf: page, encoding: .utf8), !text.contains(Page.generator) else { return }
        throw DuetError(
            .cannotWrite, "\(page.path) is not a report of Duet's and is not replaced; move it away and try again")
    }

    private func attempt(_ failure: String, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            throw DuetError(.cannotWrite, "\(failure): \(error.localizedDescription)")
        }
    }
}
