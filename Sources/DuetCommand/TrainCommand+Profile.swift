import Duet
import FileFormats
import Foundation
import TerminalUI

/// `duet train --profile`.
extension TrainCommand {
    func checkProfileOptions() throws {
        if profile && (resume || force) {
            throw DuetError(.usage, "--profile writes nothing; give it no \(resume ? "--resume" : "--force")")
        }
        guard let profileSteps else { return }
        if !profile { throw DuetError(.usage, "--profile-steps goes with --profile") }
        guard (1...10_000).contains(profileSteps) else {
            throw DuetError(.usage, "profile-steps is \(profileSteps), but must be from 1 to 10000")
        }
    }

    /// Measures, prints, and leaves nothing behind.
    func printProfile(of trainer: Trainer, _ configuration: TrainingConfiguration) throws {
        let steps = profileSteps ?? 30
        if !quiet {
            let text =
                "Profiling \(configuration.name): \(Format.count(steps)) steps, then each operation by itself.\n"
            FileHandle.standardError.write(Data(text.utf8))
        }
        let phases = try trainer.profile(steps: steps, check: Interruption.check)
        if json {
            print(try JSON.prettyText(ProfileReport(model: configuration.name, phases: phases)))
        } else {
            print(phases.map { $0.text(for: .standardOutput) }.joined(separator: "\n\n"))
        }
    }
}

/// The profile as JSON has it.
private struct ProfileReport: Encodable {
    let version = 1
    let model: String
    let phases: [PhaseProfile]
}
