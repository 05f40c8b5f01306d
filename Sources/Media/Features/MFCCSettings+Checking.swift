extension MFCCSettings {
    /// Half the sample rate in Hz; torchaudio rounds it down to a whole number.
    var nyquistFrequency: Double {
        switch convention {
        case .pythonSpeechFeatures: Double(sampleRate) / 2
        case .torchaudio: Double(sampleRate / 2)
        }
    }

    /// The last filter's upper edge in Hz.
    var upperFrequency: Double { highFrequency ?? nyquistFrequency }

    /// What |X|² is multiplied with to be a frame's power spectrum.
    var powerScale: Float {
        switch convention {
        case .pythonSpeechFeatures: 1 / Float(fftSize)
        case .torchaudio: 1
        }
    }

    /// Throws what a user needs to know about the first setting that cannot be.
    func check() throws {
        func require(_ holds: Bool, _ name: String, _ value: Any, _ expected: String) throws {
            guard holds else {
                throw MediaError(.badData, "MFCC setting \(name) is \(value); expected \(expected)")
            }
        }
        try require(AudioLimits.sampleRates.contains(sampleRate), "sampleRate", sampleRate, "1000 to 384000")
        try require(
            (4...65_536).contains(fftSize) && fftSize.isMultiple(of: 2) && fftSize.hasSmallFactors, "fftSize", fftSize,
            "an even number from 4 to 65536 without prime factors above 7")
        // Compared as numbers of samples before any of them becomes an Int, which huge values or NaN would not survive.
        let (windowLength, stepLength) = (samples(in: windowSeconds), samples(in: stepSeconds))
        try require(
            windowLength >= 1 && windowLength <= Double(fftSize), "windowSeconds", windowSeconds,
            "1 to \(fftSize) samples (fftSize) at \(sampleRate) Hz")
        try require(
            stepLength >= 1 && stepLength <= Double(sampleRate), "stepSeconds", stepSeconds,
            "at least one sample and at most a second")
        try require((1...fftSize).contains(filters), "filters", filters, "1 to fftSize, \(fftSize)")
        try require((1...filters).contains(coefficients), "coefficients", coefficients, "1 to filters, \(filters)")
        try require(
            lowFrequency >= 0 && lowFrequency < upperFrequency, "lowFrequency", lowFrequency,
            "0 Hz to below highFrequency, \(upperFrequency) Hz")
        try require(
            upperFrequency <= nyquistFrequency, "highFrequency", upperFrequency,
            "at most half the sample rate, \(nyquistFrequency) Hz")
        try require((0...1).contains(preemphasis), "preemphasis", preemphasis, "0 to 1")
        try require((0...1000).contains(lifter), "lifter", lifter, "0 to 1000")
        if convention == .torchaudio {
            try require(preemphasis == 0, "preemphasis", preemphasis, "0, as torchaudio has none")
            try require(lifter == 0, "lifter", lifter, "0, as torchaudio has none")
            try require(!appendsEnergy, "appendsEnergy", appendsEnergy, "false, as torchaudio has no energy term")
        }
    }

    /// The whole number of samples nearest to a time, halves rounded up as `python_speech_features` does.
    func samples(in seconds: Double) -> Double {
        (seconds * Double(sampleRate)).rounded(.toNearestOrAwayFromZero)
    }
}

extension Int {
    /// Whether no prime factor is above 7, so that a Fourier transform of so many points is fast.
    fileprivate var hasSmallFactors: Bool {
        var rest = self
        for prime in [2, 3, 5, 7] {
            while rest.isMultiple(of: prime) { rest /= prime }
        }
        return rest == 1
    }
}
