/// A random number generator whose numbers are the same everywhere and for ever: xoshiro256**, with its state filled by
/// SplitMix64, as its authors advise.
///
/// D. Blackman, S. Vigna: Scrambled Linear Pseudorandom Number Generators. ACM Transactions on Mathematical Software 47 (2021).
///
/// Use `index(below:)` and `shuffle` rather than the standard library's own methods on top of it, which may change
/// what they make of the same numbers from one version of Swift to the next.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// A generator for one purpose: each pair of seed and stream has numbers of its own.
    ///
    /// - Parameters:
    ///   - seed: the user's seed.
    ///   - stream: what the numbers are for, such as "split"; purposes must not share numbers, or they would depend on
    ///     each other.
    package init(seed: UInt64, stream: String = "") {
        // The stream's name, as a number, by FNV-1a; an empty name leaves the seed as it is.
        let basis: UInt64 = stream.isEmpty ? 0 : 0xcbf2_9ce4_8422_2325
        let name = stream.utf8.reduce(basis) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        var filler = SplitMix64(state: seed ^ name)
        self.init(state: (filler.next(), filler.next(), filler.next(), filler.next()))
    }

    /// A generator in a known state, which must not be all zeros.
    package init(state: (UInt64, UInt64, UInt64, UInt64)) {
        self.state = state
    }

    /// The next 64 random bits.
    package mutating func next() -> UInt64 {
        let result = (state.1 &* 5).rotated(left: 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = state.3.rotated(left: 45)
        return result
    }

    /// A random whole number from 0 to `bound - 1`, each equally likely. `bound` must be positive.
    ///
    /// D. Lemire: Fast Random Integer Generation in an Interval. ACM Transactions on Modeling and Computer Simulation 29 (2019).
    package mutating func index(below bound: Int) -> Int {
        precondition(bound > 0)
        let bound = UInt64(bound)
        var product = next().multipliedFullWidth(by: bound)
        if product.low < bound {
            let threshold = (0 &- bound) % bound
            while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
        }
        return Int(product.high)
    }

    /// Noise of mean 0 and standard deviation 1: the sum of four numbers of 16 bits, each equally likely. That is normal enough for
    /// sounds, never beyond 3.5, and takes a fraction of the time of `normals`.
    ///
    /// - Parameter count: how many numbers, at least 0.
    /// - Returns: `count` numbers.
    package mutating func noise(_ count: Int) -> [Float] {
        // The variance of each is that of 65,536 whole numbers.
        let numbers = 65_536.0
        let variance = 4 * (numbers * numbers - 1) / 12
        let scale = Float(1 / variance.squareRoot())
        return [Float](unsafeUninitializedCapacity: count) { noise, initialized in
            for index in 0..<count {
                let bits = next()
                let low = UInt64(bits & 0xffff) &+ UInt64(bits >> 16 & 0xffff)
                let sum = low &+ UInt64(bits >> 32 & 0xffff) &+ UInt64(bits >> 48)
                noise.initializeElement(at: index, to: (Float(sum) - 131_070) * scale)
            }
            initialized = count
        }
    }
}

/// SplitMix64, which turns any seed, even 0, into well mixed numbers.
package struct SplitMix64 {
    private var state: UInt64

    package init(state: UInt64) {
        self.state = state
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

extension UInt64 {
    fileprivate func rotated(left count: UInt64) -> UInt64 {
        self << count | self >> (64 - count)
    }
}

extension Array {
    /// Puts the elements into random order (Fisher–Yates), the same one for the same numbers, in every version of Swift.
    package mutating func shuffle(seeded generator: inout SeededGenerator) {
        // On the elements themselves: this is not specialized for other modules, where `swapAt` of an array is slow.
        withUnsafeMutableBufferPointer { elements in
            for last in elements.indices.dropFirst().reversed() {
                elements.swapAt(last, generator.index(below: last + 1))
            }
        }
    }

    /// The elements in random order; see `shuffle(seeded:)`.
    package func shuffled(seeded generator: inout SeededGenerator) -> [Element] {
        var copy = self
        copy.shuffle(seeded: &generator)
        return copy
    }
}
