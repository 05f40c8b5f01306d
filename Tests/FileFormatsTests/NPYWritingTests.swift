import FileFormats
import Foundation
import Testing
import TestSupport

@Suite("NumPy files, writing")
struct NPYWritingTests {
    @Test("NumPy reads what we write", .enabled(if: Machine.hasNumPy, "needs python3 with numpy"))
    func numPyReads() throws {
        try withTemporaryFolder { folder in
            try NPYArray.write([0, 1, 255] as [UInt8], shape: [3], to: folder.appendingPathComponent("u1.npy"))
            try NPYArray.write(
                [1, -2, .max, .min] as [Int32], shape: [2, 2], to: folder.appendingPathComponent("i4.npy"))
            try NPYArray.write([.max, -1] as [Int64], shape: [1, 2, 1], to: folder.appendingPathComponent("i8.npy"))
            try NPYArray.write([0.1, -.infinity] as [Float], shape: [2], to: folder.appendingPathComponent("f4.npy"))
            try NPYArray.write([2.5] as [Float], shape: [], to: folder.appendingPathComponent("scalar.npy"))
            try NPYArray.write([] as [Float], shape: [0, 507], to: folder.appendingPathComponent("empty.npy"))
            let check = """
                import numpy as np, os, sys
                os.chdir(sys.argv[1])
                def same(name, expected):
                    array = np.load(name + ".npy")
                    assert array.dtype == expected.dtype and array.shape == expected.shape, name
                    assert (array == expected).all() and array.flags.c_contiguous, name
                    assert len(open(name + ".npy", "rb").read()) % 64 == array.nbytes % 64, name
                same("u1", np.array([0, 1, 255], "uint8"))
                same("i4", np.array([[1, -2], [2**31 - 1, -2**31]], "int32"))
                same("i8", np.array([[[2**63 - 1], [-1]]], "int64"))
                same("f4", np.array([0.1, -np.inf], "float32"))
                same("scalar", np.array(2.5, "float32"))
                same("empty", np.zeros((0, 507), "float32"))
                """
            #expect(run("python3", "-c", check, folder.path).status == 0)
        }
    }

    @Test("We read what we write")
    func roundTrip() throws {
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("a.npy")
            try NPYArray.write([1.5, 2, 3, 4, 5, 6] as [Float], shape: [2, 3], to: url)
            let array = try NPYArray(contentsOf: url)
            #expect(array.shape == [2, 3] && array.elementType == .float32)
            #expect(array.floats() == [1.5, 2, 3, 4, 5, 6])
        }
    }

    @Test("An existing file stays unless overwriting is asked for")
    func overwrite() throws {
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("a.npy")
            try NPYArray.write([1] as [UInt8], shape: [1], to: url)
            let error = try #require(throws: DuetError.self) {
                try NPYArray.write([2] as [UInt8], shape: [1], to: url)
            }
            #expect(error.kind == .exists)
            #expect(try NPYArray(contentsOf: url).integers() == [1])
            try NPYArray.write([2] as [UInt8], shape: [1], to: url, overwrite: true)
            #expect(try NPYArray(contentsOf: url).integers() == [2])
        }
    }
}
