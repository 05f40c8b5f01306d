extension NPYHeader {
    /// Reads the dictionary, which is a Python literal: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
    init(text: some Collection<UInt8>, of name: String) throws {
        var literal = PythonLiteral(rest: Array(text)[...], name: name)
        var (descr, fortranOrder, shape): (String?, Bool?, [Int]?)
        try literal.expect("{")
        while !literal.skip("}") {
            let key = try literal.string()
            try literal.expect(":")
            switch key {
            case "descr": descr = try literal.string()
            case "fortran_order": fortranOrder = try literal.boolean()
            case "shape": shape = try literal.tuple()
            default: throw literal.error("the unknown key '\(key)'")
            }
            if !literal.skip(",") {
                try literal.expect("}")
                break
            }
        }
        guard literal.isAtEnd else { throw literal.error("text after its dictionary") }
        guard let descr, let fortranOrder, let shape else {
            throw literal.error("not all of the keys 'descr', 'fortran_order' and 'shape'")
        }
        guard let order = descr.first, "<>|=".contains(order), let type = NPYElementType(code: descr.dropFirst()) else {
            let known = NPYElementType.allCases.map(\.rawValue).joined(separator: ", ")
            throw DuetError(
                .badData, "\(name) holds NumPy's type '\(descr)'; expected one of \(known). Convert it with .astype")
        }
        self.init(elementType: type, isBigEndian: order == ">", isFortranOrder: fortranOrder, shape: shape)
    }
}

/// As much of Python's literal syntax as the header of a plain array has.
private struct PythonLiteral {
    var rest: ArraySlice<UInt8>
    let name: String

    func error(_ what: String) -> DuetError {
        DuetError(.badData, "\(name) has a broken .npy header: it has \(what)")
    }

    private mutating func skipSpaces() {
        rest = rest.drop { $0 == 0x20 || (0x09...0x0d).contains($0) }
    }

    var isAtEnd: Bool {
        mutating get {
            skipSpaces()
            return rest.isEmpty
        }
    }

    mutating func skip(_ token: String) -> Bool {
        skipSpaces()
        guard rest.starts(with: token.utf8) else { return false }
        rest = rest.dropFirst(token.utf8.count)
        return true
    }

    mutating func expect(_ token: String) throws {
        guard skip(token) else { throw error("no '\(token)' where one belongs") }
    }

    mutating func string() throws -> String {
        skipSpaces()
        if rest.first == UInt8(ascii: "[") {
            throw error("a structured type; expected an array of plain numbers")
        }
        guard let quote = rest.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\""),
            let end = rest.dropFirst().firstIndex(of: quote)
        else { throw error("no quoted text where some belongs") }
        defer { rest = rest[(end + 1)...] }
        return String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self)
    }

    mutating func boolean() throws -> Bool {
        if skip("True") { return true }
        try expect("False")
        return false
    }

    mutating func tuple() throws -> [Int] {
        var values: [Int] = []
        try expect("(")
        while !skip(")") {
            skipSpaces()
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard let value = Int(String(decoding: digits, as: UTF8.self)) else {
                throw error("a shape that is not a tuple of whole numbers")
            }
            values.append(value)
            rest = rest[digits.endIndex...]
            _ = skip("L")  // as Python 2 wrote long integers
            if !skip(",") {
                try expect(")")
                break
            }
        }
        guard values.count <= 32 else { throw error("\(values.count) dimensions; NumPy itself stops at 32") }
        return values
    }
}
