#!/usr/bin/env bash
# Other classes than digits: images of clothes (Fashion-MNIST, from Debian) and their names, spoken by espeak-ng in several
# voices and speeds. Builds a dataset with a speaker-disjoint split, trains and evaluates Model 2 on it, and predicts one example.
#
#   examples/fashion.sh [FOLDER]      (default: data/fashion)
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-data/fashion}
duet=.build/release/duet
pictures=/usr/share/datasets/fashion-mnist
words=("t-shirt" "trouser" "pullover" "dress" "coat" "sandal" "shirt" "sneaker" "bag" "ankle boot")
accents=(en-us en-gb en-gb-scotland en-gb-x-rp en-gb-x-gbclan en-029)
variants=(m1 m3 m5 f1 f2 f4)
speeds=(130 160 190)

[ -x "$duet" ] || make build
if ! command -v espeak-ng >/dev/null || ! find "$pictures" -name '*images-idx3-ubyte*' 2>/dev/null | grep -q .; then
    echo "installing espeak-ng and dataset-fashion-mnist"
    sudo=$([ "$(id -u)" = 0 ] || echo sudo)
    $sudo apt-get install --yes --quiet --no-install-recommends espeak-ng dataset-fashion-mnist >/dev/null
fi

echo "synthesizing ${#words[@]} words in $((${#accents[@]} * ${#variants[@]})) voices at ${#speeds[@]} speeds"
for word in "${words[@]}"; do
    for accent in "${accents[@]}"; do
        for variant in "${variants[@]}"; do
            # The folder between class and file names the speaker.
            voice="$folder/recordings/$word/$accent+$variant"
            mkdir -p "$voice"
            for speed in "${speeds[@]}"; do
                espeak-ng -v "$accent+$variant" -s "$speed" -w "$voice/$speed.wav" "$word"
            done
        done
    done
done

classes=$(IFS=,; echo "${words[*]}")
"$duet" data build --images "$pictures" --audio "$folder/recordings" --classes "$classes" --split-by speaker \
    --test-speakers "en-029+m1,en-029+f2,en-us+m5,en-us+f4,en-gb+f1" --output "$folder/dataset" --force
"$duet" train --data "$folder/dataset" --epochs 3 --modality-dropout 0.7 --learning-rate-schedule one-cycle \
    --output "$folder/run" --force

# One example from files: the first image of the test side, and its name in a voice that is not in the training.
python3 - "$pictures" "$folder/picture.png" <<'PYTHON'
import glob, gzip, struct, sys, zlib

path = glob.glob(f"{sys.argv[1]}/t10k-images-idx3-ubyte*")[0]
with gzip.open(path) if path.endswith(".gz") else open(path, "rb") as file:
    pixels = file.read()[16:16 + 784]
rows = b"".join(b"\0" + pixels[start:start + 28] for start in range(0, 784, 28))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


with open(sys.argv[2], "wb") as file:
    file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 28, 28, 8, 0, 0, 0, 0))
               + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
PYTHON
"$duet" predict --model "$folder/run/model.safetensors" --image "$folder/picture.png" \
    --audio "$folder/recordings/ankle boot/en-029+m1/160.wav"
