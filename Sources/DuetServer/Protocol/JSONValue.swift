/// A JSON value of a request, with numbers that lie side by side kept as such: most of what clients send is long lists of them.
package enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    /// A list in which every element is a number; an empty list too.
    case numbers([Double])
    case array([JSONValue])
    case object([String: JSONValue])

    /// The value of a key; nil where there is none, or `null`.
    package subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self, let value = members[key], value != .null else { return nil }
        return value
    }

    /// The number of elements of a list; nil for anything else.
    package var count: Int? {
        switch self {
        case .numbers(let numbers): numbers.count
        case .array(let elements): elements.count
        default: nil
        }
    }

    /// What it is, for messages.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .numbers, .array: "a list"
        case .object: "an object"
        }
    }

    /// A whole number that fits `Int`; nil for anything else.
    package var integer: Int? {
        if case .number(let number) = self { Int(exactly: number) } else { nil }
    }
}

/// Why a text is not JSON.
package struct JSONProblem: Error, Equatable {
    /// What is wrong, and at which byte.
    package let message: String
}
