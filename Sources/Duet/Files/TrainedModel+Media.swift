import MediaFeatures
import PairedData

extension TrainedModel {
    /// How pictures become this model's images: as its dataset said. Where that said nothing, a model of the digits 0 to 9 on
    /// MNIST's 28 × 28 pixels takes its pictures as MNIST's digits.
    /// - Throws: `MediaError` where the images are not of a picture's shape.
    public func pictureSettings() throws -> PictureSettings {
        let shape = architecture.image.input
        let isDigits = shape == [28, 28, 1] && classNames == (0...9).map(String.init)
        return try PictureSettings(
            shape: shape, preparation: pictures?.preparation ?? (isDigits ? .digit : .none))
    }

    /// How clips become this model's audio: as its dataset said. Where that had no `dataset.json`, as with the competition's bare
    /// files, 507 values are taken for the paper's features.
    /// - Throws: `DuetError` of kind `badData` where nobody knows how the features were computed.
    public func audioSettings() throws -> AudioFeatureSettings {
        let needed = architecture.audio.input.elementCount
        let settings: AudioFeatureSettings? = features == nil ? AudioFeatureSettings() : features?.settings
        guard let settings, settings.valuesPerClip == needed else {
            throw DuetError(
                .badData,
                "'\(architecture.name)' cannot hear sound files: its dataset does not say how its \(needed) audio values "
                    + "were computed. Fetch the digits again with --force, or make a dataset from recordings with "
                    + "`duet data build`, and train on that")
        }
        return settings
    }
}
