#!/usr/bin/env bash
# A classifier of spoken words, taught from text alone: synthetic voices speak each word, and a model is trained on them.
#
#   examples/words.sh WORD WORD…          (examples/words.sh yes no maybe)
#
# With Debian's wamerican-small, 500 other words are background examples, so that the model knows what is none of these.
# FOLDER (default: runs/words) gets the voices, the dataset and the run; remove it to start again. The test is on voices that are not in
# the training, but they are synthetic too: expect less from people (docs/data.md#synthetic-voices).
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -ge 2 ] || { echo "give two words or more: examples/words.sh yes no maybe" >&2; exit 64; }
folder=${FOLDER:-runs/words}
duet=.build/release/duet

[ -x "$duet" ] || make build
python3 examples/voices.py --output "$folder/voices" "$@"
# Other words, so that the model knows what is none of them, where there is a list to draw them from.
background=()
if [ -f /usr/share/dict/american-english-small ]; then
    python3 examples/other_words.py --output "$folder/other-words" --number 500 "$@"
    background=(--background-audio "$folder/other-words")
else
    echo "Without a word list, every word will be taken for one of these; on Debian: apt install wamerican-small" >&2
fi
"$duet" data build --audio "$folder/voices" "${background[@]}" --speech --trim-silence --split-by speaker --keep-waveforms --output "$folder/data"
"$duet" train examples/words-training.yaml --data "$folder/data" --output "$folder/run"
echo "Try it: $duet predict --model $folder/run/model.safetensors --audio RECORDING --abstain 0.05"
