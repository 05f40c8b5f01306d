import Foundation
import ParameterSearch

/// A CSV file of `export_tables.py` or `train_tables.py`: what every point of a space comes to.
struct Table: Sendable {
    let name: String
    /// The parameters: names and kinds, in the order of the columns.
    let parameters: [(name: String, kind: ParameterKind)]
    /// The metrics' names; the first is the main one.
    let metrics: [String]
    /// The metrics of every point.
    private let rows: [ParameterPoint: [Double]]

    init(contentsOf url: URL) throws {
        let lines = try String(contentsOf: url, encoding: .utf8).split(whereSeparator: \.isNewline)
        let header = lines[0].split(separator: ",").map(String.init)
        let names = header.filter { !$0.hasPrefix("m:") }
        let table = lines.dropFirst().map { $0.split(separator: ",").map { Double($0)! } }
        name = url.deletingPathExtension().lastPathComponent
        metrics = header.filter { $0.hasPrefix("m:") }.map { String($0.dropFirst(2)) }
        parameters = names.enumerated().map { column, name in
            let count = Int(table.map { $0[column] }.max()!) + 1
            return (
                String(name.dropFirst(2)), name.hasPrefix("c:") ? .categorical(count: count) : .ordinal(count: count)
            )
        }
        var rows: [ParameterPoint: [Double]] = [:]
        for row in table {
            var point = ParameterPoint()
            for (parameter, value) in zip(parameters, row) { point.append(parameter.name, value) }
            rows[point] = Array(row.dropFirst(parameters.count))
        }
        self.rows = rows
    }

    /// The metrics of a point.
    subscript(point: ParameterPoint) -> [Double] { rows[point]! }

    /// All values of a metric, ascending.
    func sorted(metric: Int) -> [Double] { rows.values.map { $0[metric] }.sorted() }

    /// Asks for all parameters.
    func walk(_ choose: @escaping ParameterChooser) {
        for parameter in parameters { _ = choose(parameter.name, parameter.kind) }
    }
}
