import FileFormats

/// What predictions state about their uncertainty, beside the probabilities.
public struct UncertaintySettings: Sendable, Equatable {
    /// The share of examples whose prediction set is to contain the true class; nil for no sets.
    public let coverage: Double?
    /// The share of validation examples, the least certain ones, that would get no answer; nil for an answer to all.
    public let abstention: Double?
    /// The share of validation examples, those of the highest scores, that would be taken for out of distribution; nil where it is not
    /// asked.
    public let outOfDistribution: Double?

    /// Nothing.
    public init() { (coverage, abstention, outOfDistribution) = (nil, nil, nil) }

    /// Sets with a coverage, an abstention, a detection of what is out of distribution, or several of them.
    /// - Parameters:
    ///   - coverage: from 0.5 to 0.999.
    ///   - abstention: from 0 to 0.9.
    ///   - outOfDistribution: from 0 to 0.5.
    /// - Throws: `DuetError` of kind `usage` for others.
    public init(coverage: Double? = nil, abstention: Double? = nil, outOfDistribution: Double? = nil) throws {
        if let coverage, !(0.5...0.999).contains(coverage) {
            throw DuetError(
                .usage, "coverage is \(coverage); expected a share of examples from 0.5 to 0.999, such as 0.95")
        }
        if let abstention, !(0...0.9).contains(abstention) {
            throw DuetError(
                .usage, "abstain is \(abstention); expected a share of examples from 0 to 0.9, such as 0.05")
        }
        if let outOfDistribution, !(0...0.5).contains(outOfDistribution) {
            throw DuetError(
                .usage,
                "out-of-distribution is \(outOfDistribution); expected a share of the validation examples from 0 to 0.5, such as 0.01"
            )
        }
        (self.coverage, self.abstention, self.outOfDistribution) = (coverage, abstention, outOfDistribution)
    }
}
