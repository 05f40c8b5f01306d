package import FileFormats
import Foundation
import NeuralNetwork

/// A training's state in one file, `checkpoint/last.safetensors`: arrays `current/…`, `kept/…`, `first/…` and `second/…`,
/// those of finished folds, `image/fold-1/…`, and the counters in the metadata.
enum Checkpoint {
    private static let formatVersion = 3

    /// Writes the state; the previous checkpoint is replaced only when the new one is whole.
    /// - Parameters:
    ///   - state: where the training stands.
    ///   - configuration: its settings.
    ///   - dataset: the fingerprint of the data that is trained on.
    ///   - url: the file.
    /// - Throws: `DuetError` of kind `cannotWrite`.
    static func write(
        _ state: TrainingState, configuration: TrainingConfiguration, dataset: String, to url: URL
    ) throws {
        func tensors(_ prefix: String, _ parameters: Parameters?) -> [NamedTensor] {
            (parameters?.entries ?? []).map {
                NamedTensor(name: "\(prefix)/\($0.name)", shape: $0.shape, values: $0.storage.array)
            }
        }
        let file = SafetensorsFile(
            metadata: [
                "version": "\(formatVersion)",
                "position": try JSON.text(state.position),
                "history": try JSON.text(state.history),
                "configuration": try comparable(configuration),
                "dataset": dataset,
            ],
            tensors: tensors("current", state.parameters) + tensors("kept", state.kept)
                + tensors("first", state.moments?.first) + tensors("second", state.moments?.second)
                + state.folds.sorted { $0.key.rawValue < $1.key.rawValue }.flatMap {
                    tensors($0.key.rawValue, $0.value)
                })
        try file.write(to: url, overwrite: true)
    }

    /// Reads a state back. The model's `initial` weights say what the arrays are and in which order.
    ///
    /// A setting that did not exist when the checkpoint was written has its default.
    /// - Throws: `DuetError` where the file is broken, or was written with other settings or on other data.
    static func read(
        from url: URL, configuration: TrainingConfiguration, dataset: String, initial: Parameters
    ) throws -> TrainingState {
        let file = try SafetensorsFile(contentsOf: url)
        func entry<Value: Decodable>(_ key: String, as type: Value.Type) throws -> Value {
            guard let text = file.metadata[key] else {
                throw DuetError(.badData, "\(url.path) is not a checkpoint: it has no '\(key)'")
            }
            return try JSON.value(type, from: text, in: "\(url.path): '\(key)'")
        }
        try FormatVersion.check(
            entry("version", as: Int.self), current: formatVersion, in: url.path, remedy: "train again with --force")
        let saved = try entry("configuration", as: TrainingConfiguration.self)
        guard try comparable(saved) == comparable(configuration) else {
            throw DuetError(
                .badData, "\(url.path) was written with other settings than config.yaml now has; restore them to resume"
            )
        }
        guard file.metadata["dataset"] == dataset else {
            throw DuetError(
                .badData,
                "\(url.path) was written on other data than \(configuration.data) now holds; restore it to resume")
        }
        func parameters(_ prefix: String, partial: Bool = false) throws -> Parameters {
            Parameters(
                try initial.entries.compactMap { entry in
                    let name = "\(prefix)/\(entry.name)"
                    guard let tensor = file[name] else {
                        if partial { return nil }
                        throw DuetError(.badData, "\(url.path): the array '\(name)' is missing")
                    }
                    guard tensor.shape == entry.shape else {
                        throw DuetError(
                            .badData, "\(url.path): '\(name)' has shape \(tensor.shape), but needs \(entry.shape)")
                    }
                    return .init(name: entry.name, shape: entry.shape, storage: FloatStorage(tensor))
                })
        }
        var state = TrainingState(try parameters("current"))
        state.kept = try parameters("kept")
        state.position = try entry("position", as: TrainingState.Position.self)
        state.history = try entry("history", as: TrainingHistory.self)
        for phase in state.history.phases where phase.isFold {
            let weights = try parameters(phase.rawValue, partial: true)
            if !weights.entries.isEmpty { state.folds[phase] = weights }
        }
        let moments = ParameterStore.Moments(
            first: try parameters("first", partial: true), second: try parameters("second", partial: true))
        if !moments.first.entries.isEmpty { state.moments = moments }
        return state
    }

    /// What has to be equal to go on: all settings but the folder, which may be moved or named by another path.
    private static func comparable(_ configuration: TrainingConfiguration) throws -> String {
        var configuration = configuration
        configuration.output = ""
        return try JSON.text(configuration)
    }
}

extension FloatStorage {
    /// A tensor's values, shared with the file that they lie in.
    package init(_ tensor: NamedTensor) {
        switch tensor.storage {
        case .array(let values): self = .array(values)
        case .mapped(let floats): self = .shared(SharedFloats(floats.values, ownedBy: floats.file))
        }
    }
}
