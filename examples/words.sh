#!/usr/bin/env bash
# A classifier of spoken words, taught from text alone: synthetic voices speak each word, and a model is trained on them.
#
#   examples/words.sh WORD WORD…          (examples/words.sh yes no maybe)
#
# FOLDER (default: runs/words) gets the voices, the dataset and the run; remove it to start again. The test is on voices that are not in
# the training, but they are synthetic too: expect less from people (docs/data.md#synthetic-voices).
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -ge 2 ] || { echo "give two words or more: examples/words.sh yes no maybe" >&2; exit 64; }
folder=${FOLDER:-runs/words}
duet=.build/release/duet

[ -x "$duet" ] || make build
python3 examples/voices.py --output "$folder/voices" "$@"
"$duet" data build --audio "$folder/voices" --speech --trim-silence --split-by speaker --keep-waveforms --output "$folder/data"
"$duet" train --data "$folder/data" --model model-5 --augment speech --epochs 20 --keep last --batch-size 64 --learning-rate 0.002 \
    --learning-rate-schedule one-cycle --output "$folder/run"
echo "Try it: $duet predict --model $folder/run/model.safetensors --audio RECORDING --abstain 0.05"
