import Foundation

/// Convolves waveforms with responses of thousands of samples, by the Fourier transform.
///
/// Both are transformed at once, one as the real and one as the imaginary part. It keeps its memory between calls, so it belongs
/// to one thread at a time.
package final class FourierConvolution {
    private typealias Complex = LaneFourierTransform.Complex
    private typealias Lanes = LaneFourierTransform.Lanes

    /// A transform of one size, with its memory.
    private final class Plan {
        let size: Int
        let real: UnsafeMutableBufferPointer<Float>
        let imaginary: UnsafeMutableBufferPointer<Float>
        private let transform: LaneFourierTransform
        /// exp(−2πi · lane · index / size) for each index below a quarter of the size.
        private let factors: UnsafeMutableBufferPointer<Complex>
        private let input: UnsafeMutableBufferPointer<Complex>

        init(size: Int) {
            self.size = size
            let quarter = size / 4
            real = .allocate(capacity: size)
            real.initialize(repeating: 0)
            imaginary = .allocate(capacity: size)
            imaginary.initialize(repeating: 0)
            input = .allocate(capacity: quarter)
            input.initialize(repeating: Complex(real: .zero, imaginary: .zero))
            transform = LaneFourierTransform(points: quarter)
            factors = .allocate(capacity: quarter)
            for index in 0..<quarter {
                let angles = SIMD4(0.0, 1, 2, 3) * (-2 * .pi * Double(index) / Double(size))
                factors.initializeElement(
                    at: index,
                    to: Complex(
                        real: Lanes((0..<4).map { Float(cos(angles[$0])) }),
                        imaginary: Lanes((0..<4).map { Float(sin(angles[$0])) })))
            }
        }

        deinit {
            real.deallocate()
            imaginary.deallocate()
            input.deallocate()
            factors.deallocate()
        }

        /// Transforms the numbers where they are.
        func run() {
            guard let real = real.baseAddress, let imaginary = imaginary.baseAddress, let input = input.baseAddress,
                let factors = factors.baseAddress
            else { return }
            let quarter = size / 4
            // Every fourth number is a sequence of its own, and lies in a lane of its own.
            for index in 0..<quarter {
                input[index] = Complex(
                    real: UnsafeRawPointer(real + 4 * index).loadUnaligned(as: Lanes.self),
                    imaginary: UnsafeRawPointer(imaginary + 4 * index).loadUnaligned(as: Lanes.self))
            }
            let spectra = transform.run(input)
            let (second, third, fourth) = (quarter, 2 * quarter, 3 * quarter)
            for index in 0..<quarter {
                let (value, factor) = (spectra[index], factors[index])
                let r = value.real * factor.real - value.imaginary * factor.imaginary
                let i = value.real * factor.imaginary + value.imaginary * factor.real
                let (evenR, evenI, oddR, oddI) = (r[0] + r[2], i[0] + i[2], r[1] + r[3], i[1] + i[3])
                let (lessR, lessI, turnR, turnI) = (r[0] - r[2], i[0] - i[2], r[1] - r[3], i[1] - i[3])
                (real[index], imaginary[index]) = (evenR + oddR, evenI + oddI)
                (real[index + second], imaginary[index + second]) = (lessR + turnI, lessI - turnR)
                (real[index + third], imaginary[index + third]) = (evenR - oddR, evenI - oddI)
                (real[index + fourth], imaginary[index + fourth]) = (lessR - turnI, lessI + turnR)
            }
        }

        /// Puts the product of the spectra of real and imaginary part in their place, as its conjugate.
        func multiply() {
            guard let real = real.baseAddress, let imaginary = imaginary.baseAddress else { return }
            // X = (Z + Z̄')/2 and H = (Z − Z̄')/2i, where Z' is Z at the opposite frequency: X·H = (Z² − Z̄'²)/4i.
            for index in 0...size / 2 {
                let opposite = index == 0 ? 0 : size - index
                let (a, b) = (real[index], imaginary[index])
                let (c, d) = (real[opposite], imaginary[opposite])
                let (differenceR, differenceI) = (a * a - b * b - c * c + d * d, 2 * (a * b + c * d))
                // Divided by 4i, then conjugated; a real waveform's opposite value is the conjugate of that.
                (real[index], imaginary[index]) = (differenceI / 4, differenceR / 4)
                (real[opposite], imaginary[opposite]) = (differenceI / 4, -differenceR / 4)
            }
        }
    }

    private var plans: [Int: Plan] = [:]

    package init() {}

    /// The convolution of two waveforms.
    /// - Returns: `samples.count + response.count − 1` values; none where one of them is empty.
    package func convolved(_ samples: [Float], _ response: [Float]) -> [Float] {
        guard !samples.isEmpty, !response.isEmpty else { return [] }
        let count = samples.count + response.count - 1
        var size = 16
        while size < count { size *= 2 }
        let plan = plans[size] ?? Plan(size: size)
        plans[size] = plan
        for (values, target) in [(samples, plan.real), (response, plan.imaginary)] {
            _ = target.update(fromContentsOf: values)
            target[values.count...].update(repeating: 0)
        }
        plan.run()
        plan.multiply()
        plan.run()
        let scale = 1 / Float(size)
        return plan.real[..<count].map { $0 * scale }
    }
}
