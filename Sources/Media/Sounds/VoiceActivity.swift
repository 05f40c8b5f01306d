import Foundation

/// Where in a clip somebody speaks: by the power of short frames, with one threshold to find a voice and a lower one for where it
/// begins and ends (L. Rabiner, M. Sambur: An algorithm for determining the endpoints of isolated utterances. Bell System Technical
/// Journal 54, 1975).
///
/// The thresholds follow from the clip itself, between its quiet frames and its loudest: so neither its gain nor a steady noise
/// matters much. A clip whose frames are all about equally loud has no voice: silence, noise, or a tone.
enum VoiceActivity {
    private static let frameSeconds = 0.01
    /// The loudest frame has at least so much more power than the quiet ones, in dB. White noise has about 4 dB.
    private static let leastRange = 10.0
    /// What is not louder than this is silence, in dB below a sample of 1.
    private static let silence = -70.0
    /// A voice has a frame within so many dB of the loudest one, and all of it is within so many.
    private static let (inside, edge) = (20.0, 30.0)
    /// So far from the quiet frames, in dB, both thresholds stay.
    private static let aboveQuiet = (inside: 6.0, edge: 3.0)
    /// A gap in a word, such as before a plosive, is no longer than this; a click is shorter than this. In seconds.
    private static let (longestGap, shortestVoice) = (0.25, 0.04)
    /// What is kept before and behind, in seconds: a soft consonant may lie under the thresholds.
    private static let margin = 0.05

    /// The samples of the voice.
    /// - Parameters:
    ///   - samples: the clip, from −1 to 1.
    ///   - sampleRate: samples per second.
    /// - Returns: nil where there is no voice.
    static func range(in samples: [Float], sampleRate: Int) -> Range<Int>? {
        let length = max(Int(Double(sampleRate) * frameSeconds), 1)
        let levels = levels(of: samples, frame: length)
        guard let loudest = levels.max(), loudest > silence else { return nil }
        // The tenth part that is quietest may be digital silence; what is quiet is then as loud as can be heard at all.
        let quiet = max(levels.sorted()[levels.count / 10], silence)
        guard loudest - quiet >= leastRange else { return nil }
        let high = max(loudest - inside, quiet + aboveQuiet.inside)
        let low = max(loudest - edge, quiet + aboveQuiet.edge)
        func frames(_ seconds: Double) -> Int { Int((seconds / frameSeconds).rounded()) }
        let voices = runs(in: levels, above: low).filter { run in levels[run].contains { $0 >= high } }
        let words = voices.reduce(into: [Range<Int>]()) { words, voice in
            if let last = words.last, voice.lowerBound - last.upperBound <= frames(longestGap) {
                words[words.count - 1] = last.lowerBound..<voice.upperBound
            } else {
                words.append(voice)
            }
        }
        func energy(_ frames: Range<Int>) -> Double { levels[frames].reduce(0) { $0 + pow(10, $1 / 10) } }
        guard
            let word = words.filter({ $0.count >= frames(shortestVoice) }).max(by: { energy($0) < energy($1) })
        else { return nil }
        let start = max(word.lowerBound - frames(margin), 0) * length
        return start..<min((word.upperBound + frames(margin)) * length, samples.count)
    }

    /// The mean power of each frame, in dB below a sample of 1. The last one may be shorter.
    private static func levels(of samples: [Float], frame: Int) -> [Double] {
        stride(from: 0, to: samples.count, by: frame).map { start in
            let end = min(start + frame, samples.count)
            let energy = samples[start..<end].reduce(0.0) { $0 + Double($1) * Double($1) }
            return 10 * log10(max(energy / Double(end - start), 1e-12))
        }
    }

    /// The stretches of frames that lie above a level.
    private static func runs(in levels: [Double], above level: Double) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for (frame, value) in levels.enumerated() where value >= level {
            if let last = runs.last, last.upperBound == frame {
                runs[runs.count - 1] = last.lowerBound..<(frame + 1)
            } else {
                runs.append(frame..<(frame + 1))
            }
        }
        return runs
    }
}
