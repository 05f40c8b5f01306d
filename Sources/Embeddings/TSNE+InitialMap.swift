import SeededRandom

extension TSNE {
    /// Where the points begin: their two principal components, so small that nothing holds them where they are. The first
    /// has the standard deviation 1e-4. Noise of a hundredth of that parts points that are equal.
    ///
    /// - Parameter points: around the origin.
    /// - Returns: [points, 2]
    func initialMap(of points: PointCloud) -> [Float] {
        let deviation = 1e-4
        let projected = PrincipalComponents(of: points).project(points)
        let squares = stride(from: 0, to: projected.count, by: 2).reduce(0) { $0 + projected[$1] * projected[$1] }
        let factor = squares > 0 ? deviation / (squares / Double(points.count)).squareRoot() : 0
        var generator = SeededGenerator(seed: seed, stream: "t-SNE")
        return projected.map { Float($0 * factor + deviation / 100 * generator.fraction()) }
    }
}

extension SeededGenerator {
    /// A number from -1 to 1, each equally likely.
    fileprivate mutating func fraction() -> Double { Double(next() >> 11) / 0x1p52 - 1 }
}
