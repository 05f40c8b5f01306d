import Datasets
import NeuralNetwork

extension Presets {
    /// Duet's own: Model 2's image branch and head, with an audio branch for unseen speakers.
    ///
    /// The paper's audio branches read a clip as one row of values, in which neighbours are coefficients of the same frame. This one
    /// reads it as frames along time, with the coefficients as channels, so that its convolutions see how the sound moves.
    /// - Returns: nil where the task does not know the frames.
    static func model5(for task: Task) -> FusionModel? {
        guard let frames = task.frames, let model2 = named("model-2", for: task) else { return nil }
        let audio = Branch(.audio, input: task.audio) {
            Reshape(frames)
            Conv1D(filters: 64, kernel: 5, padding: .same, activation: .relu)
            BatchNormalization()
            MaxPooling1D()
            Conv1D(filters: 96, kernel: 3, padding: .same, activation: .relu)
            BatchNormalization()
            MaxPooling1D()
            Conv1D(filters: 96, kernel: 3, padding: .same, activation: .relu)
            BatchNormalization()
            MaxPooling1D()
            Flatten()
            Dropout(0.4)
            Dense(64, activation: .relu)
            BatchNormalization()
            Dense(task.classes, activation: .softmax)
        }
        return FusionModel(
            "model-5", branches: [audio] + model2.branches.filter { $0.modality == .image }, head: model2.head)
    }
}
