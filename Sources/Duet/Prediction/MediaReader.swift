import Datasets
import FileFormats
import Foundation
public import Media

/// What is done to pictures before they have the size of a model's images.
public enum PreparationChoice: String, Sendable, CaseIterable {
    /// What the model file says.
    case automatic = "auto"
    /// Nothing: pictures are taken as they are.
    case none
    /// They are made to look like MNIST's digits; see `Image.preparedAsDigit()`.
    case digit
}

/// A picture or a recording in memory.
public enum Medium: Sendable {
    /// A picture of any size.
    case image(Image)
    /// A recording at any sample rate.
    case audio(AudioClip)
}

/// Turns pictures and recordings into the raw values that a model's dataset would hold for them.
///
/// The settings are looked up when the first picture or recording comes: a model that cannot take sound files still takes pictures. One
/// thread at a time may call a reader.
package final class MediaReader {
    /// One modality's raw values, and how they were made.
    package struct Values: Sendable {
        /// The raw values, as a dataset would hold them.
        package let values: [Float]
        /// How they were made; nil where they were given as they are.
        package let preparation: MediaPreparation?

        /// Values, and how they were made.
        package init(values: [Float], preparation: MediaPreparation?) {
            (self.values, self.preparation) = (values, preparation)
        }

        /// Whether it is a recording in which a voice was looked for and not found.
        var isWithoutVoice: Bool { preparation?.isWithoutVoice == true }
    }

    /// One example's values, by modality. What is missing is absent.
    package typealias Example = [String: Values]

    private enum Input {
        case image(PictureSettings)
        case audio(AudioFeatures)
    }

    private let model: TrainedModel
    private let preparation: PreparationChoice
    private var inputs: [String: Input] = [:]

    init(_ model: TrainedModel, preparation: PreparationChoice) {
        self.model = model
        self.preparation = preparation
    }

    /// Throws what keeps the model from taking files of these modalities at all, before any is read.
    func check(_ modalities: some Sequence<String>) throws {
        for name in Set(modalities).sorted() { _ = try input(name) }
    }

    /// The values of a picture or a recording.
    func values(of medium: Medium, for name: String) throws -> Values {
        switch (try input(name), medium) {
        case (.image(let settings), .image(let image)):
            let (values, digit) = settings.values(of: image)
            return Values(
                values: values.map { Float($0) },
                preparation: .image(
                    .init(
                        width: image.width, height: image.height, modelWidth: settings.width,
                        modelHeight: settings.height, preparation: settings.preparation, digit: digit)))
        case (.audio(let features), .audio(let clip)):
            let (values, preparation) = try features.valuesAndPreparation(of: clip)
            return Values(values: values, preparation: .audio(preparation))
        case (.image, .audio), (.audio, .image):
            throw DuetError(.badData, "the modality '\(name)' is of another kind than what was given for it")
        }
    }

    /// The values of examples' files, each file on one of several threads with a reader of its own.
    /// - Parameters:
    ///   - examples: the files.
    ///   - threads: on how many threads.
    ///   - advance: called now and then with the number of files read, on one thread at a time.
    ///   - isCancelled: asked before each file; once it says true, no more is begun.
    ///   - reader: makes a thread's reader.
    /// - Returns: the examples, and what is wrong with files that cannot be used, in the files' order.
    /// - Throws: `DuetError` of kind `interrupted` after a cancellation, and errors that are not of one file.
    static func examples(
        _ examples: [MediaFiles], threads: Int, advance: @Sendable (Int) -> Void, isCancelled: @Sendable () -> Bool,
        reader: @Sendable () -> MediaReader
    ) throws -> (examples: [Example], problems: [MediaError]) {
        let files = examples.enumerated().flatMap { row, example in
            example.files.sorted { $0.key < $1.key }.map { (row: row, name: $0.key, file: $0.value) }
        }
        let results: [Result<Values, any Error>]
        do {
            results = try ParallelWork.results(
                of: files.count, threads: threads, tool: reader, advance: advance, isCancelled: isCancelled
            ) { index, reader in try reader.values(of: files[index].file, for: files[index].name) }
        } catch is CancellationError {
            throw DuetError(.interrupted, "stopped")
        }
        var (values, problems): ([Example], [MediaError]) = (examples.map { _ in [:] }, [])
        for (file, result) in zip(files, results) {
            do {
                values[file.row][file.name] = try result.get()
            } catch let error as MediaError {
                problems.append(error)
            }
        }
        return (values, problems)
    }

    private func values(of file: URL, for name: String) throws -> Values {
        switch try input(name) {
        case .image: return try values(of: .image(Image(contentsOf: file)), for: name)
        case .audio:
            let clip = try AudioFile.read(file)
            do {
                return try values(of: .audio(clip), for: name)
            } catch let error as MediaError {
                // Its message is about the clip, which has no name.
                throw MediaError(error.kind, "\(file.path): \(error.description)")
            }
        }
    }

    private func input(_ name: String) throws -> Input {
        if let known = inputs[name] { return known }
        guard let branch = model.architecture.branches.first(where: { $0.modality.name == name }) else {
            throw DuetError(
                .usage,
                "the model '\(model.architecture.name)' takes no '\(name)'; it takes "
                    + model.architecture.modalities.map(\.name).joined(separator: ", "))
        }
        let input: Input
        switch branch.modality.kind {
        case .image:
            let settings =
                switch preparation {
                case .automatic: try model.pictureSettings(for: branch)
                case .none: try PictureSettings(shape: branch.input, preparation: .none)
                case .digit: try PictureSettings(shape: branch.input, preparation: .digit)
                }
            input = .image(settings)
        case .audio: input = .audio(try AudioFeatures(model.audioSettings(for: branch)))
        }
        inputs[name] = input
        return input
    }
}
