import DuetServer
import FileFormats
import Foundation
import Testing

/// HTTPS, as Python's own client sees it.
@Suite struct EncryptionTests {
    /// A certificate for localhost that signed itself, made by OpenSSL.
    private static func makeCertificate(_ folder: URL, _ name: String) throws -> (certificate: URL, key: URL) {
        let (certificate, key) = (
            folder.appendingPathComponent("\(name).pem"), folder.appendingPathComponent("\(name)-key.pem")
        )
        try run([
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost", "-keyout", key.path, "-out", certificate.path,
        ])
        return (certificate, key)
    }

    @discardableResult
    private static func run(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        let output = Pipe()
        (process.standardOutput, process.standardError) = (output, output)
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw ConnectionProblem("\(arguments[0]): \(text)") }
        return text
    }

    private static func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    @Test("A client that trusts the certificate gets an encrypted answer; plain HTTP and old versions get none")
    func encrypted() async throws {
        try await Self.withFolder { folder in
            let files = try Self.makeCertificate(folder, "good")
            try await TestServer.with({
                $0.certificate = try ServerCertificate(files.certificate, key: files.key)
            }) { server in
                let script = """
                    import json, socket, ssl, urllib.request
                    port = \(server.server.port)
                    context = ssl.create_default_context(cafile="\(files.certificate.path)")
                    answer = urllib.request.urlopen(f"https://localhost:{port}/v2", context=context, timeout=30)
                    print(json.load(answer)["name"])
                    with socket.create_connection(("localhost", port), 30) as plain:
                        with context.wrap_socket(plain, server_hostname="localhost") as link:
                            print(link.version())
                    context.maximum_version = ssl.TLSVersion.TLSv1_2
                    with socket.create_connection(("localhost", port), 30) as plain:
                        with context.wrap_socket(plain, server_hostname="localhost") as link:
                            print(link.version())
                    # The client itself would take it.
                    context.set_ciphers("DEFAULT@SECLEVEL=0")
                    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
                    context.maximum_version = ssl.TLSVersion.TLSv1_1
                    try:
                        urllib.request.urlopen(f"https://localhost:{port}/v2", context=context, timeout=30)
                        print("old version taken")
                    except OSError as error:
                        print("old version:", "refused by the server" if "alert protocol version" in str(error) else error)
                    try:
                        urllib.request.urlopen(f"http://localhost:{port}/v2", timeout=30)
                        print("plain taken")
                    except Exception:
                        print("plain refused")
                    """
                let lines = try await onThread { try Self.run(["python3", "-W", "ignore", "-c", script]) }.split(
                    separator: "\n")
                let expected = ["duet", "TLSv1.3", "TLSv1.2", "old version: refused by the server", "plain refused"]
                #expect(lines.map(String.init) == expected)
            }
        }
    }

    @Test("Files that are no certificate and key are named")
    func refused() async throws {
        try await Self.withFolder { folder in
            let (one, other) = (try Self.makeCertificate(folder, "one"), try Self.makeCertificate(folder, "other"))
            let missing = folder.appendingPathComponent("missing.pem")
            for (certificate, key, kind, message) in [
                (missing, one.key, DuetError.Kind.missingInput, "--certificate: \(missing.path)"),
                (one.certificate, missing, .missingInput, "--key: \(missing.path)"),
                (one.key, one.key, .badData, "is no certificate in PEM"),
                (one.certificate, one.certificate, .badData, "is no private key in PEM"),
                (one.certificate, other.key, .badData, "does not belong to the certificate"),
            ] {
                let error = #expect(throws: DuetError.self) { try ServerCertificate(certificate, key: key) }
                #expect(error?.kind == kind && error?.message.contains(message) == true, "\(String(describing: error))")
            }
        }
    }
}
