#!/usr/bin/env bash
# Feeds the decoders of pictures and sounds with broken files, built with libFuzzer and AddressSanitizer, each for
# FUZZ_SECONDS. What makes one crash, leak, or take more than 10 seconds or 1 GB, is kept in Fuzzing/found.
# Usage: fuzz.sh [TARGET ...]: png, jpeg, wav, flac; all of them without a name.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${FUZZ_SECONDS:-600}
targets=("$@")
[ $# -gt 0 ] || targets=(png jpeg wav flac)
fixtures=Tests/Fixtures

seeds() {
    case $1 in
        png) ls "$fixtures"/images/*.png "$fixtures"/data/png/*.png ;;
        jpeg) ls "$fixtures"/images/*.jpg ;;
        wav) ls "$fixtures"/audio/*.wav "$fixtures"/audio/encodings/*.wav ;;
        flac) ls "$fixtures"/audio/encodings/*.flac ;;
        *) echo "fuzz.sh: there is no target '$1'; expected png, jpeg, wav or flac" >&2; return 64 ;;
    esac
}

for target in "${targets[@]}"; do seeds "$target" >/dev/null; done

swift build --package-path Fuzzing -c release --product fuzz \
    -Xswiftc -sanitize=fuzzer,address -Xcc -fsanitize=fuzzer-no-link,address 2>&1 | { grep -v 'Cannot export local symbol' || true; }
# Not `--show-bin-path`, which asks for the flags again.
program=Fuzzing/.build/release/fuzz

# Swift's own backtraces would wait for a debugger's answer that never comes.
export SWIFT_BACKTRACE=enable=no
failed=0
for target in "${targets[@]}"; do
    corpus=Fuzzing/corpus/$target found=Fuzzing/found/$target log=Fuzzing/found/$target.log
    mkdir -p "$corpus" "$found" "Fuzzing/seeds/$target"
    # shellcheck disable=SC2046
    cp $(seeds "$target") "Fuzzing/seeds/$target"
    status=0
    FUZZ_TARGET=$target "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=16384 \
        -print_final_stats=1 -artifact_prefix="$found/" "$corpus" "Fuzzing/seeds/$target" >"$log" 2>&1 || status=$?
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    coverage=$(grep -ao ' cov: [0-9]*' "$log" | tail -1 || true)
    printf '%-5s %9s executions, coverage %s edges, %s findings\n' "$target" "${executions:-?}" "${coverage# cov: }" \
        "$(find "$found" -type f | wc -l)"
    if [ "$status" -ne 0 ]; then
        failed=1
        grep -aE '^SUMMARY|ERROR:|Fatal error' "$log" || true
        echo "      details in $log"
    fi
done
exit $failed
