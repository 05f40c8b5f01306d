import Datasets
import Duet
import FileFormats
import Foundation

/// A request for inference as the Open Inference Protocol has it, checked against a model.
struct InferenceRequest {
    /// One of the outputs that a request wants.
    struct Output: Equatable {
        let name: OutputName
        /// Whether its values come as bytes behind the JSON.
        let isBinary: Bool
    }

    /// What the client calls it, to be echoed.
    let id: String?
    /// The number of rows of each input.
    let rows: Int
    /// The values of each modality that is present, row by row.
    let values: [String: [Float]]
    /// Which outputs are wanted.
    let outputs: [Output]

    /// Reads a request.
    /// - Parameters:
    ///   - body: JSON, and behind it the values of inputs that come as bytes.
    ///   - headerLength: how many bytes of it are JSON; nil for all.
    ///   - model: what is asked.
    ///   - mostRows: the most rows that a request may have.
    /// - Throws: `HTTPProblem` that names what is wrong.
    init(_ body: Data, headerLength: Int?, for model: ServedModel, mostRows: Int) throws {
        let jsonCount = headerLength ?? body.count
        guard jsonCount >= 0, jsonCount <= body.count else {
            throw HTTPProblem.badRequest(
                "Inference-Header-Content-Length is \(jsonCount), but the body has \(body.count) bytes")
        }
        let document = try body.withUnsafeBytes {
            try JSONParser.value(ofRequest: UnsafeRawBufferPointer(rebasing: $0[..<jsonCount]))
        }
        guard case .object = document else {
            throw HTTPProblem.badRequest("the body is \(document.kind); expected an object with 'inputs'")
        }
        id = try document.string("id", in: "the request")
        let parameters = try document.object("parameters", in: "the request")
        guard case .array(let inputs)? = document["inputs"], !inputs.isEmpty else {
            throw HTTPProblem.badRequest(
                "'inputs' is missing or no list of objects; expected one for each modality that is present: "
                    + model.modalityNames)
        }
        var reader = InputReader(model: model, rest: body.dropFirst(jsonCount))
        for input in inputs { try reader.add(input) }
        rows = try reader.finish(mostRows: mostRows)
        values = reader.values
        outputs = try Self.outputs(
            document["outputs"], isBinary: parameters?.flag("binary_data_output") ?? false, of: model,
            present: Array(values.keys))
    }

    /// The outputs that are wanted: all that there are, unless the request names some.
    private static func outputs(
        _ value: JSONValue?, isBinary: Bool, of model: ServedModel, present: [String]
    ) throws -> [Output] {
        let possible = OutputName.all(of: model.model).filter { $0.modality.map(present.contains) ?? true }
        guard let value, value.count != 0 else { return possible.map { Output(name: $0, isBinary: isBinary) } }
        guard case .array(let wanted) = value, wanted.count <= 100 else {
            throw HTTPProblem.badRequest(
                "'outputs' is \(value.kind); expected a list of at most 100 objects with 'name'")
        }
        var names: Set<String> = []
        return try wanted.map { output in
            guard let name = try output.string("name", in: "an output") else {
                throw HTTPProblem.badRequest("an output has no 'name'")
            }
            guard let found = OutputName.all(of: model.model).first(where: { $0.text == name }) else {
                let names = OutputName.all(of: model.model).map(\.text).joined(separator: ", ")
                throw HTTPProblem.badRequest("the model '\(model.name)' has no output '\(name)'; it has \(names)")
            }
            guard names.insert(name).inserted else {
                throw HTTPProblem.badRequest("the output '\(name)' is wanted twice")
            }
            guard possible.contains(found) else {
                throw HTTPProblem.badRequest("the output '\(name)' needs an input that the request does not have")
            }
            let flag = try output.object("parameters", in: "the output '\(name)'")?.flag("binary_data")
            return Output(name: found, isBinary: flag ?? isBinary)
        }
    }
}

extension JSONParser {
    /// The value of a request's JSON.
    /// - Throws: `HTTPProblem`.
    static func value(ofRequest bytes: UnsafeRawBufferPointer) throws -> JSONValue {
        do {
            return try value(of: bytes)
        } catch let problem as JSONProblem {
            throw HTTPProblem.badRequest("the body is \(problem.message)")
        }
    }
}

extension JSONValue {
    /// A string; nil where there is none.
    func string(_ key: String, in place: String) throws -> String? {
        switch self[key] {
        case nil: return nil
        case .string(let text): return text
        case let other?: throw HTTPProblem.badRequest("'\(key)' of \(place) is \(other.kind); expected a string")
        }
    }

    /// An object; nil where there is none.
    func object(_ key: String, in place: String) throws -> JSONValue? {
        switch self[key] {
        case nil: return nil
        case let value? where value.isObject: return value
        case let other?: throw HTTPProblem.badRequest("'\(key)' of \(place) is \(other.kind); expected an object")
        }
    }

    var isObject: Bool { if case .object = self { true } else { false } }

    /// A boolean; nil for anything else.
    func flag(_ key: String) -> Bool? { if case .bool(let flag)? = self[key] { flag } else { nil } }
}
