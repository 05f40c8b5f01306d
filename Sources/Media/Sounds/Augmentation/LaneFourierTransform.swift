import Foundation

/// The discrete Fourier transforms of four sequences of complex numbers at once, in float32.
///
/// Every element of memory is a vector of four lanes, and each lane holds another sequence. So the plain algorithm (Stockham's,
/// radix 4 as far as that goes) runs on whole vectors. A transform owns the memory that it works in, so it belongs to one thread
/// at a time.
final class LaneFourierTransform {
    /// One value from each of the four sequences.
    typealias Lanes = SIMD4<Float>

    /// A complex number from each of the four sequences.
    struct Complex {
        var real: Lanes
        var imaginary: Lanes

        @inline(__always)
        static func + (a: Complex, b: Complex) -> Complex {
            Complex(real: a.real + b.real, imaginary: a.imaginary + b.imaginary)
        }
        @inline(__always)
        static func - (a: Complex, b: Complex) -> Complex {
            Complex(real: a.real - b.real, imaginary: a.imaginary - b.imaginary)
        }
        @inline(__always)
        static func * (a: Complex, b: Factor) -> Complex {
            Complex(real: a.real * b.cosine - a.imaginary * b.sine, imaginary: a.real * b.sine + a.imaginary * b.cosine)
        }
        @inline(__always)
        var timesI: Complex { Complex(real: -imaginary, imaginary: real) }
    }

    /// exp(−2πi · index / points), the same in all lanes.
    struct Factor {
        let cosine: Float
        let sine: Float

        init(_ index: Int, of points: Int) {
            let angle = -2 * .pi * Double(index) / Double(points)
            (cosine, sine) = (Float(cos(angle)), Float(sin(angle)))
        }
    }

    /// Numbers in a sequence.
    let points: Int
    /// A factor for each index below `points`.
    private let factors: [Factor]
    /// Two buffers that the stages write to in turn.
    private let stages: UnsafeMutableBufferPointer<Complex>

    /// A transform of so many points, a power of two.
    init(points: Int) {
        self.points = points
        factors = (0..<points).map { Factor($0, of: points) }
        stages = .allocate(capacity: 2 * points)
        stages.initialize(repeating: Complex(real: .zero, imaginary: .zero))
    }

    deinit { stages.deallocate() }

    /// Transforms `points` numbers.
    /// - Returns: the spectra, valid until the next call and as long as the input.
    func run(_ input: UnsafePointer<Complex>) -> UnsafePointer<Complex> {
        guard points > 1, let stages = stages.baseAddress else { return input }
        var (input, output, spare) = (input, stages, stages + points)
        var (length, stride) = (points, 1)
        factors.withUnsafeBufferPointer { factors in
            while length > 1 {
                let radix = min(length, 4)
                if radix == 4 {
                    Self.quadruples(input, output, length, stride, factors)
                } else {
                    Self.pairs(input, output, stride)
                }
                length /= radix
                stride *= radix
                input = UnsafePointer(output)
                swap(&output, &spare)
            }
        }
        return input
    }

    /// A stage of radix 4 on `stride` interleaved transforms of `length` points.
    private static func quadruples(
        _ input: UnsafePointer<Complex>, _ output: UnsafeMutablePointer<Complex>, _ length: Int, _ stride: Int,
        _ factors: UnsafeBufferPointer<Factor>
    ) {
        let quarter = length / 4
        for point in 0..<quarter {
            let index = point * stride
            let (first, second, third) = (factors[index], factors[2 * index], factors[3 * index])
            for lane in 0..<stride {
                let source = input + lane + stride * point
                let (a, b) = (source[0], source[stride * quarter])
                let (c, d) = (source[2 * stride * quarter], source[3 * stride * quarter])
                let (even, odd, turned) = (a + c, b + d, (b - d).timesI)
                let target = output + lane + 4 * stride * point
                target[0] = even + odd
                target[stride] = (a - c - turned) * first
                target[2 * stride] = (even - odd) * second
                target[3 * stride] = (a - c + turned) * third
            }
        }
    }

    /// The last stage where the number of points has a two left.
    private static func pairs(
        _ input: UnsafePointer<Complex>, _ output: UnsafeMutablePointer<Complex>, _ stride: Int
    ) {
        for index in 0..<stride {
            let (a, b) = (input[index], input[index + stride])
            output[index] = a + b
            output[index + stride] = a - b
        }
    }
}
