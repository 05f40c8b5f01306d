import Foundation
package import SeededRandom

/// A room's impulse response by its statistics: the direct sound, and after it noise that decays exponentially, as the late
/// reverberation of any room does (Polack 1988; Habets 2007).
///
/// Decaying noise takes one random number for each sample of the response, where the image method takes a sum over thousands of images of
/// the source. For speech recognition in rooms, T. Ko et al. (A study on data augmentation of reverberant speech. ICASSP 2017) train with
/// simulated responses.
package struct RoomResponse {
    /// The response; the direct sound is its first sample, 1.
    package let samples: [Float]
    /// The time in which a sound falls by 60 dB (RT60), in seconds.
    package let reverberationTime: Double
    /// By how much a sound outlasts its end audibly: until it has fallen by 20 dB, in samples.
    package let audibleTail: Int

    /// The direct sound's energy over that of all echoes, in dB: from the far end of a room to a headset.
    package static let directToReverberant = 0.0...15.0
    /// From the direct sound to the first echo, in seconds: a way that is 0.7 to 7 m longer.
    package static let firstEcho = 0.002...0.02

    /// Draws a room.
    /// - Parameters:
    ///   - times: reverberation times in seconds, above 0; they are drawn evenly.
    ///   - sampleRate: in Hz.
    ///   - generator: draws the room.
    package init(_ times: ClosedRange<Double>, sampleRate: Int, _ generator: inout SeededGenerator) {
        let time = generator.number(in: times)
        let ratio = generator.number(in: Self.directToReverberant)
        let delay = Int((generator.number(in: Self.firstEcho) * Double(sampleRate)).rounded())
        let length = max(Int((time * Double(sampleRate)).rounded(.up)), 1)
        // A thousandth in amplitude is 60 dB.
        let decay = pow(1e-3, 1 / (time * Double(sampleRate)))
        var echoes = generator.noise(length)
        var (level, energy) = (1.0, 0.0)
        for index in echoes.indices {
            echoes[index] *= Float(level)
            energy += Double(echoes[index]) * Double(echoes[index])
            level *= decay
        }
        let scale = Float((pow(10, -ratio / 10) / max(energy, .leastNormalMagnitude)).squareRoot())
        samples = [1] + [Float](repeating: 0, count: max(delay - 1, 0)) + echoes.map { $0 * scale }
        reverberationTime = time
        audibleTail = Int(time / 3 * Double(sampleRate))
    }
}
