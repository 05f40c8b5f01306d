import Datasets
import Duet
import FileFormats
import Foundation
import Media
import NeuralNetwork
import SeededRandom
import Testing
import TestSupport

/// Training on waveforms that are augmented as they are read.
struct WaveformTrainingTests {
    private static let features: AudioFeatureSettings = {
        var features = AudioFeatureSettings.speech
        (features.frames, features.deltas) = (12, 0)
        return features
    }()

    /// A dataset of two classes, tones below and above 1 kHz, with their waveforms where wanted. Each recording is in two rows.
    private func withSounds(waveforms: Bool = true, _ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("duet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let extractor = try AudioFeatures(Self.features)
        var generator = SeededGenerator(seed: 9)
        for (side, count) in [("train", 80), ("test", 20)] {
            var (samples, places, audio, images) = ([Int16](), [Int64](), [Float](), [UInt8]())
            for row in 0..<count {
                if row.isMultiple(of: 4) || row % 4 == 1 {
                    let frequency = generator.number(in: row % 2 == 0 ? 300...900 : 1_200...3_000)
                    let length = 900 + generator.index(below: 200)
                    let clip = (0..<length).map { Int16(8_000 * sin(2 * .pi * frequency * Double($0) / 8_000)) }
                    places += [Int64(samples.count), Int64(samples.count + length)]
                    samples += clip
                } else {
                    places += places.suffix(4).prefix(2)
                }
                let range = Int(places[2 * row])..<Int(places[2 * row + 1])
                let clip = AudioClip(samples: samples[range].map { Float($0) / 32_768 }, sampleRate: 8_000)
                audio += try extractor.values(of: clip)
                images += (0..<4).map { _ in UInt8(generator.index(below: 256)) }
            }
            func file(_ name: String) -> URL { folder.appendingPathComponent("\(name)_\(side).npy") }
            try NPYArray.write(images, shape: [count, 2, 2], to: file("data_wr"))
            try NPYArray.write(audio, shape: [count, Self.features.frames, 13], to: file("data_sp"))
            try NPYArray.write((0..<count).map { Int32($0 % 2) }, shape: [count], to: file("labels"))
            guard waveforms, side == "train" else { continue }
            try NPYArray.write(samples, shape: [samples.count], to: file("waveforms_audio"))
            try NPYArray.write(places, shape: [count, 2], to: file("waveform_places_audio"))
        }
        var description = DatasetDescription(
            name: "tones", classes: ["low", "high"],
            modalities: [.init(.image), .init(.audio, features: .init(Self.features))])
        if waveforms { description.waveforms = ["audio": .init(sampleRate: 8_000)] }
        try description.write(to: folder)
        try body(folder)
    }

    private func configuration(_ data: URL, _ name: String) -> TrainingConfiguration {
        let model = FusionModel(
            "tones",
            branches: [
                Branch(.audio, input: [Self.features.valuesPerClip, 1]) {
                    Flatten()
                    Dense(8, activation: .relu)
                    Dense(2, activation: .softmax)
                }
            ])
        var augmentation = Augmentation()
        augmentation.waveform.speed = 0.1
        augmentation.waveform.vocalTract = 0.1
        (augmentation.waveform.backgroundNoise, augmentation.waveform.reverberation) = (0.8, 0.3)
        augmentation.timeShift = 2
        return TrainingConfiguration(
            data: data.path, output: data.appendingPathComponent(name).path, model: .custom(model), epochs: 3,
            batchSize: 16, augmentation: ["audio": augmentation], threads: 1)
    }

    private func feeder(
        _ data: TrainingData, threads: Int, seed: UInt64 = 1, _ settings: WaveformAugmentation = .speech
    ) throws -> RecordingFeeder {
        try RecordingFeeder(
            settings, of: "audio", try #require(data.recordings(of: "audio")), data.normalization,
            rows: data.split.train, seed: seed, threads: threads)
    }

    /// Background examples are varied from their waveforms like others, and are left alone where no training example has one.
    @Test(arguments: [true, false])
    func backgroundExamplesAreVaried(trainingHasWaveforms: Bool) throws {
        try withSounds { folder in
            func file(_ name: String) -> URL { folder.appendingPathComponent("\(name).npy") }
            let size = Self.features.valuesPerClip
            let clip = (0..<1_000).map { Int16(8_000 * sin(Double($0))) }
            try NPYArray.write(
                [Float](repeating: 0, count: size), shape: [1, Self.features.frames, 13],
                to: file("data_sp_background"))
            try NPYArray.write(clip, shape: [1_000], to: file("waveforms_audio_background"))
            try NPYArray.write([Int64(0), 1_000], shape: [1, 2], to: file("waveform_places_audio_background"))
            if !trainingHasWaveforms {
                try NPYArray.write(
                    [Int64](repeating: 0, count: 160), shape: [80, 2], to: file("waveform_places_audio_train"),
                    overwrite: true)
            }
            let data = try TrainingData(configuration(folder, "run"))
            let feeder = try feeder(data, threads: 1)
            let fed = try (0..<40).map { epoch in
                var values = [Float](repeating: 0, count: size)
                try values.withUnsafeMutableBufferPointer {
                    try feeder.fill($0, with: [data.dataset.count], epoch: epoch)
                }
                return values
            }
            let areFinite = fed.joined().allSatisfy { $0.isFinite }
            #expect(areFinite)
            // A tenth stay as they were recorded.
            let distinct = Set(fed).count
            #expect(trainingHasWaveforms ? distinct > 30 : distinct == 1, "\(distinct)")
        }
    }

    @Test func whatIsFedFollowsFromSeedEpochAndRowOnAnyThreads() throws {
        try withSounds { folder in
            let data = try TrainingData(configuration(folder, "run"))
            let size = Self.features.valuesPerClip
            func fed(_ rows: [Int], threads: Int = 1, epoch: Int = 0, seed: UInt64 = 1) throws -> [Float] {
                var values = [Float](repeating: .nan, count: rows.count * size)
                let feeder = try feeder(data, threads: threads, seed: seed)
                try values.withUnsafeMutableBufferPointer { try feeder.fill($0, with: rows[...], epoch: epoch) }
                return values
            }
            let rows = Array(data.split.train.prefix(20))
            let alone = try fed(rows)
            #expect(alone.allSatisfy { $0.isFinite })
            for threads in [2, 3, 8] {
                let shared = try fed(rows, threads: threads)
                #expect(shared == alone)
            }
            let reversed = try fed(rows.reversed(), threads: 2)
            #expect(Array(reversed.suffix(size)) == Array(alone.prefix(size)), "wherever in a batch")
            let others = [try fed(rows, epoch: 1), try fed(rows, seed: 2)]
            #expect(!others.contains(alone))
            // Unvaried, they are the dataset's own.
            var none = WaveformAugmentation()
            (none.clean, none.gain) = (1, 6)
            var (values, expected) = ([Float](repeating: 0, count: size), [Float](repeating: 0, count: size))
            try values.withUnsafeMutableBufferPointer {
                try feeder(data, threads: 1, none).fill($0, with: rows[..<1], epoch: 0)
            }
            let column = try #require(data.dataset["audio"])
            try expected.withUnsafeMutableBufferPointer {
                try data.normalization.gather(rows.prefix(1), of: column, into: $0.baseAddress!)
            }
            #expect(values == expected)
        }
    }

    @Test func examplesWithoutAWaveformKeepTheirFeatures() throws {
        try withSounds { folder in
            let places = folder.appendingPathComponent("waveform_places_audio_train.npy")
            let array = try NPYArray(contentsOf: places)
            var numbers = try array.integers().map { Int64($0) }
            let whole = try TrainingData(configuration(folder, "run"))
            let rows = whole.split.train
            (numbers[2 * rows[3]], numbers[2 * rows[3] + 1]) = (0, 0)
            try NPYArray.write(numbers, shape: array.shape, to: places, overwrite: true)
            let data = try TrainingData(configuration(folder, "run"))
            let feeder = try feeder(data, threads: 2)
            let size = Self.features.valuesPerClip
            var values = [Float](repeating: .nan, count: 2 * size)
            try values.withUnsafeMutableBufferPointer { try feeder.fill($0, with: [rows[3], rows[0]], epoch: 0) }
            #expect(feeder.leavesGaps && values[..<size].allSatisfy(\.isNaN) && values[size...].allSatisfy(\.isFinite))
            // Unvaried, waveforms give the features that are stored: a training is the same with and without one of them.
            func weights(_ name: String, _ data: TrainingData) throws -> Parameters {
                var unvaried = configuration(folder, name)
                unvaried.augmentation["audio"]?.waveform = WaveformAugmentation()
                unvaried.augmentation["audio"]?.waveform.clean = 1
                unvaried.augmentation["audio"]?.waveform.gain = 6
                return try TrainingRun(unvaried, data: data).train().model.parameters
            }
            #expect(try weights("all", whole) == weights("gap", data))

            // Where there is no waveform at all, there is nothing to vary.
            try NPYArray.write(numbers.map { _ in Int64(0) }, shape: array.shape, to: places, overwrite: true)
            let error = try #require(throws: DuetError.self) {
                try Trainer(configuration(folder, "none"), data: TrainingData(configuration(folder, "none")))
            }
            #expect(error.message.contains("neither waveforms"))
        }
    }

