public import Duet
import FileFormats
import Foundation
import GRDB
import NeuralNetwork

/// What came out for one network of a study.
public struct NetworkResult: Codable, Equatable, Sendable {
    /// The network's name, by which it is picked: the study's, the number of each branch, and that of the head.
    public let name: String
    /// Which branch of each modality, from 0; nil where the study does not train every network.
    public let branches: [Int]?
    /// Which head, from 0; nil where the study does not train every network.
    public let head: Int?
    /// The accuracy on the validation examples.
    public let validationAccuracy: Double
    /// The mean cross-entropy on the validation examples.
    public let validationLoss: Double
    /// The number of parameters.
    public let parameters: Int
    /// The seconds that it takes for one example; nil where nobody has measured it.
    public internal(set) var latency: Double?

    package init(
        name: String, branches: [Int]? = nil, head: Int? = nil, validationAccuracy: Double, validationLoss: Double,
        parameters: Int, latency: Double? = nil
    ) {
        (self.name, self.branches, self.head) = (name, branches, head)
        (self.validationAccuracy, self.validationLoss) = (validationAccuracy, validationLoss)
        (self.parameters, self.latency) = (parameters, latency)
    }

    /// Whether it is the better of two: more accurate, or as accurate with a lower loss, or with fewer parameters.
    func isBetter(than other: NetworkResult) -> Bool {
        (validationAccuracy, -validationLoss, -parameters) > (
            other.validationAccuracy, -other.validationLoss, -other.parameters
        )
    }
}

/// What a search looks for.
public enum SearchObjective: String, CaseIterable, Codable, Sendable {
    /// The highest validation accuracy; of equal ones, the lowest validation loss.
    case accuracy
    /// The fewest parameters; of equal ones, the most accurate.
    case parameters
    /// The shortest time for one example, where it was measured.
    case latency
}

extension Study {
    /// All networks that are trained, the best first.
    public func results() throws -> [NetworkResult] {
        let results = try addingLatencies(to: sampling() == nil ? combinationResults() : trialResults())
        return results.sorted { $0.isBetter(than: $1) }
    }

    private func combinationResults() throws -> [NetworkResult] {
        let name = try name()
        return try read { database in
            let branches = try branchTable(database) { $0["parameters"] as Int }
            let heads = try Int.fetchAll(database, sql: "SELECT parameters FROM head ORDER BY candidate")
            let sizes = branches.map(\.count)
            let rows = try Row.fetchCursor(database, sql: "SELECT combination, head, accuracy, loss FROM network")
            var results: [NetworkResult] = []
            while let row = try rows.next() {
                let (choice, head): ([Int], Int) = (choice(of: row[0], sizes: sizes), row[1])
                results.append(
                    NetworkResult(
                        name: name + (choice + [head]).map { "-\($0)" }.joined(), branches: choice, head: head,
                        validationAccuracy: row[2], validationLoss: row[3],
                        parameters: zip(branches, choice).reduce(heads[head]) { $0 + $1.0[$1.1] }))
            }
            return results
        }
    }

    /// Of each network how many examples of each validation fold it is right about, in the order of the database.
    package func correctByFold() throws -> [[Int32]] {
        try read { database in
            let rows = try Data.fetchCursor(database, sql: "SELECT correct FROM network")
            var counts: [[Int32]] = []
            while let bytes = try rows.next() {
                counts.append(bytes.withUnsafeBytes { Array($0.bindMemory(to: Int32.self)) })
            }
            return counts
        }
    }

    /// The number of examples in each validation fold.
    package func validationFolds() throws -> [Int] {
        try JSON.value([Int].self, from: setting("validation_folds"), in: "\(folder.path)/study.sqlite")
    }

    /// The network of this name.
    /// - Parameter name: as `NetworkResult.name` has it.
    /// - Returns: the model.
    /// - Throws: `DuetError` of kind `usage` where the study has no such network.
    public func model(_ name: String) throws -> FusionModel {
        if try sampling() != nil, case .custom(let model) = try trialConfiguration(name).model {
            return FusionModel(name, branches: model.branches, fusion: model.fusion, head: model.head)
        }
        return try combination(name)
    }

