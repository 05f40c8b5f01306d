import Foundation
import Media

/// What inputs are decoded as.
enum FuzzTarget: String {
    case png, jpeg, wav, flac

    /// Decodes an input and uses the result as the command would. A file that is refused is fine; anything but a
    /// `MediaError` ends the program, and libFuzzer keeps the input.
    func run(on input: Data) {
        attempt(input)
        // Hardly any changed file would get past its checksums.
        if self == .png { attempt(input.withRepairedPNGChecksums()) }
    }

    private func attempt(_ input: Data) {
        do {
            switch self {
            case .png, .jpeg: try use(Image(data: input, name: "input", limits: Self.imageLimits))
            case .wav, .flac: try use(AudioFile.read(data: input, name: "input"))
            }
        } catch let error as MediaError {
            precondition(error.kind == .badData && error.description.hasPrefix("input: "), "\(error)")
        } catch {
            fatalError("not a MediaError: \(error)")
        }
    }

    /// Large pictures show nothing that small ones do not, and take long.
    private static let imageLimits = ImageLimits(pixels: 1_000_000, side: 20_000)

    private func use(_ image: Image) {
        precondition(image.pixels.allSatisfy { (0...1).contains($0) })
        let gray = image.converted(to: .gray)
        precondition(gray.converted(to: .rgb).pixels.count == 3 * gray.pixels.count)
        for (width, height) in [(28, 28), (1, 1), (image.width + 1, 3)] {
            precondition(image.resized(width: width, height: height).pixels.allSatisfy { $0.isFinite })
        }
        let digit = image.preparedAsDigit().image
        precondition(digit.pixels.count == 784 && digit.pixels.allSatisfy { $0.isFinite })
    }

    private func use(_ clip: AudioClip) throws {
        precondition(!clip.samples.isEmpty && clip.samples.allSatisfy { $0.isFinite })
        // Resampling takes longest of all; a tenth of a second says as much as ten minutes.
        let short = clip.loudest(clip.sampleRate / 10)
        do {
            let values = try features.values(of: short)
            precondition(values.count == features.settings.valuesPerClip && values.allSatisfy { $0.isFinite })
        } catch let error as MediaError {
            // Its message has no file's name, because a clip has none.
            precondition(error.kind == .badData)
        }
    }
}

// libFuzzer calls from one thread only.
/// The decoder that `fuzz_choose_target` has set.
nonisolated(unsafe) private var target = FuzzTarget.png
/// Made once, as making it takes longer than using it.
nonisolated(unsafe) private let features: AudioFeatures = {
    // With all that a setting can ask for.
    var settings = AudioFeatureSettings()
    (settings.trimsSilence, settings.normalizesMean, settings.deltas) = (true, true, 2)
    return try! AudioFeatures(settings)
}()

/// Sets the decoder that inputs are for; 0 where there is none of this name.
@_cdecl("fuzz_choose_target")
public func chooseTarget(_ name: UnsafePointer<CChar>) -> CInt {
    guard let named = FuzzTarget(rawValue: String(cString: name)) else { return 0 }
    target = named
    return 1
}

/// Decodes one input.
@_cdecl("fuzz_try_input")
public func tryInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) {
    target.run(on: Data(UnsafeBufferPointer(start: bytes, count: count)))
}
