import CKissFFT
import Foundation

/// The power spectrum of real frames of one size, by KissFFT in float32.
///
/// It owns the memory that it works in, so it belongs to one thread at a time.
final class RealFourierTransform {
    /// The frame to transform: `size` values.
    let frame: UnsafeMutableBufferPointer<Float>
    private let spectrum: UnsafeMutableBufferPointer<kiss_fft_cpx>
    private let configuration: OpaquePointer

    /// A transform of `size` points, an even number; the frame is all zeros.
    init(size: Int) {
        guard let configuration = kiss_fftr_alloc(Int32(size), 0, nil, nil) else {
            fatalError("no memory for a Fourier transform of \(size) points")
        }
        self.configuration = configuration
        frame = .allocate(capacity: size)
        frame.initialize(repeating: 0)
        spectrum = .allocate(capacity: size / 2 + 1)
        spectrum.initialize(repeating: kiss_fft_cpx())
    }

    deinit {
        frame.deallocate()
        spectrum.deallocate()
        free(UnsafeMutableRawPointer(configuration))
    }

    /// Writes |X|² / `size` of the frame's spectrum X, from 0 to half the sample rate: `size / 2 + 1` values.
    func powerSpectrum(into power: UnsafeMutableBufferPointer<Double>) {
        kiss_fftr(configuration, frame.baseAddress, spectrum.baseAddress)
        let scale = 1 / Double(frame.count)
        for point in spectrum.indices {
            let (real, imaginary) = (Double(spectrum[point].r), Double(spectrum[point].i))
            power[point] = (real * real + imaginary * imaginary) * scale
        }
    }
}
