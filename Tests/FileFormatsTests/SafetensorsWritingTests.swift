import FileFormats
import Foundation
import Testing
import TestSupport

struct SafetensorsWritingTests {
    @Test func aFileIsReplacedOnlyWhenAskedTo() throws {
        let folder = try TemporaryFolder()
        let path = folder["model.safetensors"]
        try Data("mine".utf8).write(to: path)
        let error = #expect(throws: DuetError.self) { try SafetensorsTests.sample.write(to: path) }
        #expect(error?.kind == .exists)
        #expect(error?.description.contains("model.safetensors exists") == true)
        #expect(try Data(contentsOf: path) == Data("mine".utf8))
        try SafetensorsTests.sample.write(to: path, overwrite: true)
        #expect(try SafetensorsFile(contentsOf: path) == SafetensorsTests.sample)
        #expect(try folder.names() == ["model.safetensors"])
    }

    @Test func foldersDevicesAndMissingFoldersAreRefused() throws {
        let folder = try TemporaryFolder()
        for path in [folder.url, URL(fileURLWithPath: "/dev/null"), folder["no/such/folder/model"]] {
            let error = #expect(throws: DuetError.self) { try SafetensorsTests.sample.write(to: path, overwrite: true) }
            #expect(error?.kind == .cannotWrite)
            #expect(error?.description.contains(path.lastPathComponent) == true)
        }
        #expect(try folder.names() == [])
    }

    @Test func aFullDiskLeavesNothingBehind() async throws {
        // A process of its own, which may write 4096 bytes per file: the kernel then fails as on a full disk.
        await #expect(processExitsWith: .exitCode(7)) {
            let folder = try TemporaryFolder()
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 4096, rlim_max: 4096)
            guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(1) }
            let values = [Float](repeating: 1, count: 10_000)
            let file = SafetensorsFile(tensors: [NamedTensor(name: "a", shape: [10_000], values: values)])
            do {
                try file.write(to: folder["model.safetensors"])
                exit(2)
            } catch let error as DuetError {
                let names = try folder.names()
                try FileManager.default.removeItem(at: folder.url)
                exit(error.kind == .cannotWrite && names.isEmpty ? 7 : 3)
            }
        }
    }

    @Test(arguments: [
        ([NamedTensor(name: "a", shape: [2], values: [1])], "shape [2], but 1 values"),
        ([NamedTensor(name: "a", shape: [-1], values: [])], "shape [-1]"),
        ([NamedTensor(name: "a", shape: [1 << 40, 1 << 40], values: [])], "values"),
        ([NamedTensor(name: "a", shape: [0], values: []), NamedTensor(name: "a", shape: [], values: [1])], "twice"),
        ([NamedTensor(name: "__metadata__", shape: [], values: [1])], "reserved"),
    ])
    func whatCannotBeReadBackIsNotWritten(tensors: [NamedTensor], reason: String) throws {
        let folder = try TemporaryFolder()
        let file = SafetensorsFile(tensors: tensors)
        let error = #expect(throws: DuetError.self) { try file.write(to: folder["model"]) }
        #expect(error?.kind == .internalFault)
        #expect(error?.message.contains(reason) == true)
        #expect(try folder.names() == [])
    }
}
