import Datasets
import Duet
import FileFormats
import Foundation
import Media
import NeuralNetwork
import Testing
import TestSupport

/// Pictures and recordings judged by a small model that was trained for a few seconds.
@Suite(.serialized)
struct JudgementTests {
    private static let pictures = ["gray8.png", "rgb8.png", "seven.png", "gray.jpg", "palette8.png", "single.png"]
        .map { fixture("images/\($0)") }
    private static let recordings = ["paper.wav", "telephone.wav", "quiet.wav", "encodings/stereo.wav"]
        .map { fixture("audio/\($0)") }
    /// Each picture with each recording.
    private static let pairs = pictures.flatMap { image in recordings.map { MediaPair(image: image, audio: $0) } }

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

    /// The small model, which hears sound files where it knows how.
    private func model(features: DatasetDescription.Features? = .init(settings)) throws -> TrainedModel {
        let trained = try Self.trained.get()
        return try TrainedModel(
            architecture: trained.architecture, parameters: trained.parameters, classNames: trained.classNames,
            normalization: trained.normalization, features: features, origin: trained.origin)
    }

    private func isClose(_ one: [Float], _ other: [Float]) -> Bool {
        one.count == other.count && zip(one, other).allSatisfy { abs($0 - $1) < 1e-5 }
    }

