import Duet
import FileFormats
import Foundation
import NeuralNetwork
import Testing
import TestSupport

@Suite("The model of digits that Duet ships")
struct DigitsModelTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test("It knows the ten digits, has a calibration and distances, and is the file in the repository")
    func content() throws {
        let model = try TrainedModel.digits()
        #expect(model.classNames == (0...9).map(String.init) && model.branchesAreTrained)
        #expect(model.calibration != nil && Set(model.embeddingDistances.keys) == ["image", "audio"])
        let url = Self.root.appendingPathComponent("Sources/CDigitsModel/digits.safetensors")
        #expect(try TrainedModel(contentsOf: url).parameters == model.parameters)
        let size = try FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int
        #expect(try #require(size) <= 500_000)
        let described = try ConfigurationFile.model(
            contentsOf: Self.root.appendingPathComponent("examples/digits.yaml"))
        #expect(try described.network().summary() == model.architecture.network().summary())
    }

    @Test("It recognizes the drawing and the recording in examples/, together and each alone")
    func example() throws {
        func file(_ name: String) -> URL { Self.root.appendingPathComponent("examples/\(name)") }
        let classifier = try Classifier.digits(threads: 1)
        let prediction = try #require(
            classifier.predict([MediaFiles(image: file("seven.png"), audio: file("seven.wav"))]).first)
        #expect(prediction.predictions.all.label == "7")
        #expect(prediction.predictions.alone.map(\.value.label) == ["7", "7"])
    }
}
