import FileFormats
package import Foundation

/// The labels file of the Kaggle competition: a first line `row_id,label`, then one line per row.
package enum LabelsCSV {
    /// The labels, in the order of the rows.
    ///
    /// - Throws: `DuetError`, naming the line: the file is missing, the header is another, a line has not two whole numbers, or
    ///   the row ids do not count up by one from 0 or 1.
    package static func read(_ url: URL) throws -> [Int] {
        let file = try InputFile(url)
        guard file.size <= 1 << 28 else {
            throw DuetError(.badData, "\(file.name) has \(file.size) bytes, too many for a file of labels")
        }
        var lines = try file.read(file.size).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
        if lines.last?.isEmpty == true { lines.removeLast() }
        guard let header = lines.first, header.elementsEqual("row_id,label".utf8) else {
            throw DuetError(.badData, "\(file.name), line 1: expected the header 'row_id,label'")
        }
        var labels: [Int] = []
        labels.reserveCapacity(lines.count)
        var firstRow = 0
        for (index, line) in lines.enumerated().dropFirst() {
            let fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
                .map { Int(String(decoding: $0, as: UTF8.self)) }
            guard fields.count == 2, let row = fields[0], let label = fields[1] else {
                throw DuetError(
                    .badData,
                    "\(file.name), line \(index + 1): expected two whole numbers, 'row_id,label', found "
                        + "'\(String(decoding: line.prefix(60), as: UTF8.self))'")
            }
            if labels.isEmpty { firstRow = row == 1 ? 1 : 0 }
            guard row == firstRow + labels.count else {
                throw DuetError(
                    .badData,
                    "\(file.name), line \(index + 1): row_id is \(row); expected \(firstRow + labels.count), "
                        + "as row ids count up by one")
            }
            labels.append(label)
        }
        return labels
    }
}
