import NIOConcurrencyHelpers

/// The models that a server has, by name. A model is replaced at once for all requests that come after; those that are being answered
/// keep theirs.
final class ServedModels: Sendable {
    private let models: NIOLockedValueBox<[String: ServedModel]>

    /// Models with different names, at least one.
    init(_ models: [ServedModel]) {
        self.models = NIOLockedValueBox(Dictionary(models.map { ($0.name, $0) }) { first, _ in first })
    }

    /// The model of a name; nil where there is none.
    subscript(name: String) -> ServedModel? { models.withLockedValue { $0[name] } }

    /// All models, sorted by name.
    var all: [ServedModel] { models.withLockedValue { $0.values.sorted { $0.name < $1.name } } }

    /// Puts a model in the place of the one of its name.
    func replace(with model: ServedModel) {
        // What was there ends with the last request that has it, outside of the lock.
        let old = models.withLockedValue { $0.updateValue(model, forKey: model.name) }
        withExtendedLifetime(old) {}
    }
}