    @Test("A missing modality gives 1 / classes in place of its branch's output")
    func missingModality() throws {
        let model = try model()
        let pair = Self.pairs[2]
        let both = try Classifier(model).judge([pair])[0]
        let (image, audio) = (try #require(pair.image), try #require(pair.audio))
        let seen = try model.pictureSettings().values(of: Image(contentsOf: image)).values.map { Float($0) / 255 }
        let heard = zip(
            try AudioFeatures(Self.settings).values(of: AudioFile.read(audio)),
            zip(model.normalization.audioMean, model.normalization.audioDeviation)
        ).map { ($0 - $1.0) / $1.1 }

        let ends = try model.architecture.endNames()
        func run(_ network: Network, _ inputs: [String: [Float]], _ output: String) throws -> [Float] {
            let store = try ParameterStore(model.parameters, for: network)
            let program = try Program(network, outputs: [output], batchSize: 1, mode: .inference, store: store)
            for (name, values) in inputs { _ = program.input(name).update(fromContentsOf: values) }
            program.run()
            return Array(program.output(output))
        }
        let (branches, head) = (model.architecture, try model.architecture.headNetwork())
        let imageSays = try run(branches.branchNetwork(branches.image), ["image": seen], ends.image)
        let audioSays = try run(branches.branchNetwork(branches.audio), ["audio": heard], ends.audio)
        let nothing = [Float](repeating: 0.25, count: 4)
        let imageOnly = try run(head, [ends.image: imageSays, ends.audio: nothing], ends.fused)
        let audioOnly = try run(head, [ends.image: nothing, ends.audio: audioSays], ends.fused)
        let fused = try run(head, [ends.image: imageSays, ends.audio: audioSays], ends.fused)

        #expect(isClose(both.decision.probabilities, fused))
        #expect(isClose(try #require(both.imageAlone).probabilities, imageOnly))
        #expect(isClose(try #require(both.audioAlone).probabilities, audioOnly))
        #expect(!isClose(imageOnly, fused) && !isClose(audioOnly, fused))

        let classifier = Classifier(model)
        let withoutAudio = try classifier.judge([MediaPair(image: image)])[0]
        #expect(withoutAudio.decision == both.imageAlone && withoutAudio.imageAlone == both.imageAlone)
        #expect(withoutAudio.audioAlone == nil && withoutAudio.clip == nil && !withoutAudio.disagree)
        let withoutImage = try classifier.judge([MediaPair(audio: audio)])[0]
        #expect(withoutImage.decision == both.audioAlone && withoutImage.audioAlone == both.audioAlone)
        #expect(withoutImage.imageAlone == nil && withoutImage.picture == nil && !withoutImage.disagree)
    }

    @Test("An evaluation finds each modality alone saying the same")
    func evaluation() throws {
        let model = try model()
        let (pictures, features) = (try model.pictureSettings(), try AudioFeatures(Self.settings))
        let judgements = try Classifier(model).judge(Self.pairs)
        func share(_ labels: [Int], _ measure: KeyPath<Evaluation, Double>) throws -> Double {
            let dataset = try PairedDataset(
                images: Self.pairs.compactMap(\.image).flatMap {
                    pictures.values(of: try Image(contentsOf: $0)).values.map { Float($0) }
                }, imageShape: [6, 6, 1],
                audio: Self.pairs.compactMap(\.audio).flatMap { try features.values(of: AudioFile.read($0)) },
                audioShape: [12, 1], labels: labels, classNames: model.classNames)
            let rows = Array(labels.indices)
            return try Evaluator(model).evaluate(dataset, rows: rows, on: .test).evaluation[keyPath: measure]
        }
        #expect(try share(judgements.map(\.decision.classIndex), \.accuracy) == 1)
        #expect(try share(judgements.compactMap(\.imageAlone?.classIndex), \.imageOnlyAccuracy) == 1)
        let heard = judgements.compactMap(\.audioAlone?.classIndex)
        #expect(try share(heard, \.audioOnlyAccuracy) == 1)
        #expect(try share(heard.map { ($0 + 1) % 4 }, \.audioOnlyAccuracy) == 0)
        for judgement in judgements {
            #expect(judgement.disagree == (judgement.imageAlone?.label != judgement.audioAlone?.label))
        }
        #expect(Set(judgements.map(\.disagree)).count == 2, "the fixtures show both cases")
    }

    @Test("Neither order nor neighbours nor the way into memory change a judgement")
    func independence() throws {
        let classifier = Classifier(try model())
        // More than two batches, the last of them smaller; some pairs lack a modality.
        let many = (0..<300).map { row in
            let pair = Self.pairs[row % Self.pairs.count]
            return MediaPair(image: row % 7 == 3 ? nil : pair.image, audio: row % 5 == 1 ? nil : pair.audio)
        }.filter { $0.image != nil || $0.audio != nil }
        var progress: [Int] = []
        let judgements = try classifier.judge(many) { progress.append($0) }
        #expect(progress == Array(1...many.count))
        #expect(try classifier.judge(many.reversed()) == judgements.reversed())
        for row in stride(from: 0, to: many.count, by: 11) {
            let alone = try classifier.judge([many[row]])[0]
            #expect(isClose(alone.decision.probabilities, judgements[row].decision.probabilities))
            #expect(alone.picture == judgements[row].picture && alone.clip == judgements[row].clip)
            let (image, audio) = (try many[row].image.map { try Image(contentsOf: $0) }, many[row].audio)
            let clip = try audio.map { try AudioFile.read($0) }
            #expect(try classifier.judge(image: image, audio: clip) == alone)
            #expect(try classifier.classify(image: image, audio: clip) == alone.decision)
        }
        #expect(try classifier.judge([]) == [])
    }

    @Test("A judgement tells what was done to picture and recording, also as JSON")
    func preparation() throws {
        let pair = MediaPair(image: fixture("images/seven.png"), audio: fixture("audio/telephone.wav"))
        let judgement = try Classifier(model()).judge([pair])[0]
        let picture = try #require(judgement.picture)
        #expect(picture.modelWidth == 6 && picture.modelHeight == 6)
        #expect(picture.preparation == PicturePreparation.none && picture.digit == nil)
        let clip = try #require(judgement.clip)
        #expect(clip.sampleRate == 8000 && clip.modelSampleRate == 16_000 && clip.fit == .cut)
        #expect(clip.seconds == 0.56)
        let text = try JSON.text(judgement)
        #expect(try JSONDecoder().decode(Judgement.self, from: Data(text.utf8)) == judgement)
    }

    @Test("All files that cannot be used are named, each once, with the reason")
    func badFiles() throws {
        let classifier = Classifier(try model())
        let (broken, missing) = (fixture("images/claims_0x1.png"), fixture("images/nothing.png"))
        let deaf = fixture("audio/encodings/empty.wav")
        let error = try #require(throws: DuetError.self) {
            try classifier.judge([
                MediaPair(image: broken, audio: Self.recordings[0]), Self.pairs[0],
                MediaPair(image: missing, audio: deaf), MediaPair(audio: deaf),
            ])
        }
        #expect(error.kind == .badData)
        #expect(error.message.hasPrefix("3 files cannot be used:\n"))
        #expect(error.message.split(separator: "\n").count == 4, "\(error)")
        for path in [broken.path, missing.path, deaf.path] { #expect(error.message.contains(path), "\(error)") }

        let gone = try #require(throws: DuetError.self) { try classifier.judge([MediaPair(image: missing)]) }
        #expect(gone.kind == .missingInput && gone.message.hasPrefix(missing.path))
        let empty = try #require(throws: DuetError.self) { try classifier.judge([Self.pairs[0], MediaPair()]) }
        #expect(empty.kind == .badData && empty.message.contains("pair 1 has neither an image nor audio"))
        let nothing = try #require(throws: DuetError.self) { try classifier.judge(image: nil, audio: nil) }
        #expect(nothing.kind == .badData)
    }

    @Test("A model that does not know how its audio was computed sees pictures all the same")
    func deafModel() throws {
        let classifier = Classifier(try model(features: .init(kind: "mfcc", coefficients: 3, frames: 4)))
        let judgement = try classifier.judge([MediaPair(image: Self.pictures[0])])[0]
        #expect(judgement.decision.probabilities.count == 4)
        let error = try #require(throws: DuetError.self) { try classifier.judge([Self.pairs[0]]) }
        #expect(error.kind == .badData && error.message.contains("cannot hear sound files"))
    }

    @Test("Images of 6 × 6 pixels cannot be prepared as MNIST's digits")
    func unfitPreparation() throws {
        let classifier = Classifier(try model())
        let error = try #require(throws: MediaError.self) {
            try classifier.judge([Self.pairs[0]], preparation: .digit)
        }
        #expect(error.kind == .badData && error.description.contains("[6, 6, 1]"))
    }

