extension Network {
    /// Adds layers one behind the other, the first reading `source`.
    ///
    /// Names are `prefix` and Keras's counting: `image.conv2d`, `image.conv2d_1`, …, per kind of layer.
    /// - Returns: the last layer's name.
    @discardableResult
    public mutating func addSequence(_ layers: [any Layer], prefix: String, reading source: String) throws -> String {
        var counts: [String: Int] = [:]
        var last = source
        for layer in layers {
            let kind = type(of: layer).snakeCasedKind
            let count = counts[kind, default: 0]
            counts[kind] = count + 1
            let name = count == 0 ? "\(prefix).\(kind)" : "\(prefix).\(kind)_\(count)"
            try add(layer, name: name, reading: [last])
            last = name
        }
        return last
    }
}

/// Collects the layers written in a block, one per line, with conditions and loops where wanted.
@resultBuilder
public enum LayerBuilder {
    /// One layer.
    public static func buildExpression(_ layer: any Layer) -> [any Layer] { [layer] }
    /// Several layers at once.
    public static func buildExpression(_ layers: [any Layer]) -> [any Layer] { layers }
    /// The lines of a block.
    public static func buildBlock(_ parts: [any Layer]...) -> [any Layer] { parts.flatMap { $0 } }
    /// An `if` without `else`.
    public static func buildOptional(_ part: [any Layer]?) -> [any Layer] { part ?? [] }
    /// The `if` side of a choice.
    public static func buildEither(first part: [any Layer]) -> [any Layer] { part }
    /// The `else` side of a choice.
    public static func buildEither(second part: [any Layer]) -> [any Layer] { part }
    /// A loop.
    public static func buildArray(_ parts: [[any Layer]]) -> [any Layer] { parts.flatMap { $0 } }
}
