public import Datasets
public import NeuralNetwork

/// The four models of "Classification of Image and Audio Digits Dataset", its Tables 1 to 4, layer by layer, and Duet's own:
/// `model-5`, for unseen speakers, and `compact` and `accurate`, which a search has found. What the tables leave open (activations,
/// dropout rates, initializers) is Keras's default or its usual choice; `docs/models.md` says which.
public enum Presets {
    /// What a preset is made for: the shapes of the data, and the number of classes.
    public struct Task: Hashable, Sendable {
        /// One image, `[height, width, channels]`.
        public var image: Shape
        /// One clip, `[steps, channels]`.
        public var audio: Shape
        /// The number of classes.
        public var classes: Int
        /// The same clip frame by frame, `[frames, coefficients]`; nil where nobody knows.
        public var frames: Shape?
        /// What there is of the two; a preset has no branch for the other one.
        public var modalities: Set<Modality> = [.image, .audio]

        /// The paper's digits, unless given: 28×28 grey images, 507 MFCC values, ten classes. Those 507 are 39 frames.
        public init(
            image: Shape = [28, 28, 1], audio: Shape = [507, 1], classes: Int = 10, frames: Shape? = nil
        ) {
            self.image = image
            self.audio = audio
            self.classes = classes
            let known: Shape? = audio == [507, 1] ? [39, 13] : audio.count == 2 && audio[1] > 1 ? audio : nil
            self.frames = frames ?? known
        }
    }

    /// The paper's models, in its order.
    public static let paper = ["model-1", "model-2", "model-3", "model-4"]

    /// All presets' names.
    public static let names = paper + ["model-5", "compact", "accurate"]

    /// The preset of this name, or nil: there is none, or it needs frames and the task does not know them. With one modality it is the
    /// specialist, such as `model-2-audio`.
    public static func named(_ name: String, for task: Task = Task()) -> FusionModel? {
        try? whole(name, for: task)?.selecting(task.modalities.map(\.name))
    }

    private static func whole(_ name: String, for task: Task) -> FusionModel? {
        switch name {
        case "model-1": model1(for: task)
        case "model-2": model2(for: task)
        case "model-3": model3(for: task)
        case "model-4": model4(for: task)
        case "model-5": model5(for: task)
        case "compact": compact(for: task)
        case "accurate": accurate(for: task)
        default: nil
        }
    }

    static let dropoutRate: Float = 0.25

    /// The paper's Table 1: one convolution for each modality.
    static func model1(for task: Task) -> FusionModel {
        let audio = Branch(.audio, input: task.audio) {
            Conv1D(filters: 16, kernel: 2, activation: .relu)
            BatchNormalization()
            MaxPooling1D()
            Flatten()
            Dense(64, activation: .relu)
            BatchNormalization()
            Dense(task.classes, activation: .softmax)
        }
        let image = Branch(.image, input: task.image) {
            Conv2D(filters: 32, kernel: 3, padding: .same, activation: .relu)
            BatchNormalization()
            Flatten()
            Dense(64, activation: .relu)
            BatchNormalization()
            Dropout(dropoutRate)
            Dense(task.classes, activation: .softmax)
        }
        return FusionModel("model-1") {
            audio
            image
        } head: {
            Dense(64, activation: .relu)
            BatchNormalization()
            Dense(task.classes, activation: .softmax)
        }
    }

