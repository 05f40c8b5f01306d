import Datasets
package import Duet
import FileFormats
package import Foundation
import NeuralNetwork
import SeededRandom

/// A dataset folder that a small network learns in seconds: 6×6 images with a bright column and 12 audio values with a
/// bump, both at the class's place, with noise.
package struct SmallData {
    package let folder: URL
    package static let classes = 4

    /// Writes the folder; the caller removes it.
    package init(train: Int = 200, test: Int = 60, recordingsPerClass: Int = 10) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("duet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var generator = SeededGenerator(seed: 11)
        func noise() -> Float { Float(generator.next() >> 40) / 0x1p24 }
        for (side, count, first) in [("train", train, 0), ("test", test, recordingsPerClass)] {
            var (images, audio, labels, groups) = ([UInt8](), [Float](), [Int64](), [Int32]())
            for row in 0..<count {
                let label = row % Self.classes
                for pixel in 0..<36 { images.append(UInt8(60 * noise()) + (pixel % 6 == label ? 150 : 0)) }
                for step in 0..<12 { audio.append(3 * noise() + (step / 3 == label ? 4 : 0)) }
                labels.append(Int64(label))
                let recording = row / Self.classes % recordingsPerClass
                groups.append(Int32(label + Self.classes * (first + recording)))
            }
            func file(_ name: String) -> URL { folder.appendingPathComponent("\(name)_\(side).npy") }
            try NPYArray.write(images, shape: [count, 6, 6], to: file("data_wr"), overwrite: false)
            try NPYArray.write(audio, shape: [count, 12], to: file("data_sp"), overwrite: false)
            try NPYArray.write(labels, shape: [count], to: file("labels"), overwrite: false)
            try NPYArray.write(groups, shape: [count], to: file("groups"), overwrite: false)
        }
    }

    package func remove() { try? FileManager.default.removeItem(at: folder) }

    /// A network for such data, with everything that a training has to remember: dropout and moving statistics.
    package static let model: FusionModel = {
        let audio = Branch(.audio, input: [12, 1]) {
            Conv1D(filters: 4, kernel: 2, activation: .relu)
            BatchNormalization(momentum: 0.9)
            MaxPooling1D()
            Flatten()
            Dense(classes, activation: .softmax)
        }
        let image = Branch(.image, input: [6, 6, 1]) {
            Conv2D(filters: 4, kernel: 3, padding: .same, activation: .relu)
            BatchNormalization(momentum: 0.9)
            Dropout(0.25)
            Flatten()
            Dense(classes, activation: .softmax)
        }
        return FusionModel("small") {
            audio
            image
        } head: {
            Dense(8, activation: .relu)
            BatchNormalization(momentum: 0.9)
            Dense(classes, activation: .softmax)
        }
    }()

    /// Settings for a short training into a folder of this dataset's.
    package func configuration(_ name: String = "run") -> TrainingConfiguration {
        TrainingConfiguration(
            data: folder.path, output: folder.appendingPathComponent(name).path, model: .custom(Self.model), epochs: 6,
            batchSize: 16, learningRate: 5e-3, threads: 1)
    }

    /// A training from the start to the end, into a fresh folder.
    @discardableResult
    package func train(_ configuration: TrainingConfiguration) throws -> TrainingRun.Outcome {
        try run(configuration).train()
    }

    package func run(_ configuration: TrainingConfiguration, resume: Bool = false) throws -> TrainingRun {
        try TrainingRun(configuration, data: TrainingData(configuration), resume: resume)
    }
}
