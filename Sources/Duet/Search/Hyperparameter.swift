/// What was chosen for an open setting of a search space, such as 64 for the number of units of a dense layer.
public struct Hyperparameter: Codable, Hashable, Sendable {
    /// What it is called: the part of the space, what is set, and where it stands in the file, such as `image Dense units @31:14`.
    public let name: String
    /// What was chosen, as the file has it.
    public let value: String

    /// - Parameters:
    ///   - name: what it is called.
    ///   - value: what was chosen.
    public init(name: String, value: String) {
        (self.name, self.value) = (name, value)
    }
}

extension Hyperparameter {
    /// Names without the place in the file, where that leaves them different.
    /// - Parameter names: all names of a space, each once.
    /// - Returns: what to call each.
    public static func shortNames(_ names: [String]) -> [String: String] {
        let short = names.map { name in
            name.split(separator: " ").filter { !$0.hasPrefix("@") }.joined(separator: " ")
        }
        let count = Dictionary(zip(short, short.map { _ in 1 }), uniquingKeysWith: +)
        return Dictionary(
            zip(names, short).map { name, short in (name, count[short] == 1 ? short : name) },
            uniquingKeysWith: { first, _ in first })
    }
}
