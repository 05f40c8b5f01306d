import Duet
import FileFormats
import Foundation
import HTTPTypes
import Hummingbird
import Media
import NIOCore

/// Why a request is refused: the status, and a sentence for who sent it.
struct HTTPProblem: Error {
    let status: HTTPResponse.Status
    let message: String
    var headers: HTTPFields = [:]

    /// A request that is not as it should be.
    static func badRequest(_ message: String) -> HTTPProblem { HTTPProblem(status: .badRequest, message: message) }

    /// Something that is not there.
    static func notFound(_ message: String) -> HTTPProblem { HTTPProblem(status: .notFound, message: message) }

    /// A body larger than the limit.
    static func tooLarge(_ limit: Int) -> HTTPProblem {
        HTTPProblem(
            status: .contentTooLarge, message: "the body is larger than \(limit) bytes, the limit (--max-body)")
    }

    /// A body of a kind that the endpoint does not take.
    static func unsupported(_ message: String) -> HTTPProblem {
        HTTPProblem(status: .unsupportedMediaType, message: message)
    }

    /// A server that cannot take the request now.
    static func unavailable(_ message: String, retryAfter seconds: Int = 1) -> HTTPProblem {
        HTTPProblem(status: .serviceUnavailable, message: message, headers: [.retryAfter: "\(seconds)"])
    }
}

extension HTTPProblem {
    /// What an error of the library means for who sent the request; nil for errors that are not theirs.
    init?(_ error: any Error) {
        switch error {
        case let problem as HTTPProblem: self = problem
        case let error as DuetError where error.kind == .badData || error.kind == .usage:
            self = .badRequest(error.message)
        case let error as MediaError where error.kind == .badData: self = .badRequest(error.description)
        // A library that decodes sounds is missing.
        case let error as MediaError: self = .unavailable(error.description, retryAfter: 60)
        default: return nil
        }
    }
}
