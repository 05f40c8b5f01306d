import SeededRandom

/// The kernels of one parameter, one per observation, and the prior where an observation lacks the parameter.
struct KernelColumn {
    private let kernel: ParameterKernel
    /// The observed values; options and integers each once, as they have few.
    private let centers: [ParameterKernel.Center]
    /// For each observation the index of its value in `centers`; `centers.count` stands for the prior.
    private let indices: [Int]
    /// The log densities of options and integers that were asked for: candidates share many.
    private var known: [Double: [Double]] = [:]

    /// Kernels around values.
    /// - Parameters:
    ///   - kernel: the kernel of all of them.
    ///   - values: each observation's value, nil where it lacks the parameter.
    init(kernel: ParameterKernel, values: [Double?]) {
        var centers: [ParameterKernel.Center] = []
        var positions: [Double: Int] = [:]
        var indices: [Int?] = []
        for value in values {
            guard let value else {
                indices.append(nil)
                continue
            }
            if let position = positions[value] {
                indices.append(position)
            } else {
                if kernel.kind.isDiscrete { positions[value] = centers.count }
                indices.append(centers.count)
                centers.append(kernel.center(value))
            }
        }
        self.kernel = kernel
        self.centers = centers
        self.indices = indices.map { $0 ?? centers.count }
    }

    /// Adds each kernel's log density of a value to `sums`, which has one number per observation.
    mutating func addLogDensities(of value: Double, to sums: inout [Double]) {
        let logDensities = logDensities(of: value)
        for observation in sums.indices { sums[observation] += logDensities[indices[observation]] }
    }

    /// The log density of a value around each of `centers`, and the prior's.
    private mutating func logDensities(of value: Double) -> [Double] {
        if let logDensities = known[value] { return logDensities }
        let logDensities = kernel.logDensities(of: value, around: centers) + [kernel.kind.logPrior(of: value)]
        if kernel.kind.isDiscrete { known[value] = logDensities }
        return logDensities
    }

    /// Draws a value from the kernel of an observation.
    func sample(observation: Int, using generator: inout SeededGenerator) -> Double {
        let index = indices[observation]
        return index < centers.count
            ? kernel.sample(around: centers[index], using: &generator) : kernel.kind.sample(using: &generator)
    }
}
