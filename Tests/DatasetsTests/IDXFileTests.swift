import Datasets
import FileFormats
import Foundation
import Testing
import TestSupport

@Suite("Files as MNIST ships them")
struct IDXFileTests {
    @Test("Files of idx2numpy, one gzipped: pictures, labels and sides")
    func reading() throws {
        try withTemporaryFolder { folder in
            let sounds = folder.appendingPathComponent("wav")
            for (name, pitch) in [("t-shirt/a", 300.0), ("t-shirt/b", 320), ("trouser/a", 600), ("trouser/b", 650)] {
                try BuildMaterial.writeTone(pitch, to: sounds.appendingPathComponent("\(name).wav"))
            }
            let names = ["t-shirt", "trouser"]
            var builder = DatasetBuilder()
            builder.classNames = names
            let material = try DatasetMaterial(images: fixture("data/idx"), audio: [sounds], classNames: names)
            let pool = try builder.build(material, to: folder.appendingPathComponent("out")).load()
            #expect(pool.imageShape == [4, 3, 1] && pool.trainSideCount == 4 && pool.classNames == names)
            #expect(pool.labels == [0, 1, 0, 1, 1, 0])
            #expect(pool.images == (0..<72).map { Float($0 * 3) })
        }
    }

    @Test("What is no IDX file, is cut short or lacks its labels")
    func malformed() throws {
        let good: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 7, 8]
        let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 1, 0]
        let cases: [([UInt8], [UInt8]?, String)] = [
            ([], labels, "is no IDX file"), (Array("PNG or what".utf8), labels, "is no IDX file"),
            (Array(good.prefix(10)), labels, "inside the IDX header"),
            (Array(good.dropLast()), labels, "is cut short: shape [1, 1, 2] needs 2 values, found 1"),
            (good + [9], labels, "has bytes left over"),
            ([0, 0, 13] + good.dropFirst(3), labels, "values of type 0xd"),
            ([0, 0, 8, 3] + [UInt8](repeating: 255, count: 12), labels, "is beyond"),
            ([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2], labels, "expected pictures"),
            (good, [0, 0, 8, 1, 0, 0, 0, 2, 0, 0], "expected one label for each of the 1"),
            (good, nil, "but not train-labels-idx1-ubyte"),
            ([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3], labels, "cannot be unpacked"),
        ]
        for (images, labels, message) in cases {
            try withTemporaryFolder { folder in
                try Data(images).write(to: folder.appendingPathComponent("train-images-idx3-ubyte"))
                if let labels { try Data(labels).write(to: folder.appendingPathComponent("train-labels-idx1-ubyte")) }
                let error = try #require(throws: DuetError.self) {
                    try DatasetMaterial(images: folder, audio: [folder])
                }
                #expect(error.description.contains(message), "\(error)")
            }
        }
    }
}
