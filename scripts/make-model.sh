#!/usr/bin/env bash
# Makes the model of digits that Duet ships, from what can be fetched: MNIST, the six speakers of the Free Spoken Digit Dataset, and
# synthetic voices. Equal inputs make equal bytes on one kind of processor. scripts/make-model.sh [FOLDER]   (default: runs/digits)
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-runs/digits}
duet=$PWD/.build/release/duet
mkdir -p "$folder"

for command in espeak-ng flite festival; do
    command -v $command >/dev/null && continue
    echo "$command is missing; on Debian: apt install espeak-ng flite festival festvox-kallpc16k festvox-kdlpc16k festvox-us-slt-hts" >&2
    exit 1
done
words=/usr/share/dict/american-english-small
[ -f $words ] || { echo "$words is missing; on Debian: apt install wamerican-small" >&2; exit 1; }

# The recordings' features: the mean of each is subtracted, and the coefficients' changes follow. Later recordings are trimmed.
[ -f "$folder/spoken/means_audio_train.npy" ] ||
    "$duet" data fetch digits --mean-normalization --deltas 2 --trim-silence --output "$folder/spoken" --force
[ -d "$folder/voices" ] ||
    python3 examples/voices.py --output "$folder/voices" 0=zero 1=one 2=two 3=three 4=four 5=five 6=six 7=seven 8=eight 9=nine
# What is no digit; without the words that benchmarks/digits/other_sounds.py measures with.
[ -d "$folder/other-words" ] ||
    python3 examples/other_words.py --output "$folder/other-words" --list $words --except benchmarks/digits/other-words.txt \
        zero one two three four five six seven eight nine
[ -f "$folder/data/means_audio_background.npy" ] ||
    "$duet" data build --images "$folder/spoken" --audio "$folder/spoken" --train-audio "$folder/voices" \
        --background-audio "$folder/other-words" --output "$folder/data" --force
"$duet" train examples/digits-training.yaml --data "$folder/data" --output "$folder/run" --force
"$duet" export --model "$folder/run/model.safetensors" --weights float16 --output Sources/CDigitsModel/digits.safetensors --force
"$duet" evaluate --model Sources/CDigitsModel/digits.safetensors --data "$folder/data"
# So that the next build takes the new file in.
touch Sources/CDigitsModel/digits_model.c
ls -l Sources/CDigitsModel/digits.safetensors
