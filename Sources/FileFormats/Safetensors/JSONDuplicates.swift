import Foundation

/// Looks for a key that an object has twice. JSON decoders take one of the two silently, and not all the same one.
enum JSONDuplicates {
    /// The first key that occurs again in the same object, at any depth of JSON that a decoder has accepted.
    static func firstDuplicateKey(in json: Data) -> String? {
        json.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
            var keysOfOpenObjects: [Set<String>] = []
            var string = 0..<0
            var index = 0
            while index < bytes.count {
                switch bytes[index] {
                case UInt8(ascii: "\""):
                    string = index..<endOfString(in: bytes, from: index)
                    index = string.upperBound - 1
                case UInt8(ascii: "{"):
                    keysOfOpenObjects.append([])
                case UInt8(ascii: "}"):
                    _ = keysOfOpenObjects.popLast()
                case UInt8(ascii: ":"):
                    // Only a key stands before a colon.
                    let key = text(of: UnsafeRawBufferPointer(rebasing: bytes[string]))
                    guard var keys = keysOfOpenObjects.popLast() else { return nil }
                    guard keys.insert(key).inserted else { return key }
                    keysOfOpenObjects.append(keys)
                default:
                    break
                }
                index += 1
            }
            return nil
        }
    }

    /// The index after the closing quote of the string that opens at `start`.
    private static func endOfString(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start + 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(index + 1, bytes.count)
    }

    /// A string's text, from its bytes with the quotes: "\u0061" and "a" are the same key.
    private static func text(of literal: UnsafeRawBufferPointer) -> String {
        let hasEscapes = literal.contains(UInt8(ascii: "\\"))
        let unescaped = hasEscapes ? try? JSONDecoder().decode(String.self, from: Data(literal)) : nil
        return unescaped ?? String(decoding: literal.dropFirst().dropLast(), as: UTF8.self)
    }
}
