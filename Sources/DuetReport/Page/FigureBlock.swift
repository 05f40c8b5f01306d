package import Foundation

/// A figure as the page shows it: the picture inside the page, light or dark, its caption, and its numbers as a table.
package struct FigureBlock {
    let figure: Figure
    /// The drawn pictures, by file name; none where gnuplot did not draw it.
    let pictures: [String: Data]

    /// - Parameters:
    ///   - figure: the figure.
    ///   - pictures: the drawn pictures, by file name.
    package init(figure: Figure, pictures: [String: Data]) {
        (self.figure, self.pictures) = (figure, pictures)
    }

    /// The most rows of numbers that the page holds; longer tables are in the CSV file only.
    private static let rowLimit = 120

    /// The block.
    package var html: HTML {
        let table: HTML =
            figure.table.rows.count <= Self.rowLimit
            ? "<details><summary>The numbers</summary>\(HTML(figure.table, caption: "figures/\(figure.name).csv"))</details>"
            : "<p class=\"quiet\">The numbers: figures/\(figure.name).csv</p>"
        let kind: HTML = figure.size.width > 500 ? "wide" : "narrow"
        return """
            <figure class="\(kind)">
            \(picture)
            <figcaption><strong>\(figure.title).</strong> \(figure.caption)</figcaption>
            \(table)
            </figure>
            """
    }

    private var picture: HTML {
        guard let light = uri(.light), let dark = uri(.dark) else {
            return "<p class=\"quiet\">(not drawn) \(figure.alternative)</p>"
        }
        // Only screens get the dark one: paper is white.
        return """
            <picture><source media="screen and (prefers-color-scheme: dark)" srcset="\(dark)">\
            <img src="\(light)" width="\(figure.size.width)" height="\(figure.size.height)" alt="\(figure.alternative)">\
            </picture>
            """
    }

    private func uri(_ look: Figure.Look) -> String? {
        let format = figure.isDense ? Figure.Format.png : .svg
        return pictures[figure.picture(look, format)]?.uri(format == .png ? "image/png" : "image/svg+xml")
    }
}