    @Test("The CSV file quotes what it must, and says what each modality alone says")
    func csv() throws {
        let names = ["plain", "a,b", "two\nlines", "\"x\""]
        let trained = try model()
        let renamed = try TrainedModel(
            architecture: trained.architecture, parameters: trained.parameters, classNames: names,
            normalization: trained.normalization, features: trained.features, origin: trained.origin)
        let judgements = try Classifier(renamed).judge(
            Self.pairs + [MediaPair(image: Self.pictures[0]), MediaPair(audio: Self.recordings[0])])
        let file = PredictionsCSV(judgements, classNames: names, withProbabilities: true)
        let table = try CSVTable(text: file.text, name: "predictions")
        #expect(
            table.columns == ["row_id", "label"] + names.map { "probability_\($0)" }
                + ["image_alone", "audio_alone", "disagree"])
        #expect(table.rows.map { $0["row_id"] } == judgements.indices.map(String.init))
        #expect(table.rows.map { $0["label"] } == judgements.map(\.decision.label))
        #expect(table.rows.map { $0["image_alone"] } == judgements.map { $0.imageAlone?.label ?? "" })
        #expect(table.rows.map { $0["audio_alone"] } == judgements.map { $0.audioAlone?.label ?? "" })
        #expect(table.rows.map { $0["disagree"] } == judgements.map { $0.disagree ? "true" : "false" })
        let first = table.rows[0].fields[2..<6].compactMap(Float.init)
        #expect(first == judgements[0].decision.probabilities)
    }
}
