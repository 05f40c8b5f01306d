package import Datasets
import FileFormats
public import Media

/// How a modality's training examples are varied, drawn anew for each example in each epoch. What is 0 is not done.
///
/// Rotation, zoom, translation and elastic distortion are one map. Values are those that the network reads: pixels from 0 to 1, audio features
/// in standard deviations.
public struct Augmentation: Equatable, Sendable {
    /// Images: the largest rotation, in degrees, either way.
    public var rotation: Float = 0
    /// Images: the largest change of size, as a share, larger or smaller.
    public var zoom: Float = 0
    /// Images: the largest shift, as a share of height and width, in each direction.
    public var translation: Float = 0
    /// Images: the largest standard deviation of elastic distortions, as a share of height and width (Simard et al. 2003).
    public var elastic: Float = 0
    /// Images: by how many pixels bright strokes get wider or narrower at most, at each of their edges.
    public var strokeWidth: Float = 0
    /// Audio: the largest shift in time, in frames, either way. What leaves at one end comes in at the other.
    public var timeShift = 0
    /// Audio: the longest mask in time, in frames: a run of frames that is set to the mean (SpecAugment, Park et al. 2019).
    public var timeMask = 0
    /// The largest standard deviation of the normally distributed noise that is added to all values of an example; each example's
    /// is drawn, evenly from 0 on.
    public var noise: Float = 0
    /// Images: the side of the largest square that is set to 0, as a share of its height and width (DeVries & Taylor 2017).
    public var erasing: Float = 0

    /// Audio: how recordings are varied: their waveforms where the dataset keeps them, else the spectra that their features stand for.
    public var waveform = WaveformAugmentation()

    /// Whether recordings are varied.
    var variesWaveforms: Bool { !waveform.isEmpty }

    /// No augmentation.
    public init() {}

    /// What suits the digits and other things that stand upright: up to 10° of rotation, a tenth of zoom, 8 % of translation, noise of
    /// up to 0.4.
    public static let standardImage: Augmentation = {
        var standard = Augmentation()
        (standard.rotation, standard.zoom, standard.translation, standard.noise) = (10, 0.1, 0.08, 0.4)
        return standard
    }()

    /// What suits the spoken digits: up to 4 frames of shift, noise of up to 0.5 standard deviations.
    public static let standardAudio: Augmentation = {
        var standard = Augmentation()
        (standard.timeShift, standard.noise) = (4, 0.5)
        return standard
    }()

    /// What suits recordings of speech, for speakers that are not among the training examples: they are varied as sounds, and shifted
    /// by up to 4 frames. Needs a dataset that says how its features were computed.
    public static let speech: Augmentation = {
        var speech = Augmentation()
        (speech.timeShift, speech.waveform) = (4, .speech)
        return speech
    }()

    /// Checks the ranges.
    /// - Parameter prefix: what the settings' names begin with in messages.
    /// - Throws: `DuetError` of kind `usage` naming the setting, its value and what is expected.
    func validate(_ prefix: String = "") throws {
        func require(_ key: CodingKeys, _ value: Float, _ range: ClosedRange<Float>) throws {
            guard !range.contains(value) else { return }
            throw DuetError(
                .usage,
                "\(prefix)\(key.rawValue) is \(value), but must be from \(range.lowerBound) to \(range.upperBound)")
        }
        try require(.rotation, rotation, 0...180)
        try require(.zoom, zoom, 0...0.9)
        try require(.translation, translation, 0...1)
        try require(.elastic, elastic, 0...1)
        try require(.strokeWidth, strokeWidth, 0...100)
        try require(.timeShift, Float(timeShift), 0...100_000)
        try require(.timeMask, Float(timeMask), 0...100_000)
        try require(.noise, noise, 0...1000)
        try require(.erasing, erasing, 0...1)
        if let problem = waveform.problem {
            throw DuetError(
                .usage,
                "\(prefix)\(problem.setting) is \(problem.value), but must be \(problem.expected)")
        }
    }

    /// Checks that nothing is asked for that a modality of this kind cannot have.
    /// - Throws: `DuetError` of kind `usage` naming the setting.
    package func requireFit(_ modality: Modality) throws {
        let others: [(CodingKeys, Float)] =
            switch modality.kind {
            case .image: [(.timeShift, Float(timeShift)), (.timeMask, Float(timeMask))]
            case .audio:
                [
                    (.rotation, rotation), (.zoom, zoom), (.translation, translation), (.elastic, elastic),
                    (.strokeWidth, strokeWidth), (.erasing, erasing),
                ]
            }
        let waveforms = modality.kind == .image ? waveform.changedSettings : []
        if let name = others.first(where: { $0.1 != 0 })?.0.rawValue ?? waveforms.first {
            throw DuetError(
                .usage, "augmentation.\(modality).\(name) cannot be done to \(modality.kind.rawValue); leave it out")
        }
    }
}

extension Augmentation: Codable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case rotation, zoom, translation, elastic
        case strokeWidth = "stroke_width"
        case timeShift = "time_shift"
        case timeMask = "time_mask"
        case noise, erasing
    }

    /// The names of all settings in files: those of waveforms stand among the others.
    static let settingNames =
        CodingKeys.allCases.map(\.rawValue) + WaveformAugmentation.CodingKeys.allCases.map(\.rawValue)

    /// Reads the settings; any may be absent.
    public init(from decoder: any Decoder) throws {
        let settings = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
            if let given = try settings.decodeIfPresent(Value.self, forKey: key) { value = given }
        }
        try read(.rotation, into: &rotation)
        try read(.zoom, into: &zoom)
        try read(.translation, into: &translation)
        try read(.elastic, into: &elastic)
        try read(.strokeWidth, into: &strokeWidth)
        try read(.timeShift, into: &timeShift)
        try read(.timeMask, into: &timeMask)
        try read(.noise, into: &noise)
        try read(.erasing, into: &erasing)
        waveform = try WaveformAugmentation(from: decoder)
    }

    /// Writes the settings; those of waveforms only where there are any.
    public func encode(to encoder: any Encoder) throws {
        var settings = encoder.container(keyedBy: CodingKeys.self)
        try settings.encode(rotation, forKey: .rotation)
        try settings.encode(zoom, forKey: .zoom)
        try settings.encode(translation, forKey: .translation)
        if elastic != 0 { try settings.encode(elastic, forKey: .elastic) }
        if strokeWidth != 0 { try settings.encode(strokeWidth, forKey: .strokeWidth) }
        try settings.encode(timeShift, forKey: .timeShift)
        try settings.encode(timeMask, forKey: .timeMask)
        try settings.encode(noise, forKey: .noise)
        try settings.encode(erasing, forKey: .erasing)
        if waveform != WaveformAugmentation() { try waveform.encode(to: encoder) }
    }
}
