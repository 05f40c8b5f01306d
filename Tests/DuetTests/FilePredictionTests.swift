import Datasets
import Duet
import FileFormats
import Foundation
import Media
import NeuralNetwork
import SeededRandom
import Testing
import TestSupport

/// Predictions from pictures and recordings by a small model that was trained for a few seconds.
@Suite(.serialized)
struct FilePredictionTests {
    private static let pictures = ["gray8.png", "rgb8.png", "seven.png", "gray.jpg", "palette8.png", "single.png"]
        .map { fixture("images/\($0)") }
    private static let recordings = ["paper.wav", "telephone.wav", "quiet.wav", "encodings/stereo.wav"]
        .map { fixture("audio/\($0)") }
    /// Each picture with each recording.
    private static let pairs = pictures.flatMap { image in recordings.map { MediaFiles(image: image, audio: $0) } }

    /// Four frames of three coefficients: the 12 values of `SmallData`.
    private static let settings: AudioFeatureSettings = {
        var settings = AudioFeatureSettings()
        settings.frames = 4
        settings.mfcc.coefficients = 3
        return settings
    }()

    private static let trained = Result {
        let data = try SmallData()
        defer { data.remove() }
        return try data.train(data.configuration()).model
    }

    /// The small model, which takes sound files where it knows how.
    private func model(features: ModalityDescription.Features? = .init(settings)) throws -> TrainedModel {
        let trained = try Self.trained.get()
        return try TrainedModel(
            architecture: trained.architecture, parameters: trained.parameters, classNames: trained.classNames,
            normalization: trained.normalization, modalities: [.init(.audio, features: features), .init(.image)],
            origin: trained.origin)
    }

    private func isClose(_ one: [Float], _ other: [Float]) -> Bool {
        one.count == other.count && zip(one, other).allSatisfy { abs($0 - $1) < 1e-5 }
    }

