import Foundation

/// The power spectra of four real frames at once, in float32.
///
/// Every element of memory is a vector of four lanes, and each lane holds another frame. So the plain algorithm
/// (Stockham's, on half as many complex numbers, radix 4 as far as that goes) runs on whole vectors, in less than half the
/// time that KissFFT takes for one frame after another. A transform owns the memory that it works in, so it belongs to one
/// thread at a time.
final class RealFourierTransform {
    /// One value from each of the four frames.
    typealias Lanes = SIMD4<Float>

    private struct Complex {
        var real: Lanes
        var imaginary: Lanes

        static func + (a: Complex, b: Complex) -> Complex {
            Complex(real: a.real + b.real, imaginary: a.imaginary + b.imaginary)
        }
        static func - (a: Complex, b: Complex) -> Complex {
            Complex(real: a.real - b.real, imaginary: a.imaginary - b.imaginary)
        }
        static func * (a: Complex, b: Factor) -> Complex {
            Complex(real: a.real * b.cosine - a.imaginary * b.sine, imaginary: a.real * b.sine + a.imaginary * b.cosine)
        }
        var timesI: Complex { Complex(real: -imaginary, imaginary: real) }
        var conjugate: Complex { Complex(real: real, imaginary: -imaginary) }
        var power: Lanes { real * real + imaginary * imaginary }
    }

    /// exp(−2πi · index / size), the same in all lanes.
    private struct Factor {
        let cosine: Float
        let sine: Float
    }

    /// The frames to transform: `size` values.
    let frames: UnsafeMutableBufferPointer<Lanes>
    /// |X|² × `powerScale` of the frames' spectra X, from 0 to half the sample rate: `size / 2 + 1` values.
    let power: UnsafeMutableBufferPointer<Lanes>

    private let size: Int
    private let powerScale: Float
    /// A factor for each index below `size`.
    private let factors: [Factor]
    /// Two buffers that the stages write to in turn.
    private let stages: UnsafeMutableBufferPointer<Complex>

    /// A transform of `size` points; the frames are all zeros.
    ///
    /// - Parameters:
    ///   - size: an even number from 4. Each prime factor takes its own time for every point, so it should have small ones.
    ///   - powerScale: what the powers are multiplied with.
    init(size: Int, powerScale: Float) {
        self.size = size
        self.powerScale = powerScale
        factors = (0..<size).map { index in
            let angle = -2 * .pi * Double(index) / Double(size)
            return Factor(cosine: Float(cos(angle)), sine: Float(sin(angle)))
        }
        frames = .allocate(capacity: size)
        frames.initialize(repeating: .zero)
        power = .allocate(capacity: size / 2 + 1)
        power.initialize(repeating: .zero)
        stages = .allocate(capacity: size)
        stages.initialize(repeating: Complex(real: .zero, imaginary: .zero))
    }

    deinit {
        frames.deallocate()
        power.deallocate()
        stages.deallocate()
    }

    /// Transforms `frames` and writes `power`.
    func run() {
        guard let frames = frames.baseAddress, let stages = stages.baseAddress else { return }
        let half = size / 2
        factors.withUnsafeBufferPointer { factors in
            // Neighbouring samples are taken for the real and the imaginary part of one number.
            frames.withMemoryRebound(to: Complex.self, capacity: half) { frames in
                var (input, output, spare) = (UnsafePointer(frames), stages, stages + half)
                var (length, stride) = (half, 1)
                while length > 1 {
                    let radix = Self.radix(of: length)
                    switch radix {
                    case 4: Self.quadruples(input, output, length, stride, factors)
                    case 2: Self.pairs(input, output, stride)
                    default: Self.tuples(of: radix, input, output, length, stride, factors)
                    }
                    length /= radix
                    stride *= radix
                    input = UnsafePointer(output)
                    swap(&output, &spare)
                }
                writePower(of: input, factors)
            }
        }
    }

    /// By which factor the next stage divides a length: all fours first, then the odd primes, and a single two last.
    private static func radix(of length: Int) -> Int {
        if length.isMultiple(of: 4) { return 4 }
        if length == 2 { return 2 }
        var radix = 3
        while !length.isMultiple(of: radix) { radix += 2 }
        return radix
    }

    /// A stage of radix 4 on `stride` interleaved transforms of `length` points.
    private static func quadruples(
        _ input: UnsafePointer<Complex>, _ output: UnsafeMutablePointer<Complex>, _ length: Int, _ stride: Int,
        _ factors: UnsafeBufferPointer<Factor>
    ) {
        let quarter = length / 4
        for point in 0..<quarter {
            // The factors are those of twice as many points.
            let index = 2 * point * stride
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

    /// A stage of an odd radix on `stride` interleaved transforms of `length` points.
    private static func tuples(
        of radix: Int, _ input: UnsafePointer<Complex>, _ output: UnsafeMutablePointer<Complex>, _ length: Int,
        _ stride: Int, _ factors: UnsafeBufferPointer<Factor>
    ) {
        let part = length / radix
        let turn = factors.count / radix
        for point in 0..<part {
            for result in 0..<radix {
                let factor = factors[2 * point * stride * result]
                for lane in 0..<stride {
                    let source = input + lane + stride * point
                    var sum = source[0]
                    for index in 1..<radix {
                        sum = sum + source[index * stride * part] * factors[index * result % radix * turn]
                    }
                    output[lane + stride * (radix * point + result)] = sum * factor
                }
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

    /// Takes the spectra of even and odd samples apart and puts them together as the spectrum of all.
    private func writePower(of halves: UnsafePointer<Complex>, _ factors: UnsafeBufferPointer<Factor>) {
        let half = size / 2
        let scale = powerScale
        let (sum, difference) = (halves[0].real + halves[0].imaginary, halves[0].real - halves[0].imaginary)
        power[0] = sum * sum * scale
        power[half] = difference * difference * scale
        for index in 1...half / 2 {
            let (a, b) = (halves[index], halves[half - index].conjugate)
            let even = a + b
            let odd = ((a - b) * factors[index]).timesI
            // Both sums are twice the spectrum's value.
            power[index] = (even - odd).power * (scale / 4)
            power[half - index] = (even + odd).power * (scale / 4)
        }
    }
}
