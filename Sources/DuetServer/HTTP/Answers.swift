import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOFoundationCompat

extension Response {
    /// A response with a text.
    static func text(_ text: String, _ type: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// A response with JSON.
    static func json(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        .text(text, "application/json", status: status)
    }

    /// A response with bytes.
    static func bytes(_ bytes: some Sequence<UInt8>, _ type: String, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = type
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// A refusal, as the Open Inference Protocol has it.
    static func problem(_ problem: HTTPProblem) -> Response {
        var response = Response.json(
            JSONText.object(["error": JSONText.string(problem.message)]), status: problem.status)
        response.headers.append(contentsOf: problem.headers)
        return response
    }
}

/// The names of headers that are not the standard's.
enum HeaderName {
    /// What a request is called in logs.
    static let requestID = HTTPField.Name("X-Request-ID")!
    /// How many bytes of a body are JSON.
    static let headerLength = HTTPField.Name("Inference-Header-Content-Length")!
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
    static let permissionsPolicy = HTTPField.Name("Permissions-Policy")!
}
