/// The ground that a drawing is on, as its border shows it: one value, or under uneven light a plane.
struct Paper {
    /// The middle one of the border's values.
    let median: Float
    /// What is no further from the paper's value is its grain: two standard deviations of the noise in the border.
    let grain: Float
    /// The value in the picture's upper left corner, and its change from column to column and from row to row.
    private let plane: (origin: Float, perColumn: Float, perRow: Float)

    /// Differences of light that are no more than this over the whole picture are none.
    private static let leastUnevenness: Float = 0.04
    /// No more values of the border are looked at: a photograph has millions, which tell no more.
    private static let mostValues = 20_000
    /// The standard deviation of normally distributed values, in units of their median distance from the median.
    private static let deviationPerMedianDistance: Float = 1.4826

    /// The paper of a grey picture. Its border is the frame that MNIST leaves free, two pixels of 28; even where strokes reach into it,
    /// most of it is paper.
    init(around picture: Image) {
        let (width, height) = (picture.width, picture.height)
        let frame = max(1, min(width, height) / 14)
        let count = width * height - max(0, width - 2 * frame) * max(0, height - 2 * frame)
        let step = max(1, count / Self.mostValues)
        var seen = 0
        var border: [(x: Float, y: Float, value: Float)] = []
        border.reserveCapacity((count + step - 1) / step)
        for y in 0..<height {
            for x in 0..<width where min(x, y, width - 1 - x, height - 1 - y) < frame {
                if seen.isMultiple(of: step) { border.append((Float(x), Float(y), picture.pixels[y * width + x])) }
                seen += 1
            }
        }
        let median = Self.median(border.map(\.value))
        self.median = median
        // Strokes that reach into the border would tilt the plane: it is fitted again without what is far from the first one.
        let first = Self.plane(through: border)
        let distances = border.map { abs($0.value - (first.origin + first.perColumn * $0.x + first.perRow * $0.y)) }
        let near = 3 * Self.deviationPerMedianDistance * Self.median(distances)
        let fitted = Self.plane(through: zip(border, distances).filter { $1 <= near }.map(\.0))
        let unevenness = abs(fitted.perColumn) * Float(width) + abs(fitted.perRow) * Float(height)
        guard unevenness > Self.leastUnevenness else {
            plane = (median, 0, 0)
            grain = 2 * Self.deviationPerMedianDistance * Self.median(border.map { abs($0.value - median) })
            return
        }
        plane = fitted
        grain =
            2 * Self.deviationPerMedianDistance
            * Self.median(
                border.map { abs($0.value - (fitted.origin + fitted.perColumn * $0.x + fitted.perRow * $0.y)) })
    }

    /// The paper's value at a pixel.
    func value(x: Int, y: Int) -> Float { plane.origin + plane.perColumn * Float(x) + plane.perRow * Float(y) }

    private static func median(_ values: [Float]) -> Float {
        values.isEmpty ? 0 : values.sorted()[values.count / 2]
    }

    /// The plane with the least squared distance to some values: in a frame, columns and rows are nearly uncorrelated once their means are
    /// gone, so the 2 × 2 system is well conditioned.
    private static func plane(
        through points: [(x: Float, y: Float, value: Float)]
    ) -> (origin: Float, perColumn: Float, perRow: Float) {
        guard !points.isEmpty else { return (0, 0, 0) }
        let count = Double(points.count)
        let x = points.reduce(0) { $0 + Double($1.x) } / count
        let y = points.reduce(0) { $0 + Double($1.y) } / count
        let mean = points.reduce(0) { $0 + Double($1.value) } / count
        var (xx, xy, yy, xv, yv) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for point in points {
            let (dx, dy, dv) = (Double(point.x) - x, Double(point.y) - y, Double(point.value) - mean)
            xx += dx * dx
            xy += dx * dy
            yy += dy * dy
            xv += dx * dv
            yv += dy * dv
        }
        let determinant = xx * yy - xy * xy
        guard determinant > 1e-9 else { return (Float(mean), 0, 0) }
        let (perColumn, perRow) = ((yy * xv - xy * yv) / determinant, (xx * yv - xy * xv) / determinant)
        return (Float(mean - perColumn * x - perRow * y), Float(perColumn), Float(perRow))
    }
}
