import Foundation

/// Runs a program to its end.
@discardableResult
package func run(_ arguments: String...) -> (status: Int32, output: String) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return (127, "") }
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}

/// What this machine has to test with.
package enum Machine {
    package static let hasPython = run("python3", "-c", "").status == 0
    package static let hasNumPy = run("python3", "-c", "import numpy").status == 0
    package static let hasPip = run("python3", "-m", "pip", "--version").status == 0
    package static let canMount: Bool = {
        (try? withTemporaryFolder { folder in
            guard run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder.path).status == 0 else { return false }
            return run("umount", folder.path).status == 0
        }) ?? false
    }()
}
