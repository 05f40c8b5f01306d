import Foundation
import Testing
import TestSupport

extension CommandTests {
    @Suite("duet serve")
    struct ServeTests {
        /// A server that has said where it is, and its address.
        private func serve(_ shop: Workshop, _ more: String...) throws -> (process: DuetProcess, address: String) {
            let model = ["serve", "--model", try Studio.required().model, "--port", "0", "--log-level", "error"]
            let process = try DuetProcess(model + more, in: shop.folder)
            for _ in 0..<200 {
                let found = try process.outputSoFar().firstMatch(of: /http:\/\/[0-9.:]+\//)
                if let found { return (process, String(found.output)) }
                guard process.isRunning else { break }
                usleep(50_000)
            }
            throw Problem.notRunning(try process.wait())
        }

        private enum Problem: Error { case notRunning(Outcome) }

        @Test("The answer to files is what duet predict --json prints; SIGTERM ends the server with 0")
        func files() throws {
            try Workshop.with { shop in
                let (server, address) = try serve(shop)
                #expect(try server.outputSoFar().contains("Only programs on this machine can reach it"))
                for (name, file) in [("seven.png", "images/seven.png"), ("seven.wav", "audio/telephone.wav")] {
                    try FileManager.default.copyItem(at: fixture(file), to: shop[name])
                }
                let (image, audio) = (shop["seven.png"].path, shop["seven.wav"].path)
                let answer = run(
                    "curl", "-sS", "--max-time", "20", "-F", "image=@\(image)", "-F", "audio=@\(audio)",
                    address + "predict")
                let printed = try DuetProcess(
                    [
                        "predict", "--model", try Studio.required().model, "--image", "seven.png", "--audio",
                        "seven.wav", "--json",
                    ],
                    in: shop.folder
                ).wait()
                #expect(answer.status == 0 && answer.output == printed.output)
                server.send(SIGTERM)
                let outcome = try server.wait(seconds: 60)
                #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome)")
            }
        }

        @Test("Ctrl-C ends the server with 130")
        func interruption() throws {
            try Workshop.with { shop in
                let (server, _) = try serve(shop)
                server.send(SIGINT)
                let outcome = try server.wait(seconds: 60)
                #expect(
                    outcome.status == 130 && outcome.errors == "duet: stopped; every request was answered\n",
                    "\(outcome)")
            }
        }

        @Test("What cannot be served is refused before the server listens")
        func refused() throws {
            try Workshop.with { shop in
                let model = try Studio.required().model
                let (server, address) = try serve(shop)
                let port = try #require(URL(string: address)?.port)
                let cases: [(arguments: [String], status: Int32, message: String)] = [
                    (["--model", "nowhere.safetensors"], 66, "nowhere.safetensors"),
                    (["--model", model, "--port", "\(port)"], 66, "cannot listen at 127.0.0.1, port \(port)"),
                    (["--model", model, "--port", "70000"], 64, "--port is 70000"),
                    (["--model", model, "--max-batch", "0"], 64, "--max-batch is 0"),
                    (["--model", model, "--deadline", "nan"], 64, "--deadline is nan"),
                    (["--model", model, "--max-body", "1e30"], 64, "--max-body"),
                    (["--model", model, "--name", "a/b"], 64, "--name is 'a/b'"),
                    (["--model", model, "--log-level", "loud"], 64, "--log-level is 'loud'"),
                    (["--model", model, "--api-key-file", "nowhere"], 66, "nowhere"),
                    (["--model", model, "--coverage", "95"], 64, "from 0.5 to 0.999"),
                    (["--model", model, "--models", "."], 64, "not both"),
                ]
                for (arguments, status, message) in cases {
                    let outcome = try DuetProcess(["serve"] + arguments, in: shop.folder).wait(seconds: 60)
                    #expect(outcome.status == status && outcome.errors.contains(message), "\(arguments): \(outcome)")
                }
                #expect(server.isRunning)
            }
        }
    }
}
