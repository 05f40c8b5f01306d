"""Times OpenVINO's inference on one of the paper's models, exported from PyTorch for the one batch size.

`latency` runs one batch at a time on all threads. `throughput` keeps several batches in flight, each on fewer threads.
"""

import openvino
from openvino import properties
from openvino.properties import hint

import measure
import onnx_models


def compiled(options):
    """The model in float32: on processors with bfloat16 OpenVINO would otherwise take that."""
    core = openvino.Core()
    modes = {"latency": hint.PerformanceMode.LATENCY, "throughput": hint.PerformanceMode.THROUGHPUT}
    settings = {
        hint.inference_precision: openvino.Type.f32,
        hint.performance_mode: modes[options.variant],
        properties.inference_num_threads: options.threads,
    }
    return core.compile_model(onnx_models.path(options.model, options.batch_size), "CPU", settings)


def one_at_a_time(model):
    request = model.create_infer_request()

    def step(images, audio):
        request.infer([images, audio], share_inputs=True, share_outputs=True)

    return step


def in_flight(queue):
    """Each step hands a batch over and waits only while all requests are busy, so steps come at the rate of results."""

    def step(images, audio):
        queue.start_async([images, audio], share_inputs=True)

    return step


if __name__ == "__main__":
    options = measure.arguments(__doc__, ["infer"], ["latency", "throughput"])
    model = compiled(options)
    data = onnx_models.channels_first(measure.batches(options.batch_size))
    queue = openvino.AsyncInferQueue(model)  # as many requests as OpenVINO finds best
    step = one_at_a_time(model) if options.variant == "latency" else in_flight(queue)
    blocks = measure.measured(step, data, options.batch_size, options.seconds)
    queue.wait_all()
    measure.report(options, "openvino", {"openvino": openvino.__version__.split("-")[0]}, blocks)
