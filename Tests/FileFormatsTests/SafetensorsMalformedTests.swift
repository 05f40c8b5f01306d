import FileFormats
import Foundation
import Testing
import TestSupport

struct SafetensorsMalformedTests {
    /// A file with any header, right or wrong, and zeros for values.
    private func file(_ header: String, values: Int = 0, length: UInt64? = nil) -> Data {
        file(Data(header.utf8), values: values, length: length)
    }

    private func file(_ header: Data, values: Int = 0, length: UInt64? = nil) -> Data {
        var data = Data()
        withUnsafeBytes(of: (length ?? UInt64(header.count)).littleEndian) { data.append(contentsOf: $0) }
        return data + header + Data(count: values)
    }

    private func expectBadData(_ data: Data, _ reason: String, _ location: SourceLocation = #_sourceLocation) {
        let error = #expect(throws: DuetError.self, sourceLocation: location) {
            try SafetensorsFile(data: data, file: "m.safetensors")
        }
        let message = error?.message ?? ""
        #expect(error?.kind == .badData, sourceLocation: location)
        #expect(message.hasPrefix("m.safetensors"), sourceLocation: location)
        #expect(message.contains(reason), "\(message)", sourceLocation: location)
    }

    @Test func everyTruncationIsAnError() throws {
        let whole = try Data(contentsOf: fixture("safetensors/numpy.safetensors"))
        for count in 0..<whole.count { expectBadData(whole.prefix(count), "safetensors") }
        expectBadData(whole + Data([0]), "1 bytes after its last tensor")
    }

    @Test func noSingleWrongByteCrashes() throws {
        let whole = try Data(contentsOf: fixture("safetensors/numpy.safetensors"))
        let headerEnd = 8 + Int(whole[0]) + 256 * Int(whole[1])
        var refused = 0
        for index in 0..<headerEnd {
            for byte in [0, 0x22, 0x2D, 0x39, 0x7B, 0x7D, 0x80, 0xFF] as [UInt8] where whole[index] != byte {
                var wrong = whole
                wrong[index] = byte
                do {
                    _ = try SafetensorsFile(data: wrong, file: "m.safetensors")
                } catch {
                    #expect((error as? DuetError)?.kind == .badData)
                    refused += 1
                }
            }
        }
        #expect(refused > headerEnd * 4)
    }

    @Test(arguments: [UInt64.max, UInt64(Int.max), 1 << 40, 100_000_001])
    func aHugeHeaderIsRefusedBeforeItIsRead(length: UInt64) {
        expectBadData(file("{}", length: length), "at most 100000000")
    }

    @Test func aHeaderLongerThanTheFile() {
        expectBadData(file("{}", length: 3), "its header has 3 bytes, but only 2 are there")
        expectBadData(file("", length: 0), "does not start with '{'")
    }

    @Test func wrongText() {
        expectBadData(file(Data([0x7B, 0x22, 0xFF, 0x22, 0x7D])), "UTF-8")
        expectBadData(file(Data([0x7B, 0x00, 0x7D, 0x00])), "UTF-8")
        expectBadData(file(" {}"), "does not start with '{'")
        expectBadData(file("[]"), "does not start with '{'")
        expectBadData(file("{} x"), "header is wrong")
        expectBadData(file("{\"a\":}"), "header is wrong")
        expectBadData(file("{\"a\":" + String(repeating: "[", count: 100_000)), "header is wrong")
    }

    @Test(arguments: [
        (#"{"a":{"dtype":"F32","shape":[1]}}"#, "data_offsets"),
        (#"{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}"#, #""a", shape"#),
        (#"{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}"#, "not an integer"),
        (#"{"a":{"dtype":"F32","shape":[true],"data_offsets":[0,4]}}"#, #""a", shape"#),
        (#"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}"#, "not an integer"),
        (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, "negative"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, "data offsets [0]"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}"#, "data offsets"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, "ascending"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#, "negative"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, "8 bytes are needed, 4 are there"),
        (#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}"#, "too many elements"),
        (#"{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}"#, "type F8_E4M3; Duet reads F64, F32"),
        (#"{"a":7}"#, #""a""#),
        (#"{"__metadata__":{"n":1}}"#, #""__metadata__", n"#),
        (#"{"__metadata__":{"n":"x","n":"y"}}"#, #""n" twice"#),
    ])
    func wrongEntries(header: String, reason: String) {
        expectBadData(file(header, values: 4), reason)
    }

    @Test func namesMayNotRepeat() {
        let entry = #"{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#
        expectBadData(file(#"{"a":\#(entry),"a":\#(entry)}"#, values: 4), #""a" twice"#)
        expectBadData(file(#"{"a":\#(entry),"\u0061":\#(entry)}"#, values: 4), #""a" twice"#)
    }

    @Test func everyByteBelongsToOneTensor() {
        func header(_ a: (Int, Int), _ b: (Int, Int)) -> String {
            func entry(_ range: (Int, Int)) -> String {
                #"{"dtype":"U8","shape":[\#(range.1 - range.0)],"data_offsets":[\#(range.0),\#(range.1)]}"#
            }
            return #"{"a":\#(entry(a)),"b":\#(entry(b))}"#
        }
        expectBadData(file(header((0, 4), (3, 6)), values: 6), "overlap")
        expectBadData(file(header((0, 4), (0, 4)), values: 4), "overlap")
        expectBadData(file(header((0, 4), (5, 6)), values: 6), "hole")
        expectBadData(file(header((1, 4), (4, 6)), values: 6), "hole")
        expectBadData(file(header((0, 4), (4, 6)), values: 5), "cut short")
        expectBadData(file(header((0, 4), (4, 6)), values: 7), "1 bytes after")
        expectBadData(file("{}", values: 1), "1 bytes after")
    }

    @Test func anEmptyFileOfTheFormatIsFine() throws {
        #expect(try SafetensorsFile(data: file("{}  "), file: "m") == SafetensorsFile(tensors: []))
    }

    @Test func missingFilesFoldersAndDevices() throws {
        let folder = try TemporaryFolder()
        for path in [folder["absent"], folder.url, URL(fileURLWithPath: "/dev/zero")] {
            let error = #expect(throws: DuetError.self) { try SafetensorsFile(contentsOf: path) }
            #expect(error?.kind == .missingInput)
            #expect(error?.message.contains(path.lastPathComponent) == true)
        }
    }
}
