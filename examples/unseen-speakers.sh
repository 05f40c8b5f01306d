#!/usr/bin/env bash
# Speaker-disjoint evaluation: each speaker of the Free Spoken Digit Dataset in turn is left out of the training and is the test
# side. The paper's features and Model 2, against --speech, --vary and model-5, trained jointly and as a product of specialists.
#
#   examples/unseen-speakers.sh RECORDINGS [FOLDER] [SEED]     (default: data/speakers, 42)
#
# RECORDINGS is the folder `recordings` of https://github.com/Jakobovski/free-spoken-digit-dataset. The images are those of
# data/digits, fetched if they are not there.
set -euo pipefail
cd "$(dirname "$0")/.."
recordings=${1:?where are the recordings? examples/unseen-speakers.sh RECORDINGS}
folder=${2:-data/speakers}
seed=${3:-42}
duet=.build/release/duet

[ -x "$duet" ] || make build
[ -d data/digits ] || "$duet" data fetch digits --output data/digits
mkdir -p "$folder"

# accuracies RUN: from all modalities, and from the audio alone.
accuracies() {
    python3 - "$1/metrics.json" <<'PYTHON'
import json, sys

accuracies = json.load(open(sys.argv[1]))["test"]["accuracies"]
print("%8.4f %8.4f" % (accuracies["all"]["accuracy"], accuracies["alone"]["audio"]["accuracy"]))
PYTHON
}

printf '%-10s %-38s %8s %8s\n' speaker training all audio
for speaker in $(ls "$recordings" | cut -d_ -f2 | sort -u); do
    for kind in plain speech product; do
        run="$folder/runs/$speaker-$kind-$seed"
        joint=(--epochs 3 --modality-dropout 0.7 --learning-rate-schedule one-cycle)
        staged=(--fusion product --schedule staged --branch-epochs image=2,audio=3 --augment standard
            --batch-size 64 --learning-rate 0.002 --learning-rate-schedule one-cycle)
        case $kind in
            plain) model=model-2 features=paper options=() training=("${joint[@]}") ;;
            speech) model=model-5 features=speech options=(--speech --vary) training=("${joint[@]}") ;;
            product) model=model-5 features=speech options=(--speech --vary) training=("${staged[@]}") ;;
        esac
        data="$folder/$features"
        if [ ! -f "$run/metrics.json" ]; then
            "$duet" data build --images data/digits --audio "$recordings" --split-by speaker --test-speakers "$speaker" \
                "${options[@]}" --output "$data" --force --quiet
            "$duet" train --data "$data" --model $model "${training[@]}" --seed "$seed" --output "$run" --force --quiet
        fi
        printf '%-10s %-38s %s\n' "$speaker" "$kind: $model ${options[*]}" "$(accuracies "$run")"
    done
done
