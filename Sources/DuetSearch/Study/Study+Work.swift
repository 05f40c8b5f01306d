import Duet
import FileFormats
import Foundation
import GRDB

/// A piece of work that a worker has claimed.
enum Work: Equatable {
    /// To train a branch: the modality's place, and which candidate.
    case branch(place: Int, candidate: Int)
    /// To train each head on a combination of branches.
    case combination(Int)
}

/// How far a study has come.
public struct StudyProgress: Codable, Equatable, Sendable {
    /// How many there are in all.
    public let branches: Int
    /// How many are trained.
    public let trainedBranches: Int
    /// How many could not be trained.
    public let failedBranches: Int
    /// How many networks there are in all; of trials without a limit, how many were begun.
    public let networks: Int
    /// How many are trained.
    public let trainedNetworks: Int
    /// How many cannot be trained, because the training diverges or that of a branch does.
    public let failedNetworks: Int

    /// Whether nothing is left to do.
    public var isComplete: Bool {
        trainedBranches + failedBranches == branches && trainedNetworks + failedNetworks >= networks
    }
}

extension Study {
    /// How far it has come.
    public func progress() throws -> StudyProgress {
        let sampling = try sampling()
        return try read { database in
            func count(_ sql: String) throws -> Int { try Int.fetchOne(database, sql: sql) ?? 0 }
            let heads = try count("SELECT COUNT(*) FROM head")
            let trained = try count("SELECT COUNT(*) FROM network")
            let finished = try count("SELECT COUNT(*) FROM combination WHERE state IN (2, 3)")
            if let sampling {
                return StudyProgress(
                    branches: 0, trainedBranches: 0, failedBranches: 0,
                    networks: try sampling.allTrials ?? count("SELECT COUNT(*) FROM trial"),
                    trainedNetworks: try count("SELECT COUNT(*) FROM trial WHERE state = 2"),
                    failedNetworks: try count("SELECT COUNT(*) FROM trial WHERE state = 3"))
            }
            return StudyProgress(
                branches: try count("SELECT COUNT(*) FROM branch"),
                trainedBranches: try count("SELECT COUNT(*) FROM branch WHERE state = 2"),
                failedBranches: try count("SELECT COUNT(*) FROM branch WHERE state = 3"),
                networks: heads * (try count("SELECT COUNT(*) FROM combination")),
                trainedNetworks: trained, failedNetworks: heads * finished - trained)
        }
    }

