/// A point with the kinds of its parameters.
package struct Candidate {
    /// The point.
    package var point = ParameterPoint()
    /// The kind of each of its parameters, in the same order.
    package var kinds: [ParameterKind] = []

    /// A point without parameters.
    package init() {}
}
