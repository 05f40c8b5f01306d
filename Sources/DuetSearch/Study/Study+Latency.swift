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
            if let branches = result.branches, let head = result.head {
                let parts = zip(modalities, branches).map { measured[$0]?[$1] } + [measured[Self.headPart]?[head]]
                result.latency = parts.reduce(0) { sum, part in sum.flatMap { sum in part.map { sum + $0.median } } }
            } else {
                result.latency = Int(result.name.dropFirst(prefix)).flatMap { measured[Self.trialPart]?[$0]?.median }
            }
            return result
        }
    }
}
