public import Datasets
public import FileFormats
public import Foundation
import Media

extension ZenodoRecord {
    /// Downloads the paper's dataset into a folder.
    ///
    /// Files that are there already, with the right checksum, are not fetched again, and broken downloads go on where they
    /// stopped: the same call picks up after any error.
    ///
    /// - Parameters:
    ///   - output: the folder to fill; made when missing.
    ///   - baseURL: the server.
    ///   - overwrite: whether files that differ from the server's may be replaced.
    ///   - retryDelay: seconds before the first new attempt after a broken connection; each further one waits twice as long.
    ///   - stallSeconds: how long nothing may arrive before a connection counts as broken.
    ///   - monitor: told how many bytes of each file have arrived.
    /// - Returns: the dataset folder.
    /// - Throws: `DuetError` of kind `unavailable` (no network, no such record), `badData` (wrong checksum, or the record has not
    ///   the files of the dataset), `exists`, `cannotWrite` or `interrupted`.
    @discardableResult
    public static func fetchWrittenSpokenDigits(
        to output: URL, baseURL: URL = zenodo, overwrite: Bool = false, retryDelay: Double = 1,
        stallSeconds: Double = 60, monitor: WorkMonitor = .none
    ) throws -> DatasetFolder {
        guard ["http", "https"].contains(baseURL.scheme), baseURL.host != nil else {
            throw DuetError(.badData, "\(baseURL.absoluteString) is not a web address; expected http(s)://host")
        }
        let downloader = Downloader(
            retryDelay: retryDelay, stallSeconds: stallSeconds, monitor: monitor)
        let address = baseURL.appendingPathComponent("api/records/\(writtenSpokenDigits)")
        let record = try ZenodoRecord(json: downloader.document(address), name: address.absoluteString)

        let wanted = record.files.filter { $0.name.hasSuffix(".npy") }
        let missing = DatasetFolder.Side.allCases.flatMap { side in
            ["data_wr_\(side).npy", "data_sp_\(side).npy", "labels_\(side).npy"]
        }.filter { name in !wanted.contains { $0.name == name } }
        guard missing.isEmpty else {
            throw DuetError(
                .badData,
                "\(address.absoluteString) has no \(missing.joined(separator: ", ")); it holds "
                    + record.files.map(\.name).joined(separator: ", "))
        }
        try AtomicFolder.createFolder(output)
        for file in wanted { try downloader.fetch(file, into: output, overwrite: overwrite) }

        let description = output.appendingPathComponent(DatasetDescription.fileName)
        if overwrite || !FileManager.default.fileExists(atPath: description.path) {
            try record.description(files: wanted, in: output, address: address).write(to: output, overwrite: overwrite)
        }
        return try DatasetFolder(output)
    }

    private func description(files: [File], in folder: URL, address: URL) throws -> DatasetDescription {
        var checksums: [String: String] = [:]
        for file in files { checksums[file.name] = try FileDigest.sha256(of: folder.appendingPathComponent(file.name)) }
        return DatasetDescription(
            name: "written-spoken-digits",
            classes: (0...9).map(String.init),
            modalities: [.init(.image, preparation: .digit), .init(.audio, features: .init(AudioFeatureSettings()))],
            sources: [
                .init(
                    name: "Written and spoken digits database for multimodal learning", url: address.absoluteString,
                    licence: "CC BY 4.0",
                    citation: "L. Khacef, L. Rodriguez, B. Miramond: Written and spoken digits database for multimodal "
                        + "learning. Zenodo record \(Self.writtenSpokenDigits)")
            ],
            files: checksums)
    }
}
