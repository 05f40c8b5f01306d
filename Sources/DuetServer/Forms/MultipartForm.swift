package import Foundation

/// The fields of a `multipart/form-data` body (RFC 7578), as browsers, curl and HTTP libraries write them.
///
/// What no client writes is refused: text before the first boundary, other line ends than CR LF, fields without a name or twice.
package struct MultipartForm: Equatable {
    /// One field.
    package struct Field: Equatable {
        /// The field's name.
        package let name: String
        /// The file's name; nil where the field is no file.
        package let filename: String?
        /// The content.
        package let content: Data
    }

    /// Why a body is no form.
    package struct Problem: Error, Equatable {
        /// A sentence for who sent it.
        package let message: String
    }

    /// The most fields.
    static let mostFields = 16
    /// The most bytes of the lines before a field's content.
    static let mostHeaderBytes = 4096

    /// The fields, in the order of the body.
    package let fields: [Field]

    /// Reads a body.
    /// - Parameters:
    ///   - body: the whole body.
    ///   - contentType: the header `Content-Type`.
    /// - Throws: `Problem`.
    package init(_ body: Data, contentType: String) throws {
        let type = HeaderValue(contentType)
        guard type.value == "multipart/form-data", let boundary = type.parameters["boundary"],
            (1...70).contains(boundary.utf8.count)
        else { throw Problem(message: "Content-Type has no boundary of 1 to 70 characters") }
        fields = try body.withUnsafeBytes { try Self.fields($0, boundary: Array("--\(boundary)".utf8)) }
    }

    private static func fields(_ body: UnsafeRawBufferPointer, boundary: [UInt8]) throws -> [Field] {
        guard body.starts(with: boundary) else {
            throw Problem(
                message: "the form does not begin with its boundary, '\(String(decoding: boundary, as: UTF8.self))'")
        }
        let delimiter = Array("\r\n".utf8) + boundary
        var place = boundary.count
        var fields: [Field] = []
        while true {
            let rest = body[place...]
            if rest.starts(with: "--".utf8) {
                // A line end may follow, and nothing else.
                let tail = rest.dropFirst(2)
                guard tail.isEmpty || tail.elementsEqual("\r\n".utf8) else {
                    throw Problem(message: "there is something behind the form's last boundary")
                }
                return fields
            }
            guard rest.starts(with: "\r\n".utf8) else {
                throw Problem(message: "a boundary of the form has no line end")
            }
            guard fields.count < mostFields else {
                throw Problem(message: "the form has more than \(mostFields) fields")
            }
            place += 2
            let (header, content) = try header(body, from: place)
            guard let end = body.position(of: delimiter, from: content) else {
                throw Problem(message: "the form ends before its last boundary")
            }
            let field = Field(name: header.name, filename: header.filename, content: Data(body[content..<end]))
            guard !fields.contains(where: { $0.name == field.name }) else {
                throw Problem(message: "the field '\(field.name)' stands twice in the form")
            }
            fields.append(field)
            place = end + delimiter.count
        }
    }

    /// A field's name and its file's, and where its content begins.
    private static func header(
        _ body: UnsafeRawBufferPointer, from start: Int
    ) throws -> (header: (name: String, filename: String?), content: Int) {
        var place = start
        var found: (name: String, filename: String?)?
        while true {
            guard let end = body.position(of: Array("\r\n".utf8), from: place), end - start <= mostHeaderBytes else {
                throw Problem(
                    message: "the lines before a field's content have no end, or more than \(mostHeaderBytes) bytes")
            }
            guard end > place else {
                guard let found else {
                    throw Problem(message: "a field of the form has no Content-Disposition with a name")
                }
                return (found, end + 2)
            }
            guard let line = String(validating: body[place..<end], as: UTF8.self), let colon = line.firstIndex(of: ":")
            else { throw Problem(message: "a line before a field's content is no header") }
            if line[..<colon].lowercased() == "content-disposition" {
                let disposition = HeaderValue(String(line[line.index(after: colon)...]))
                guard disposition.value == "form-data", let name = disposition.parameters["name"], found == nil else {
                    throw Problem(message: "a field's Content-Disposition is not: form-data; name=\"…\"")
                }
                found = (name, disposition.parameters["filename"])
            }
            place = end + 2
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Where a sequence of bytes begins for the first time at or behind a place.
    fileprivate func position(of pattern: [UInt8], from start: Int) -> Int? {
        guard let base = baseAddress, let first = pattern.first else { return nil }
        var place = start
        while place <= count - pattern.count {
            guard let found = memchr(base + place, Int32(first), count - pattern.count - place + 1) else { return nil }
            place = UnsafeRawPointer(found) - base
            if memcmp(found, pattern, pattern.count) == 0 { return place }
            place += 1
        }
        return nil
    }
}
