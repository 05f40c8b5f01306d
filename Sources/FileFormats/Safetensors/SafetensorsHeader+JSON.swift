import Foundation

extension SafetensorsHeader {
    /// Reads a header, strictly.
    ///
    /// - Parameters:
    ///   - json: the header's bytes, with the padding at their end.
    ///   - file: the file's name, for errors.
    /// - Throws: `DuetError` of kind `badData`.
    init(json: Data, file: String) throws {
        // Checked here, because the decoder also takes UTF-16 and tells of a wrong byte only that something is wrong.
        guard json.first == UInt8(ascii: "{") else {
            throw DuetError(.badData, "\(file) is not a safetensors file: its header does not start with '{'")
        }
        guard !json.contains(0), String(data: json, encoding: .utf8) != nil else {
            throw DuetError(.badData, "\(file): the safetensors header is not text in UTF-8")
        }
        do {
            self = try JSONDecoder().decode(Self.self, from: json)
        } catch let error as DecodingError {
            throw DuetError(.badData, "\(file): the safetensors header is wrong: \(Self.explain(error))")
        }
        if let name = JSONDuplicates.firstDuplicateKey(in: json) {
            throw DuetError(.badData, "\(file): the safetensors header has the name \"\(name)\" twice")
        }
    }

    /// The header's bytes, the same for the same content, padded with spaces so that the values start at a multiple of
    /// 8, as in the reference implementation.
    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var json = try encoder.encode(self)
        json.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - json.count % 8) % 8))
        return json
    }

    private static func explain(_ error: DecodingError) -> String {
        let (path, reason): ([any CodingKey], String) =
            switch error {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
                (context.codingPath, context.debugDescription)
            case .keyNotFound(let key, let context):
                (context.codingPath, "\"\(key.stringValue)\" is missing")
            @unknown default:
                ([], "\(error)")
            }
        // Foundation says of a number that does not fit only that the JSON is not valid, and not where.
        guard let name = path.first?.stringValue else {
            return "it is not valid JSON, or a number in it is not an integer of 64 bits"
        }
        let field = path.dropFirst().first.map { ", \($0.stringValue)" } ?? ""
        return "\"\(name)\"\(field): \(reason)"
    }
}
