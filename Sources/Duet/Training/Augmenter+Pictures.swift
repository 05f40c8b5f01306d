import Foundation
package import SeededRandom

extension Augmenter {
    /// A picture where it lies in memory, row by row, its channels fastest.
    struct Picture {
        let values: UnsafeMutableBufferPointer<Float>
        let height: Int
        let width: Int
        let channels: Int
    }

    /// Rotates, zooms, shifts and distorts a picture. Pixels are interpolated linearly; beyond the edge lies the nearest pixel.
    func move(_ picture: Picture, _ copy: inout [Float], _ generator: inout SeededGenerator) {
        guard settings.rotation > 0 || settings.zoom > 0 || settings.translation > 0 || settings.elastic > 0
        else { return }
        func drawn(_ most: Float) -> Float { Float(generator.number(in: -1...1)) * most }
        let (height, width, channels) = (picture.height, picture.width, picture.channels)
        let angle = drawn(settings.rotation) * .pi / 180
        let scale = 1 / (1 + drawn(settings.zoom))
        let (down, right) = (drawn(settings.translation) * Float(height), drawn(settings.translation) * Float(width))
        let displacements = settings.elastic > 0 ? Displacements(upTo: settings.elastic, &generator) : nil
        let (cosine, sine) = (cos(angle) * scale, sin(angle) * scale)
        let (middleY, middleX) = (Float(height - 1) / 2, Float(width - 1) / 2)
        let (lastY, lastX) = (Float(height - 1), Float(width - 1))
        copy.withUnsafeMutableBufferPointer { copy in
            _ = copy.update(fromContentsOf: picture.values)
            for y in 0..<height {
                let row = displacements?.row(at: (Float(y) + 0.5) / Float(height))
                for x in 0..<width {
                    let (fromMiddleY, fromMiddleX) = (Float(y) - middleY, Float(x) - middleX)
                    var sourceY = cosine * fromMiddleY - sine * fromMiddleX + middleY - down
                    var sourceX = sine * fromMiddleY + cosine * fromMiddleX + middleX - right
                    if let row {
                        let displacement = row.displacement(at: (Float(x) + 0.5) / Float(width))
                        sourceY += displacement.down * Float(height)
                        sourceX += displacement.right * Float(width)
                    }
                    (sourceY, sourceX) = (min(max(sourceY, 0), lastY), min(max(sourceX, 0), lastX))
                    let (top, left) = (Int(sourceY), Int(sourceX))
                    let (shareY, shareX) = (sourceY - Float(top), sourceX - Float(left))
                    let (bottom, next) = (min(top + 1, height - 1), min(left + 1, width - 1))
                    for channel in 0..<channels {
                        func pixel(_ y: Int, _ x: Int) -> Float { copy[(y * width + x) * channels + channel] }
                        let upper = pixel(top, left) * (1 - shareX) + pixel(top, next) * shareX
                        let lower = pixel(bottom, left) * (1 - shareX) + pixel(bottom, next) * shareX
                        picture.values[(y * width + x) * channels + channel] = upper * (1 - shareY) + lower * shareY
                    }
                }
            }
        }
    }

    /// Makes bright strokes wider or narrower: each pixel becomes the brightest, or the darkest, of itself and its four neighbours, by parts
    /// and several times as the width drawn says.
    func changeStrokeWidth(_ picture: Picture, _ copy: inout [Float], _ generator: inout SeededGenerator) {
        guard settings.strokeWidth > 0 else { return }
        let drawn = Float(generator.number(in: -1...1)) * settings.strokeWidth
        let choose: (Float, Float) -> Float = drawn > 0 ? { max($0, $1) } : { min($0, $1) }
        let (height, width, channels) = (picture.height, picture.width, picture.channels)
        var rest = abs(drawn)
        while rest > 0 {
            let share = min(rest, 1)
            rest -= share
            _ = copy.withUnsafeMutableBufferPointer { $0.update(fromContentsOf: picture.values) }
            for y in 0..<height {
                for x in 0..<width {
                    for channel in 0..<channels {
                        func pixel(_ y: Int, _ x: Int) -> Float { copy[(y * width + x) * channels + channel] }
                        let old = pixel(y, x)
                        let vertical = choose(pixel(max(y - 1, 0), x), pixel(min(y + 1, height - 1), x))
                        let horizontal = choose(pixel(y, max(x - 1, 0)), pixel(y, min(x + 1, width - 1)))
                        let new = choose(old, choose(vertical, horizontal))
                        picture.values[(y * width + x) * channels + channel] = old + share * (new - old)
                    }
                }
            }
        }
    }

