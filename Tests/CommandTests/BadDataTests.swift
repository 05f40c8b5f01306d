import FileFormats
import Foundation
import Testing
import TestSupport

extension CommandTests {
    @Suite("Bad data")
    struct BadDataTests {
        /// A way to spoil a good dataset folder, and what the command then has to say.
        struct Fault: CustomTestStringConvertible, Sendable {
            let testDescription: String
            let status: Int32
            let messages: [String]
            let spoil: @Sendable (_ folder: URL) throws -> Void

            init(
                _ description: String, status: Int32 = 65, says messages: String...,
                spoil: @escaping @Sendable (URL) throws -> Void
            ) {
                testDescription = description
                self.status = status
                self.messages = messages
                self.spoil = spoil
            }
        }

        static let faults = [
            Fault("no folder", status: 66, says: "data is not a folder", "`duet data fetch`") {
                try FileManager.default.removeItem(at: $0)
            },
            Fault("no audio", status: 66, says: "has data_wr_train.npy but not data_sp_train.npy", "has every modality")
            {
                try FileManager.default.removeItem(at: $0.appendingPathComponent("data_sp_train.npy"))
            },
            Fault("no labels", status: 66, says: "no labelled training side", "expected labels_train.npy") {
                try FileManager.default.removeItem(at: $0.appendingPathComponent("labels_train.npy"))
            },
            Fault("truncated .npy", says: "data_wr_train.npy is cut short", "needs 235200 bytes, found 235100") {
                let url = $0.appendingPathComponent("data_wr_train.npy")
                try Data(contentsOf: url).dropLast(100).write(to: url)
            },
            Fault("not NumPy's format", says: "data_wr_train.npy") {
                try Data("image,label\n1,2\n".utf8).write(to: $0.appendingPathComponent("data_wr_train.npy"))
            },
            Fault("images of a wrong shape", says: "data_wr_train.npy has shape [300, 783]", "expected images as") {
                try replace("data_wr_train", [UInt8](repeating: 1, count: 300 * 783), [300, 783], in: $0)
            },
            Fault("sides of different shapes", says: "the sides differ in image", "[28, 28, 1]", "[14, 14, 1]") {
                try replace("data_wr_test", [UInt8](repeating: 1, count: 60 * 196), [60, 196], in: $0)
            },
            Fault("a pixel beyond 255", says: "data_wr_train.npy, row 2, column 4: 256.0", "from 0 to 255") {
                var images = [Float](repeating: 9, count: 300 * 784)
                images[2 * 784 + 4] = 256
                try replace("data_wr_train", images, [300, 784], in: $0)
            },
            Fault("a negative label", says: "labels_train.npy, row 7: label -1", "expected") {
                try replace("labels_train", (0..<300).map { $0 == 7 ? Int32(-1) : Int32($0 % 10) }, [300], in: $0)
            },
            Fault("a label without a class", says: "labels_test.npy, row 3: label 10; expected 0 to 9") {
                let classes = (0...9).map { "\"\($0)\"" }.joined(separator: ",")
                let description = "{\"version\": 2, \"name\": \"digits\", \"classes\": [\(classes)]}"
                try Data(description.utf8).write(to: $0.appendingPathComponent("dataset.json"))
                try replace("labels_test", (0..<60).map { $0 == 3 ? UInt8(10) : UInt8($0 % 10) }, [60], in: $0)
            },
            Fault("fewer clips than images", says: "data_wr_train.npy has 300 rows", "data_sp_train.npy has 299") {
                try replace("data_sp_train", [Float](repeating: 1, count: 299 * 507), [299, 507], in: $0)
            },
            Fault("fewer labels than images", says: "labels_train.npy: 299 rows; expected 300") {
                try replace("labels_train", [UInt8](repeating: 1, count: 299), [299], in: $0)
            },
            Fault("NaN in the audio", says: "data_sp_train.npy, row 5, column 3: nan; expected a finite number") {
                var audio = [Float](repeating: 1, count: 300 * 507)
                audio[5 * 507 + 3] = .nan
                try replace("data_sp_train", audio, [300, 507], in: $0)
            },
            Fault("a broken dataset.json", says: "dataset.json cannot be read") {
                try Data("{".utf8).write(to: $0.appendingPathComponent("dataset.json"))
            },
        ]

        private static func replace<Element: NPYElement>(
            _ name: String, _ values: [Element], _ shape: [Int], in folder: URL
        ) throws {
            let url = folder.appendingPathComponent("\(name).npy")
            try NPYArray.write(values, shape: shape, to: url, overwrite: true)
        }

        @Test("is named by file, place and value, and leaves nothing", arguments: faults)
        func fault(_ fault: Fault) throws {
            try Workshop.with { shop in
                try FileManager.default.copyItem(at: Studio.required().data, to: shop["data"])
                try fault.spoil(shop["data"])
                let before = try shop.names()
                let commands = [
                    ["train", "--data", "data", "--output", "run", "--model", "model-1", "--threads", "1"],
                    ["evaluate", "--data", "data", "--model", try Studio.required().model, "--threads", "1"],
                    ["compare", "--data", "data", "--models", "model-1", "--threads", "1"],
                    ["data", "info", "data"],
                ]
                // A folder without labels can still be looked into.
                for command in commands where !(fault.testDescription == "no labels" && command[0] == "data") {
                    let outcome = try DuetProcess(command, in: shop.folder).wait()
                    #expect(outcome.status == fault.status, "\(command): \(outcome)")
                    #expect(outcome.output == "")
                    #expect(outcome.errors.hasPrefix("duet: "))
                    for message in fault.messages {
                        #expect(outcome.errors.contains(message), "\(command): \(outcome.errors)")
                    }
                    #expect(try shop.names() == before, "\(command) left something behind")
                }
            }
        }
    }
}
