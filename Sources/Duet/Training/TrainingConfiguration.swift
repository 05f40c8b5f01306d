public import Datasets
import FileFormats
public import NeuralNetwork

/// Every setting of a training, as `config.yaml` holds it and `duet train` takes it.
public struct TrainingConfiguration: Sendable {
    /// The dataset folder.
    public var data: String
    /// The network.
    public var model: ModelChoice
    /// The fusion that joins the network's branches, by name, in place of its own; nil for its own. One that gives probabilities
    /// takes the place of the head too.
    public var fusion: String?
    /// The modalities of the network to train, by name; nil for all. One alone is a specialist: its branch is the whole model.
    public var modalities: [String]?
    /// The number of epochs of each phase; at least 1.
    public var epochs: Int
    /// Examples per step; at least 1.
    public var batchSize: Int
    /// Adam's learning rate, or its peak where it changes; above 0.
    public var learningRate: Float
    /// How the learning rate changes.
    public var learningRateSchedule: LearningRateSchedule
    /// What is trained in which order.
    public var schedule: Schedule
    /// Settings of the phases that train one branch alone, by modality, where they are not those of all phases.
    public var branches: [String: BranchTraining]
    /// Cross-fitting: into how many folds the training examples of a staged training are divided. The head learns from what each branch says
    /// of a fold after a training on the others; so does what is fitted for new speakers, with or without a head. 1 for a head that learns
    /// from what the branches say of the examples that they were trained on. Without meaning where the fusion reads embeddings.
    public var folds: Int
    /// Whether all examples of a group, or of a speaker, are in one fold; nil for speakers where those of the test side are not in the
    /// training examples, and groups elsewhere.
    public var foldsBy: Folding?
    /// The factor of each branch's own loss in a joint training, which is added to the model's. 0 for none. With it, a branch's output
    /// is a prediction, and that of its modality alone.
    public var branchLossWeight: Float
    /// How many of a dataset's background examples a branch that is trained alone sees in an epoch for each of its examples. It learns to
    /// predict any class alike for them. 0 for none; without meaning where the dataset has none.
    public var background: Float
    /// Whether a staged training ends with a phase in which all weights move.
    public var fineTune: Bool
    /// Modality dropout: the share of training examples of which one modality is absent for the head; 0 up to, not including, 1.
    /// It keeps the head from relying on one modality alone.
    public var modalityDropout: Float
    /// How the training examples are varied, by modality; those without an entry are used as they are.
    public var augmentation: [String: Augmentation]
    /// Early stopping: epochs without a better validation accuracy after which a phase ends; nil for no early stopping.
    public var earlyStopping: Int?
    /// Which epoch's weights each phase keeps.
    public var keep: KeptEpoch
    /// How the examples are divided into training, validation and test.
    public var split: Split.Method
    /// The random seed of the split, the initial weights, the order of the examples and dropout.
    public var seed: UInt64
    /// The precision of training. A processor without instructions for it trains in float32.
    public var precision: Precision
    /// Threads to compute on; the results' last bits depend on it.
    public var threads: Int
    /// Train on this many examples only, for a quick try; nil for all.
    public var limit: Int?
    /// The run folder.
    public var output: String

    /// What is trained in which order.
    public enum Schedule: String, Codable, Sendable, CaseIterable {
        /// All weights together, on the fused loss.
        case joint
        /// The paper's reading: each branch alone on its own softmax output, then the head on what they say of examples that they have
        /// not seen.
        case staged
    }

    /// What cross-fitting divides the training examples by.
    public enum Folding: String, Codable, Sendable, CaseIterable {
        /// Recordings, so that there are predictions for new examples.
        case group
        /// Speakers, so that there are predictions for new speakers. The temperatures of a product are then fitted to these too.
        case speaker
    }

    /// The network to train.
    public enum ModelChoice: Sendable {
        /// One of `Presets.names`, fitted to the data.
        case preset(String)
        /// A network of the user's own.
        case custom(FusionModel)
    }

