import Foundation

/// Reads JSON (RFC 8259) as strangers send it: nothing is accepted that the standard does not have, depth and number of values are
/// limited, and keys are unique.
///
/// Foundation's decoder asks for each number which types it could be; a picture has hundreds of numbers.
package struct JSONParser {
    /// How deep lists and objects may lie in one another.
    static let deepest = 32
    /// How many values other than numbers in a list there may be: each takes much more memory than its text.
    static let mostValues = 200_000

    private let bytes: UnsafeRawBufferPointer
    private var place = 0
    private var values = 0

    /// Reads a whole text.
    /// - Parameter bytes: the text, UTF-8.
    /// - Returns: its value.
    /// - Throws: `JSONProblem`.
    package static func value(of bytes: UnsafeRawBufferPointer) throws -> JSONValue {
        var parser = JSONParser(bytes: bytes)
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.place == bytes.count else { throw parser.problem("expected the end") }
        return value
    }

    private init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    private func problem(_ expectation: String) -> JSONProblem {
        JSONProblem(message: "not JSON at byte \(place): \(expectation)")
    }

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
    }

    private mutating func take(_ byte: UInt8, _ expectation: String) throws {
        guard next == byte else { throw problem(expectation) }
        place += 1
    }

    private mutating func take(_ word: StaticString, _ value: JSONValue) throws -> JSONValue {
        let count = word.utf8CodeUnitCount
        let matches =
            count <= bytes.count - place
            && (0..<count).allSatisfy { bytes[place + $0] == word.utf8Start[$0] }
        guard matches else { throw problem("expected \(word)") }
        place += count
        return value
    }

    private mutating func value(depth: Int) throws -> JSONValue {
        guard depth < Self.deepest else { throw problem("lists and objects are more than \(Self.deepest) deep") }
        values += 1
        guard values <= Self.mostValues else { throw problem("more than \(Self.mostValues) values") }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try take("true", .bool(true))
        case UInt8(ascii: "f"): return try take("false", .bool(false))
        case UInt8(ascii: "n"): return try take("null", .null)
        case let byte? where Self.startsNumber(byte): return .number(try number())
        default: throw problem("expected a value")
        }
    }

    private static func startsNumber(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "-") || isDigit(byte) }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private mutating func object(depth: Int) throws -> JSONValue {
        place += 1
        var members: [String: JSONValue] = [:]
        skipSpace()
        if next == UInt8(ascii: "}") {
            place += 1
            return .object(members)
        }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw problem("expected a key") }
            let key = try string()
            skipSpace()
            try take(UInt8(ascii: ":"), "expected ':'")
            guard members.updateValue(try value(depth: depth + 1), forKey: key) == nil else {
                throw problem("a key stands twice in an object")
            }
            skipSpace()
            if next == UInt8(ascii: ",") {
                place += 1
                continue
            }
            try take(UInt8(ascii: "}"), "expected ',' or '}'")
            return .object(members)
        }
    }

    private mutating func array(depth: Int) throws -> JSONValue {
        place += 1
        skipSpace()
        if next == UInt8(ascii: "]") {
            place += 1
            return .numbers([])
        }
        var numbers: [Double] = []
        // Once something else than a number has come.
        var elements: [JSONValue]?
        while true {
            skipSpace()
            if elements == nil, let byte = next, Self.startsNumber(byte) {
                numbers.append(try number())
            } else {
                if elements == nil {
                    values += numbers.count
                    elements = numbers.map { .number($0) }
                }
                elements?.append(try value(depth: depth + 1))
            }
            skipSpace()
            if next == UInt8(ascii: ",") {
                place += 1
                continue
            }
            try take(UInt8(ascii: "]"), "expected ',' or ']'")
            return elements.map { .array($0) } ?? .numbers(numbers)
        }
    }

    /// A number, correctly rounded. Those of up to 15 digits, which are nearly all, are a whole number times or over a power of ten
    /// that both are exact.
    private mutating func number() throws -> Double {
        let start = place
        let isNegative = next == UInt8(ascii: "-")
        if isNegative { place += 1 }
        var (mantissa, digits, scale) = (UInt64(0), 0, 0)
        let first = place
        while let byte = next, Self.isDigit(byte) {
            if digits < 18 { mantissa = mantissa * 10 + UInt64(byte - UInt8(ascii: "0")) }
            digits += 1
            place += 1
        }
        guard digits > 0, digits == 1 || bytes[first] != UInt8(ascii: "0") else { throw problem("expected a number") }
        if next == UInt8(ascii: ".") {
            place += 1
            let before = digits
            while let byte = next, Self.isDigit(byte) {
                if digits < 18 { mantissa = mantissa * 10 + UInt64(byte - UInt8(ascii: "0")) }
                digits += 1
                place += 1
            }
            scale = digits - before
            guard scale > 0 else { throw problem("expected digits behind the point") }
        }
        var hasExponent = false
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            hasExponent = true
            place += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { place += 1 }
            let before = place
            while let byte = next, Self.isDigit(byte) { place += 1 }
            guard place > before else { throw problem("expected digits of an exponent") }
        }
        if !hasExponent, digits <= 15 {
            let value = Double(mantissa) / Self.powersOfTen[scale]
            return isNegative ? -value : value
        }
        guard place - start <= 400 else { throw problem("a number of more than 400 characters") }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        guard let value = Double(text), value.isFinite else { throw problem("a number that is out of range") }
        return value
    }

    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]

    private mutating func string() throws -> String {
        place += 1
        var text: [UInt8] = []
        var start = place
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                text += bytes[start..<place]
                place += 1
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw problem("text that is no UTF-8")
                }
                return string
            case UInt8(ascii: "\\"):
                text += bytes[start..<place]
                place += 1
                text += String(try escaped()).utf8
                start = place
            case 0..<0x20: throw problem("a control character in a string")
            default: place += 1
            }
        }
        throw problem("a string without an end")
    }

    /// The character behind a backslash.
    private mutating func escaped() throws -> Character {
        guard let byte = next else { throw problem("a string without an end") }
        place += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if (0xD800..<0xDC00).contains(code) {
                try take(UInt8(ascii: "\\"), "expected the other half of a character")
                try take(UInt8(ascii: "u"), "expected the other half of a character")
                let low = try hexadecimal()
                guard (0xDC00..<0xE000).contains(low) else { throw problem("expected the other half of a character") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw problem("half a character") }
            return Character(scalar)
        default: throw problem("an unknown escape")
        }
    }

    private mutating func hexadecimal() throws -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw problem("expected four hexadecimal digits")
            }
            code = code * 16 + UInt32(digit)
            place += 1
        }
        return code
    }
}
