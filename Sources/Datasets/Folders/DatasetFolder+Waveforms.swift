import FileFormats
import Foundation
import Media

extension DatasetFolder {
    /// The waveforms of a modality's training examples, in the order of their rows; nil where the folder has none.
    /// - Throws: `DuetError`, naming the file and the value, where they do not fit the dataset.
    public func waveforms(of modality: Modality) throws -> Waveforms? {
        guard let known = description?.waveforms?[modality.name] else { return nil }
        guard modality.kind == .audio, let place = modalities.firstIndex(of: modality),
            let column = files[.train]?.columns[place]
        else {
            throw DuetError(
                .badData,
                "\(url.path)/\(DatasetDescription.fileName) speaks of waveforms of '\(modality)'; expected them of audio on the "
                    + "training side alone")
        }
        let features = description?.modalities.first { $0.name == modality.name }?.features
        guard let rate = features?.settings?.mfcc.sampleRate, rate == known.sampleRate else {
            throw DuetError(
                .badData,
                "\(url.path)/\(DatasetDescription.fileName): the waveforms of '\(modality)' are at \(known.sampleRate) Hz; expected "
                    + (features?.settings.map { "\($0.mfcc.sampleRate) Hz, the rate of the features' settings" }
                        ?? "the features' settings beside them"))
        }
        func file(_ name: String) throws -> URL {
            let file = url.appendingPathComponent(name)
            guard FileManager.default.fileExists(atPath: file.path) else {
                throw DuetError(
                    .missingInput,
                    "\(url.path) has no \(name), of which its \(DatasetDescription.fileName) speaks; build the dataset again"
                )
            }
            return file
        }
        let header = try NPYArray.readHeader(InputFile(column)).header
        return try Waveforms(
            file(Self.waveformFile(of: modality, Side.train.rawValue)),
            places: file(Self.waveformPlacesFile(of: modality, Side.train.rawValue)),
            sampleRate: known.sampleRate, count: header.shape.first ?? 0)
    }

    /// The name of the file that holds the waveforms of a modality's training or background examples.
    static func waveformFile(of modality: Modality, _ part: String) -> String {
        "waveforms_\(modality.name)_\(part).npy"
    }

    /// The name of the file that holds where each example's waveform lies in the other one.
    static func waveformPlacesFile(of modality: Modality, _ part: String) -> String {
        "waveform_places_\(modality.name)_\(part).npy"
    }
}
