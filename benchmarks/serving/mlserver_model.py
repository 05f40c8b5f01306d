"""The same model as a runtime of MLServer: `mlserver start FOLDER`."""

from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse

from predictor import Predictor


class OnnxModel(MLModel):
    async def load(self):
        self.predictor = Predictor()
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        values = {one.name: NumpyCodec.decode_input(one) for one in payload.inputs}
        probabilities = self.predictor.probabilities(values["image"], values["audio"])
        output = NumpyCodec.encode_output("probabilities", probabilities)
        return InferenceResponse(model_name=self.name, outputs=[output])
