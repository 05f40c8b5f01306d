import Foundation
import MediaFeatures

/// What is done to pictures before they have the size of a model's images.
public enum PreparationChoice: String, Sendable, CaseIterable {
    /// What the model file says.
    case automatic = "auto"
    /// Nothing: pictures are taken as they are.
    case none
    /// They are made to look like MNIST's digits; see `Image.preparedAsDigit()`.
    case digit
}

/// Turns pictures and recordings into the raw values that a model's dataset would hold for them.
///
/// The settings are looked up when the first picture or recording comes: a model that cannot hear sound files still sees.
final class MediaReader {
    /// One example's raw values. What is missing is nil.
    struct Example {
        var image: (values: [UInt8], picture: Judgement.Picture)?
        var audio: (values: [Float], clip: ClipPreparation)?
    }

    private let model: TrainedModel
    private let preparation: PreparationChoice
    private lazy var pictures = Result { try pictureSettings() }
    private lazy var sounds = Result { try AudioFeatures(model.audioSettings()) }

    init(_ model: TrainedModel, preparation: PreparationChoice) {
        self.model = model
        self.preparation = preparation
    }

    /// Throws what keeps the model from seeing pictures or hearing recordings at all, before any is read.
    func check(_ pairs: [MediaPair]) throws {
        if pairs.contains(where: { $0.image != nil }) { _ = try pictures.get() }
        if pairs.contains(where: { $0.audio != nil }) { _ = try sounds.get() }
    }

    /// The values of a picture.
    func values(of image: Image) throws -> (values: [UInt8], picture: Judgement.Picture) {
        let settings = try pictures.get()
        let (values, digit) = settings.values(of: image)
        let picture = Judgement.Picture(
            width: image.width, height: image.height, modelWidth: settings.width, modelHeight: settings.height,
            preparation: settings.preparation, digit: digit)
        return (values, picture)
    }

    /// The values of a recording.
    func values(of clip: AudioClip) throws -> (values: [Float], clip: ClipPreparation) {
        let features = try sounds.get()
        return (try features.values(of: clip), features.preparation(of: clip))
    }

    /// The values of a pair's files, and what is wrong with those that cannot be used.
    func example(_ pair: MediaPair) throws -> (example: Example, problems: [MediaError]) {
        var problems: [MediaError] = []
        func usable<Value>(_ body: () throws -> Value?) throws -> Value? {
            do {
                return try body()
            } catch let error as MediaError {
                problems.append(error)
                return nil
            }
        }
        let image = try usable { try pair.image.map { try values(of: Image(contentsOf: $0)) } }
        let audio = try usable { try pair.audio.map { try values(of: $0) } }
        return (Example(image: image, audio: audio), problems)
    }

    private func values(of file: URL) throws -> (values: [Float], clip: ClipPreparation) {
        let clip = try AudioFile.read(file)
        do {
            return try values(of: clip)
        } catch let error as MediaError {
            // It speaks of the clip, which has no name.
            throw MediaError(error.kind, "\(file.path): \(error.description)")
        }
    }

    private func pictureSettings() throws -> PictureSettings {
        let shape = model.architecture.image.input
        return switch preparation {
        case .automatic: try model.pictureSettings()
        case .none: try PictureSettings(shape: shape, preparation: .none)
        case .digit: try PictureSettings(shape: shape, preparation: .digit)
        }
    }
}
