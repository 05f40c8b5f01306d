import Duet
import FileFormats
import Foundation
import GRDB
import Synchronization

/// Who claims work: a process of a machine. Several in one process differ by their last part.
struct Worker: CustomStringConvertible {
    let host: String
    let process: Int32
    private let rest: String

    /// A worker in this process.
    init() {
        host = ProcessInfo.processInfo.hostName
        process = ProcessInfo.processInfo.processIdentifier
        rest = UUID().uuidString
    }

    /// A worker as a study names it.
    init?(_ description: String) {
        let parts = description.split(separator: "/").map(String.init)
        guard parts.count == 3, let process = Int32(parts[1]) else { return nil }
        (host, self.process, rest) = (parts[0], process, parts[2])
    }

    var description: String { "\(host)/\(process)/\(rest)" }

    /// Whether the process is known to be gone; false where it cannot be known from here.
    var isDead: Bool {
        host == ProcessInfo.processInfo.hostName && kill(process, 0) != 0 && errno == ESRCH
    }
}

extension Study {
    private static let workTables = ["branch", "combination", "trial"]

    /// Works until nothing is left, and says all the while that it is still at it. Others may do the same at the same time, in this process
    /// or another.
    /// - Parameters:
    ///   - jobs: how many pieces of work are done at a time.
    ///   - next: does the next piece for the worker of this name; false where none is left.
    /// - Throws: what `next` throws; what is finished is kept, and what is not is given back.
    func work(jobs: Int, _ next: @Sendable (String) throws -> Bool) throws {
        let owner = "\(Worker())"
        let heart = DispatchSource.makeTimerSource(queue: .global())
        // A beat that fails is made up for by the next one, or by whoever takes the work over.
        heart.setEventHandler { [self] in try? beat(owner) }
        heart.schedule(deadline: .now(), repeating: Self.lease / 5)
        heart.resume()
        defer {
            heart.cancel()
            try? release(owner)
        }
        let failure = Mutex<(any Error)?>(nil)
        DispatchQueue.concurrentPerform(iterations: max(jobs, 1)) { _ in
            do {
                while failure.withLock({ $0 == nil }), try next(owner) {}
            } catch {
                failure.withLock { $0 = $0 ?? error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// Gives back at once what processes of this machine have claimed that are no longer there.
    func releaseDead(_ database: Database) throws {
        for table in Self.workTables {
            let owners = try String.fetchAll(database, sql: "SELECT DISTINCT owner FROM \(table) WHERE state = 1")
            for owner in owners where Worker(owner)?.isDead == true {
                try database.execute(
                    sql: "UPDATE \(table) SET state = 0, owner = NULL WHERE state = 1 AND owner = ?", arguments: [owner]
                )
            }
        }
    }

    /// Says that a worker is still at what it has claimed.
    func beat(_ owner: String) throws {
        try write { database in
            for table in Self.workTables {
                try database.execute(
                    sql: "UPDATE \(table) SET heartbeat = ? WHERE state = 1 AND owner = ?",
                    arguments: [Date().timeIntervalSince1970, owner])
            }
        }
    }

    /// Gives back what a worker has claimed and not finished.
    func release(_ owner: String) throws {
        try write { database in
            for table in Self.workTables {
                try database.execute(
                    sql: "UPDATE \(table) SET state = 0, owner = NULL WHERE state = 1 AND owner = ?", arguments: [owner]
                )
            }
        }
    }
}
