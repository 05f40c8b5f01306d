import Duet
public import FileFormats
import Foundation
import GRDB
import NeuralNetwork

extension Study {
    /// Measures how long each network takes for one example, all that are not measured yet: of a search that trains every network each
    /// branch and each head by itself, whose medians add up to those of the networks; of other searches each trial. One after another, so
    /// that none disturbs another, and on one thread, so that all can be compared; the machine should have nothing else to do.
    /// - Parameter monitor: told of each part.
    /// - Throws: `DuetError` where the study cannot be read or written, and `interrupted` where the monitor cancels; what is measured is kept.
    public func measureLatencies(monitor: WorkMonitor = .none) throws {
        let parts = try unmeasuredParts()
        for (done, part) in parts.enumerated() {
            try monitor.advance("Measuring", done, of: parts.count, "parts")
            let (network, output) = try part.network()
            try keep(Latency(of: network, output: output), part: part.name, part.candidate)
        }
    }

    /// Measures how long one network takes for one example as a whole, on one thread, also where its latency is otherwise the sum of its
    /// parts'; keeps nothing.
    /// - Parameter name: as `NetworkResult.name` has it.
    /// - Returns: the latency.
    /// - Throws: `DuetError` of kind `usage` where the study has no such network.
    public func measureLatency(of name: String) throws -> Latency {
        let model = try model(name)
        return try Latency(of: model.network(), output: model.outputNames().model)
    }

    /// Something that is measured by itself.
    private struct Part {
        let name: String
        let candidate: Int
        let network: () throws -> (Network, output: String)
    }

    private func unmeasuredParts() throws -> [Part] {
        let measured = try latencies()
        return try parts().filter { measured[$0.name]?[$0.candidate] == nil }
    }

    private func parts() throws -> [Part] {
        guard try sampling() == nil else {
            let name = try name()
            return try trialResults().compactMap { result in
                guard let number = Int(result.name.dropFirst(name.count + 1)) else { return nil }
                return Part(name: Self.trialPart, candidate: number) {
                    let model = try self.model(result.name)
                    return (try model.network(), try model.outputNames().model)
                }
            }
        }
        // Any branches do for the heads, which read the same of all.
        let (name, sizes, heads) = try (name(), branchCounts(), headCount())
        let branches = try zip(modalities(), sizes).enumerated().flatMap { place, part in
            (0..<part.1).map { candidate in
                Part(name: part.0, candidate: candidate) {
                    var choice = sizes.map { _ in 0 }
                    choice[place] = candidate
                    let model = try self.model(name + choice.map { "-\($0)" }.joined() + "-0")
                    let alone = FusionModel("", branches: [model.branches[place]])
                    return (try alone.network(), try alone.outputNames().model)
                }
            }
        }
        return branches
            + (0..<heads).map { candidate in
                Part(name: Self.headPart, candidate: candidate) {
                    let model = try self.model(name + sizes.map { _ in "-0" }.joined() + "-\(candidate)")
                    return (try model.headNetwork(), try model.outputNames().model)
                }
            }
    }

    private static let headPart = "head"
    private static let trialPart = "trial"

    private func branchCounts() throws -> [Int] {
        try read { try Int.fetchAll($0, sql: "SELECT COUNT(*) FROM branch GROUP BY place ORDER BY place") }
    }

    private func headCount() throws -> Int {
        try read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM head") ?? 0 }
    }

    private func keep(_ latency: Latency, part: String, _ candidate: Int) throws {
        try write {
            try $0.execute(
                sql: "INSERT OR REPLACE INTO latency VALUES (?, ?, ?, ?, ?)",
                arguments: [part, candidate, latency.median, latency.low, latency.high])
        }
    }

    /// What was measured, by part and candidate.
    private func latencies() throws -> [String: [Int: Latency]] {
        try read { database in
            var found: [String: [Int: Latency]] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT * FROM latency") {
                let part: String = row["part"]
                found[part, default: [:]][row["candidate"]] = Latency(
                    median: row["median"], low: row["low"], high: row["high"])
            }
            return found
        }
    }

    /// Gives results their latencies, those that are measured.
    func addingLatencies(to results: [NetworkResult]) throws -> [NetworkResult] {
        let measured = try latencies()
        guard !measured.isEmpty else { return results }
        let (modalities, prefix) = try (modalities(), name().count + 1)
        return results.map { result in
            var result = result
            let numbers = result.branches.flatMap { branches in result.head.map { branches + [$0] } }
            if let numbers = numbers ?? Int(result.name.dropFirst(prefix)).map({ [$0] }) {
                result.latency = Self.latency(numbers, measured, modalities)
            }
            return result
        }
    }

    /// How long a network takes for one example: of a search that trains every network the sum of its parts, else of the trial.
    /// - Parameter name: as `NetworkResult.name` has it, also of a network that is not trained yet.
    /// - Returns: seconds; nil where `measureLatencies` has not measured it.
    /// - Throws: `DuetError` where the study cannot be read.
    public func latency(of name: String) throws -> Double? {
        let numbers = try name.dropFirst(self.name().count + 1).split(separator: "-").compactMap { Int($0) }
        return try Self.latency(numbers, latencies(), modalities())
    }

    /// The sum of the medians of some parts, in seconds; nil where one is not measured.
    /// - Parameters:
    ///   - numbers: of each branch and the head, or of the trial.
    ///   - measured: by part and candidate.
    ///   - modalities: the parts before the head.
    /// - Returns: the sum.
    private static func latency(_ numbers: [Int], _ measured: [String: [Int: Latency]], _ modalities: [String])
        -> Double?
    {
        let parts = numbers.count == 1 ? [trialPart] : modalities + [headPart]
        return zip(parts, numbers).reduce(0) { sum, part in
            sum.flatMap { sum in measured[part.0]?[part.1].map { sum + $0.median } }
        }
    }
}
