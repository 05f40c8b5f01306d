import Foundation
package import SeededRandom

/// The hum of the mains, 50 or 60 Hz, with its first seven overtones at random phases and heights.
package enum MainsHum {
    package static let frequencies = [50.0, 60.0]

    /// A hum at a rate in Hz.
    package static func drawn(_ count: Int, sampleRate: Int, _ generator: inout SeededGenerator) -> [Float] {
        let frequency = frequencies[generator.index(below: frequencies.count)]
        // All tones turn at once, each in a lane of its own.
        var (cosine, sine) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
        var (turnCosine, turnSine) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
        for lane in 0..<8 {
            let tone = Double(lane + 1) * frequency
            let (phase, height) = (generator.number(in: 0...(2 * .pi)), generator.number(in: 0...1) / Double(lane + 1))
            guard tone < Double(sampleRate) / 2 else { continue }
            (cosine[lane], sine[lane]) = (height * cos(phase), height * sin(phase))
            let angle = 2 * .pi * tone / Double(sampleRate)
            (turnCosine[lane], turnSine[lane]) = (cos(angle), sin(angle))
        }
        return (0..<count).map { _ in
            (cosine, sine) = (cosine * turnCosine - sine * turnSine, cosine * turnSine + sine * turnCosine)
            return Float(sine.sum())
        }
    }
}
