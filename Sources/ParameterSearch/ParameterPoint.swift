/// The values of the parameters that one walk asked for, in the order of asking.
package struct ParameterPoint: Codable, Hashable, Sendable, ExpressibleByDictionaryLiteral {
    // Before the names, as this is what points differ in: they are compared in this order.
    /// The parameters' values.
    package private(set) var values: [Double] = []
    /// Their names, each once, in the same order.
    package private(set) var names: [String] = []

    /// A point without parameters.
    package init() {}

    /// A point of these values, in their order; of equal names, the first counts.
    package init(dictionaryLiteral elements: (String, Double)...) {
        for (name, value) in elements where self[name] == nil { append(name, value) }
    }

    /// The value of a parameter, or nil where it was not asked for.
    package subscript(name: String) -> Double? {
        // Points have few parameters: looking through them is faster than hashing the name.
        names.firstIndex(of: name).map { values[$0] }
    }

    /// Adds a parameter that the point does not have yet.
    package mutating func append(_ name: String, _ value: Double) {
        names.append(name)
        values.append(value)
    }
}
