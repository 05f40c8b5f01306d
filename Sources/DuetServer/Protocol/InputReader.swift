import HTTPTypes
import Datasets
import Duet
import Foundation

/// Reads a request's inputs one after another.
struct InputReader {
    private let model: ServedModel
    /// The bytes behind the JSON that no input has taken yet.
    private var rest: Data
    private var rows: Int?
    /// The values of each modality that is present, row by row.
    private(set) var values: [String: [Float]] = [:]

    init(model: ServedModel, rest: Data) {
        self.model = model
        self.rest = rest
    }

    /// Reads an input.
    /// - Parameter input: an element of `inputs`.
    /// - Throws: `HTTPProblem` that names it and what is wrong.
    mutating func add(_ input: JSONValue) throws {
        guard let name = try input.string("name", in: "an input") else {
            throw HTTPProblem.badRequest("an input is \(input.kind) without a 'name'; expected an object with one")
        }
        guard let branch = model.model.architecture.branches.first(where: { $0.modality.name == name }) else {
            throw HTTPProblem.badRequest(
                "the model '\(model.name)' has no input '\(name)'; it has \(model.modalityNames)")
        }
        guard values[name] == nil else { throw HTTPProblem.badRequest("the input '\(name)' stands there twice") }
        let typeName = try input.string("datatype", in: "the input '\(name)'")
        guard let type = typeName.flatMap(TensorType.init) else {
            throw HTTPProblem.badRequest(
                "the input '\(name)' has the datatype '\(typeName ?? "")'; expected FP32, or another of "
                    + TensorType.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let (sides, count) = try TensorShape.sides(input["shape"], of: name)
        let rows = try TensorShape.rows(sides, of: branch, model.rowShapes(of: branch))
        guard self.rows == nil || self.rows == rows else {
            throw HTTPProblem.badRequest(
                "the input '\(name)' has \(rows) rows, but another has \(self.rows ?? 0); row n of one belongs to row n of "
                    + "the others")
        }
        self.rows = rows
        let size = try input.object("parameters", in: "the input '\(name)'")?["binary_data_size"]
        switch (size, input["data"]) {
        case (nil, let data?): values[name] = try TensorShape.numbers(data, sides, count: count, of: name)
        case (let size?, nil): values[name] = try bytes(size.integer ?? -1, type, sides, count: count, of: name)
        default:
            throw HTTPProblem.badRequest(
                "the input '\(name)' needs either 'data' or 'binary_data_size' in its 'parameters'")
        }
        try check(branch)
    }

    /// What is known when all have been read.
    /// - Parameter mostRows: the most rows that a request may have.
    /// - Returns: the number of rows.
    /// - Throws: `HTTPProblem`.
    func finish(mostRows: Int) throws -> Int {
        guard rest.isEmpty else {
            throw HTTPProblem.badRequest("\(rest.count) bytes behind the JSON belong to no input")
        }
        let rows = rows ?? 0
        guard rows <= mostRows else {
            throw HTTPProblem(
                status: .contentTooLarge,
                message: "the request has \(rows) rows; the limit is \(mostRows). Send several")
        }
        return rows
    }

    /// Values that come as bytes behind the JSON.
    private mutating func bytes(
        _ size: Int, _ type: TensorType, _ sides: [Int], count: Int, of name: String
    ) throws -> [Float] {
        let (expected, overflow) = count.multipliedReportingOverflow(by: type.size)
        guard !overflow, size == expected else {
            throw HTTPProblem.badRequest(
                "the input '\(name)' has the 'binary_data_size' \(size); \(type.rawValue) of the shape \(sides) has "
                    + "\(overflow ? "more than there can be" : "\(expected)")")
        }
        guard size <= rest.count else {
            throw HTTPProblem.badRequest(
                "the input '\(name)' has the 'binary_data_size' \(size), but only \(rest.count) bytes are left. Is "
                    + "Inference-Header-Content-Length right?")
        }
        defer { rest = rest.dropFirst(size) }
        return rest.prefix(size).withUnsafeBytes { type.floats($0) }
    }

    /// Checks the values here, where the row is the request's own, and not when it is computed together with others.
    private func check(_ branch: Branch) throws {
        let name = branch.modality.name
        _ = try Column(branch.modality, shape: branch.input, values: values[name] ?? [], name: "the input '\(name)'")
    }
}
