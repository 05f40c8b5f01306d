"""Times PyTorch on one of the paper's models. A training step is forward, loss, backward and Adam.

`eager` is the plain way; `channels_last` adds the image layout and the fused Adam that are its best on CPUs; `compile`
also runs that through torch.compile. `--precision bf16` runs any of them under autocast.
"""

import torch
import torch.nn.functional as F

import measure
from architectures import PARAMETER_COUNTS
from models import LateFusion, parameter_count


def prepare(options):
    """The network, and the batches as tensors in its layout."""
    network = LateFusion(options.model)
    if parameter_count(network) != PARAMETER_COUNTS[options.model]:
        raise SystemExit(f"{options.model} was built with {parameter_count(network)} parameters")
    data = []
    for images, audio, labels in measure.batches(options.batch_size):
        images, audio = (torch.from_numpy(part).movedim(-1, 1) for part in (images, audio))
        data.append([images, audio, torch.from_numpy(labels)])
    if options.variant == "eager":
        data = [[images.contiguous(), audio.contiguous(), labels] for images, audio, labels in data]
    else:
        network = network.to(memory_format=torch.channels_last)
        data = [[x.contiguous(memory_format=torch.channels_last), a.contiguous(), y] for x, a, y in data]
    return network, data


def forward_of(network, options):
    run = torch.compile(network) if options.variant == "compile" else network
    if options.precision == "f32":
        return run

    def in_bfloat16(images, audio):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return run(images, audio)

    return in_bfloat16


def training_step(network, options):
    network.train()
    fused = {} if options.variant == "eager" else {"fused": True}
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, eps=1e-7, **fused)
    forward = forward_of(network, options)

    def step(images, audio, labels):
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(forward(images, audio).float(), labels).backward()
        optimizer.step()

    return step


def inference_step(network, options):
    network.eval()
    forward = forward_of(network, options)

    def step(images, audio, _):
        with torch.inference_mode():
            torch.softmax(forward(images, audio).float(), dim=1)

    return step


if __name__ == "__main__":
    options = measure.arguments(__doc__, ["train", "infer"], ["eager", "channels_last", "compile"], ["f32", "bf16"])
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    network, data = prepare(options)
    step = (training_step if options.mode == "train" else inference_step)(network, options)
    blocks = measure.measured(step, data, options.batch_size, options.seconds)
    measure.report(options, "pytorch", {"torch": torch.__version__}, blocks)
