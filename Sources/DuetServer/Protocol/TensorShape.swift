import Datasets
import Duet

/// The shape of an input: rows, and what one of them is made of.
enum TensorShape {
    /// The sides of a shape as a request has it.
    /// - Parameters:
    ///   - value: a list of whole numbers from 0 up.
    ///   - name: the input's name.
    /// - Returns: the sides and the number of values, which fits `Int`.
    /// - Throws: `HTTPProblem` for anything else.
    static func sides(_ value: JSONValue?, of name: String) throws -> (sides: [Int], count: Int) {
        guard case .numbers(let numbers)? = value, (1...8).contains(numbers.count) else {
            throw HTTPProblem.badRequest("the input '\(name)' needs a 'shape': a list of 1 to 8 whole numbers")
        }
        var count = 1
        let sides = try numbers.map { number in
            let side = Int(exactly: number) ?? -1
            let (product, overflow) = count.multipliedReportingOverflow(by: side)
            guard side >= 0, !overflow else {
                throw HTTPProblem.badRequest(
                    "the shape of the input '\(name)' has the side \(number); expected whole numbers from 0 up, whose "
                        + "product is a number of values")
            }
            count = product
            return side
        }
        return (sides, count)
    }

    /// The number of rows of an input.
    /// - Parameters:
    ///   - sides: its shape.
    ///   - branch: which branch takes it.
    ///   - layouts: the shapes that a row of it may have.
    /// - Returns: the number of rows, at least 1.
    /// - Throws: `HTTPProblem` where a row does not have one of the shapes.
    static func rows(_ sides: [Int], of branch: Branch, _ layouts: [[Int]]) throws -> Int {
        let row = Array(sides.dropFirst())
        guard layouts.contains(row) else {
            let expected = layouts.map { "\([-1] + $0)" }.joined(separator: " or ")
            throw HTTPProblem.badRequest(
                "the input '\(branch.modality)' has the shape \(sides); expected \(expected), where -1 is any number of "
                    + "rows from 1 up")
        }
        guard sides[0] > 0 else {
            throw HTTPProblem.badRequest("the input '\(branch.modality)' has no rows; expected at least one")
        }
        return sides[0]
    }

    /// Numbers in a list, or in lists of lists as the shape has them.
    /// - Parameters:
    ///   - value: what a request has as `data`.
    ///   - sides: the shape.
    ///   - count: the product of the sides.
    ///   - name: the input's name.
    /// - Returns: the numbers, row by row.
    /// - Throws: `HTTPProblem` where they are others or another number of them.
    static func numbers(_ value: JSONValue, _ sides: [Int], count: Int, of name: String) throws -> [Float] {
        if case .numbers(let numbers) = value {
            guard numbers.count == count else {
                throw HTTPProblem.badRequest(
                    "the input '\(name)' has \(numbers.count) numbers in 'data'; the shape \(sides) has \(count)")
            }
            return numbers.map { Float($0) }
        }
        guard value.count != nil else {
            throw HTTPProblem.badRequest("the input '\(name)' has \(value.kind) as 'data'; expected a list of numbers")
        }
        var result: [Float] = []
        func append(_ value: JSONValue, depth: Int) throws {
            guard depth < sides.count, value.count == sides[depth] else {
                throw HTTPProblem.badRequest(
                    "the input '\(name)' has 'data' whose lists do not have the shape \(sides): \(value.kind)"
                        + (value.count.map { " of \($0)" } ?? "") + " at depth \(depth)")
            }
            switch value {
            case .numbers(let numbers):
                guard depth == sides.count - 1 || numbers.isEmpty else {
                    throw HTTPProblem.badRequest(
                        "the input '\(name)' has numbers at depth \(depth) of 'data'; the shape \(sides) has them at "
                            + "\(sides.count - 1)")
                }
                result += numbers.map { Float($0) }
            case .array(let elements): for element in elements { try append(element, depth: depth + 1) }
            default: break
            }
        }
        try append(value, depth: 0)
        guard result.count == count else {
            throw HTTPProblem.badRequest(
                "the input '\(name)' has \(result.count) numbers; the shape \(sides) has \(count)")
        }
        return result
    }
}