    /// The paper's Table 2, its final choice: three convolutions for each modality.
    static func model2(for task: Task) -> FusionModel {
        let audio = Branch(.audio, input: task.audio) {
            Conv1D(filters: 16, kernel: 2, activation: .relu)
            BatchNormalization()
            MaxPooling1D()
            Conv1D(filters: 32, kernel: 2, activation: .relu)
            BatchNormalization()
            MaxPooling1D()
            Conv1D(filters: 64, kernel: 2, activation: .relu)
            BatchNormalization()
            MaxPooling1D()
            Flatten()
            Dense(64, activation: .relu)
            BatchNormalization()
            Dense(task.classes, activation: .softmax)
        }
        let image = Branch(.image, input: task.image) {
            Conv2D(filters: 32, kernel: 3, padding: .same, activation: .relu)
            BatchNormalization()
            Conv2D(filters: 32, kernel: 3, padding: .same, activation: .relu)
            BatchNormalization()
            MaxPooling2D()
            Dropout(dropoutRate)
            Conv2D(filters: 64, kernel: 3, padding: .same, activation: .relu)
            BatchNormalization()
            Flatten()
            Dense(512, activation: .relu)
            BatchNormalization()
            Dropout(dropoutRate)
            Dense(task.classes, activation: .softmax)
        }
        return FusionModel("model-2") {
            audio
            image
        } head: {
            Dense(64, activation: .relu)
            BatchNormalization()
            Dense(128, activation: .relu)
            BatchNormalization()
            Dense(256, activation: .relu)
            BatchNormalization()
            Dense(task.classes, activation: .softmax)
        }
    }

    /// The paper's Table 3: two convolutions for each modality.
    static func model3(for task: Task) -> FusionModel {
        let audio = Branch(.audio, input: task.audio) {
            Conv1D(filters: 16, kernel: 2, activation: .relu)
            BatchNormalization()
            MaxPooling1D()
            Conv1D(filters: 32, kernel: 2, activation: .relu)
            BatchNormalization()
            Flatten()
            Dense(64, activation: .relu)
            BatchNormalization()
            Dense(task.classes, activation: .softmax)
        }
        let image = Branch(.image, input: task.image) {
            Conv2D(filters: 32, kernel: 3, padding: .same, activation: .relu)
            BatchNormalization()
            Conv2D(filters: 32, kernel: 3, padding: .same, activation: .relu)
            BatchNormalization()
            MaxPooling2D()
            Dropout(dropoutRate)
            Flatten()
            Dense(128, activation: .relu)
            BatchNormalization()
            Dropout(dropoutRate)
            Dense(task.classes, activation: .softmax)
        }
        return FusionModel("model-3") {
            audio
            image
        } head: {
            Dense(64, activation: .relu)
            BatchNormalization()
            Dense(128, activation: .relu)
            BatchNormalization()
            Dense(task.classes, activation: .softmax)
        }
    }

    /// The paper's Table 4: four convolutions for each modality.
    static func model4(for task: Task) -> FusionModel {
        let audio = Branch(.audio, input: task.audio) {
            Conv1D(filters: 16, kernel: 2, activation: .relu)
            BatchNormalization()
            MaxPooling1D()
            Conv1D(filters: 32, kernel: 2, activation: .relu)
            BatchNormalization()
            MaxPooling1D()
            Conv1D(filters: 64, kernel: 2, activation: .relu)
            BatchNormalization()
            MaxPooling1D()
            Conv1D(filters: 128, kernel: 2, activation: .relu)
            BatchNormalization()
            MaxPooling1D()
            Flatten()
            Dense(64, activation: .relu)
            BatchNormalization()
            Dense(128, activation: .relu)
            BatchNormalization()
            Dense(task.classes, activation: .softmax)
        }
        let image = Branch(.image, input: task.image) {
            Conv2D(filters: 32, kernel: 3, padding: .same, activation: .relu)
            BatchNormalization()
            Conv2D(filters: 32, kernel: 3, padding: .same, activation: .relu)
            BatchNormalization()
            MaxPooling2D()
            Dropout(dropoutRate)
            Conv2D(filters: 64, kernel: 3, padding: .same, activation: .relu)
            BatchNormalization()
            Conv2D(filters: 64, kernel: 3, padding: .same, activation: .relu)
            BatchNormalization()
            MaxPooling2D()
            Dropout(dropoutRate)
            Flatten()
            Dense(512, activation: .relu)
            BatchNormalization()
            Dropout(dropoutRate)
            Dense(1024, activation: .relu)
            BatchNormalization()
            Dropout(dropoutRate)
            Dense(task.classes, activation: .softmax)
        }
        return FusionModel("model-4") {
            audio
            image
        } head: {
            Dense(64, activation: .relu)
            BatchNormalization()
            Dense(128, activation: .relu)
            BatchNormalization()
            Dense(task.classes, activation: .softmax)
        }
    }
}
