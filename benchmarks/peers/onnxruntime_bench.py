"""Times ONNX Runtime's inference on one of the paper's models, exported from PyTorch for the one batch size."""

import onnxruntime

import measure
import onnx_models


def session(model, batch_size, threads):
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = threads
    settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    return onnxruntime.InferenceSession(
        onnx_models.path(model, batch_size), settings, providers=["CPUExecutionProvider"]
    )


if __name__ == "__main__":
    options = measure.arguments(__doc__, ["infer"], ["cpu"])
    running = session(options.model, options.batch_size, options.threads)
    data = onnx_models.channels_first(measure.batches(options.batch_size))

    def step(images, audio):
        running.run(None, {"images": images, "audio": audio})

    blocks = measure.measured(step, data, options.batch_size, options.seconds)
    measure.report(options, "onnxruntime", {"onnxruntime": onnxruntime.__version__}, blocks)
