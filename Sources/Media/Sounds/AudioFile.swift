import CLateLibraries
public import Foundation

/// Reads sound files: WAV, FLAC, and whatever else libsndfile knows.
public enum AudioFile {
    /// Decodes a file, with all its channels mixed to one.
    ///
    /// Integers of every width, and µ-law, become −1 to 1: a 16-bit value is divided by 32,768. Float files are taken
    /// as they are. A WAV file that ends before its header says is read to where it ends.
    ///
    /// - Parameter url: a file of 1 sample to 10 minutes (5 at 96 kHz: 28.8 million samples), 1 to 16 channels and 1,000 to
    ///   384,000 samples per second.
    /// - Returns: the sound at the file's own rate.
    /// - Throws: `MediaError`, when the file is missing, not a file, broken or beyond those limits.
    public static func read(_ url: URL) throws -> AudioClip {
        // libsndfile would say only "System error", and would wait for ever for a pipe that nobody writes to.
        _ = try MediaFile.size(of: url, expected: "a sound file")
        let library = try library(for: url.path)
        var format = SF_INFO()
        let file = library.sf_open(url.path, Int32(SFM_READ), &format)
        return try clip(from: file, format, name: url.path, library)
    }

    /// Decodes a file that is already in memory, as `read(_:)` does.
    ///
    /// - Parameters:
    ///   - data: the whole file.
    ///   - name: what to call the sound in error messages.
    ///   - seconds: the most seconds that it may be long, from 1 up to the 600 of all files.
    /// - Returns: the sound at the file's own rate.
    /// - Throws: `MediaError`, when the data is broken or beyond the limits.
    public static func read(data: some ContiguousBytes, name: String, seconds: Int = 600) throws -> AudioClip {
        let library = try library(for: name)
        return try data.withUnsafeBytes { bytes in
            var memory = MemoryFile(bytes)
            var access = MemoryFile.access
            var format = SF_INFO()
            return try withUnsafeMutablePointer(to: &memory) { memory in
                let file = library.sf_open_virtual(&access, Int32(SFM_READ), &format, memory)
                return try clip(from: file, format, name: name, seconds: seconds, library)
            }
        }
    }

    /// Begins to load the libraries that sounds are read with, on a thread of its own: with what they bring along that takes some
    /// milliseconds, in which the caller can do something else. Whoever reads a sound waits for them as ever.
    public static func preloadLibraries() {
        Thread.detachNewThread {
            var problem: UnsafePointer<CChar>?
            _ = late_sndfile(&problem)
            _ = late_soxr(&problem)
        }
    }

    /// Decodes what libsndfile has opened, or failed to open, and closes it.
    private static func clip(
        from file: OpaquePointer?, _ format: SF_INFO, name: String, seconds: Int = AudioLimits.seconds,
        _ library: late_sndfile_functions
    ) throws -> AudioClip {
        guard let file else {
            throw MediaError(.badData, "\(name): not a readable sound file (\(library.message(of: nil)))")
        }
        defer { _ = library.sf_close(file) }
        let (channels, rate) = (Int(format.channels), Int(format.samplerate))
        guard AudioLimits.channels.contains(channels) else {
            throw MediaError(.badData, "\(name): \(channels) channels; expected 1 to 16")
        }
        guard AudioLimits.sampleRates.contains(rate) else {
            throw MediaError(.badData, "\(name): \(rate) samples per second; expected 1000 to 384000")
        }
        let samples = try mono(file, channels: channels, rate: rate, name: name, seconds: seconds, library)
        guard !samples.isEmpty else {
            throw MediaError(.badData, "\(name): the file holds no samples; expected at least one")
        }
        return AudioClip(samples: samples, sampleRate: rate)
    }

    /// Reads block by block to the end, whatever length the header claims, and averages the channels.
    private static func mono(
        _ file: OpaquePointer, channels: Int, rate: Int, name: String, seconds: Int, _ library: late_sndfile_functions
    ) throws -> [Float] {
        let framesPerBlock = 8192
        var block = [Float](repeating: 0, count: framesPerBlock * channels)
        var samples: [Float] = []
        while true {
            let frames = Int(library.sf_readf_float(file, &block, sf_count_t(framesPerBlock)))
            guard library.sf_error(file) == SF_ERR_NO_ERROR else {
                throw MediaError(
                    .badData, "\(name): broken after \(samples.count + frames) samples (\(library.message(of: file)))")
            }
            guard frames > 0 else { return samples }
            let longest = min(max(seconds, 1), AudioLimits.seconds)
            guard samples.count + frames <= longest * rate else {
                let limit = longest < 120 ? "\(longest) seconds" : "\(longest / 60) minutes"
                throw MediaError(.badData, "\(name): longer than \(limit); expected one short recording")
            }
            guard samples.count + frames <= AudioLimits.samples else {
                throw MediaError(
                    .badData, "\(name): more than \(AudioLimits.samples) samples; expected one short recording")
            }
            for frame in 0..<frames {
                var sum: Float = 0
                for channel in 0..<channels {
                    let sample = block[frame * channels + channel]
                    guard abs(sample) <= AudioLimits.amplitude else {
                        throw MediaError(
                            .badData, "\(name): sample \(samples.count) is \(sample); expected values from −1 to 1")
                    }
                    sum += sample
                }
                samples.append(sum / Float(channels))
            }
        }
    }

    private static func library(for name: String) throws -> late_sndfile_functions {
        var problem: UnsafePointer<CChar>?
        guard let library = late_sndfile(&problem) else { throw MediaError(missingLibrary: problem, for: name) }
        return library.pointee
    }
}

extension late_sndfile_functions {
    fileprivate func message(of file: OpaquePointer?) -> String {
        var text = sf_strerror(file).map { String(cString: $0) } ?? "unknown reason"
        while text.last == "." || text.last == "\n" { text.removeLast() }
        return text
    }
}
