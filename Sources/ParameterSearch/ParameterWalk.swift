package import SeededRandom

/// Gives the value of a named parameter.
///
/// Asked for the same name again, it gives the same value.
package typealias ParameterChooser = (_ name: String, _ kind: ParameterKind) -> Double

/// A search space, described by running it: a function that asks for the parameters that it needs. Which ones it asks
/// for may depend on earlier answers, and on nothing else.
///
/// T. Akiba et al.: Optuna: A Next-generation Hyperparameter Optimization Framework. KDD (2019) call it define-by-run.
package typealias ParameterWalk = (@escaping ParameterChooser) throws -> Void

extension ParameterPoint {
    /// The point that a walk comes to.
    /// - Parameters:
    ///   - walk: the search space.
    ///   - choose: gives the value of a parameter that has not been asked for before.
    /// - Throws: what the walk throws.
    package init(_ walk: ParameterWalk, choose: ParameterChooser) rethrows {
        var point = ParameterPoint()
        try withoutActuallyEscaping(choose) { choose in
            try walk { name, kind in
                if let known = point[name] { return known }
                let value = choose(name, kind)
                point.append(name, value)
                return value
            }
        }
        self = point
    }

    /// A random point: every parameter from its prior.
    /// - Parameters:
    ///   - walk: the search space.
    ///   - generator: what the draws come from.
    /// - Throws: what the walk throws.
    package init(random walk: ParameterWalk, using generator: inout SeededGenerator) rethrows {
        try self.init(walk) { _, kind in kind.sample(using: &generator) }
    }
}
