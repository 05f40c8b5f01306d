import FileFormats
import Foundation
import Testing
import TestSupport

struct SafetensorsTests {
    static let sample = SafetensorsFile(
        metadata: ["format": "duet", "classes": "[\"null/zéro\",\"七\"]"],
        tensors: [
            NamedTensor(name: "audio/dense/bias", shape: [3], values: [1, -0.0, .infinity]),
            NamedTensor(name: "empty", shape: [2, 0], values: []),
            NamedTensor(
                name: "image/conv2d/kernel", shape: [1, 2, 2], values: [0.1, .leastNonzeroMagnitude, -3e38, 7]),
            NamedTensor(name: "step", shape: [], values: [12]),
        ]
    )

    @Test func whatIsWrittenIsReadBack() throws {
        let folder = try TemporaryFolder()
        try Self.sample.write(to: folder["model.safetensors"])
        #expect(try SafetensorsFile(contentsOf: folder["model.safetensors"]) == Self.sample)
        #expect(try folder.names() == ["model.safetensors"])
    }

    @Test func theSameContentGivesTheSameBytes() throws {
        let folder = try TemporaryFolder()
        try Self.sample.write(to: folder["a"])
        try SafetensorsFile(metadata: Self.sample.metadata, tensors: Self.sample.tensors.reversed()).write(
            to: folder["b"])
        let bytes = try Data(contentsOf: folder["a"])
        #expect(try Data(contentsOf: folder["b"]) == bytes)
        #expect(bytes[0] % 8 == 0)
        let header = String(decoding: bytes.dropFirst(8).prefix(Int(bytes[0]) + 256 * Int(bytes[1])), as: UTF8.self)
        #expect(header.contains("null/zéro"))
    }

    @Test func readsWhatPythonWrote() throws {
        let file = try SafetensorsFile(contentsOf: fixture("safetensors/numpy.safetensors"))
        let ramp: [Float] = [-2, -1.2, -0.4, 0.4, 1.2, 2]
        #expect(file.metadata == ["classes": "[\"null\", \"eins\"]", "note": "quote \" slash / umlaut ü 七"])
        #expect(file.tensors.count == 8)
        #expect(file["double"] == NamedTensor(name: "double", shape: [2, 3], values: ramp))
        #expect(file["single"]?.values == ramp)
        #expect(file["half"]?.values == ramp.map { Float(Float16($0)) })
        #expect(file["long"]?.values == [-3, 0x1p40])
        #expect(file["int"] == NamedTensor(name: "int", shape: [2, 1], values: [-3, 7]))
        #expect(file["byte"]?.values == [253, 254, 255])
        #expect(file["scalar"] == NamedTensor(name: "scalar", shape: [], values: [0.1]))
        #expect(file["empty"] == NamedTensor(name: "empty", shape: [0, 4], values: []))
        #expect(file["absent"] == nil)
    }

    @Test func readsBrainFloats() throws {
        let file = try SafetensorsFile(contentsOf: fixture("safetensors/bfloat16.safetensors"))
        #expect(file["brain"]?.values == [1.5, -2, 0x1.fep127])
    }

    /// Subnormals, infinities and what is no number included.
    @Test func readsEveryHalfPrecisionFloat() throws {
        let all = UInt16.min...UInt16.max
        let header = #"{"half":{"dtype":"F16","shape":[65536],"data_offsets":[0,131072]}}"#
        var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) } + Data(header.utf8)
        for bits in all { withUnsafeBytes(of: bits.littleEndian) { bytes.append(contentsOf: $0) } }
        let folder = try TemporaryFolder()
        try bytes.write(to: folder["half.safetensors"])
        let values = try #require(try SafetensorsFile(contentsOf: folder["half.safetensors"])["half"]?.values)
        try #require(values.count == all.count)
        let wrong = zip(values, all).filter { value, bits in
            let expected = Float(Float16(bitPattern: bits))
            return expected.isNaN ? !value.isNaN : value.bitPattern != expected.bitPattern
        }
        #expect(wrong.isEmpty)
    }

    @Test(.enabled(if: Python.has("safetensors.numpy"), "needs a Python with safetensors: set DUET_TEST_PYTHON"))
    func pythonReadsWhatIsWritten() throws {
        let folder = try TemporaryFolder()
        let path = folder["model.safetensors"]
        try Self.sample.write(to: path)
        let program = """
            import sys, safetensors
            with safetensors.safe_open(sys.argv[1], framework="numpy") as file:
                for key, text in sorted(file.metadata().items()):
                    print(key, text)
                for name in sorted(file.keys()):
                    tensor = file.get_tensor(name)
                    print(name, tensor.dtype, tensor.shape, [float(value).hex() for value in tensor.flat])
            """
        let (status, output) = try Python.run(program, path.path)
        let expected = """
            classes ["null/zéro","七"]
            format duet
            audio/dense/bias float32 (3,) ['0x1.0000000000000p+0', '-0x0.0p+0', 'inf']
            empty float32 (2, 0) []
            image/conv2d/kernel float32 (1, 2, 2) ['0x1.99999a0000000p-4', '0x1.0000000000000p-149', \
            '-0x1.c363cc0000000p+127', '0x1.c000000000000p+2']
            step float32 () ['0x1.8000000000000p+3']

            """
        #expect(status == 0)
        #expect(output == expected)
    }

    @Test func aModelOf27MegabytesIsReadFast() throws {
        let folder = try TemporaryFolder()
        let values = (0..<6_766_478).map { Float($0) }
        let file = SafetensorsFile(tensors: [NamedTensor(name: "all", shape: [values.count], values: values)])
        try file.write(to: folder["model.safetensors"])
        var read = SafetensorsFile(tensors: [])
        let time = try ContinuousClock().measure {
            read = try SafetensorsFile(contentsOf: folder["model.safetensors"])
        }
        #expect(read == file)
        // Takes some 25 ms on an idle machine; the bound leaves room for a busy one and still finds a slow loop.
        #expect(time < .milliseconds(500), "\(time)")
    }
}