    @Test("A missing modality gives 1 / classes in place of its branch's output")
    func missingModality() throws {
        let model = try model()
        let pair = Self.pairs[2]
        let both = try Classifier(model).predict([pair])[0]
        let (image, audio) = (try #require(pair.files["image"]), try #require(pair.files["audio"]))
        let (audioBranch, imageBranch) = (model.architecture.branches[0], model.architecture.branches[1])
        let seen = try model.pictureSettings(for: imageBranch).values(of: Image(contentsOf: image)).values.map {
            Float($0) / 255
        }
        let heard = zip(
            try AudioFeatures(Self.settings).values(of: AudioFile.read(audio)),
            zip(model.normalization.audioMean, model.normalization.audioDeviation)
        ).map { ($0 - $1.0) / $1.1 }

        let outputs = try model.architecture.outputNames()
        let ends = (audio: outputs.branches[0], image: outputs.branches[1], fused: outputs.model)
        func run(_ network: Network, _ inputs: [String: [Float]], _ output: String) throws -> [Float] {
            let store = try ParameterStore(model.parameters, for: network)
            let program = try Program(network, outputs: [output], batchSize: 1, mode: .inference, store: store)
            for (name, values) in inputs { _ = program.input(name).update(fromContentsOf: values) }
            program.run()
            return Array(program.output(output))
        }
        let (branches, head) = (model.architecture, try model.architecture.headNetwork())
        let imageSays = try run(branches.network(of: imageBranch), ["image": seen], ends.image)
        let audioSays = try run(branches.network(of: audioBranch), ["audio": heard], ends.audio)
        let nothing = [Float](repeating: 0.25, count: 4)
        let imageOnly = try run(head, [ends.image: imageSays, ends.audio: nothing], ends.fused)
        let audioOnly = try run(head, [ends.image: nothing, ends.audio: audioSays], ends.fused)
        let fused = try run(head, [ends.image: imageSays, ends.audio: audioSays], ends.fused)

        #expect(isClose(both.predictions.all.probabilities, fused))
        #expect(isClose(try #require(both.predictions["image"]).probabilities, imageOnly))
        #expect(isClose(try #require(both.predictions["audio"]).probabilities, audioOnly))
        #expect(!isClose(imageOnly, fused) && !isClose(audioOnly, fused))

        let classifier = Classifier(model)
        let withoutAudio = try classifier.predict([MediaFiles(image: image)])[0]
        #expect(withoutAudio.predictions["image"] == both.predictions["image"])
        #expect(withoutAudio.predictions.all == withoutAudio.predictions["image"])
        #expect(withoutAudio.predictions["audio"] == nil && withoutAudio.preparations["audio"] == nil)
        let withoutImage = try classifier.predict([MediaFiles(audio: audio)])[0]
        #expect(withoutImage.predictions["audio"] == both.predictions["audio"])
        #expect(withoutImage.predictions.all == withoutImage.predictions["audio"])
        #expect(withoutImage.predictions["image"] == nil && withoutImage.preparations["image"] == nil)
        #expect(!withoutAudio.disagree && !withoutImage.disagree)
    }

    @Test("An evaluation finds each modality alone saying the same")
    func evaluation() throws {
        let model = try model()
        let pictures = try model.pictureSettings(for: model.architecture.branches[1])
        let features = try AudioFeatures(Self.settings)
        let predictions = try Classifier(model).predict(Self.pairs)
        func accuracy(_ labels: [Int], _ ablation: Ablation) throws -> Double? {
            let dataset = try Dataset(
                images: Self.pairs.compactMap { $0.files["image"] }.flatMap {
                    pictures.values(of: try Image(contentsOf: $0)).values.map { Float($0) }
                }, imageShape: [6, 6, 1],
                audio: Self.pairs.compactMap { $0.files["audio"] }.flatMap {
                    try features.values(of: AudioFile.read($0))
                },
                audioShape: [12, 1], labels: labels, classNames: model.classNames)
            let rows = Array(labels.indices)
            return try Evaluator(model).evaluate(dataset, rows: rows, on: .test).evaluation.accuracies[ablation]?
                .accuracy
        }
        #expect(try accuracy(predictions.map(\.predictions.all.classIndex), .all) == 1)
        let (seen, heard) = (
            predictions.compactMap { $0.predictions["image"]?.classIndex },
            predictions.compactMap { $0.predictions["audio"]?.classIndex }
        )
        #expect(try accuracy(seen, .alone("image")) == 1)
        #expect(try accuracy(heard, .alone("audio")) == 1)
        #expect(try accuracy(heard.map { ($0 + 1) % 4 }, .alone("audio")) == 0)
        for (row, prediction) in predictions.enumerated() { #expect(prediction.disagree == (seen[row] != heard[row])) }
        #expect(Set(predictions.map(\.disagree)).count == 2, "the fixtures show both cases")
    }

    @Test("Neither order nor neighbours nor the way into memory change a prediction")
    func independence() throws {
        let classifier = Classifier(try model())
        // More than two batches, the last of them smaller; some pairs lack a modality.
        let many = (0..<300).map { row in
            let pair = Self.pairs[row % Self.pairs.count]
            return MediaFiles(
                image: row % 7 == 3 ? nil : pair.files["image"], audio: row % 5 == 1 ? nil : pair.files["audio"])
        }.filter { !$0.files.isEmpty }
        let watcher = Watcher()
        let predictions = try classifier.predict(many, monitor: watcher.monitor)
        let fileCount = many.reduce(0) { $0 + $1.files.count }
        #expect(watcher.reports.map(\.completed) == Array(1...fileCount))
        #expect(watcher.reports.allSatisfy { $0.total == fileCount && $0.unit == "files" })
        let stopped = #expect(throws: DuetError.self) { try classifier.predict(many, monitor: .cancelled) }
        #expect(stopped?.kind == .interrupted)
        #expect(try classifier.predict(many.reversed()) == predictions.reversed())
        for row in stride(from: 0, to: many.count, by: 11) {
            let alone = try classifier.predict([many[row]])[0]
            #expect(
                isClose(alone.predictions.all.probabilities, predictions[row].predictions.all.probabilities))
            #expect(alone.preparations == predictions[row].preparations)
            let image = try many[row].files["image"].map { Medium.image(try Image(contentsOf: $0)) }
            let audio = try many[row].files["audio"].map { Medium.audio(try AudioFile.read($0)) }
            #expect(try classifier.predict(["image": image, "audio": audio].compactMapValues { $0 }) == alone)
        }
        #expect(try classifier.predict([MediaFiles]()) == [])
    }

    @Test("A prediction tells what was done to picture and recording, also as JSON")
    func preparation() throws {
        let pair = MediaFiles(image: fixture("images/seven.png"), audio: fixture("audio/telephone.wav"))
        let prediction = try Classifier(model()).predict([pair])[0]
        guard case .image(let picture)? = prediction.preparations["image"] else {
            throw DuetError(.badData, "no image")
        }
        #expect(picture.modelWidth == 6 && picture.modelHeight == 6)
        #expect(picture.preparation == PicturePreparation.none && picture.digit == nil)
        guard case .audio(let clip)? = prediction.preparations["audio"] else {
            throw DuetError(.badData, "no audio")
        }
        #expect(clip.sampleRate == 8000 && clip.modelSampleRate == 16_000 && clip.fit == .cut)
        #expect(clip.seconds == 0.56)
        let text = try JSON.text(prediction)
        #expect(try JSONDecoder().decode(MediaPrediction.self, from: Data(text.utf8)) == prediction)
    }

    @Test("A recording without a voice counts as absent; alone, the model abstains")
    func withoutVoice() throws {
        var settings = Self.settings
        settings.trimsSilence = true
        let classifier = Classifier(try model(features: .init(settings)))
        var generator = SeededGenerator(seed: 3)
        let noise = Medium.audio(
            AudioClip(samples: generator.normals(16_000).map { $0 * 0.1 }, sampleRate: 16_000))
        let image = Medium.image(try Image(contentsOf: Self.pictures[0]))
        let both = try classifier.predict(["image": image, "audio": noise])
        let imageOnly = try classifier.predict(["image": image])
        #expect(both.predictions == imageOnly.predictions && !both.disagree)
        guard case .audio(let clip) = both.preparations["audio"] else {
            Issue.record("the recording's preparation is missing")
            return
        }
        #expect(clip.isWithoutVoice && clip.isTrimmed)

        #expect(try classifier.predict(["audio": noise]).predictions.all.abstains == nil)
        // It abstains from none of the validation examples, but where it hears nobody.
        var calibrated = try model(features: .init(settings))
        calibrated.calibration = try Self.trained.get().calibration
        let abstaining = try Classifier(calibrated, uncertainty: UncertaintySettings(abstention: 0))
        let audioOnly = try abstaining.predict(["audio": noise]).predictions
        #expect(audioOnly.all.abstains == true && audioOnly["audio"]?.abstains == true)
    }

    @Test("All files that cannot be used are named, each once, with the reason")
    func badFiles() throws {
        let classifier = Classifier(try model())
        let (broken, missing) = (fixture("images/claims_0x1.png"), fixture("images/nothing.png"))
        let deaf = fixture("audio/encodings/empty.wav")
        let error = try #require(throws: DuetError.self) {
            try classifier.predict([
                MediaFiles(image: broken, audio: Self.recordings[0]), Self.pairs[0],
                MediaFiles(image: missing, audio: deaf), MediaFiles(audio: deaf),
            ])
        }
        #expect(error.kind == .badData)
        #expect(error.message.hasPrefix("3 files cannot be used:\n"))
        #expect(error.message.split(separator: "\n").count == 4, "\(error)")
        for path in [broken.path, missing.path, deaf.path] { #expect(error.message.contains(path), "\(error)") }

        let gone = try #require(throws: DuetError.self) { try classifier.predict([MediaFiles(image: missing)]) }
        #expect(gone.kind == .missingInput && gone.message.hasPrefix(missing.path))
        let empty = try #require(throws: DuetError.self) { try classifier.predict([Self.pairs[0], MediaFiles()]) }
        #expect(empty.kind == .badData && empty.message.contains("example 1 has no file of any modality"))
        let nothing = try #require(throws: DuetError.self) { try classifier.predict([String: Medium]()) }
        #expect(nothing.kind == .badData)
    }

    @Test("A model that does not know how its audio was computed takes pictures all the same")
    func deafModel() throws {
        let classifier = Classifier(try model(features: .init(kind: "mfcc", coefficients: 3, frames: 4)))
        let prediction = try classifier.predict([MediaFiles(image: Self.pictures[0])])[0]
        #expect(prediction.predictions.all.probabilities.count == 4)
        let error = try #require(throws: DuetError.self) { try classifier.predict([Self.pairs[0]]) }
        #expect(error.kind == .badData && error.message.contains("cannot predict from sound files"))
    }

    @Test("Images of 6 × 6 pixels cannot be prepared as MNIST's digits")
    func unfitPreparation() throws {
        let classifier = Classifier(try model())
        let error = try #require(throws: MediaError.self) {
            try classifier.predict([Self.pairs[0]], preparation: .digit)
        }
        #expect(error.kind == .badData && error.description.contains("[6, 6, 1]"))
    }

