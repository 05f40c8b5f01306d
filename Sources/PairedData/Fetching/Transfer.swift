import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// One HTTP request whose body goes straight to a file, piece by piece.
///
/// URLSession calls in on its own queue, the waiting thread looks on: `lock` guards all that both touch.
final class Transfer: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    /// How a request ended.
    enum Outcome: Sendable, Equatable {
        /// The whole body is in the file.
        case complete
        /// The server answered with this status, which is no body to keep.
        case refused(status: Int)
        /// The file holds a beginning; asking again may bring the rest.
        case broken(reason: String)
        /// The file cannot be written.
        case cannotWrite(DataError)
        /// The body goes on past the size that it should have.
        case tooLong
        /// The caller asked to stop.
        case cancelled
    }

    private let output: AtomicFile.Output
    private let sizeLimit: Int
    private let lock = NSLock()
    private var written: Int
    private var outcome: Outcome?

    /// - Parameters:
    ///   - output: a file open for writing, which already holds `offset` bytes and stays open for the transfer's life.
    ///   - offset: where the request asks the server to go on.
    ///   - sizeLimit: the most bytes that the file may have in the end.
    init(_ output: consuming AtomicFile.Output, offset: Int, sizeLimit: Int) {
        self.output = output
        self.sizeLimit = sizeLimit
        written = offset
    }

    /// Sends the request and waits for its end.
    ///
    /// - Parameters:
    ///   - url: what to get.
    ///   - stallSeconds: how long nothing may arrive before the connection counts as broken.
    ///   - progress: told now and then how many bytes the file has.
    ///   - isCancelled: asked now and then.
    /// - Returns: how the request ended.
    func run(
        _ url: URL, stallSeconds: Double, progress: (Int) -> Void, isCancelled: () -> Bool
    ) -> Outcome {
        var request = URLRequest(url: url)
        // A compressed body has other offsets than the file.
        request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
        let offset = bytesWritten
        if offset > 0 { request.setValue("bytes=\(offset)-", forHTTPHeaderField: "Range") }
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = stallSeconds
        configuration.urlCache = nil
        let queue = OperationQueue()
        queue.maxConcurrentOperationCount = 1
        let session = URLSession(configuration: configuration, delegate: self, delegateQueue: queue)
        defer { session.invalidateAndCancel() }
        let task = session.dataTask(with: request)
        task.resume()

        var (seen, lastArrival) = (offset, Date())
        while true {
            if let outcome = lock.withLock({ outcome }) { return outcome }
            let now = bytesWritten
            if now != seen {
                (seen, lastArrival) = (now, Date())
                progress(now)
            }
            if isCancelled() { end(.cancelled) }
            if Date().timeIntervalSince(lastArrival) > stallSeconds {
                end(.broken(reason: "nothing arrived for \(Int(stallSeconds.rounded(.up))) seconds"))
            }
            Thread.sleep(forTimeInterval: 0.02)
        }
    }

    /// How many bytes the file has.
    var bytesWritten: Int { lock.withLock { written } }

    /// The first end counts; what URLSession reports after it is only its echo. Nothing is written after the end.
    private func end(_ end: Outcome) {
        lock.withLock { outcome = outcome ?? end }
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
        let response = response as? HTTPURLResponse
        let status = response?.statusCode ?? 0
        switch status {
        case 200:
            // The whole file, whether or not a part of it was asked for.
            lock.withLock {
                written = 0
                guard ftruncate(output.descriptor, 0) == 0, lseek(output.descriptor, 0, SEEK_SET) == 0 else {
                    let error = DataError.system(.cannotWrite, "\(output.name) cannot be written")
                    outcome = outcome ?? .cannotWrite(error)
                    return
                }
            }
        case 206 where response?.value(forHTTPHeaderField: "Content-Range")?.hasPrefix("bytes \(bytesWritten)-") == true:
            break
        default:
            end(.refused(status: status))
        }
        completionHandler(lock.withLock { outcome } == nil ? .allow : .cancel)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let mayGoOn = lock.withLock {
            guard outcome == nil else { return false }
            guard written + data.count <= sizeLimit else {
                outcome = .tooLong
                return false
            }
            do {
                try output.write(data)
                written += data.count
                return true
            } catch {
                let unknown = DataError(.cannotWrite, "\(output.name) cannot be written: \(error)")
                outcome = .cannotWrite(error as? DataError ?? unknown)
                return false
            }
        }
        if !mayGoOn { dataTask.cancel() }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        end(error.map { .broken(reason: $0.localizedDescription) } ?? .complete)
    }
}
