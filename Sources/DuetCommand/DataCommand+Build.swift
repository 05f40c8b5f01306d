import ArgumentParser
import Datasets
import FileFormats
import Foundation
import Media
import TerminalUI

/// `duet data build`.
struct DataBuildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build a dataset from pictures and recordings of your own.",
        discussion: """
            Examples come from a CSV file with the columns image,audio,label and, where wanted, split (train or test), group \
            and speaker; or from two folders, whose pictures and recordings are paired by class. One of the two alone makes a \
            dataset of one modality. Pictures: class folders of PNG and JPEG files, IDX files as MNIST ships them (gzipped or \
            not), or a dataset folder. Recordings: class folders of sound files, or names as in the Free Spoken Digit Dataset \
            (7_theo_12.wav). No recording and no picture is on both sides. Bad files are listed all at once, and nothing is \
            written then.

            Examples:
              duet data build --manifest examples.csv --output data/mine
              duet data build --images pictures --audio recordings --image-size 64 --rgb --seconds 2
              duet data build --images data/digits --audio recordings --speech --keep-waveforms
              duet data build --audio recordings --speech --trim-silence
              duet data build --audio recordings --background-audio other-words --speech
            """)

    @Option(help: "A CSV file that lists examples.")
    var manifest: String?

    @Option(help: "A folder with pictures.")
    var images: String?

    @Option(help: "A folder with recordings. May be given several times.")
    var audio: [String] = []

    @Option(help: "A folder with recordings for the training side only, such as synthetic voices.")
    var trainAudio: [String] = []

    @Option(help: "A folder with pictures of no class, for training. May be given several times.")
    var backgroundImages: [String] = []

    @Option(
        help: "A folder with recordings of no class, such as other words, for training. May be given several times.")
    var backgroundAudio: [String] = []

    @Option(help: "The folder to make.")
    var output = "data/mine"

    @Option(
        help:
            "The classes in the order of their numbers, separated by commas (default: sorted). Names the labels of IDX files."
    )
    var classes: String?

    @OptionGroup(title: "Pictures") var pictures: PictureOptions

    @OptionGroup(title: "Recordings") var recordings: AudioOptions

    @Option(help: "Split: recording, speaker (speaker-disjoint).")
    var splitBy = SplitBy.recording

    @Option(
        help: "The speakers for the test, separated by commas (default: a tenth of them). Goes with --split-by speaker."
    )
    var testSpeakers: String?

    @Flag(
        help:
            "Augmentation: vary a recording in speed, tempo, loudness and noise where a training example uses it again."
    )
    var vary = false

    @Flag(help: "Keep the waveforms of the training recordings, for augmentation in training.")
    var keepWaveforms = false

    @Option(help: "Repeats of each training example. Goes with --vary.")
    var repeats = 1

    @Option(help: "Random seed.")
    var seed: UInt64 = 0

    @Option(help: "Number of threads to read files on (default: all processors).")
    var threads: Int?

    @Flag(help: "Replace an earlier dataset in the folder.")
    var force = false

    @Flag(help: "Say nothing unless something goes wrong.")
    var quiet = false

    @Flag(help: "Print what was built as JSON.")
    var json = false

    /// What is never divided between training and test.
    enum SplitBy: String, ExpressibleByArgument, CaseIterable {
        case recording, speaker
    }

    func run() throws {
        let builder = try builder()
        var material = try material()
        for (folders, modality) in [(backgroundImages, Modality.image), (backgroundAudio, .audio)] {
            for folder in folders { try material.addBackground(URL(fileURLWithPath: folder), of: modality) }
        }
        let folder = try ProgressReporter(quiet: quiet).run {
            try builder.build(material, to: URL(fileURLWithPath: output), overwrite: force, monitor: $0)
        }
        if quiet && !json { return }
        let info = try DatasetInfo(folder)
        print(json ? try JSON.prettyText(info) : info.text + "\n\nTrain on it: duet train --data \(output)")
    }

    private func builder() throws -> DatasetBuilder {
        var builder = DatasetBuilder()
        builder.imageShape = try pictures.shape
        builder.preparation = pictures.preparation
        builder.audio = try recordings.settings()
        builder.classNames = classes.map(Self.list)
        guard testSpeakers == nil || splitBy == .speaker else {
            throw DuetError(.usage, "--test-speakers goes with --split-by speaker")
        }
        builder.splitting = splitBy == .recording ? .recording : .speaker(testSpeakers.map(Self.list) ?? [])
        guard !vary || !keepWaveforms else {
            throw DuetError(
                .usage, "--vary and --keep-waveforms exclude each other: recordings are varied now, or in training")
        }
        builder.variation = vary ? AudioVariation() : nil
        builder.keepsWaveforms = keepWaveforms
        guard (1...1000).contains(repeats), repeats == 1 || vary else {
            throw DuetError(.usage, "--repeats is \(repeats); expected 1 to 1000, and more than 1 only with --vary")
        }
        builder.repeats = repeats
        builder.seed = seed
        builder.threads = try ThreadCount.checked(threads)
        return builder
    }

    private func material() throws -> DatasetMaterial {
        func url(_ path: String) -> URL { URL(fileURLWithPath: path) }
        switch (manifest, images, audio + trainAudio) {
        case (let manifest?, nil, []):
            return try DatasetMaterial(manifest: url(manifest))
        case (nil, _, let recordings) where images != nil || !recordings.isEmpty:
            return try DatasetMaterial(
                images: images.map(url), audio: audio.map(url), trainingAudio: trainAudio.map(url),
                classNames: classes.map(Self.list))
        default:
            throw DuetError(.usage, "give --manifest FILE, or --images DIR, --audio DIR or both")
        }
    }

    private static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
