import Duet
import Foundation
import PairedData

/// One of the worst mistakes: what was seen and heard, what was said, and why.
public struct GalleryItem: Codable, Sendable {
    /// What one opinion makes of the pair.
    public struct Opinion: Codable, Sendable {
        /// Whose opinion it is.
        public let source: PairOpinions.Source
        /// The most probable class.
        public let said: Int
        /// Its probability.
        public let probability: Float
        /// The true class's probability.
        public let truthProbability: Float
    }

    /// The pair's row in the dataset.
    public let row: Int
    /// Its true class.
    public let truth: Int
    /// What was said from image and audio, from the image alone and from the audio alone.
    public let opinions: [Opinion]
    /// The image's height, width and channels.
    public let imageShape: [Int]
    /// Its pixels, 0 to 255, rows from the top, channels fastest.
    public let image: [Float]
    /// The audio features, raw, frame after frame.
    public let audio: [Float]
    /// Which places counted.
    public let attribution: Attribution
    /// The recording, where it is known.
    public let waveform: URL?

    init(
        _ position: Int, _ opinions: PairOpinions, _ dataset: PairedDataset,
        _ attribution: Attribution, waveform: URL?
    ) {
        row = opinions.rows[position]
        truth = opinions.truth[position]
        self.opinions = PairOpinions.Source.allCases.map { source in
            let probabilities = Array(opinions.probabilities(source, at: position))
            let said = opinions.said(source, at: position)
            return Opinion(
                source: source, said: said, probability: probabilities[said],
                truthProbability: probabilities[opinions.truth[position]])
        }
        imageShape = dataset.imageShape
        image = Array(dataset.images[(row * dataset.imageSize)..<((row + 1) * dataset.imageSize)])
        audio = Array(dataset.audio[(row * dataset.audioSize)..<((row + 1) * dataset.audioSize)])
        self.attribution = attribution
        self.waveform = waveform
    }
}
