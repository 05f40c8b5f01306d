import Foundation

/// The gnuplot script of a figure: it draws the figure light and dark, as SVG and as PNG, from the CSV files beside it.
///
/// Within a figure's commands, `paper`, `ink` and `faint` are the colours of the ground, of text and of rules; `first`,
/// `second` and `third` those of data. Line types 1 to 10 have the classes' colours: for the eye, `classMarker(i)` gives each
/// class a shape of its own too. All colours can be told apart by the colour-blind: Okabe and Ito's for data (2008), Paul
/// Tol's "muted" and "light" schemes for classes (2021).
package enum FigureScript {
    /// The number of colours for classes; more classes begin anew.
    static let classColors = 10
    /// The number of shapes for classes. It has no factor in common with the colours' number, so 110 classes look different.
    static let classMarkers = 11

    static func text(of figure: Figure) -> String {
        """
        # Draws \(figure.name) light and dark, as SVG and PNG, from the CSV files in this folder: gnuplot \(figure.name).gnuplot
        array markers[\(classMarkers)] = [7, 5, 9, 13, 11, 15, 6, 4, 8, 12, 10]
        classMarker(i) = markers[int(i) % \(classMarkers) + 1]
        classColor(i) = int(i) % \(classColors) + 1
        do for [look in "light dark"] {
            if (look eq "light") {
                paper = "#ffffff"; ink = "#1f2328"; faint = "#c4cbd3"
                first = "#0072b2"; second = "#d55e00"; third = "#009e73"
                array colors[\(classColors)] = ["#332288", "#44aa99", "#cc6677", "#b39a3c", "#5fb0d9", "#882255", "#117733", "#999933", "#aa4499", "#777777"]
            } else {
                paper = "#15181c"; ink = "#e6edf3"; faint = "#4a525b"
                first = "#56b4e9"; second = "#f0a050"; third = "#4fd0a5"
                array colors[\(classColors)] = ["#77aadd", "#ee8866", "#eedd88", "#ffaabb", "#99ddff", "#44bb99", "#bbcc33", "#aaaa00", "#dddddd", "#c39bea"]
            }
            do for [i=1:\(classColors)] { set linetype i linewidth 2 linecolor rgb colors[i] }
            do for [format in "svg png"] {
                reset
                set datafile separator comma
                set encoding utf8
                if (format eq "svg") {
                    set terminal svg noenhanced size \(figure.size.width),\(figure.size.height) \\
                        font "sans-serif,13" background paper
                } else {
                    set terminal pngcairo noenhanced size \(2 * figure.size.width),\(2 * figure.size.height) \\
                        font "sans-serif,13" fontscale 2 linewidth 2 pointscale 2 background paper
                }
                set output "\(figure.name)" . (look eq "dark" ? "-dark." : ".") . format
                set title \(quoted(figure.title)) textcolor rgb ink
                set border 3 linecolor rgb faint
                set tics nomirror scale 0.5 textcolor rgb ink
                set xlabel textcolor rgb ink
                set ylabel textcolor rgb ink
                set key outside below horizontal Left reverse textcolor rgb ink
        \(figure.plot.indented(by: 8))
                unset output
            }
        }

        """
    }

    /// The colour of an ablation's bars and lines, by its place: all modalities first.
    static func ablationColor(_ place: Int) -> String {
        let named = ["rgb first", "rgb second", "rgb third"]
        return named.indices.contains(place) ? named[place] : "classColor(\(place))"
    }

    /// The shape of an ablation's points, by its place.
    static func ablationMarker(_ place: Int) -> Int { [7, 5, 9, 13, 11][place % 5] }

    /// A text as gnuplot reads it.
    package static func quoted(_ text: String) -> String {
        "'" + text.onOneLine.replacingOccurrences(of: "'", with: "''") + "'"
    }

    /// Tick marks with the classes' names, thinned out where they would not fit.
    static func classTicks(_ axis: String, _ names: [String], most: Int = 20) -> String {
        let step = (names.count + most - 1) / most
        let ticks = stride(from: 0, to: names.count, by: max(step, 1)).map { index in
            "\(quoted(names[index].shortened(to: 12))) \(index)"
        }
        let isLong = names.contains { $0.count > 3 } || names.count > 10
        return "set \(axis)tics (\(ticks.joined(separator: ", ")))"
            + (axis == "x" && isLong ? " rotate by 45 right" : "")
    }
}

extension String {
    fileprivate func indented(by spaces: Int) -> String {
        let margin = String(repeating: " ", count: spaces)
        return split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : margin + $0 }.joined(separator: "\n")
    }
}
