import FileFormats
import Foundation
import Media

/// Times MFCCs: `DuetBenchmark mfcc CLIPS.npy FEATURES.npy`.
///
/// CLIPS.npy holds clips at 8 kHz, shape (clips, samples), float32. Their coefficients, those of `torchaudio.transforms.MFCC` with 13
/// coefficients, go to FEATURES.npy. Prints the seconds that one pass over all clips takes on one thread, the median of five.
enum FeatureBenchmark {
    static func run(_ arguments: [String]) throws {
        guard arguments.count == 2 else { throw Options.Problem(description: "mfcc takes two files") }
        let array = try NPYArray(contentsOf: URL(fileURLWithPath: arguments[0]))
        guard array.shape.count == 2, array.shape[1] > 0 else {
            throw Options.Problem(
                description: "\(array.name) has shape \(array.shape); expected clips and their samples")
        }
        let values = array.floats()
        let clips = (0..<array.shape[0]).map { Array(values[($0 * array.shape[1])..<(($0 + 1) * array.shape[1])]) }
        let mfcc = try MFCC(.torchaudio(sampleRate: 8_000, coefficients: 13))
        var features: [Float] = []
        let times = (0..<5).map { _ in
            let clock = ContinuousClock.now
            features = clips.flatMap { mfcc.features(of: $0) }
            return (ContinuousClock.now - clock) / .seconds(1)
        }
        try NPYArray.write(
            features, shape: [clips.count, mfcc.frames(forSamples: array.shape[1]), 13],
            to: URL(fileURLWithPath: arguments[1]), overwrite: true)
        print(times.sorted()[2])
    }
}