    @Test func withoutWaveformsTheSpectraAreVaried() throws {
        try withSounds(waveforms: false) { folder in
            for (side, count) in [("train", 80), ("test", 20)] {
                try NPYArray.write(
                    (0..<(count * 13)).map { Float($0 % 13) - 20 }, shape: [count, 13],
                    to: folder.appendingPathComponent("means_audio_\(side).npy"))
            }
            let data = try TrainingData(configuration(folder, "run"))
            let rows = Array(data.split.train.prefix(9))
            let size = Self.features.valuesPerClip
            func fed(_ settings: WaveformAugmentation = .speech, threads: Int = 1, epoch: Int = 0) throws -> [Float] {
                var values = [Float](repeating: .nan, count: rows.count * size)
                let feeder = try feeder(data, threads: threads, settings)
                #expect(!feeder.leavesGaps)
                try values.withUnsafeMutableBufferPointer { try feeder.fill($0, with: rows[...], epoch: epoch) }
                return values
            }
            let alone = try fed()
            let isFinite = alone.allSatisfy(\.isFinite)
            #expect(isFinite)
            let (shared, later) = (try fed(threads: 3), try fed(epoch: 1))
            #expect(shared == alone && later != alone)
            var none = WaveformAugmentation()
            (none.clean, none.gain) = (1, 6)
            var expected = [Float](repeating: 0, count: rows.count * size)
            let column = try #require(data.dataset["audio"])
            try expected.withUnsafeMutableBufferPointer {
                try data.normalization.gather(rows[...], of: column, into: $0.baseAddress!)
            }
            let unvaried = try fed(none)
            #expect(unvaried == expected && unvaried != alone)
            let trained = try ["one", "two"].map { name in
                try TrainingRun(configuration(folder, name), data: data).train().model.parameters
            }
            #expect(trained[0] == trained[1])

            // Means of other examples would give other spectra.
            try NPYArray.write(
                [Float](repeating: 0, count: 79 * 13), shape: [79, 13],
                to: folder.appendingPathComponent("means_audio_train.npy"), overwrite: true)
            let error = try #require(throws: DuetError.self) { try TrainingData(configuration(folder, "run")) }
            #expect(error.kind == .badData && error.message.contains("means_audio_train.npy"))
        }
    }

