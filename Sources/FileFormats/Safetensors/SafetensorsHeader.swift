import Foundation

/// The JSON header of a safetensors file.
struct SafetensorsHeader: Codable {
    /// Where a tensor's bytes are and what they mean.
    struct Entry: Codable {
        var dtype: String
        var shape: [Int]
        /// The first byte, and the one after the last, counted from the end of the header.
        var dataOffsets: [Int]

        private enum CodingKeys: String, CodingKey {
            case dtype
            case shape
            case dataOffsets = "data_offsets"
        }
    }

    var metadata: [String: String]
    var entries: [String: Entry]

    /// The one key that names no tensor.
    static let metadataKey = "__metadata__"

    /// A tensor's name, or ``metadataKey``.
    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(metadata: [String: String], entries: [String: Entry]) {
        self.metadata = metadata
        self.entries = entries
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let metadataKey = Key(stringValue: Self.metadataKey)
        metadata = try container.decodeIfPresent([String: String].self, forKey: metadataKey) ?? [:]
        entries = [:]
        for key in container.allKeys where key.stringValue != Self.metadataKey {
            entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        if !metadata.isEmpty { try container.encode(metadata, forKey: Key(stringValue: Self.metadataKey)) }
        for (name, entry) in entries {
            try container.encode(entry, forKey: Key(stringValue: name))
        }
    }
}
