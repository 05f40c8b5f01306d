import Foundation
import SeededRandom
import Testing

@Suite("Normally distributed random numbers")
struct NormalDrawsTests {
    @Test("They follow the normal distribution, by the Kolmogorov-Smirnov distance to the C library's erf")
    func distribution() {
        var generator = SeededGenerator(seed: 5, stream: "normal")
        let count = 100_000
        let drawn = generator.normals(count).sorted()
        let distance = drawn.enumerated().reduce(0.0) { largest, draw in
            let expected = 0.5 * (1 + erf(Double(draw.element) / 2.0.squareRoot()))
            let below = Double(draw.offset) / Double(count)
            return max(largest, abs(expected - below), abs(expected - below - 1 / Double(count)))
        }
        // Larger in one of 1,000 cases.
        #expect(distance < 1.95 / Double(count).squareRoot())
    }

    @Test("Neighbours, of which each pair comes from one point, are independent")
    func independence() {
        var generator = SeededGenerator(seed: 6, stream: "normal")
        let drawn = generator.normals(100_000).map(Double.init)
        for step in [1, 2] {
            let products = zip(drawn, drawn.dropFirst(step)).map(*)
            let squares = zip(drawn, drawn.dropFirst(step)).map { ($0 * $0 - 1) * ($1 * $1 - 1) }
            // Standard deviations of the means: 1 and 2 over √n.
            let n = Double(products.count)
            #expect(abs(products.reduce(0, +) / n) < 3.3 / n.squareRoot())
            #expect(abs(squares.reduce(0, +) / n) < 6.6 / n.squareRoot())
        }
    }

    @Test("The same seed gives the same numbers, as many as asked for")
    func repetition() {
        func draw(_ count: Int, seed: UInt64 = 7) -> [Float] {
            var generator = SeededGenerator(seed: seed)
            return generator.normals(count)
        }
        #expect(draw(0) == [])
        #expect(draw(5).count == 5)
        #expect(draw(5) == Array(draw(6).prefix(5)))
        #expect(draw(6) != draw(6, seed: 8))
    }
}