    @Test func aResumedTrainingGoesOnToTheBit() throws {
        try withSounds { folder in
            let straight = configuration(folder, "straight")
            let whole = try TrainingRun(straight, data: TrainingData(straight)).train()
            let stopped = configuration(folder, "stopped")
            let error = #expect(throws: DuetError.self) {
                let run = try TrainingRun(stopped, data: TrainingData(stopped))
                _ = try run.train(monitor: Watcher { $1 == 6 }.monitor)
            }
            #expect(error?.kind == .interrupted)
            let resumed = try TrainingRun(stopped, data: TrainingData(stopped), resume: true).train()
            #expect(resumed.model.parameters == whole.model.parameters)
        }
    }

    @Test func withoutWaveformsTheErrorSaysHowToBuildThem() throws {
        try withSounds(waveforms: false) { folder in
            let configuration = configuration(folder, "run")
            let error = try #require(throws: DuetError.self) {
                try Trainer(configuration, data: TrainingData(configuration))
            }
            #expect(error.kind == .usage && error.message.contains("--keep-waveforms"), "\(error.message)")
        }
    }

    @Test func theSettingsStandAmongTheOthersInFiles() throws {
        let yaml = """
            data: data
            output: run
            augmentation:
              audio: {time_shift: 4, vocal_tract: 0.1, snr: [0, 20], background_noise: 0.5}
              image: {rotation: 10}
            """
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("duet-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: url) }
        try Data(yaml.utf8).write(to: url)
        let read = try ConfigurationFile.training(contentsOf: url)
        let audio = try #require(read.augmentation["audio"])
        #expect(audio.timeShift == 4 && audio.waveform.vocalTract == 0.1 && audio.waveform.snr == 0...20)
        let again = try JSONDecoder().decode(TrainingConfiguration.self, from: JSONEncoder().encode(read))
        #expect(again.augmentation == read.augmentation)
        let image = try JSON.text(try #require(read.augmentation["image"]))
        #expect(!image.contains("speed"))

        var wrong = read
        wrong.augmentation["audio"]?.waveform.speed = 2
        var error = try #require(throws: DuetError.self) { try wrong.validate() }
        #expect(error.message == "augmentation.audio.speed is 2.0, but must be from 0.0 to 1.0")
        wrong = read
        wrong.augmentation["image"]?.waveform.speed = 0.1
        error = try #require(throws: DuetError.self) { try wrong.augmentation["image"]?.requireFit(.image) }
        #expect(error.message.contains("augmentation.image.speed cannot be done to image"))

        try Data("augmentation:\n  audio: {reverb: 1}\n".utf8).write(to: url)
        error = try #require(throws: DuetError.self) { try ConfigurationFile.training(contentsOf: url) }
        #expect(error.message.contains("there is no setting 'reverb'"), "\(error.message)")
    }
}
