import Duet
import FileFormats
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1

/// Answers requests: finds the endpoint, asks the models, and turns errors into answers. Logs and counts each request.
struct ServerResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    let state: ServerState

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        let start = ContinuousClock.now
        let endpoint = Endpoint(request.uri.path)
        let id = Self.requestID(request) ?? context.id
        var logger = context.logger
        logger[metadataKey: "hb.request.id"] = nil
        logger[metadataKey: "request_id"] = "\(id)"
        state.metrics.begin()
        var status = 0
        defer {
            let time = ContinuousClock.now - start
            state.metrics.end(endpoint: endpoint?.label ?? "other", code: status, after: time)
            logger.log(
                level: status >= 500 ? .warning : .info, "request",
                metadata: [
                    "method": "\(request.method)", "path": "\(request.uri.path)",
                    "status": "\(status)",
                    "milliseconds": "\((time.seconds * 100_000).rounded() / 100)",
                ])
        }
        var (response, hasRead): (Response, Bool)
        do {
            (response, hasRead) = try await answer(request, endpoint, logger, id)
        } catch {
            // What is no HTTP is answered by Hummingbird.
            status = HTTPResponse.Status.badRequest.code
            throw error
        }
        if request.hasBody, !hasRead { response.headers[.connection] = "close" }
        response.headers[HeaderName.requestID] = id
        response.headers[.xContentTypeOptions] = "nosniff"
        allowOrigin(of: request, in: &response)
        status = response.status.code
        return request.method == .head ? response.createHeadResponse() : response
    }

    /// What a client calls its request, where that can stand in a log.
    private static func requestID(_ request: Request) -> String? {
        request.headers[HeaderName.requestID].flatMap {
            $0.wholeMatch(of: /[A-Za-z0-9._:\/+=-]{1,100}/) == nil ? nil : $0
        }
    }

    /// The response, and whether the request's body was read to its end.
    private func answer(
        _ request: Request, _ endpoint: Endpoint?, _ logger: Logger, _ id: String
    ) async throws -> (Response, hasRead: Bool) {
        var hasRead = false
        do {
            if request.method == .options, !state.settings.allowedOrigins.isEmpty, endpoint != nil {
                return (Response(status: .noContent), hasRead)
            }
            guard let endpoint, endpoint != .collect || state.settings.collection != nil else {
                throw HTTPProblem.notFound(
                    "there is nothing at \(request.uri.path)"
                        + (endpoint == .collect ? "; this server was started without --collect" : ""))
            }
            guard request.method == endpoint.method || request.method == .head && endpoint.method == .get else {
                throw HTTPProblem(
                    status: .methodNotAllowed,
                    message: "\(request.uri.path) takes \(endpoint.method), not \(request.method)",
                    headers: [.allow: endpoint.method == .get ? "GET, HEAD" : "\(endpoint.method)"])
            }
            if let keys = state.settings.keys, !endpoint.isOpen, !keys.allow(request.headers[.authorization]) {
                throw HTTPProblem(
                    status: .unauthorized, message: "a key is needed; send the header 'Authorization: Bearer KEY'",
                    headers: [.wwwAuthenticate: "Bearer"])
            }
            guard endpoint.method == .post else { return (try get(endpoint, request), hasRead) }
            // What is unknown is refused before its body is read.
            let takesFiles = endpoint == .predict || endpoint == .collect
            let model = try takesFiles ? model(ofQuery: request) : model(of: endpoint)
            let body = try await request.readBody(upTo: state.settings.mostBodyBytes, state.budget)
            defer { state.budget.giveBack(body.bytes) }
            hasRead = true
            let response = try await model.serve {
                switch endpoint {
                case .predict: try await predict(request, body.data, model)
                case .collect: try await collect(request, body.data, model)
                default: try await infer(request, body.data, model)
                }
            }
            return (response, hasRead)
        } catch let error as HTTPParserError {
            throw error
        } catch {
            if let problem = HTTPProblem(error) { return (.problem(problem), hasRead) }
            logger.error("internal error", metadata: ["error": "\(error)"])
            return (
                .problem(
                    HTTPProblem(
                        status: .internalServerError, message: "an error in Duet; the server's log has it as \(id)")),
                hasRead
            )
        }
    }

    private func model(of endpoint: Endpoint) throws -> ServedModel {
        switch endpoint {
        case .model(let name, let version), .modelReady(let name, let version), .infer(let name, let version):
            guard let model = state.models[name] else {
                throw HTTPProblem.notFound("there is no model '\(name)'; there is \(modelNames)")
            }
            guard version == nil || version == model.version else {
                throw HTTPProblem.notFound(
                    "the model '\(name)' has no version '\(version ?? "")'; it has '\(model.version)'")
            }
            return model
        default: throw HTTPProblem.notFound("there is no model")
        }
    }

    /// The model that is named behind `?model=`, or the only one there is.
    private func model(ofQuery request: Request) throws -> ServedModel {
        let models = state.models.all
        guard let name = request.uri.queryParameters["model"] else {
            guard models.count == 1 else {
                throw HTTPProblem.badRequest("there are several models; choose one with ?model=NAME: \(modelNames)")
            }
            return models[0]
        }
        guard let model = models.first(where: { $0.name == name }) else {
            throw HTTPProblem.notFound("there is no model '\(name)'; there is \(modelNames)")
        }
        return model
    }

    private var modelNames: String { state.models.all.map { "'\($0.name)'" }.joined(separator: ", ") }

    private func get(_ endpoint: Endpoint, _ request: Request) throws -> Response {
        switch endpoint {
        case .page: return try page(request)
        case .pageStyle: return PageFiles.style
        case .pageScript: return PageFiles.script
        case .description: return PageFiles.description
        case .metrics:
            let text = state.metrics.text(state.models.all, connections: state.connections.count)
            return .text(text, "text/plain; version=0.0.4; charset=utf-8")
        case .server: return .json(ModelDescription.server(version: state.settings.version))
        case .live: return .json(#"{"live":true}"#)
        case .ready: return .json(#"{"ready":\#(state.isReady)}"#, status: state.isReady ? .ok : .serviceUnavailable)
        case .modelReady:
            let name = try model(of: endpoint).name
            return .json(
                JSONText.object(["name": JSONText.string(name), "ready": "\(state.isReady)"]),
                status: state.isReady ? .ok : .serviceUnavailable)
        case .model: return .json(ModelDescription.metadata(of: try model(of: endpoint)))
        case .predict, .collect, .infer: throw HTTPProblem.notFound("there is nothing to get")
        }
    }

    /// The page for a model: the one that is named, or the first.
    private func page(_ request: Request) throws -> Response {
        let models = state.models.all
        let model = request.uri.queryParameters["model"] == nil ? models[0] : try model(ofQuery: request)
        return PageFiles.page(
            for: model, of: models.map(\.name), collects: state.settings.collection != nil)
    }

    /// Predicts from values, as the Open Inference Protocol has it.
    private func infer(_ request: Request, _ body: Data, _ model: ServedModel) async throws -> Response {
        let type = HeaderValue(request.headers[.contentType] ?? "").value
        // curl calls a body a form's unless it is told otherwise.
        guard ["", "application/json", "application/octet-stream", "application/x-www-form-urlencoded"].contains(type)
        else {
            throw HTTPProblem.unsupported(
                "the Content-Type is '\(type)'; expected application/json, or application/octet-stream with "
                    + "Inference-Header-Content-Length")
        }
        let headerLength = try request.headers[HeaderName.headerLength].map { text in
            guard let length = Int(text), length >= 0 else {
                throw HTTPProblem.badRequest("Inference-Header-Content-Length is '\(text)'; expected a number of bytes")
            }
            return length
        }
        let wanted = try InferenceRequest(
            body, headerLength: headerLength, for: model, mostRows: ServerSettings.mostRows(of: model.model))
        let result = try await model.predict(.rows(count: wanted.rows, values: wanted.values))
        let response = InferenceResponse(result.predictions, to: wanted, of: model)
        guard let length = response.headerLength else { return .bytes(response.body, "application/json") }
        return .bytes(response.body, "application/octet-stream", headers: [HeaderName.headerLength: "\(length)"])
    }

    /// Predicts from files: what `duet predict --json` prints.
    private func predict(_ request: Request, _ body: Data, _ model: ServedModel) async throws -> Response {
        let wanted = try MediaRequest(body, contentType: request.headers[.contentType] ?? "", for: model)
        guard wanted.label == nil else {
            throw HTTPProblem.badRequest("'label' is for /collect; a prediction has no right answer yet")
        }
        func isAsked(_ what: String) -> Bool { request.uri.queryParameters[Substring(what)] == "true" }
        let result = try await model.predict(
            .files(wanted.files, wanted.preparation, withAttribution: isAsked("occlusion")))
        let report = PredictionReport(
            names: [wanted.files.mapValues(\.name)], result.predictions, classNames: model.model.classNames)
        let answer = PredictionAnswer(
            report: report, values: isAsked("values") ? result.values : nil, occlusion: result.attribution,
            model: model.model)
        return .json(try JSON.prettyText(answer) + "\n")
    }

    /// Saves an example with its right answer. It is predicted first: what the model cannot read is no example.
    private func collect(_ request: Request, _ body: Data, _ model: ServedModel) async throws -> Response {
        let wanted = try MediaRequest(body, contentType: request.headers[.contentType] ?? "", for: model)
        guard let label = wanted.label, model.model.classNames.contains(label) else {
            throw HTTPProblem.badRequest(
                (wanted.label.map { "'\($0)' is no class of the model" } ?? "there is no 'label', the right answer")
                    + "; expected one of \(model.model.classNames.prefix(20).joined(separator: ", "))"
                    + (model.model.classNames.count > 20 ? " and so on" : ""))
        }
        _ = try await model.predict(.files(wanted.files, wanted.preparation, withAttribution: false))
        guard let collection = state.settings.collection else { throw HTTPProblem.notFound("there is no --collect") }
        let paths = try collection.save(wanted.files, label: label, model: model.name)
        return .json(JSONText.object(["saved": "[" + paths.map(JSONText.string).joined(separator: ",") + "]"]))
    }

    private func allowOrigin(of request: Request, in response: inout Response) {
        let allowed = state.settings.allowedOrigins
        guard !allowed.isEmpty else { return }
        response.headers[.vary] = "Origin"
        guard let origin = request.headers[.origin], allowed.contains("*") || allowed.contains(origin) else { return }
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.accessControlExposeHeaders] = "Inference-Header-Content-Length, X-Request-ID, Retry-After"
        guard request.method == .options else { return }
        response.headers[.accessControlAllowMethods] = "GET, POST"
        response.headers[.accessControlAllowHeaders] =
            "Authorization, Content-Type, Inference-Header-Content-Length, X-Request-ID"
    }
}
