import Duet
import Foundation
import SeededRandom
import Testing

/// What augmentation does to an example, and that it repeats itself.
struct AugmentationTests {
    private func varied(
        _ values: [Float], _ layout: Augmenter.Layout, rows: ArraySlice<Int> = [0], epoch: Int = 0, seed: UInt64 = 1,
        _ change: (inout Augmentation) -> Void
    ) -> [Float] {
        var settings = Augmentation()
        change(&settings)
        var values = values
        values.withUnsafeMutableBufferPointer {
            Augmenter(settings, of: "image", layout, seed: seed).apply(to: $0, rows: rows, epoch: epoch)
        }
        return values
    }

    private let layout = Augmenter.Layout.image(height: 9, width: 9, channels: 2)
    /// A bright spot off the middle; the second channel is its negative.
    private let picture: [Float] = (0..<162).map { $0 == 2 * (3 * 9 + 5) ? 1 : $0 == 2 * (3 * 9 + 5) + 1 ? -1 : 0 }

    @Test func withoutSettingsNothingChanges() {
        #expect(varied(picture, layout) { _ in } == picture)
    }

    @Test func whatIsDrawnFollowsFromSeedEpochAndRow() {
        func moved(row: Int = 0, epoch: Int = 0, seed: UInt64 = 1) -> [Float] {
            varied(picture, layout, rows: [row], epoch: epoch, seed: seed) {
                $0.rotation = 30; $0.noise = 0.1
            }
        }
        let first = moved()
        #expect(moved() == first && moved(row: 1) != first && moved(epoch: 1) != first && moved(seed: 2) != first)
        // The same example elsewhere in a batch.
        let pair = varied(picture + picture, layout, rows: [7, 0]) {
            $0.rotation = 30; $0.noise = 0.1
        }
        #expect(Array(pair[162...]) == first)
    }

    /// The spot's weight and place after a map that only moves: interpolation keeps both.
    @Test func aPictureIsMovedAsAWhole() {
        for row in 0..<20 {
            let moved = varied(picture, layout, rows: [row]) { $0.translation = 0.2 }
            let spot = (0..<81).map { moved[2 * $0] }
            #expect(abs(spot.reduce(0, +) - 1) < 1e-5)
            let y = (0..<81).reduce(Float(0)) { $0 + spot[$1] * Float($1 / 9) }
            let x = (0..<81).reduce(Float(0)) { $0 + spot[$1] * Float($1 % 9) }
            #expect(abs(y - 3) <= 1.8001 && abs(x - 5) <= 1.8001)
            #expect((0..<81).allSatisfy { moved[2 * $0 + 1] == -moved[2 * $0] })
        }
    }

    /// The distance from the middle stays under rotation, and grows or shrinks by the share under zoom.
    @Test func rotationAndZoomTurnAroundTheMiddle() {
        func radius(_ change: (inout Augmentation) -> Void, row: Int) -> Float {
            // A wide smooth spot, so that interpolation does not move its centre of gravity.
            let wide: [Float] = (0..<1681).map { i in
                let (y, x) = (Float(i / 41) - 14, Float(i % 41) - 26)
                return exp(-(y * y + x * x) / 8)
            }
            let moved = varied(wide, .image(height: 41, width: 41, channels: 1), rows: [row], change)
            let sum = moved.reduce(0, +)
            let y = (0..<1681).reduce(Float(0)) { $0 + moved[$1] * Float($1 / 41) } / sum - 20
            let x = (0..<1681).reduce(Float(0)) { $0 + moved[$1] * Float($1 % 41) } / sum - 20
            return (y * y + x * x).squareRoot()
        }
        let own = Float(72).squareRoot()
        for row in 0..<10 {
            #expect(abs(radius({ $0.rotation = 90 }, row: row) - own) < 0.05)
            let zoomed = radius({ $0.zoom = 0.2 }, row: row) / own
            #expect(zoomed > 0.79 && zoomed < 1.21)
        }
    }

