"""Times Keras on TensorFlow on one of the paper's models, through train_on_batch and predict_on_batch.

`xla` is what Keras picks by itself on a CPU, `graph` is the same without XLA.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

import keras_models  # noqa: E402
import measure  # noqa: E402
from architectures import PARAMETER_COUNTS  # noqa: E402


def build(options):
    """The compiled network, ending in probabilities for inference and in logits for training."""
    network = keras_models.build(options.model)
    if network.count_params() != PARAMETER_COUNTS[options.model]:
        raise SystemExit(f"{options.model} was built with {network.count_params()} parameters")
    if options.mode == "infer":
        network = keras.Model(network.inputs, keras.layers.Softmax()(network.output))
    keras_models.compile_for_training(network, jit_compile=options.variant == "xla")
    return network


def main():
    options = measure.arguments(__doc__, ["train", "infer"], ["xla", "graph"])
    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(options.threads)
    keras.utils.set_random_seed(1)
    network = build(options)

    def train(images, audio, labels):
        network.train_on_batch([images, audio], labels)

    def infer(images, audio, _):
        network.predict_on_batch([images, audio])

    data = [
        [tf.constant(images), tf.constant(audio), tf.constant(labels)]
        for images, audio, labels in measure.batches(options.batch_size)
    ]
    step = train if options.mode == "train" else infer
    blocks = measure.measured(step, data, options.batch_size, options.seconds)
    measure.report(options, "keras", {"keras": keras.__version__, "tensorflow": tf.__version__}, blocks)


if __name__ == "__main__":
    main()
