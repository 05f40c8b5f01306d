import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOFoundationCompat

/// A body that was read, and the bytes that it takes of the server's budget until it is given back.
struct ReadBody {
    let data: Data
    let bytes: Int
}

extension Request {
    /// Whether there is a body.
    var hasBody: Bool { headers[.transferEncoding] != nil || headers[.contentLength].map { $0 != "0" } == true }

    /// Reads the whole body.
    /// - Parameters:
    ///   - most: the most bytes that it may have.
    ///   - budget: what all bodies together may take; what this one takes is for the caller to give back.
    /// - Returns: the body.
    /// - Throws: `HTTPProblem` where it is too large, there is no room, or it does not come to its end.
    func readBody(upTo most: Int, _ budget: Budget) async throws -> ReadBody {
        let length = headers[.contentLength].map { Int($0) ?? .max }
        if let length, length > most { throw HTTPProblem.tooLarge(most) }
        if let encoding = headers[.contentEncoding], encoding.lowercased() != "identity" {
            throw HTTPProblem.unsupported("the Content-Encoding is '\(encoding)'; send the body as it is")
        }
        var (buffer, taken) = (ByteBuffer(), 0)
        do {
            for try await part in body {
                guard part.readableBytes <= most - taken else { throw HTTPProblem.tooLarge(most) }
                guard budget.take(part.readableBytes) else {
                    throw HTTPProblem.unavailable(
                        "the bodies of other requests fill the server's memory; try again later")
                }
                taken += part.readableBytes
                buffer.writeImmutableBuffer(part)
            }
            if let length, length != taken {
                throw HTTPProblem.badRequest("the body ended after \(taken) of \(length) bytes")
            }
        } catch {
            budget.giveBack(taken)
            throw error
        }
        return ReadBody(data: Data(buffer: buffer, byteTransferStrategy: .noCopy), bytes: taken)
    }
}
