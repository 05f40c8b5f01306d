package import Duet
import Foundation

/// What was chosen for each of some networks, in columns.
public struct ChoiceTable: Sendable {
    /// An open setting of the space.
    public struct Column: Sendable {
        /// What it is called, without its place in the file where that is not needed to tell it from others.
        public let name: String
        /// The values that were chosen, numbers in ascending order; `absent` where the setting did not come up.
        public let values: [String]
        /// Of each network its value, as an index into `values`.
        public let rows: [Int32]

        /// What a network has.
        /// - Parameter row: the network's place.
        /// - Returns: the value, empty where the setting did not come up.
        package func text(_ row: Int) -> String {
            let value = values[Int(rows[row])]
            return value == ChoiceTable.absent ? "" : value
        }
    }

    /// Stands for a setting that did not come up, such as one of a layer that is not there.
    public static let absent = "—"

    /// The open settings, in the order of the file.
    public let columns: [Column]
    /// The number of networks.
    public let count: Int

    /// Gathers the choices of networks.
    /// - Parameter rows: of each network what was chosen.
    package init(_ rows: [[Hyperparameter]]) {
        var names: [String] = []
        var values: [String: [String?]] = [:]
        for (row, choices) in rows.enumerated() {
            for choice in choices {
                if values[choice.name] == nil {
                    names.append(choice.name)
                    values[choice.name] = [String?](repeating: nil, count: rows.count)
                }
                values[choice.name]?[row] = choice.value
            }
        }
        let short = Hyperparameter.shortNames(names)
        count = rows.count
        columns = Self.inOrder(names).map { name in
            Column(name: short[name] ?? name, values: values[name] ?? [])
        }
    }

    /// Puts the tables of a network's parts beside each other.
    /// - Parameters:
    ///   - parts: the choices for each candidate of each part.
    ///   - rows: of each network which candidate of each part it has.
    init(parts: [ChoiceTable], rows: [[Int]]) {
        count = rows.count
        columns = parts.enumerated().flatMap { place, part in
            part.columns.map { column in
                Column(name: column.name, values: column.values, rows: rows.map { column.rows[$0[place]] })
            }
        }
    }

    /// Names by the part of the space, in the order in which the parts come up, and then by their place in the file.
    private static func inOrder(_ names: [String]) -> [String] {
        var parts: [Substring: Int] = [:]
        let places = names.map { name -> [Int] in
            let words = name.split(separator: " ")
            let part = parts[words[0], default: parts.count]
            parts[words[0]] = part
            let place =
                words.first { $0.hasPrefix("@") }?.dropFirst().split(separator: ":").compactMap { Int($0) } ?? []
            return [part] + place
        }
        return zip(names, places).sorted { $0.1.lexicographicallyPrecedes($1.1) }.map(\.0)
    }
}

extension ChoiceTable.Column {
    /// - Parameters:
    ///   - name: what is open.
    ///   - values: of each network what was chosen; nil where it did not come up.
    fileprivate init(name: String, values: [String?]) {
        let all = Array(Set(values.map { $0 ?? ChoiceTable.absent }))
        let ordered = all.sorted { a, b in
            switch (Double(a), Double(b)) {
            case (let first?, let second?): first < second
            case (nil, nil):
                a == ChoiceTable.absent || b == ChoiceTable.absent
                    ? b == ChoiceTable.absent && a != b : a.compare(b, options: .numeric) == .orderedAscending
            case (let first, _): first != nil
            }
        }
        let index = Dictionary(uniqueKeysWithValues: ordered.enumerated().map { ($1, Int32($0)) })
        self.init(name: name, values: ordered, rows: values.map { index[$0 ?? ChoiceTable.absent] ?? 0 })
    }
}
