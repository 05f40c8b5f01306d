"""The paper's four models in PyTorch, as a PyTorch user would write them: channels first, dropout 0.25."""

import torch
from torch import nn

import architectures


def module(layer, channels, flattened, dropout_rate):
    """The modules of one layer that gets `channels` channels, or `flattened` values if it is dense."""
    match layer.kind:
        case "conv1d":
            found = [nn.Conv1d(channels, layer.size, 2)]
        case "conv2d":
            found = [nn.Conv2d(channels, layer.size, 3, padding=1)]
        case "dense":
            found = [nn.Linear(flattened, layer.size)]
        case "max_pooling1d":
            found = [nn.MaxPool1d(2)]
        case "max_pooling2d":
            found = [nn.MaxPool2d(2)]
        case "flatten":
            found = [nn.Flatten()]
        case "dropout":
            found = [nn.Dropout(dropout_rate)]
    match layer.activation:
        case "relu":
            found.append(nn.ReLU(inplace=True))
        case "softmax":
            found.append(nn.Softmax(dim=1))
    return found


def branch(layers, shape, dropout_rate):
    modules = []
    for layer in layers:
        if layer.kind == "batch_normalization":
            kind = {1: nn.BatchNorm1d, 2: nn.BatchNorm1d, 3: nn.BatchNorm2d}[len(shape)]
            modules.append(kind(shape[-1], eps=1e-3, momentum=0.01))  # PyTorch's momentum is 1 less Keras's
        else:
            modules += module(layer, shape[-1], shape[0], dropout_rate)
        shape = architectures.output_shape(layer, shape)
    return nn.Sequential(*modules)


class LateFusion(nn.Module):
    """Images [n, 1, 28, 28] and audio [n, 1, 507] to logits [n, 10]."""

    def __init__(self, model, dropout_rate=0.25):
        super().__init__()
        built = {name: branch(layers, shape, dropout_rate) for name, shape, layers in architectures.branches(model)}
        self.audio, self.image, self.head = built["audio"], built["image"], built["head"]
        for part in self.modules():
            if isinstance(part, (nn.Conv1d, nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(part.weight)
                nn.init.zeros_(part.bias)

    def forward(self, images, audio):
        return self.head(torch.cat([self.audio(audio), self.image(images)], dim=1))


def parameter_count(network):
    """As Keras counts: with the moving statistics, without PyTorch's counters of batches."""
    moving = (b.numel() for name, b in network.named_buffers() if not name.endswith("num_batches_tracked"))
    return sum(p.numel() for p in network.parameters()) + sum(moving)
