import Datasets
import NeuralNetwork

/// Networks that a search has found: `examples/spaces/presets.yaml` is the space, `docs/search.md` says how.
///
/// Both read a clip frame by frame, with the coefficients as channels, and join the branches by their product, which needs no head.
extension Presets {
    /// A small one: a 57th of Model 2's parameters.
    /// - Returns: nil where the task does not know the frames.
    static func compact(for task: Task) -> FusionModel? {
        searched("compact", for: task, audio: (filters: (64, 96), kernel: 5), image: (filters: (16, 32), units: 32))
    }

    /// The best by validation loss: a 21st of Model 2's parameters.
    /// - Returns: nil where the task does not know the frames.
    static func accurate(for task: Task) -> FusionModel? {
        searched("accurate", for: task, audio: (filters: (64, 96), kernel: 5), image: (filters: (32, 64), units: 64))
    }

    private static func searched(
        _ name: String, for task: Task, audio: (filters: (Int, Int), kernel: Int),
        image: (filters: (Int, Int), units: Int)
    ) -> FusionModel? {
        guard let frames = task.frames else { return nil }
        let audio = Branch(.audio, input: task.audio) {
            Reshape(frames)
            Conv1D(filters: audio.filters.0, kernel: audio.kernel, padding: .same, activation: .relu)
            BatchNormalization()
            MaxPooling1D()
            Conv1D(filters: audio.filters.1, kernel: 3, padding: .same, activation: .relu)
            BatchNormalization()
            MaxPooling1D()
            Flatten()
            Dropout(dropoutRate)
            Dense(32, activation: .relu)
            BatchNormalization()
            Dense(task.classes, activation: .softmax)
        }
        let image = Branch(.image, input: task.image) {
            Conv2D(filters: image.filters.0, kernel: 3, padding: .same, activation: .relu)
            BatchNormalization()
            Conv2D(filters: image.filters.0, kernel: 3, padding: .same, activation: .relu)
            BatchNormalization()
            MaxPooling2D()
            Conv2D(filters: image.filters.1, kernel: 3, padding: .same, activation: .relu)
            BatchNormalization()
            Conv2D(filters: image.filters.1, kernel: 3, padding: .same, activation: .relu)
            BatchNormalization()
            MaxPooling2D()
            Flatten()
            Dropout(dropoutRate)
            Dense(image.units, activation: .relu)
            BatchNormalization()
            Dense(task.classes, activation: .softmax)
        }
        return FusionModel(name, branches: [audio, image], fusion: ProductFusion(), head: [])
    }
}
