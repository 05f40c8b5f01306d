import Foundation

/// JSON as Duet writes it: sorted keys, so that equal values give equal bytes.
package enum JSON {
    /// A value on one line.
    package static func text(_ value: some Encodable) throws -> String {
        try encoded(value, [.sortedKeys, .withoutEscapingSlashes])
    }

    /// A value on many lines, for people to read.
    package static func prettyText(_ value: some Encodable) throws -> String {
        try encoded(value, [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    }

    private static func encoded(_ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// A value that was written as JSON.
    /// - Throws: `DuetError` of kind `badData` that names `place`.
    package static func value<Value: Decodable>(_ type: Value.Type, from text: String, in place: String) throws -> Value
    {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return try decoder.decode(type, from: Data(text.utf8))
        } catch let error as DecodingError {
            throw DuetError(.badData, "\(place) cannot be read: \(error.explanation)")
        }
    }
}

extension DecodingError {
    /// What is wrong, in words that fit behind a file's name.
    package var explanation: String {
        func place(_ path: [any CodingKey]) -> String {
            let names = path.map { $0.intValue.map { "\($0)" } ?? $0.stringValue }
            return names.isEmpty ? "" : "'\(names.joined(separator: "."))': "
        }
        switch self {
        case .keyNotFound(let key, let context): return "\(place(context.codingPath))'\(key.stringValue)' is missing"
        case .typeMismatch(let type, let context):
            return "\(place(context.codingPath))is no \(type)"
        case .valueNotFound(_, let context), .dataCorrupted(let context):
            return place(context.codingPath) + context.debugDescription
        @unknown default: return "\(self)"
        }
    }

    /// Where in the document it is wrong.
    package var codingPath: [any CodingKey] {
        switch self {
        case .keyNotFound(_, let context), .typeMismatch(_, let context), .valueNotFound(_, let context),
            .dataCorrupted(let context):
            return context.codingPath
        @unknown default: return []
        }
    }
}
