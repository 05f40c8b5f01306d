import FileFormats
package import Foundation
import NIOSSL

/// What a server proves who it is with, so that connections are encrypted (HTTPS).
package struct ServerCertificate: Sendable {
    let configuration: TLSConfiguration

    /// Reads a certificate and its private key.
    /// - Parameters:
    ///   - certificate: a PEM file with the certificate, and those that signed it behind it.
    ///   - key: a PEM file with the private key, without a password.
    /// - Throws: `DuetError` of kind `missingInput` or `badData`, naming the file.
    package init(_ certificate: URL, key: URL) throws {
        for (option, file) in [("--certificate", certificate), ("--key", key)]
        where !FileManager.default.isReadableFile(atPath: file.path) {
            throw DuetError(.missingInput, "\(option): \(file.path) is not there, or cannot be read")
        }
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMFile(certificate.path)
        } catch {
            throw DuetError(.badData, "--certificate: \(certificate.path) is no certificate in PEM")
        }
        let privateKey: NIOSSLPrivateKey
        do {
            privateKey = try NIOSSLPrivateKey(file: key.path, format: .pem)
        } catch {
            throw DuetError(.badData, "--key: \(key.path) is no private key in PEM without a password")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        do {
            _ = try NIOSSLContext(configuration: configuration)
        } catch {
            throw DuetError(
                .badData, "the private key in \(key.path) does not belong to the certificate in \(certificate.path)")
        }
        self.configuration = configuration
    }
}
