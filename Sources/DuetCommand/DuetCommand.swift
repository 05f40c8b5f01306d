import ArgumentParser
import FileFormats
import Foundation
import Media
import NeuralNetwork
import TerminalUI

/// `duet`: the root of all subcommands.
@main
struct DuetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "duet",
        abstract: "Trains, evaluates and runs classifiers of paired images and audio.",
        discussion: """
            A first run, from data to predictions:
              duet data fetch digits
              duet train --data data/digits --epochs 3 --output runs/first
              duet evaluate --model runs/first/model.safetensors --data data/digits

            Exit status: 0 good, 64 wrong usage, 65 bad data, 66 missing input, 70 an error in Duet, 73 cannot write,
            130 interrupted.
            """,
        version: version,
        subcommands: [
            DataCommand.self, SummaryCommand.self, TrainCommand.self, EvaluateCommand.self, PredictCommand.self,
            ExportCommand.self, CompareCommand.self, SearchCommand.self, ReportCommand.self, ServeCommand.self,
        ])

    static let version = "0.1.0"

    static func main() {
        // For its answer the parser would look through the options of all commands, longer than the rest of the process takes.
        guard !CommandLine.arguments.dropFirst().elementsEqual(["--version"]) else { return print(version) }
        Interruption.install()
        Engine.reuseFreedMemory()
        do {
            var command = try parsed()
            if let problem = Engine.problemWithLimit { throw DuetError(.usage, problem) }
            try command.run()
        } catch {
            guard let failure = Failure(error) else { exit(withError: error) }
            let terminal = Terminal.standardError
            let label = Style(for: terminal).red("duet:")
            FileHandle.standardError.write(Data("\(label) \(failure.message)\n".utf8))
            Foundation.exit(failure.exitStatus)
        }
    }

    /// What was asked for. A subcommand's own options are read without a look at all the others; what it cannot read is a
    /// matter for the root, which knows how to say so, and so is help.
    private static func parsed() throws -> any ParsableCommand {
        let arguments = CommandLine.arguments.dropFirst()
        if let name = arguments.first, !arguments.contains("--help"), !arguments.contains("-h"),
            let subcommand = configuration.subcommands.first(where: { $0._commandName == name }),
            let command = try? subcommand.parseAsRoot(Array(arguments.dropFirst())),
            // Help asked for in another way comes as a command, too.
            type(of: command)._commandName != "help"
        {
            return command
        }
        return try parseAsRoot()
    }
}

/// An error of Duet's own, as the user sees it. The exit statuses are those of BSD's sysexits.
private struct Failure {
    let message: String
    let exitStatus: Int32

    /// Nil for what ArgumentParser throws: it prints its own errors, and help is not an error. It knows those from others,
    /// to which it gives the status 1; nobody foresaw them here.
    init?(_ error: any Error) {
        switch error {
        case let error as DuetError: (message, exitStatus) = (error.message, error.kind.exitStatus)
        case let error as MediaError: (message, exitStatus) = (error.description, error.kind.exitStatus)
        case let error as NetworkError: (message, exitStatus) = (error.description, 65)
        case _ where DuetCommand.exitCode(for: error) == .failure: (message, exitStatus) = ("\(error)", 70)
        default: return nil
        }
    }
}

extension MediaError.Kind {
    fileprivate var exitStatus: Int32 {
        switch self {
        case .badData: 65
        case .missingInput: 66
        }
    }
}