    @Test("The CSV file quotes what it must, and has each modality's own prediction")
    func csv() throws {
        let names = ["plain", "a,b", "two\nlines", "\"x\""]
        let trained = try model()
        let renamed = try TrainedModel(
            architecture: trained.architecture, parameters: trained.parameters, classNames: names,
            normalization: trained.normalization, modalities: trained.modalities, origin: trained.origin)
        let predictions = try Classifier(renamed).predict(
            Self.pairs + [MediaFiles(image: Self.pictures[0]), MediaFiles(audio: Self.recordings[0])])
        let file = PredictionsCSV(
            predictions, modalities: [.image, .audio], classNames: names, withProbabilities: true)
        let table = try CSVTable(text: file.text, name: "predictions")
        #expect(
            table.columns == ["row_id", "label"] + names.map { "probability_\($0)" }
                + ["image_alone", "audio_alone", "disagree"])
        #expect(table.rows.map { $0["row_id"] } == predictions.indices.map(String.init))
        #expect(table.rows.map { $0["label"] } == predictions.map(\.predictions.all.label))
        #expect(table.rows.map { $0["image_alone"] } == predictions.map { $0.predictions["image"]?.label ?? "" })
        #expect(table.rows.map { $0["audio_alone"] } == predictions.map { $0.predictions["audio"]?.label ?? "" })
        #expect(table.rows.map { $0["disagree"] } == predictions.map { $0.disagree ? "true" : "false" })
        let first = table.rows[0].fields[2..<6].compactMap(Float.init)
        #expect(first == predictions[0].predictions.all.probabilities)
    }
}