    /// Claims the next piece of work: a branch while there are some, then the most promising combination.
    /// - Parameter owner: who claims it.
    /// - Returns: the work, nil where nothing waits, and whether others are at work on what has to be done first.
    /// - Throws: `DuetError` where the study cannot be written.
    func claim(for owner: String) throws -> (work: Work?, othersAreBusy: Bool) {
        try write { database in
            try releaseDead(database)
            let now = Date().timeIntervalSince1970
            let free = "(state = 0 OR (state = 1 AND heartbeat < \(now - Self.lease)))"
            let branch = try Row.fetchOne(
                database,
                sql: """
                    UPDATE branch SET state = 1, owner = ?, heartbeat = ? WHERE rowid =
                        (SELECT rowid FROM branch WHERE \(free) ORDER BY candidate, place LIMIT 1)
                    RETURNING place, candidate
                    """, arguments: [owner, now])
            if let branch { return (.branch(place: branch["place"], candidate: branch["candidate"]), false) }
            guard try !Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM branch WHERE state = 1)")! else {
                return (nil, true)
            }
            try rankCombinations(database)
            let id = try Int.fetchOne(
                database,
                sql: """
                    UPDATE combination SET state = 1, owner = ?, heartbeat = ? WHERE id =
                        (SELECT id FROM combination WHERE \(free) ORDER BY state, priority LIMIT 1)
                    RETURNING id
                    """, arguments: [owner, now])
            let busy = try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM combination WHERE state = 1)")
            return (id.map(Work.combination), busy ?? false)
        }
    }

    /// Says once how promising each combination is, after the last branch: the sum of the branches' validation losses, lowest first.
    /// Those with a branch that failed fail too.
    private func rankCombinations(_ database: Database) throws {
        guard try !Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM combination WHERE priority IS NOT NULL)")!
        else { return }
        let losses = try branchTable(database) { $0["loss"] as Double? }
        let update = try database.makeStatement(sql: "UPDATE combination SET priority = ?, state = ? WHERE id = ?")
        for id in 0..<losses.reduce(1, { $0 * $1.count }) {
            let parts = zip(losses, choice(of: id, sizes: losses.map(\.count))).map { $0[$1] }
            let known = parts.compactMap(\.self)
            let failed = known.count < parts.count
            try update.execute(arguments: [
                failed ? Double.greatestFiniteMagnitude : known.reduce(0, +), failed ? 3 : 0, id,
            ])
        }
    }

    /// Keeps what a branch's training has brought. Nothing happens where another worker has taken it over.
    func finish(place: Int, candidate: Int, _ outputs: Trainer.BranchOutputs, seconds: Double, owner: String) throws {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE branch SET state = 2, accuracy = ?, loss = ?, epoch = ?, seconds = ?
                    WHERE place = ? AND candidate = ? AND state = 1 AND owner = ?
                    """,
                arguments: [
                    outputs.kept.validationAccuracy, outputs.kept.validationLoss, outputs.kept.epoch, seconds, place,
                    candidate, owner,
                ])
            guard database.changesCount == 1 else { return }
            let bytes = outputs.values.withUnsafeBytes { Data($0) }
            try database.execute(
                sql: "INSERT OR REPLACE INTO branch_output VALUES (?, ?, ?)", arguments: [place, candidate, bytes])
        }
    }

    /// Notes that a branch cannot be trained.
    func fail(place: Int, candidate: Int, _ message: String, owner: String) throws {
        try write { database in
            try database.execute(
                sql:
                    "UPDATE branch SET state = 3, error = ? WHERE place = ? AND candidate = ? AND state = 1 AND owner = ?",
                arguments: [message, place, candidate, owner])
        }
    }

    /// Keeps what each head has brought on a combination of branches; nil for one that could not be trained.
    func finish(
        combination id: Int, _ outcomes: [Trainer.HeadOutcome?], _ folds: ValidationFolds, owner: String
    ) throws {
        try write { database in
            try database.execute(
                sql: "UPDATE combination SET state = 2 WHERE id = ? AND state = 1 AND owner = ?",
                arguments: [id, owner])
            guard database.changesCount == 1 else { return }
            let insert = try database.makeStatement(sql: "INSERT INTO network VALUES (?, ?, ?, ?, ?)")
            for case (let head, let outcome?) in outcomes.enumerated() {
                let correct = folds.counts(of: outcome.correct).map { Int32($0) }.withUnsafeBytes { Data($0) }
                try insert.execute(arguments: [
                    id, head, outcome.validationAccuracy, outcome.validationLoss, correct,
                ])
            }
        }
    }

    /// What a branch predicts, as it was kept.
    func outputs(place: Int, candidate: Int) throws -> [Float] {
        let bytes = try read {
            try Data.fetchOne(
                $0, sql: "SELECT probabilities FROM branch_output WHERE place = ? AND candidate = ?",
                arguments: [place, candidate])
        }
        guard let bytes else {
            throw DuetError(
                .badData, "\(folder.path)/study.sqlite lacks the predictions of branch \(candidate) of place \(place)")
        }
        return bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }

    /// A value of each branch, [place][candidate].
    func branchTable<Value>(_ database: Database, _ value: (Row) throws -> Value) throws -> [[Value]] {
        var table: [[Value]] = []
        for row in try Row.fetchAll(database, sql: "SELECT * FROM branch ORDER BY place, candidate") {
            let place: Int = row["place"]
            if place == table.count { table.append([]) }
            table[place].append(try value(row))
        }
        return table
    }

    /// Which branch of each modality a combination is of; the last modality's changes first.
    func choice(of combination: Int, sizes: [Int]) -> [Int] {
        var rest = combination
        return sizes.reversed().map { size in
            defer { rest /= size }
            return rest % size
        }.reversed()
    }
}
