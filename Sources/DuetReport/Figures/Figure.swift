/// A figure: its numbers, the gnuplot commands that draw them, and words for those who cannot see it.
package struct Figure: Sendable {
    /// The files' name, without extension.
    package let name: String
    /// What it shows, in a few words.
    let title: String
    /// What to look for, and how the numbers were computed.
    let caption: String
    /// What can be seen in it, in words.
    let alternative: String
    /// Width and height in pixels, as CSS counts them.
    let size: (width: Int, height: Int)
    /// The numbers, in `NAME.csv`.
    let table: DataTable
    /// More numbers that it is drawn from, by file name.
    var furtherTables: [String: DataTable] = [:]
    /// The gnuplot commands, which may use the colours and functions of `FigureScript`.
    let plot: String
    /// Whether it is made of so many marks that its PNG is smaller than its SVG.
    var isDense = false

    /// - Parameters:
    ///   - name: the files' name, without extension.
    ///   - title: what it shows.
    ///   - caption: what to look for.
    ///   - alternative: what can be seen in it, in words.
    ///   - size: width and height in pixels.
    ///   - table: the numbers.
    ///   - furtherTables: more numbers, by file name.
    ///   - plot: the gnuplot commands.
    ///   - isDense: whether it has very many marks.
    package init(
        name: String, title: String, caption: String, alternative: String, size: (width: Int, height: Int),
        table: DataTable, furtherTables: [String: DataTable] = [:], plot: String, isDense: Bool = false
    ) {
        (self.name, self.title, self.caption, self.alternative) = (name, title, caption, alternative)
        (self.size, self.table, self.furtherTables, self.plot) = (size, table, furtherTables, plot)
        self.isDense = isDense
    }

    /// Everything that is written beside the figure's pictures, by file name.
    var sources: [String: String] {
        var files = ["\(name).csv": table.csv, "\(name).gnuplot": FigureScript.text(of: self)]
        for (file, table) in furtherTables { files[file] = table.csv }
        return files
    }

    /// The pictures that gnuplot makes of it, by file name.
    var pictures: [String] {
        Look.allCases.flatMap { look in Format.allCases.map { picture(look, $0) } }
    }

    /// The name of one of the pictures.
    func picture(_ look: Look, _ format: Format) -> String {
        "\(name)\(look == .dark ? "-dark" : "").\(format.rawValue)"
    }

    /// What a figure is drawn on.
    enum Look: String, CaseIterable {
        /// Dark ink on white, also for print.
        case light
        /// Light ink on a dark ground.
        case dark
    }

    /// What a figure is drawn as.
    enum Format: String, CaseIterable {
        /// Vectors.
        case svg
        /// Pixels, two for each of CSS's.
        case png
    }
}
