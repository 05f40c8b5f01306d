/// A point that was tried, and what came out.
package struct SearchTrial: Equatable, Sendable {
    /// What was tried.
    package let point: ParameterPoint
    /// What is to be made small, one number per objective. Where one is not finite, the trial failed.
    package let losses: [Double]

    /// A trial of a point.
    package init(point: ParameterPoint, losses: [Double]) {
        self.point = point
        self.losses = losses
    }
}
