import Foundation
package import SeededRandom

/// The density of a set of points: a mixture with one component per point, the product of its parameters' kernels, and
/// one more, the product of the priors.
///
/// Of points that lack a parameter, the component has the parameter's prior, so densities of points with any parameters
/// can be compared.
/// S. Falkner et al.: BOHB: Robust and Efficient Hyperparameter Optimization at Scale. ICML (2018).
package struct ParzenMixture {
    private let points: [ParameterPoint]
    private let dimensions: Int
    /// The parameters that were asked for so far. There are few: looking through them is faster than hashing names.
    private var columns: [(name: String, kind: ParameterKind, kernels: KernelColumn)] = []

    /// The density of some points.
    package init(points: [ParameterPoint]) {
        self.points = points
        dimensions = points.map(\.names.count).max() ?? 0
    }

    /// Draws a point: a component, then each parameter that the walk asks for from this component.
    /// - Parameters:
    ///   - walk: the search space.
    ///   - generator: what the draws come from.
    /// - Returns: the point.
    /// - Throws: what the walk throws.
    package mutating func sample(
        _ walk: ParameterWalk, using generator: inout SeededGenerator
    ) rethrows -> Candidate {
        let component = generator.index(below: points.count + 1)
        var candidate = Candidate()
        candidate.point = try ParameterPoint(walk) { name, kind in
            candidate.kinds.append(kind)
            guard component < points.count else { return kind.sample(using: &generator) }
            return columns[column(name, kind)].kernels.sample(observation: component, using: &generator)
        }
        return candidate
    }

    /// The logarithm of the density of a point. It is over `ParameterKind.interval` of each real parameter.
    package mutating func logDensity(of candidate: Candidate) -> Double {
        // The last component is the prior.
        var logs = [Double](repeating: 0, count: points.count + 1)
        for (index, kind) in candidate.kinds.enumerated() {
            let column = column(candidate.point.names[index], kind)
            columns[column].kernels.addLogDensities(of: candidate.point.values[index], to: &logs)
        }
        // The prior's is finite, so the largest is.
        let largest = logs.max()!
        let sum = logs.reduce(0) { $0 + exp($1 - largest) }
        return largest + log(sum / Double(logs.count))
    }

    /// The index of a parameter in `columns`, which gets it at the first call.
    private mutating func column(_ name: String, _ kind: ParameterKind) -> Int {
        if let known = columns.firstIndex(where: { $0.name == name && $0.kind == kind }) { return known }
        // A value that the parameter cannot have is one of an older space, and says nothing.
        let values = points.map { point in point[name].flatMap { kind.contains($0) ? $0 : nil } }
        let bandwidth = bandwidth(of: kind, observations: values.count { $0 != nil })
        // The last observation is the prior's component.
        let kernels = KernelColumn(kernel: ParameterKernel(kind: kind, bandwidth: bandwidth), values: values + [nil])
        columns.append((name, kind, kernels))
        return columns.count - 1
    }
}

extension ParzenMixture {
    /// The bandwidth of a parameter's kernels, by how many observations there are: of numbers a tenth of the range,
    /// times the rate of D. Scott: Multivariate Density Estimation (1992), and of integers not below half a step.
    /// Options get one observation in all, spread evenly, beside those that there are.
    private func bandwidth(of kind: ParameterKind, observations: Int) -> Double {
        let rate = pow(Double(max(observations, 1)), -1 / Double(dimensions + 4))
        switch kind {
        case .categorical(let count): return Double(count) / Double(count + observations + 1)
        case .integer(let range, _): return max(0.1 * rate, 0.5 / Double(range.count)) * kind.width
        case .real: return 0.1 * rate * kind.width
        }
    }
}