    /// The defaults: the paper's settings.
    public init(
        data: String, output: String, model: ModelChoice = .preset("model-2"), fusion: String? = nil,
        modalities: [String]? = nil, epochs: Int = 10,
        batchSize: Int = 32, learningRate: Float = 1e-3, learningRateSchedule: LearningRateSchedule = .constant,
        schedule: Schedule = .joint, branches: [String: BranchTraining] = [:], folds: Int = 3,
        foldsBy: Folding? = nil, branchLossWeight: Float = 0, background: Float = 0.5, fineTune: Bool = false,
        modalityDropout: Float = 0, augmentation: [String: Augmentation] = [:], earlyStopping: Int? = nil,
        keep: KeptEpoch = .best, split: Split.Method = .group, seed: UInt64 = 42, precision: Precision = .float32,
        threads: Int = Self.availableThreads, limit: Int? = nil
    ) {
        self.data = data
        self.output = output
        self.model = model
        self.fusion = fusion
        self.modalities = modalities
        self.epochs = epochs
        self.batchSize = batchSize
        self.learningRate = learningRate
        self.learningRateSchedule = learningRateSchedule
        self.schedule = schedule
        self.branches = branches
        self.folds = folds
        self.foldsBy = foldsBy
        self.branchLossWeight = branchLossWeight
        self.background = background
        self.fineTune = fineTune
        self.modalityDropout = modalityDropout
        self.augmentation = augmentation
        self.earlyStopping = earlyStopping
        self.keep = keep
        self.split = split
        self.seed = seed
        self.precision = precision
        self.threads = threads
        self.limit = limit
    }

    /// Checks the ranges.
    /// - Throws: `DuetError` of kind `usage` naming the setting, its value and what is expected.
    public func validate() throws {
        func require(_ condition: Bool, _ setting: String, _ value: some CustomStringConvertible, _ expected: String)
            throws
        {
            guard condition else { throw DuetError(.usage, "\(setting) is \(value), but must be \(expected)") }
        }
        try require(!data.isEmpty, "data", "empty", "a dataset folder")
        try require(!output.isEmpty, "output", "empty", "a folder to write to")
        try BranchTraining(
            epochs: epochs, batchSize: batchSize, learningRate: learningRate, earlyStopping: earlyStopping
        ).validate()
        for (modality, settings) in branches.sorted(by: { $0.key < $1.key }) {
            try settings.validate("branches.\(modality).")
        }
        for (modality, augmentation) in augmentation.sorted(by: { $0.key < $1.key }) {
            try augmentation.validate("augmentation.\(modality).")
        }
        try require((1...1024).contains(threads), "threads", threads, "from 1 to 1024")
        try require(
            modalityDropout >= 0 && modalityDropout < 1, "modality_dropout", modalityDropout, "at least 0 and below 1")
        try require((1...20).contains(folds), "folds", folds, "from 1 to 20")
        try require(
            branchLossWeight >= 0 && branchLossWeight <= 100, "branch_loss_weight", branchLossWeight, "from 0 to 100")
        try require(background >= 0 && background <= 100, "background", background, "from 0 to 100")
        if let limit { try require(limit >= 1, "limit", limit, "at least 1") }
        if fineTune && schedule == .joint {
            throw DuetError(
                .usage, "fine_tune goes with the staged schedule; a joint training moves all weights anyway")
        }
        if keep == .last && (earlyStopping != nil || branches.values.contains { $0.earlyStopping != nil }) {
            throw DuetError(
                .usage,
                "early_stopping goes with keep 'best': it ends a phase some epochs after its best one, which 'last' would not keep"
            )
        }
        if branchLossWeight > 0 && schedule == .staged && !fineTune {
            throw DuetError(
                .usage,
                "branch_loss_weight goes with the joint schedule; a staged training trains each branch by itself anyway"
            )
        }
        if let modalities, modalities.isEmpty {
            throw DuetError(.usage, "modalities is empty, but must name one at least")
        }
        if case .preset(let name) = model { _ = try Presets.required(name) }
        if let fusion { _ = try Fusions.required(fusion) }
    }
}