    /// The displacements of an elastic distortion: as large as they are said to be, and so smooth that neighbours move together.
    @Test func elasticDistortionsAreSmooth() {
        var (squares, differences, count) = (Float(0), Float(0), 0)
        for seed in 0..<400 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let most = Float(SeededGenerator(seed: UInt64(seed)).drawn(in: 0...1)) * 0.05
            let field = Displacements(upTo: 0.05, &generator)
            for y in stride(from: Float(0.05), to: 1, by: 0.1) {
                let row = field.row(at: y)
                for x in stride(from: Float(0.05), to: 1, by: 0.1) {
                    let (here, next) = (row.displacement(at: x), row.displacement(at: x + 0.01))
                    let square = here.down * here.down + here.right * here.right
                    squares += square / (2 * most * most)
                    differences += abs(here.down - next.down) / most
                    count += 1
                }
            }
        }
        let deviation = (squares / Float(count)).squareRoot()
        #expect(abs(deviation - 1) < 0.03)
        // A hundredth of the picture further, a displacement is another by a few hundredths of their standard deviation.
        let step = differences / Float(count)
        #expect(step < 0.06)
    }

    /// As scipy.interpolate.BSpline has it.
    @Test func displacementsAreACubicBSpline() {
        // scipy 1.17: BSpline.basis_element([0, 1, 2, 3, 4])([0.25, 1.25, 2.25, 3.25]), for a quarter of the way between two points.
        let weights: [Float] = [0.0026041667, 0.31510417, 0.61197917, 0.0703125]
        for seed in 0..<10 {
            var (generator, same) = (SeededGenerator(seed: UInt64(seed)), SeededGenerator(seed: UInt64(seed)))
            let field = Displacements(upTo: 1, &generator)
            let scale = Float(same.number(in: 0...1)) / 0.479
            let grid = same.normals(49).map { $0 * scale }
            // Between the third and the fourth of seven points of each direction, which are a quarter of the picture apart.
            let found = field.row(at: (1 + 0.25) / 4).displacement(at: (1 + 0.25) / 4).down
            var expected: Float = 0
            for i in 0..<4 {
                for j in 0..<4 { expected += weights[3 - i] * weights[3 - j] * grid[7 * (1 + i) + 1 + j] }
            }
            #expect(abs(found - expected) < 1e-4 * scale)
        }
    }

    @Test func anElasticDistortionMovesPartsOfAPicture() {
        let wide: [Float] = (0..<784).map { $0 / 28 % 7 == 3 ? 1 : 0 }
        let layout = Augmenter.Layout.image(height: 28, width: 28, channels: 1)
        let distorted = varied(wide, layout, rows: [3]) { $0.elastic = 0.05 }
        #expect(distorted != wide)
        #expect(distorted.allSatisfy { $0 >= 0 && $0 <= 1 })
        // Four bright lines stay four bright lines.
        let brightness = distorted.reduce(Float(0), +) / wide.reduce(Float(0), +)
        #expect(abs(brightness - 1) < 0.2)
        #expect(varied(wide, layout, rows: [3]) { $0.elastic = 0.05 } == distorted)
    }

    /// Strokes become wider or narrower, and no wider than the brightest of a pixel and its neighbours.
    @Test func strokesBecomeWiderOrNarrower() {
        let stroke: [Float] = (0..<81).map { [3, 4, 5].contains($0 % 9) ? 1 : 0 }
        let layout = Augmenter.Layout.image(height: 9, width: 9, channels: 1)
        var widths: [Float] = []
        for row in 0..<30 {
            let changed = varied(stroke, layout, rows: [row]) { $0.strokeWidth = 1 }
            let line = Array(changed[36..<45])
            #expect(Array(line[0...1]) == [0, 0] && line[4] == 1 && Array(line[7...8]) == [0, 0])
            #expect(abs(line[2] - line[6]) < 1e-6 && abs(line[3] - line[5]) < 1e-6)
            for start in stride(from: 0, to: 81, by: 9) { #expect(Array(changed[start..<(start + 9)]) == line) }
            widths.append(line.reduce(0, +))
        }
        // Evenly from one pixel to five.
        let (narrowest, widest) = (widths.min() ?? 0, widths.max() ?? 0)
        #expect(narrowest >= 1 && narrowest < 1.5)
        #expect(widest > 4.5 && widest <= 5)
        let mean = widths.reduce(Float(0), +) / 30
        #expect(abs(mean - 3) < 0.7)
    }

    @Test func aClipIsShiftedByWholeFrames() {
        let clip: [Float] = (0..<12).map(Float.init)
        for row in 0..<20 {
            let shifted = varied(clip, .audio(frames: 6, values: 2), rows: [row]) { $0.timeShift = 2 }
            let frames = (0..<6).map { [shifted[2 * $0], shifted[2 * $0 + 1]] }
            let first = Int(frames[0][0]) / 2
            #expect([0, 1, 2, 4, 5].contains(first))
            #expect(frames == (0..<6).map { [Float((first + $0) % 6 * 2), Float((first + $0) % 6 * 2 + 1)] })
        }
    }

    @Test func masksAndSquaresAreErased() {
        var (masked, erased) = (Set<Int>(), Set<Int>())
        for row in 0..<60 {
            let clip = varied([Float](repeating: 1, count: 24), .audio(frames: 8, values: 3), rows: [row]) {
                $0.timeMask = 3
            }
            let frames = (0..<8).filter { clip[3 * $0] == 0 }
            #expect(frames.isEmpty || frames == Array(frames[0]...frames.last!))
            #expect(frames.allSatisfy { clip[3 * $0 + 2] == 0 })
            masked.insert(frames.count)
            let picture = varied(
                [Float](repeating: 1, count: 100), .image(height: 10, width: 10, channels: 1), rows: [row]
            ) {
                $0.erasing = 0.4
            }
            erased.insert(picture.count { $0 == 0 })
        }
        #expect(masked == [0, 1, 2, 3])
        #expect(erased.isSubset(of: [0, 1, 4, 9, 16]) && erased.count >= 4)
    }

    /// Each example has an amount of its own, and all amounts come.
    @Test func noiseHasAStandardDeviationUpToTheLargest() {
        let deviations = (0..<40).map { row in
            let noisy = varied([Float](repeating: 0, count: 2000), .audio(frames: 20, values: 100), rows: [row]) {
                $0.noise = 0.3
            }
            return (noisy.reduce(0) { $0 + Double($1 * $1) } / 2000).squareRoot()
        }
        #expect(deviations.allSatisfy { $0 < 0.32 })
        #expect(deviations.contains { $0 < 0.1 } && deviations.contains { $0 > 0.2 })
        #expect(abs(deviations.reduce(0, +) / 40 - 0.15) < 0.05)
    }
}

extension SeededGenerator {
    /// The first number that a copy draws.
    fileprivate func drawn(in range: ClosedRange<Double>) -> Double {
        var copy = self
        return copy.number(in: range)
    }
}
