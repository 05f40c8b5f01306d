import FileFormats

/// One kind of data that an example has, such as its image or its audio: a column of a dataset, and an input of a model.
public struct Modality: Hashable, Sendable, Codable, CustomStringConvertible {
    /// What the values of a modality are made of.
    public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
        /// Pixels, from picture files.
        case image
        /// Features of sound, from sound files.
        case audio
    }

    /// The name, unique in a dataset and in a model: `image`, `audio`, or any other of lower-case letters, digits and `_`.
    public let name: String
    /// What its values are made of.
    public let kind: Kind

    /// The only image of an example.
    public static let image = Modality("image", .image)
    /// The only sound of an example.
    public static let audio = Modality("audio", .audio)

    /// A modality by its name and kind.
    public init(_ name: String, _ kind: Kind) {
        self.name = name
        self.kind = kind
    }

    /// The modality that a kind's own name stands for, such as `image`; nil for other names.
    public init?(named name: String) {
        guard let kind = Kind(rawValue: name) else { return nil }
        self.init(name, kind)
    }

    /// The name.
    public var description: String { name }

    /// What else is named in the places where modalities are: parts of a model, phases of a training, columns of a manifest.
    private static let reserved: Set<String> = [
        "all", "calibration", "head", "fused", "joint", "label", "labels", "split", "group", "groups", "speaker",
        "speakers", "row_id",
    ]

    /// Checks that names can be told apart, in files too.
    /// - Throws: `DuetError` of kind `badData`, naming the name and what is expected.
    public static func check(_ modalities: [Modality]) throws {
        guard !modalities.isEmpty else { throw DuetError(.badData, "there is no modality; expected one at least") }
        for modality in modalities {
            guard isName(modality.name), !reserved.contains(modality.name) else {
                throw DuetError(
                    .badData,
                    "'\(modality.name)' cannot name a modality; expected lower-case letters, digits and _, and none of "
                        + reserved.sorted().joined(separator: ", "))
            }
            if let other = Modality(named: modality.name), other != modality {
                throw DuetError(
                    .badData,
                    "the modality '\(modality.name)' is of the kind \(modality.kind.rawValue); expected another name")
            }
        }
        let names = modalities.map(\.name)
        guard Set(names).count == names.count else {
            throw DuetError(.badData, "two modalities have the same name: \(names.joined(separator: ", "))")
        }
    }
    /// Whether it is a lower-case letter with lower-case letters, digits and _ behind it. A regular expression would say so too,
    /// but takes a millisecond to be made, at each start of a prediction.
    private static func isName(_ name: String) -> Bool {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return name.utf8.first.map(letters.contains) == true
            && name.utf8.allSatisfy { letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "_") }
    }
}
