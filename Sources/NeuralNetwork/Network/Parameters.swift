/// A network's weights by name, in Keras's layout and the network's order. A plain value: what files hold, and what
/// comes out of training.
public struct Parameters: Equatable, Sendable {
    /// One named array.
    public struct Entry: Equatable, Sendable {
        /// Layer and weight, such as `image.conv2d.kernel`.
        public let name: String
        /// The dimensions in Keras's layout.
        public let shape: Shape
        /// Row-major values (C order), wherever they lie.
        public private(set) var storage: FloatStorage

        /// The values as an array.
        public var values: [Float] {
            get { storage.array }
            set { storage = .array(newValue) }
        }

        /// Makes an entry. `values` has `shape.elementCount` elements.
        public init(name: String, shape: Shape, values: [Float]) {
            self.init(name: name, shape: shape, storage: .array(values))
        }

        /// Makes an entry. `storage` has `shape.elementCount` elements.
        public init(name: String, shape: Shape, storage: FloatStorage) {
            precondition(storage.count == shape.elementCount, "\(name): \(storage.count) values do not fill \(shape)")
            self.name = name
            self.shape = shape
            self.storage = storage
        }
    }

    /// The arrays, in the network's order.
    public private(set) var entries: [Entry]
    private let places: [String: Int]

    /// Gathers arrays. Their names must differ.
    public init(_ entries: [Entry]) {
        self.entries = entries
        self.places = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.name, $0) })
    }

    /// The array of this name, or nil.
    public subscript(name: String) -> Entry? {
        places[name].map { entries[$0] }
    }

    /// Fresh weights for a network, as its layers' initializers say.
    public init(initializing network: Network, using generator: inout some RandomNumberGenerator) {
        self.init(network) { _, weight in
            weight.initializer.values(count: weight.shape.elementCount, using: &generator)
        }
    }

    /// Initial weights, each array drawn from a generator of its own, so that what a layer starts with does not depend on the others.
    /// - Parameters:
    ///   - network: whose weights.
    ///   - generator: the generator for an array of this name, such as `image.conv2d.kernel`.
    public init(initializing network: Network, generator: (_ name: String) -> some RandomNumberGenerator) {
        self.init(network) { name, weight in
            var generator = generator(name)
            return weight.initializer.values(count: weight.shape.elementCount, using: &generator)
        }
    }

    private init(_ network: Network, values: (_ name: String, _ weight: WeightSpecification) -> [Float]) {
        self.init(
            network.nodes.flatMap { node in
                node.weights.map { weight in
                    let name = node.parameterName(weight)
                    return Entry(name: name, shape: weight.shape, values: values(name, weight))
                }
            })
    }

    /// Those of these arrays that belong to a network, a part of the one that these are for.
    public func restricted(to network: Network) -> Parameters {
        let names = Set(network.nodes.flatMap { node in node.weights.map(node.parameterName) })
        return Parameters(entries.filter { names.contains($0.name) })
    }

    /// These arrays, those that `others` has too taken from there.
    public func replacing(with others: Parameters) -> Parameters {
        Parameters(entries.map { others[$0.name] ?? $0 })
    }

    /// The first array that holds a value that is no number or infinite, or nil if all are finite.
    public var firstNotFinite: Entry? {
        entries.first { !$0.storage.withUnsafeBufferPointer { $0.allSatisfy(\.isFinite) } }
    }

    /// Checks that these are a network's weights: each present, each of the right shape, none too many.
    /// - Throws: `NetworkError` naming the first array that does not fit.
    public func validate(for network: Network) throws {
        var expected: Set<String> = []
        for node in network.nodes {
            for weight in node.weights {
                let name = node.parameterName(weight)
                expected.insert(name)
                guard let entry = self[name] else {
                    throw NetworkError("weights '\(name)' of shape \(weight.shape) are missing")
                }
                guard entry.shape == weight.shape else {
                    throw NetworkError("weights '\(name)' have shape \(entry.shape), but need \(weight.shape)")
                }
            }
        }
        if let extra = entries.first(where: { !expected.contains($0.name) }) {
            throw NetworkError("weights '\(extra.name)' belong to no layer of this network")
        }
    }
}
