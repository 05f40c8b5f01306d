import Foundation
import Testing
import TestSupport

extension CommandTests {
    /// A file of a library's name that is none, in a folder where the loader looks first, is as good as no library.
    @Suite("Libraries that are not on the machine")
    struct MissingLibraryTests {
        private static let libraries = [
            "libcurl.so.4", "libcurl-gnutls.so.4", "libsndfile.so.1", "libsoxr.so.0", "libzip.so.4",
            "libzip.so.5",
        ]

        private func without(_ names: [String], _ body: (Workshop, [String: String]) throws -> Void) throws {
            try Workshop.with { shop in
                try FileManager.default.createDirectory(at: shop["libraries"], withIntermediateDirectories: true)
                for name in names { try Data().write(to: shop["libraries"].appendingPathComponent(name)) }
                try body(shop, ["LD_LIBRARY_PATH": shop["libraries"].path])
            }
        }

        @Test("What needs none of them runs without")
        func needless() throws {
            try without(Self.libraries) { shop, environment in
                for arguments in [["--version"], ["--help"], ["summary", "model-2"]] {
                    let outcome = try DuetProcess(arguments, in: shop.folder, environment: environment).wait()
                    #expect(outcome.status == 0 && outcome.errors == "", "\(outcome)")
                }
                let pictures = [
                    "predict", "--model", try Studio.required().model, "--image", Self.fixture("images/seven.png"),
                ]
                let outcome = try DuetProcess(pictures, in: shop.folder, environment: environment).wait()
                #expect(outcome.status == 0 && outcome.errors == "", "\(outcome)")
            }
        }

        @Test(
            "A recording that cannot be read names itself, the library and the package",
            arguments: [("libsndfile.so.1", "libsndfile1"), ("libsoxr.so.0", "libsoxr0")])
        func recording(library: String, package: String) throws {
            try without([library]) { shop, environment in
                let recording = Self.fixture("audio/telephone.wav")
                let arguments = ["predict", "--model", try Studio.required().model, "--audio", recording]
                let outcome = try DuetProcess(arguments, in: shop.folder, environment: environment).wait()
                #expect(outcome.status == 66 && outcome.output == "")
                #expect(outcome.errors.contains(recording), "\(outcome.errors)")
                #expect(outcome.errors.contains("\(library) cannot be loaded"), "\(outcome.errors)")
                #expect(outcome.errors.contains("apt-get install \(package)"), "\(outcome.errors)")
            }
        }

        @Test("A download without libcurl is refused at once, with the package to install")
        func download() throws {
            try without(["libcurl.so.4", "libcurl-gnutls.so.4"]) { shop, environment in
                let arguments = ["data", "fetch", "written-spoken-digits", "--base-url", "http://127.0.0.1:1"]
                let outcome = try DuetProcess(arguments, in: shop.folder, environment: environment).wait(seconds: 20)
                #expect(outcome.status == 66 && outcome.output == "")
                #expect(outcome.errors.contains("http://127.0.0.1:1/"), "\(outcome.errors)")
                #expect(outcome.errors.contains("libcurl.so.4 cannot be loaded"), "\(outcome.errors)")
                #expect(outcome.errors.contains("apt-get install libcurl4"), "\(outcome.errors)")
                #expect(!shop.exists("data"))
            }
        }

        private static func fixture(_ name: String) -> String {
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("Fixtures/\(name)").path
        }
    }
}
