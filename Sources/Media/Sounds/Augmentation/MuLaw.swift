/// µ-law, eight bits for a sample: fine steps for soft sounds and coarse ones for loud ones (ITU-T G.711, 1972).
package enum MuLaw {
    private static let bias = 132
    private static let largest = 32_635

    /// The byte of a 16-bit sample.
    package static func encoded(_ sample: Int16) -> UInt8 {
        let magnitude = min(abs(Int(sample)), largest) + bias
        // The place of the highest bit, which is 7 at least because of the bias.
        let segment = Int.bitWidth - 1 - magnitude.leadingZeroBitCount - 7
        let code = segment << 4 | (magnitude >> (segment + 3)) & 0xf
        return ~UInt8(code | (sample < 0 ? 0x80 : 0))
    }

    /// The 16-bit sample that a byte stands for.
    package static func decoded(_ byte: UInt8) -> Int16 {
        let code = Int(~byte)
        let magnitude = ((code & 0xf) << 3 + bias) << (code >> 4 & 7) - bias
        return Int16(code & 0x80 == 0 ? magnitude : -magnitude)
    }
}
