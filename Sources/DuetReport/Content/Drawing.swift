package import Foundation

/// What became of the figures: their pictures, and what could not be drawn.
package struct Drawing {
    /// The pictures, by file name.
    package var pictures: [String: Data] = [:]
    /// What went wrong, in words for the report; one entry for each figure that could not be drawn, or one for all.
    package var failures: [String] = []

    /// Draws figures from the scripts in a folder.
    /// - Parameters:
    ///   - figures: the figures, whose scripts and numbers lie in the folder.
    ///   - folder: where they lie, and where the pictures go.
    ///   - gnuplot: nil where there is none.
    ///   - advance: called after each figure.
    /// - Throws: what `advance` throws, or where the folder cannot be read or written.
    init(_ figures: [Figure], in folder: URL, _ gnuplot: Gnuplot?, advance: (_ done: Int) throws -> Void) throws {
        guard let gnuplot else {
            failures = [
                "gnuplot is not installed, so the figures are not drawn; everything else is here. Install it (Debian: "
                    + "gnuplot-nox) and call duet report again."
            ]
            return
        }
        for (index, figure) in figures.enumerated() {
            if let failure = try gnuplot.draw("\(figure.name).gnuplot", in: folder) {
                failures.append(failure)
                for name in figure.pictures {
                    try? FileManager.default.removeItem(at: folder.appendingPathComponent(name))
                }
            } else {
                for name in figure.pictures {
                    pictures[name] = try Data(contentsOf: folder.appendingPathComponent(name))
                }
            }
            try advance(index + 1)
        }
    }
}
