import ArgumentParser

/// `duet data`: everything about datasets that is not training.
struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data",
        abstract: "Fetch datasets, make them from files, and look into them.",
        subcommands: [DataFetchCommand.self, DataBuildCommand.self, DataInfoCommand.self])
}

/// `duet data fetch`: one subcommand per dataset.
struct DataFetchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Fetch a dataset and lay it out as a folder to train on.",
        subcommands: [DataFetchDigitsCommand.self, DataFetchWrittenSpokenDigitsCommand.self])
}