    /// Erases a square of a picture.
    func erase(_ picture: Picture, _ generator: inout SeededGenerator) {
        guard settings.erasing > 0 else { return }
        let share = Float(generator.number(in: 0...1)) * settings.erasing
        let (rows, columns) = (Int(share * Float(picture.height)), Int(share * Float(picture.width)))
        let top = generator.index(below: picture.height - rows + 1)
        let left = generator.index(below: picture.width - columns + 1)
        for y in top..<(top + rows) {
            let start = (y * picture.width + left) * picture.channels
            picture.values[start..<(start + columns * picture.channels)].update(repeating: 0)
        }
    }
}

/// Smooth random displacements of a picture's points, for elastic distortion (Simard et al. 2003): normally distributed numbers at the
/// points of a grid, and a cubic B-spline between them, which is as smooth as a Gaussian filter of a seventh of the picture.
package struct Displacements {
    /// Grid points in each direction: four intervals, and one point more before and two behind.
    private static let points = 7
    private static let intervals: Float = 4
    /// The mean standard deviation of a cubic B-spline of independent numbers whose standard deviation is 1, in two dimensions.
    private static let deviation: Float = 0.479
    private let down: [Float]
    private let right: [Float]

    /// - Parameters:
    ///   - most: the largest standard deviation of the displacements, as a share of height and width; theirs is drawn evenly from 0 on.
    ///   - generator: draws them.
    package init(upTo most: Float, _ generator: inout SeededGenerator) {
        let scale = Float(generator.number(in: 0...1)) * most / Self.deviation
        let count = Self.points * Self.points
        down = generator.normals(count).map { $0 * scale }
        right = generator.normals(count).map { $0 * scale }
    }

    /// The grid's columns at one height.
    package struct Row {
        fileprivate let down: [Float]
        fileprivate let right: [Float]

        /// How far a point moves, as a share of height and width.
        /// - Parameter x: where it is, from 0 at the left to 1 at the right.
        /// - Returns: downwards and to the right.
        package func displacement(at x: Float) -> (down: Float, right: Float) {
            let (first, weights) = Displacements.spline(at: x)
            var sum = (down: Float(0), right: Float(0))
            for index in 0..<4 {
                sum.down += weights[index] * down[first + index]
                sum.right += weights[index] * right[first + index]
            }
            return sum
        }
    }

    /// The grid at a height from 0 at the top to 1 at the bottom.
    package func row(at y: Float) -> Row {
        let (first, weights) = Self.spline(at: y)
        func blend(_ grid: [Float]) -> [Float] {
            (0..<Self.points).map { column in
                (0..<4).reduce(0) { $0 + weights[$1] * grid[(first + $1) * Self.points + column] }
            }
        }
        return Row(down: blend(down), right: blend(right))
    }

    /// The first of the four grid points around a place from 0 to 1, and their weights.
    private static func spline(at place: Float) -> (first: Int, weights: SIMD4<Float>) {
        let position = min(max(place, 0), 0.9999) * intervals
        let first = Int(position)
        let t = position - Float(first)
        let s = 1 - t
        let (nearBefore, nearAfter) = (4 - 6 * t * t + 3 * t * t * t, 4 - 6 * s * s + 3 * s * s * s)
        return (first, SIMD4(s * s * s, nearBefore, nearAfter, t * t * t) / 6)
    }
}
