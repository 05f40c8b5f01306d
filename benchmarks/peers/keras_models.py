"""The paper's four models in Keras, with the layers, their order and their names from `architectures`."""

import keras
from keras import layers

import architectures


def layer(description, name, dropout_rate):
    match description.kind:
        case "conv1d":
            return layers.Conv1D(description.size, 2, activation=description.activation, name=name)
        case "conv2d":
            return layers.Conv2D(description.size, 3, padding="same", activation=description.activation, name=name)
        case "dense":
            return layers.Dense(description.size, activation=description.activation, name=name)
        case "batch_normalization":
            return layers.BatchNormalization(name=name)
        case "max_pooling1d":
            return layers.MaxPooling1D(name=name)
        case "max_pooling2d":
            return layers.MaxPooling2D(name=name)
        case "flatten":
            return layers.Flatten(name=name)
        case "dropout":
            return layers.Dropout(dropout_rate, name=name)


def build(model, dropout_rate=0.25):
    """A model of [images, audio] that gives the logits of the fused classification."""
    inputs = {
        "image": keras.Input(architectures.IMAGE_SHAPE, name="image"),
        "audio": keras.Input(architectures.AUDIO_SHAPE, name="audio"),
    }
    outputs = {}
    for branch, _, described in architectures.branches(model):
        if branch == "head":
            x = layers.Concatenate(name="fusion")([outputs["audio"], outputs["image"]])
        else:
            x = inputs[branch]
        for name, description in zip(architectures.layer_names(branch, described), described):
            x = layer(description, name, dropout_rate)(x)
        outputs[branch] = x
    return keras.Model([inputs["image"], inputs["audio"]], outputs["head"], name=model)


def compile_for_training(model, optimizer=None, **options):
    """The paper's training: Keras's own Adam, and the cross-entropy of the logits."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=optimizer or keras.optimizers.Adam(), loss=loss, **options)
