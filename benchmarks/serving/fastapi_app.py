"""The Open Inference Protocol's `infer` with FastAPI and ONNX Runtime, as one writes it: `uvicorn fastapi_app:app`."""

from fastapi import FastAPI, Request

from predictor import Predictor

app = FastAPI()
predictor = Predictor()


@app.get("/v2/models/{name}/ready")
def ready(name: str):
    return {"name": name, "ready": True}


@app.post("/v2/models/{name}/infer")
async def infer(name: str, request: Request):
    body = await request.json()
    values = {one["name"]: one["data"] for one in body["inputs"]}
    probabilities = predictor.probabilities(values["image"], values["audio"])
    output = {"name": "probabilities", "datatype": "FP32", "shape": list(probabilities.shape)}
    return {"model_name": name, "model_version": "1", "outputs": [{**output, "data": probabilities.ravel().tolist()}]}
