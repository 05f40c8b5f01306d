import Foundation

/// What the samples of a frame are multiplied with before its spectrum is taken.
enum FrameWindow {
    /// The window's values over one frame; they stand for the first samples of the Fourier transform.
    ///
    /// python_speech_features' windows are symmetric, as NumPy's. torchaudio's are periodic: they would go on smoothly where they
    /// end. Theirs are in the middle of a frame as long as the transform, with zeros on both sides.
    static func values(_ settings: MFCCSettings) -> [Float] {
        let count = Int(settings.samples(in: settings.windowSeconds))
        switch settings.convention {
        case .pythonSpeechFeatures:
            return values(settings.window, count: count, period: count - 1)
        case .torchaudio:
            let window = values(settings.window, count: count, period: count)
            let before = (settings.fftSize - count) / 2
            let after = settings.fftSize - count - before
            return [Float](repeating: 0, count: before) + window + [Float](repeating: 0, count: after)
        }
    }

    private static func values(_ window: MFCCSettings.Window, count: Int, period: Int) -> [Float] {
        // NumPy's and PyTorch's windows of one sample are 1.
        guard count > 1 else { return [Float](repeating: 1, count: count) }
        return (0..<count).map { index in
            let cosine = cos(2 * .pi * Double(index) / Double(period))
            return switch window {
            case .rectangular: 1
            case .hamming: Float(0.54 - 0.46 * cosine)
            case .hann: Float(0.5 - 0.5 * cosine)
            }
        }
    }
}
