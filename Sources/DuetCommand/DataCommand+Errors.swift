import ArgumentParser
import Foundation
import PairedData

extension DataCommand {
    /// Runs `body`; an error goes to standard error, and its kind decides the exit status.
    static func run(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as DataError {
            FileHandle.standardError.write(Data("duet: \(error)\n".utf8))
            throw ExitCode(error.kind.exitStatus)
        }
    }
}

extension DataError.Kind {
    /// The exit status, by the numbers of BSD's sysexits.
    var exitStatus: Int32 {
        switch self {
        case .badData: 65
        case .missingInput, .unavailable: 66
        case .cannotWrite, .exists: 73
        case .interrupted: 130
        }
    }
}
