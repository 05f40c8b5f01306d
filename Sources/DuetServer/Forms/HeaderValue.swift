/// A header such as `form-data; name="image"; filename="seven.png"`: a value, and parameters behind it.
struct HeaderValue {
    /// What is in front of the parameters, in lower case.
    let value: String
    /// The parameters; names are in lower case. Of one that stands there twice, the first.
    let parameters: [String: String]

    /// Reads a header's value. What is behind the first mistake is left out.
    /// - Parameter text: the value.
    init(_ text: String) {
        var rest = Substring(text)
        value = Self.trimmed(rest.prefix { $0 != ";" }).lowercased()
        rest = rest.drop { $0 != ";" }
        var parameters: [String: String] = [:]
        while rest.first == ";" {
            rest = rest.dropFirst()
            let name = Self.trimmed(rest.prefix { $0 != "=" && $0 != ";" }).lowercased()
            rest = rest.drop { $0 != "=" && $0 != ";" }
            guard rest.first == "=" else { continue }
            rest = rest.dropFirst()
            let content: String
            if rest.first == "\"" {
                guard let quoted = Self.quoted(&rest) else { break }
                content = quoted
            } else {
                content = Self.trimmed(rest.prefix { $0 != ";" })
            }
            rest = rest.drop { $0 != ";" }
            if parameters[name] == nil { parameters[name] = content }
        }
        self.parameters = parameters
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }

    /// The text in quotation marks; nil where the second one is missing.
    private static func quoted(_ rest: inout Substring) -> String? {
        var text = ""
        rest = rest.dropFirst()
        while let character = rest.popFirst() {
            switch character {
            case "\"": return text
            case "\\":
                // Browsers write a quotation mark as %22 and a backslash as it is.
                if let next = rest.first, next == "\"" || next == "\\" {
                    text.append(next)
                    rest = rest.dropFirst()
                } else {
                    text.append("\\")
                }
            default: text.append(character)
            }
        }
        return nil
    }
}