    /// The settings with which a network was trained, and is trained again.
    /// - Parameter name: as `NetworkResult.name` has it.
    /// - Returns: the settings, with the network.
    /// - Throws: `DuetError` of kind `usage` where the study has no such network.
    public func configuration(of name: String) throws -> TrainingConfiguration {
        var configuration = try sampling() == nil ? self.configuration() : trialConfiguration(name)
        configuration.model = .custom(try model(name))
        return configuration
    }

    private func combination(_ name: String) throws -> FusionModel {
        let own = try self.name()
        return try read { database in
            let branches = try branchTable(database) { $0["description"] as String }
            let heads = try Row.fetchAll(database, sql: "SELECT fusion, layers FROM head ORDER BY candidate")
            let numbers =
                name.hasPrefix(own + "-") ? name.dropFirst(own.count + 1).split(separator: "-").map { Int($0) } : []
            let known = numbers.compactMap(\.self)
            let sizes = branches.map(\.count) + [heads.count]
            guard known.count == sizes.count, known.count == numbers.count, zip(known, sizes).allSatisfy({ $0 < $1 })
            else {
                throw DuetError(
                    .usage,
                    "\(folder.path) has no network '\(name)'; expected a name such as \(own)\(sizes.map { _ in "-0" }.joined()), as "
                        + "`duet search show` lists them")
            }
            let place = "\(folder.path)/study.sqlite"
            let chosen = try zip(branches, known).flatMap { candidates, candidate in
                try JSON.value(FusionModel.self, from: candidates[candidate], in: place).branches
            }
            let head = heads[known[known.count - 1]]
            return FusionModel(
                name, branches: chosen, fusion: try Fusions.required(head["fusion"]),
                head: try JSON.value([CodedLayer].self, from: head["layers"] as String, in: place).map(\.layer))
        }
    }

    /// Why branches could not be trained, by the branch's modality and number, or trials, by their number.
    public func failures() throws -> [(name: String, reason: String)] {
        try read { database in
            let trials = try Row.fetchAll(database, sql: "SELECT number, error FROM trial WHERE state = 3")
            return try trials.map { ("trial \($0["number"] as Int)", $0["error"] ?? "") }
                + Row.fetchAll(
                    database,
                    sql: "SELECT modality, candidate, error FROM branch WHERE state = 3 ORDER BY place, candidate"
                ).map { ("\($0["modality"] as String) \($0["candidate"] as Int)", $0["error"] ?? "") }
        }
    }
}

extension [NetworkResult] {
    /// The Pareto front: those than which no other has fewer parameters and is as accurate, or is more accurate with as few. Of equal
    /// ones, the one with the lowest validation loss. The smallest first.
    public var paretoFront: [NetworkResult] {
        let smallestFirst = sorted {
            ($0.parameters, $1.validationAccuracy, $0.validationLoss) < (
                $1.parameters, $0.validationAccuracy, $1.validationLoss
            )
        }
        var front: [NetworkResult] = []
        for result in smallestFirst where result.validationAccuracy > front.last?.validationAccuracy ?? -1 {
            front.append(result)
        }
        return front
    }

    /// The best one.
    /// - Parameters:
    ///   - objective: what counts.
    ///   - within: how much lower than the best the validation accuracy may be.
    /// - Returns: nil where there is none.
    public func best(by objective: SearchObjective, within: Double = 0) -> NetworkResult? {
        guard let most = map(\.validationAccuracy).max() else { return nil }
        let enough = filter { $0.validationAccuracy >= most - within }
        return enough.reduce(nil) { best, result in
            guard let best else { return result }
            switch objective {
            case .accuracy: return result.isBetter(than: best) ? result : best
            case .parameters:
                if result.parameters != best.parameters { return result.parameters < best.parameters ? result : best }
                return result.isBetter(than: best) ? result : best
            case .latency:
                return (result.latency ?? .infinity) < (best.latency ?? .infinity) ? result : best
            }
        }
    }
}
