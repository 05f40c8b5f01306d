import Datasets
import Duet
import FileFormats
import Foundation
import GRDB
import NeuralNetwork

extension Study {
    /// Makes the folder and the database, with all tables and settings, in one transaction.
    convenience init(
        creating folder: URL, _ settings: [(key: String, value: String)], fill: (Database) throws -> Void
    ) throws {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw DuetError(.cannotWrite, "\(folder.path) cannot be made: \(error.localizedDescription)")
        }
        try self.init(folder)
        try write { database in
            // A database without tables is what is left of a process that was killed here.
            guard try Int.fetchOne(database, sql: "PRAGMA user_version") == 0 else {
                throw DuetError(
                    .exists,
                    "\(folder.path) holds a study already; go on with it by --resume, or choose another --output")
            }
            try Self.createTables(database)
            for (key, value) in settings {
                try database.execute(sql: "INSERT INTO setting VALUES (?, ?)", arguments: [key, value])
            }
            try fill(database)
            try database.execute(sql: "PRAGMA user_version = \(Self.schemaVersion)")
        }
    }

    /// Writes down every part of a space, as work that waits.
    static func insert(_ space: SearchSpace, _ database: Database) throws {
        for (place, candidates) in space.branches.enumerated() {
            for (candidate, branch) in candidates.enumerated() {
                let model = FusionModel("", branches: [branch])
                try database.execute(
                    sql:
                        "INSERT INTO branch (place, candidate, modality, description, choices, parameters) VALUES (?, ?, ?, ?, ?, ?)",
                    arguments: [
                        place, candidate, branch.modality.name, JSON.text(model),
                        JSON.text(space.branchChoices[place][candidate]), model.network().summary().totalParameters,
                    ])
            }
        }
        for (candidate, head) in space.heads.enumerated() {
            let model = space.model(space.branches.map { _ in 0 }, head: candidate)
            try database.execute(
                sql: "INSERT INTO head VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    candidate, type(of: head.fusion).name, JSON.text(head.layers.map(CodedLayer.init)),
                    JSON.text(head.choices), model.headNetwork().summary().totalParameters,
                ])
        }
        let combinations = space.branches.reduce(1) { $0 * $1.count }
        try database.execute(
            sql: """
                INSERT INTO combination (id) WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)
                SELECT i FROM n
                """, arguments: [combinations])
    }

    private static func createTables(_ database: Database) throws {
        // `state`: 0 waits, 1 is being trained, 2 is done, 3 failed.
        let work = "state INTEGER NOT NULL DEFAULT 0, owner TEXT, heartbeat REAL"
        try database.execute(
            sql: """
                CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL);
                CREATE TABLE branch (
                    place INTEGER NOT NULL, candidate INTEGER NOT NULL, modality TEXT NOT NULL, description TEXT NOT NULL,
                    choices TEXT NOT NULL, parameters INTEGER NOT NULL, accuracy REAL, loss REAL, epoch INTEGER, seconds REAL, error TEXT, \(work),
                    PRIMARY KEY (place, candidate));
                CREATE TABLE branch_output (
                    place INTEGER NOT NULL, candidate INTEGER NOT NULL, probabilities BLOB NOT NULL,
                    PRIMARY KEY (place, candidate));
                CREATE TABLE head (
                    candidate INTEGER PRIMARY KEY, fusion TEXT NOT NULL, layers TEXT NOT NULL, choices TEXT NOT NULL,
                    parameters INTEGER NOT NULL);
                CREATE TABLE combination (id INTEGER PRIMARY KEY, priority REAL, \(work));
                CREATE INDEX waiting ON combination (state, priority);
                CREATE TABLE network (
                    combination INTEGER NOT NULL, head INTEGER NOT NULL, accuracy REAL NOT NULL, loss REAL NOT NULL,
                    correct BLOB NOT NULL, PRIMARY KEY (combination, head)) WITHOUT ROWID;
                CREATE TABLE latency (
                    part TEXT NOT NULL, candidate INTEGER NOT NULL, median REAL NOT NULL, low REAL NOT NULL, high REAL NOT NULL,
                    PRIMARY KEY (part, candidate));
                CREATE TABLE trial (
                    number INTEGER PRIMARY KEY, origin INTEGER NOT NULL, rung INTEGER NOT NULL, point TEXT NOT NULL, choices TEXT NOT NULL, configuration TEXT NOT NULL,
                    parameters INTEGER NOT NULL,
                    accuracy REAL, loss REAL, seconds REAL, error TEXT, \(work));
                """)
    }
}
