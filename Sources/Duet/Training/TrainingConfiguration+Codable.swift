import FileFormats
import Foundation

extension TrainingConfiguration: Codable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case version, data, model, fusion, modalities, epochs
        case batchSize = "batch_size"
        case learningRate = "learning_rate"
        case learningRateSchedule = "learning_rate_schedule"
        case schedule, branches, folds
        case foldsBy = "folds_by"
        case branchLossWeight = "branch_loss_weight"
        case background
        case fineTune = "fine_tune"
        case modalityDropout = "modality_dropout"
        case augmentation
        case earlyStopping = "early_stopping"
        case keep, split, seed, precision, threads, limit, output
    }

    /// As many threads as the machine has processors for this process.
    public static var availableThreads: Int { ProcessInfo.processInfo.activeProcessorCount }

    static let formatVersion = 1

    /// Reads settings; what is absent has its default. `data` and `output` may come later, from the command line.
    public init(from decoder: any Decoder) throws {
        let settings = try decoder.container(keyedBy: CodingKeys.self)
        let version = try settings.decodeIfPresent(Int.self, forKey: .version) ?? Self.formatVersion
        try FormatVersion.check(
            version, current: Self.formatVersion, in: "the training's settings", remedy: "write them anew")
        self.init(
            data: try settings.decodeIfPresent(String.self, forKey: .data) ?? "",
            output: try settings.decodeIfPresent(String.self, forKey: .output) ?? "")
        func read<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
            if let given = try settings.decodeIfPresent(Value.self, forKey: key) { value = given }
        }
        try read(.model, into: &model)
        fusion = try settings.decodeIfPresent(String.self, forKey: .fusion)
        modalities = try settings.decodeIfPresent([String].self, forKey: .modalities)
        try read(.epochs, into: &epochs)
        try read(.batchSize, into: &batchSize)
        try read(.learningRate, into: &learningRate)
        try read(.learningRateSchedule, into: &learningRateSchedule)
        try read(.schedule, into: &schedule)
        try read(.branches, into: &branches)
        try read(.folds, into: &folds)
        foldsBy = try settings.decodeIfPresent(Folding.self, forKey: .foldsBy)
        try read(.branchLossWeight, into: &branchLossWeight)
        try read(.background, into: &background)
        try read(.fineTune, into: &fineTune)
        try read(.modalityDropout, into: &modalityDropout)
        try read(.augmentation, into: &augmentation)
        try read(.earlyStopping, into: &earlyStopping)
        try read(.keep, into: &keep)
        try read(.split, into: &split)
        try read(.seed, into: &seed)
        try read(.precision, into: &precision)
        try read(.threads, into: &threads)
        try read(.limit, into: &limit)
    }

    /// Writes every setting, defaults included.
    public func encode(to encoder: any Encoder) throws {
        var settings = encoder.container(keyedBy: CodingKeys.self)
        try settings.encode(Self.formatVersion, forKey: .version)
        try settings.encode(data, forKey: .data)
        try settings.encode(model, forKey: .model)
        try settings.encodeIfPresent(fusion, forKey: .fusion)
        try settings.encodeIfPresent(modalities, forKey: .modalities)
        try settings.encode(epochs, forKey: .epochs)
        try settings.encode(batchSize, forKey: .batchSize)
        try settings.encode(learningRate, forKey: .learningRate)
        try settings.encode(learningRateSchedule, forKey: .learningRateSchedule)
        try settings.encode(schedule, forKey: .schedule)
        if !branches.isEmpty { try settings.encode(branches, forKey: .branches) }
        try settings.encode(folds, forKey: .folds)
        try settings.encodeIfPresent(foldsBy, forKey: .foldsBy)
        try settings.encode(branchLossWeight, forKey: .branchLossWeight)
        try settings.encode(background, forKey: .background)
        try settings.encode(fineTune, forKey: .fineTune)
        try settings.encode(modalityDropout, forKey: .modalityDropout)
        if !augmentation.isEmpty { try settings.encode(augmentation, forKey: .augmentation) }
        try settings.encode(earlyStopping, forKey: .earlyStopping)
        try settings.encode(keep, forKey: .keep)
        try settings.encode(split, forKey: .split)
        try settings.encode(seed, forKey: .seed)
        try settings.encode(precision, forKey: .precision)
        try settings.encode(threads, forKey: .threads)
        try settings.encode(limit, forKey: .limit)
        try settings.encode(output, forKey: .output)
    }
}

extension TrainingConfiguration.ModelChoice: Codable {
    /// A preset's name, or a description in full.
    public init(from decoder: any Decoder) throws {
        if let name = try? decoder.singleValueContainer().decode(String.self) {
            self = .preset(name)
        } else {
            self = .custom(try FusionModel(from: decoder))
        }
    }

    /// A preset's name, or a description in full.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .preset(let name):
            var container = encoder.singleValueContainer()
            try container.encode(name)
        case .custom(let model): try model.encode(to: encoder)
        }
    }
}
