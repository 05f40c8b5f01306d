#!/usr/bin/env bash
# Runs the server's tests under ThreadSanitizer and AddressSanitizer, or under the one that is named: scripts/sanitize.sh thread
set -euo pipefail
cd "$(dirname "$0")/.."
export DUET_TESTS=DuetServerTests
export TSAN_OPTIONS="suppressions=$PWD/scripts/thread-sanitizer.suppressions"
# Swift's runtime keeps what it makes once until the end.
export ASAN_OPTIONS=detect_leaks=0

for sanitizer in ${*:-thread address}; do
    build=(-c release --sanitize="$sanitizer" --scratch-path ".build-$sanitizer")
    swift build "${build[@]}" --build-tests
    swift test "${build[@]}" --skip-build --disable-xctest --no-parallel
done
echo "No findings."
