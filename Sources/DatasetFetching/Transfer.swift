import CDownloading
import FileFormats
import Foundation

/// One HTTP request whose body goes straight to a file, piece by piece.
///
/// All of it happens on the thread that waits for it, inside `run`.
final class Transfer {
    /// How a request ended.
    enum Outcome: Sendable, Equatable {
        /// The whole body is in the file.
        case complete
        /// The server answered with this status, which is no body to keep.
        case refused(status: Int)
        /// The file holds a beginning; asking again may bring the rest.
        case broken(reason: String)
        /// The file cannot be written.
        case cannotWrite(DuetError)
        /// The body goes on past the size that it should have.
        case tooLong
        /// The caller asked to stop.
        case cancelled
    }

    private let output: AtomicFile.Output
    private let sizeLimit: Int
    private var outcome: Outcome?
    /// How many bytes the file has.
    private(set) var bytesWritten: Int

    /// How often libcurl is left to ask whether to go on.
    private static let stepMilliseconds: Int32 = 20

    /// - Parameters:
    ///   - output: a file open for writing, which already holds `offset` bytes and stays open for the transfer's life.
    ///   - offset: where the request asks the server to go on.
    ///   - sizeLimit: the most bytes that the file may have in the end.
    init(_ output: consuming AtomicFile.Output, offset: Int, sizeLimit: Int) {
        self.output = output
        self.sizeLimit = sizeLimit
        bytesWritten = offset
    }

    /// Sends the request and waits for its end.
    ///
    /// - Parameters:
    ///   - url: what to get.
    ///   - stallSeconds: how long nothing may arrive before the connection counts as broken.
    ///   - progress: told now and then how many bytes the file has.
    ///   - isCancelled: asked now and then.
    /// - Returns: how the request ended.
    /// - Throws: `DuetError` of kind `unavailable`, when there is no libcurl on this machine.
    func run(
        _ url: URL, stallSeconds: Double, progress: (Int) -> Void, isCancelled: () -> Bool
    ) throws -> Outcome {
        let receiver = download_receiver(
            context: Unmanaged.passUnretained(self).toOpaque(),
            response: { Transfer.at($0).accept(status: $1, contentRange: String(cString: $2)) },
            body: { Transfer.at($0).append(UnsafeRawBufferPointer(start: $1, count: $2)) })
        var problem: UnsafePointer<CChar>?
        guard let download = download_begin(url.absoluteString, UInt64(bytesWritten), receiver, &problem) else {
            let reason = problem.map { String(cString: $0) } ?? "there is no libcurl"
            throw DuetError(.unavailable, "\(url.absoluteString) cannot be fetched: \(reason)")
        }
        defer { download_end(download) }

        var (seen, lastArrival) = (bytesWritten, Date())
        while true {
            let state = download_step(download, Self.stepMilliseconds)
            if bytesWritten != seen {
                (seen, lastArrival) = (bytesWritten, Date())
                progress(seen)
            }
            // What ended the transfer from here says more than what libcurl makes of it.
            if let outcome { return outcome }
            switch state {
            case DOWNLOAD_GOES_ON: break
            case DOWNLOAD_COMPLETE: return .complete
            default: return .broken(reason: String(cString: download_problem(download)))
            }
            if isCancelled() { return .cancelled }
            if Date().timeIntervalSince(lastArrival) > stallSeconds {
                return .broken(reason: "nothing arrived for \(Int(stallSeconds.rounded(.up))) seconds")
            }
        }
    }

    private static func at(_ context: UnsafeMutableRawPointer) -> Transfer {
        Unmanaged.fromOpaque(context).takeUnretainedValue()
    }

    /// Whether the answer's body is one to keep.
    private func accept(status: Int, contentRange: String) -> Bool {
        switch status {
        case 200:
            // The whole file, whether or not a part of it was asked for.
            bytesWritten = 0
            if ftruncate(output.descriptor, 0) != 0 || lseek(output.descriptor, 0, SEEK_SET) != 0 {
                outcome = .cannotWrite(DuetError.system(.cannotWrite, "\(output.name) cannot be written"))
            }
        case 206 where contentRange.hasPrefix("bytes \(bytesWritten)-"):
            break
        default:
            outcome = .refused(status: status)
        }
        return outcome == nil
    }

    private func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytesWritten + bytes.count <= sizeLimit else {
            outcome = .tooLong
            return false
        }
        do {
            try output.write(bytes)
            bytesWritten += bytes.count
            return true
        } catch {
            let unknown = DuetError(.cannotWrite, "\(output.name) cannot be written: \(error)")
            outcome = .cannotWrite(error as? DuetError ?? unknown)
            return false
        }
    }
}