extension TrainingConfiguration {
    /// What the trained model is called: the network's name, and the fusion and the modalities where they are others than its own.
    public var name: String { (try? network(model.network).name) ?? model.name }

    /// Whether one branch is trained, as a specialist or as a network of one modality.
    package var isOfOneModality: Bool { modalities.map { $0.count == 1 } ?? (model.modalities.count == 1) }

    /// Whether there are branches that learn from background examples, where the dataset has some.
    package var trainsOnBackground: Bool { background > 0 && (schedule == .staged || isOfOneModality) }

    /// Whether a training leaves branches that predict by themselves.
    var trainsBranches: Bool { branchLossWeight > 0 || (schedule == .staged && !fineTune) }

    /// The augmentation that `--augment standard` stands for, for each modality of the model that is trained.
    public var standardAugmentation: [String: Augmentation] { augmentation(ofAudio: .standardAudio) }

    /// The augmentation that `--augment speech` stands for: that of waveforms for audio.
    public var speechAugmentation: [String: Augmentation] { augmentation(ofAudio: .speech) }

    private func augmentation(ofAudio audio: Augmentation) -> [String: Augmentation] {
        ((try? network(model.network)) ?? model.network).modalities.reduce(into: [:]) { augmentation, modality in
            augmentation[modality.name] =
                switch modality.kind {
                case .image: .standardImage
                case .audio: audio
                }
        }
    }

    /// Chooses the modalities that a dataset folder has, where the model is a preset and none were chosen: presets have branches for
    /// image and audio, and a dataset may have one of the two.
    package mutating func selectModalities(of folder: DatasetFolder) {
        guard case .preset = model, modalities == nil else { return }
        let known = model.modalities.filter(folder.modalities.contains)
        if !known.isEmpty, known.count < model.modalities.count { modalities = known.map(\.name) }
    }

    /// A network with the fusion and the modalities that the settings ask for.
    /// - Throws: `DuetError` of kind `usage` where there is no such fusion or modality.
    func network(_ whole: FusionModel) throws -> FusionModel {
        let joined = try fusion.map { whole.joined(by: try Fusions.required($0)) } ?? whole
        return try modalities.map(joined.selecting) ?? joined
    }
}

extension TrainingConfiguration.ModelChoice {
    /// The preset's name, or that of the user's own network.
    public var name: String {
        switch self {
        case .preset(let name): name
        case .custom(let model): model.name
        }
    }

    /// The network's modalities, in the order of its branches.
    public var modalities: [Modality] { network.modalities }

    /// The network; of a preset, that for the paper's digits.
    fileprivate var network: FusionModel {
        switch self {
        case .preset(let name): Presets.named(name) ?? FusionModel(name, branches: [])
        case .custom(let model): model
        }
    }
}

extension Presets {
    /// The preset of this name.
    /// - Throws: `DuetError` of kind `usage` with the names that there are, and the likeliest; of kind `badData` where the preset
    ///   needs frames and the task does not know them.
    public static func required(_ name: String, for task: Task = Task()) throws -> FusionModel {
        if let preset = named(name, for: task) { return preset }
        guard !names.contains(name) else {
            throw DuetError(
                .badData,
                "\(name) reads audio frame by frame, but the dataset does not say how many frames its \(task.audio.elementCount) "
                    + "values are; `duet data build` writes that into dataset.json")
        }
        let guess = Suggestion.closest(to: name, among: names).map { " Did you mean \($0)?" } ?? ""
        throw DuetError(
            .usage,
            "there is no model '\(name)'.\(guess) Presets: \(names.joined(separator: ", ")); or give a YAML file")
    }
}
