import ArgumentParser

@main
struct DuetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "duet",
        abstract: "Trains, explains and runs classifiers that look and listen at once.",
        subcommands: [DataCommand.self])
}
