/// The layers that files can name.
public enum LayerKinds {
    /// All of them. A file with several layers lists its own.
    public static let all: [any Layer.Type] =
        [
            Conv1D.self, Conv2D.self, BatchNormalization.self, Dense.self, Dropout.self, ActivationLayer.self,
            TemperedLog.self,
        ]
        + poolings + reshapings + joinings

    /// The layer type of this name, such as `Conv2D`.
    public static func named(_ kind: String) -> (any Layer.Type)? {
        all.first { $0.kind == kind }
    }
}

/// A layer as files write it: its kind with its settings, `Conv2D: {filters: 32, kernel: 3}`, or the kind alone,
/// `Flatten`, if the defaults will do.
public struct CodedLayer: Codable, Sendable {
    /// The layer itself.
    public let layer: any Layer

    /// Wraps a layer to be written.
    public init(_ layer: any Layer) {
        self.layer = layer
    }

    /// Reads `Kind: {settings}` or `Kind`.
    public init(from decoder: any Decoder) throws {
        if let kind = try? decoder.singleValueContainer().decode(String.self) {
            guard let layer = try Self.layerType(kind, decoder.codingPath).withDefaults else {
                throw DecodingError.dataCorrupted(
                    .init(
                        codingPath: decoder.codingPath,
                        debugDescription: "\(kind) needs settings: write '\(kind): {setting: value, …}'"))
            }
            self.layer = layer
            return
        }
        let container = try decoder.container(keyedBy: KindKey.self)
        guard let key = container.allKeys.first, container.allKeys.count == 1 else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "a layer is written as 'Kind' or 'Kind: {setting: value, …}'"))
        }
        let type = try Self.layerType(key.stringValue, decoder.codingPath)
        layer = try type.init(from: container.superDecoder(forKey: key))
    }

    /// Writes `Kind: {settings}`, every setting included.
    public func encode(to encoder: any Encoder) throws {
        if type(of: layer).settingNames.isEmpty {
            var container = encoder.singleValueContainer()
            try container.encode(layer.kind)
        } else {
            var container = encoder.container(keyedBy: KindKey.self)
            try layer.encode(to: container.superEncoder(forKey: KindKey(stringValue: layer.kind)))
        }
    }

    private static func layerType(_ kind: String, _ path: [any CodingKey]) throws -> any Layer.Type {
        if let type = LayerKinds.named(kind) { return type }
        let known = LayerKinds.all.map { $0.kind }.joined(separator: ", ")
        throw DecodingError.dataCorrupted(
            .init(codingPath: path, debugDescription: "there is no layer '\(kind)'; there are \(known)"))
    }

    private struct KindKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
