/// A map of points in two dimensions.
public struct PlanarMap: Sendable, Equatable {
    /// x and y of each point, one point after another, around the origin.
    public let coordinates: [Float]
    /// KL(P‖Q) in nats, exact but for P, which is 0 between points that are no neighbors: how much the map is at odds
    /// with the points' neighborhoods. Compares maps of the same points with the same perplexity.
    public let divergence: Double

    /// The number of points.
    public var count: Int { coordinates.count / 2 }

    /// x and y of one point.
    public subscript(point: Int) -> (x: Float, y: Float) {
        (coordinates[2 * point], coordinates[2 * point + 1])
    }
}
