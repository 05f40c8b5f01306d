import SeededRandom

/// Points around centers on the corners of a cube, and which center each belongs to.
struct Blobs {
    var points: [Float] = []
    var labels: [Int] = []
    let dimensions = 3

    /// The centers are `distance` apart; the points lie within 1 of theirs, along each axis.
    init(count: Int, distance: Float, seed: UInt64 = 1) {
        var generator = SeededGenerator(seed: seed)
        for i in 0..<count {
            let corner = i % 8
            labels.append(corner)
            points += (0..<3).map { Float(corner >> $0 & 1) * distance + generator.fraction() }
        }
    }
}

extension SeededGenerator {
    /// A number from -1 to 1.
    mutating func fraction() -> Float { Float(next() >> 40) / 0x1p23 - 1 }
}

/// |a - b| / |b|
func relativeDifference(_ a: [Float], _ b: [Float]) -> Double {
    let difference = zip(a, b).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    return (difference / b.reduce(0.0) { $0 + Double($1 * $1) }).squareRoot()
}
