/// How a weight array starts.
public enum Initializer: Hashable, Sendable {
    /// All zeros.
    case zeros
    /// All ones.
    case ones
    /// Uniform in ±sqrt(6 / (fanIn + fanOut)) (Glorot & Bengio 2010), Keras's default for kernels.
    case glorotUniform(fanIn: Int, fanOut: Int)

    /// `count` initial values, drawn from `generator` where the initializer is random.
    func values(count: Int, using generator: inout some RandomNumberGenerator) -> [Float] {
        switch self {
        case .zeros: return [Float](repeating: 0, count: count)
        case .ones: return [Float](repeating: 1, count: count)
        case .glorotUniform(let fanIn, let fanOut):
            let limit = (6 / Double(fanIn + fanOut)).squareRoot()
            // 53 random bits as a number in 0..<1, spelled out because the standard library's own conversion is free
            // to change from one release to the next, and equal seeds must give equal weights.
            return (0..<count).map { _ in
                let unit = Double(generator.next() >> 11) * 0x1p-53
                return Float((2 * unit - 1) * limit)
            }
        }
    }
}
