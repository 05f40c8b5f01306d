import Duet
import DuetServer
import Foundation
import Testing
import TestSupport

/// Clients that people have already.
@Suite struct ClientTests {
    @Test(
        "Triton's client, with its defaults, gets the library's numbers",
        .enabled(if: Python.has("tritonclient.http"), "needs tritonclient"))
    func triton() async throws {
        try await TestServer.with { server in
            let (image, audio) = TestServer.values(4)
            let expected = try server.expected(4)
            let port = server.server.port
            let outcome = try await onThread {
                try Python.run(
                    """
                    import json, sys
                    import numpy as np
                    import tritonclient.http as triton
                    port, image, audio, expected, label = sys.argv[1:]
                    image = np.array(json.loads(image), np.float32).reshape(1, 6, 6, 1)
                    audio = np.array(json.loads(audio), np.float32).reshape(1, 12, 1)
                    client = triton.InferenceServerClient("127.0.0.1:" + port)
                    assert client.is_server_live() and client.is_server_ready()
                    assert client.is_model_ready("small") and client.is_model_ready("small", "1")
                    assert not client.is_model_ready("other")
                    assert client.get_server_metadata()["extensions"] == ["binary_tensor_data"]
                    names = [one["name"] for one in client.get_model_metadata("small")["inputs"]]
                    assert names == ["audio", "image"], names
                    inputs = [triton.InferInput("image", [1, 6, 6, 1], "FP32"), triton.InferInput("audio", [1, 12, 1], "FP32")]
                    for binary in (True, False):
                        inputs[0].set_data_from_numpy(image, binary_data=binary)
                        inputs[1].set_data_from_numpy(audio, binary_data=binary)
                        for outputs in (None, [triton.InferRequestedOutput("probabilities"), triton.InferRequestedOutput("label")],
                                [triton.InferRequestedOutput("probabilities", binary_data=False), triton.InferRequestedOutput("label", binary_data=False)]):
                            result = client.infer("small", inputs, outputs=outputs, request_id="r1")
                            found = result.as_numpy("probabilities")
                            assert found.dtype == np.float32 and found.shape == (1, 4), found
                            assert np.array_equal(found[0], np.array(json.loads(expected), np.float32)), (found, expected)
                            text = result.as_numpy("label")[0]
                            assert (text.decode() if isinstance(text, bytes) else text) == label, text
                            assert result.get_response()["id"] == "r1"
                    inputs[0].set_data_from_numpy(image)
                    alone = client.infer("small", inputs[:1]).as_numpy("image_label")
                    assert alone.shape == (1,)
                    try:
                        client.infer("small", inputs[:1], outputs=[triton.InferRequestedOutput("nothing")])
                        raise SystemExit("not refused")
                    except triton.InferenceServerException as error:
                        assert "has no output 'nothing'" in str(error), error
                    print("good")
                    """, "\(port)", "\(image)", "\(audio)", "\(expected.probabilities)", expected.label)
            }
            #expect(outcome.status == 0 && outcome.output.hasSuffix("good\n"), "\(outcome.output)")
        }
    }

    @Test("curl sends values and files", .enabled(if: run("curl", "--version").status == 0, "needs curl"))
    func curl() async throws {
        try await TestServer.with { server in
            let address = "http://127.0.0.1:\(server.server.port)"
            let outcome = try await onThread {
                run(
                    "curl", "-sS", "--max-time", "10", "-d", TestServer.request([2]), "\(address)/v2/models/small/infer"
                )
            }
            let json = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
            let outputs = try #require(json?["outputs"] as? [[String: Any]], "\(outcome.output)")
            #expect(try (outputs[0]["data"] as? [Double])?.map { Float($0) } == server.expected(2).probabilities)
            let picture = fixture("images/seven.png").path
            let sent = try await onThread {
                run("curl", "-sS", "--max-time", "10", "-F", "image=@\(picture)", "\(address)/predict")
            }
            #expect(sent.status == 0 && sent.output.contains(#""image" : "seven.png""#), "\(sent.output)")
        }
    }
}
