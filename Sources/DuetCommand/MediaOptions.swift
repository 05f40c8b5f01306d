public import ArgumentParser
import FileFormats
import Foundation
import Media

/// How pictures become images.
struct PictureOptions: ParsableArguments {
    @Option(help: "Columns × rows of the images, such as 64 or 64x48 (default: as in IDX files or a dataset, else 28).")
    var imageSize: String?

    @Flag(help: "RGB images instead of greyscale.")
    var rgb = false

    @Option(
        help:
            "Preparation of each picture: none; or digit, to make a drawing of a digit look like one of MNIST's."
    )
    var preparation: PicturePreparation?

    /// Rows, columns, channels; nil where nothing was asked for.
    var shape: [Int]? {
        get throws {
            guard let imageSize else { return rgb ? [28, 28, 3] : nil }
            let sides = imageSize.lowercased().split(separator: "x", omittingEmptySubsequences: false).map {
                Int($0) ?? 0
            }
            guard (1...2).contains(sides.count), sides.allSatisfy((1...4096).contains) else {
                throw DuetError(
                    .usage, "--image-size is '\(imageSize)'; expected such as 64 or 64x48, sides from 1 to 4096")
            }
            return [sides[sides.count - 1], sides[0], rgb ? 3 : 1]
        }
    }
}

/// How recordings become values. The defaults are the paper's.
struct AudioOptions: ParsableArguments {
    @Flag(help: "Features for unseen speakers, in place of the paper's: see docs/data.md.")
    var speech = false

    @Option(
        help:
            "Length of a clip in seconds: shorter recordings are zero-padded, longer ones cropped to the loudest part (default: 1)."
    )
    var seconds: Double?

    @Option(help: "MFCC convention: python_speech_features, torchaudio (default: python_speech_features).")
    var convention: MFCCSettings.Convention?

    @Option(help: "Sample rate in Hz; recordings are resampled to it.")
    var sampleRate: Int?

    @Option(help: "Window length in seconds.")
    var windowSeconds: Double?

    @Option(help: "Hop length in seconds.")
    var stepSeconds: Double?

    @Option(help: "Number of MFCCs per frame.")
    var coefficients: Int?

    @Option(help: "Number of mel filters.")
    var filters: Int?

    @Option(help: "FFT size.")
    var fftSize: Int?

    @Option(help: "Lowest frequency of the mel filters in Hz.")
    var lowFrequency: Double?

    @Option(help: "Highest frequency of the mel filters in Hz.")
    var highFrequency: Double?

    @Option(help: "Pre-emphasis coefficient, 0 to 1.")
    var preemphasis: Double?

    @Option(help: "Liftering coefficient; 0 for no liftering.")
    var lifter: Int?

    @Option(help: "Window function: rectangular, hamming, hann.")
    var window: MFCCSettings.Window?

    @Flag(inversion: .prefixedNo, help: "Replace the first coefficient by the log energy of the frame.")
    var energy: Bool?

    @Flag(inversion: .prefixedNo, help: "Trim what is quiet before and behind the voice.")
    var trimSilence: Bool?

    @Flag(inversion: .prefixedNo, help: "Cepstral mean normalization over the clip.")
    var meanNormalization: Bool?

    @Option(help: "Order of delta features: 0, 1, 2.")
    var deltas: Int?

    /// The settings that were asked for; nil where nothing was.
    func settings() throws -> AudioFeatureSettings? {
        let isGiven: [Bool] = [
            speech, seconds != nil, convention != nil, sampleRate != nil, windowSeconds != nil, stepSeconds != nil,
            coefficients != nil, filters != nil, fftSize != nil, lowFrequency != nil, highFrequency != nil,
            preemphasis != nil, lifter != nil, window != nil, energy != nil, trimSilence != nil,
            meanNormalization != nil, deltas != nil,
        ]
        guard isGiven.contains(true) else { return nil }
        var settings = speech ? AudioFeatureSettings.speech : AudioFeatureSettings()
        if convention == .torchaudio {
            guard !speech else {
                throw DuetError(.usage, "--speech has its own settings; leave out --convention torchaudio")
            }
            settings.mfcc = .torchaudio(
                sampleRate: sampleRate ?? settings.mfcc.sampleRate, coefficients: settings.mfcc.coefficients)
        }
        func set<Value>(_ value: Value?, _ path: WritableKeyPath<AudioFeatureSettings, Value>) {
            if let value { settings[keyPath: path] = value }
        }
        set(sampleRate, \.mfcc.sampleRate)
        set(windowSeconds, \.mfcc.windowSeconds)
        set(stepSeconds, \.mfcc.stepSeconds)
        set(coefficients, \.mfcc.coefficients)
        set(filters, \.mfcc.filters)
        set(fftSize, \.mfcc.fftSize)
        set(lowFrequency, \.mfcc.lowFrequency)
        if let highFrequency { settings.mfcc.highFrequency = highFrequency }
        set(preemphasis, \.mfcc.preemphasis)
        set(lifter, \.mfcc.lifter)
        set(window, \.mfcc.window)
        set(energy, \.mfcc.appendsEnergy)
        set(trimSilence, \.trimsSilence)
        set(meanNormalization, \.normalizesMean)
        set(deltas, \.deltas)
        do {
            // The frames of so many seconds, where the length or the frames were changed.
            if convention != nil || seconds != nil || windowSeconds != nil || stepSeconds != nil || sampleRate != nil {
                let seconds = seconds ?? 1
                guard seconds > 0, seconds <= 600 else {
                    throw DuetError(.usage, "--seconds is \(seconds); expected above 0, at most 600")
                }
                settings.frames = try MFCC(settings.mfcc).frames(forSeconds: seconds)
            }
            _ = try AudioFeatures(settings)
        } catch let error as MediaError {
            throw DuetError(.usage, error.description)
        }
        return settings
    }
}

extension PicturePreparation: ExpressibleByArgument {}
extension MFCCSettings.Window: ExpressibleByArgument {}
extension MFCCSettings.Convention: ExpressibleByArgument {}
