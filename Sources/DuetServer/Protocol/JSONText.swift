/// Parts of a JSON text that is written piece by piece.
enum JSONText {
    /// A string with its quotation marks.
    static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..<"\u{20}", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// A list of what are JSON texts already.
    static func list(_ elements: some Sequence<String>) -> String { "[" + elements.joined(separator: ",") + "]" }

    /// An object, its keys in the order in which they are given.
    static func object(_ members: KeyValuePairs<String, String?>) -> String {
        "{" + members.compactMap { key, value in value.map { "\(string(key)):\($0)" } }.joined(separator: ",") + "}"
    }

    /// A list of whole numbers.
    static func numbers(_ values: some Sequence<Int>) -> String { list(values.map { "\($0)" }) }

    /// A list of finite numbers, each with as many digits as tell it from its neighbours.
    static func numbers(_ values: some Sequence<Float>) -> String { list(values.map { "\($0)" }) }
}
