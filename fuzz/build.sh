#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Builds the harnesses for an engine: as OSS-Fuzz and ClusterFuzzLite call it, and ./anvil fuzz.
#
#   CC CXX CFLAGS CXXFLAGS  compilers and their flags, sanitizers and coverage included
#   LIB_FUZZING_ENGINE      what a harness is linked with: a flag, or a library
#   SANITIZER               address, undefined, ...: names the flags if CFLAGS is not set
#   WORK                    where it is built; what is there already is used again
#   OUT                     gets NAME, NAME.options, NAME.dict and NAME_seed_corpus.zip of each
#   FUZZ_CMAKE_FLAGS        more words for CMake
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
engine=${LIB_FUZZING_ENGINE:--fsanitize=fuzzer}
work=${WORK:-$root/build/fuzz}

# The flags of a sanitizer, for who has set none.
case ${SANITIZER:-address} in
address) checks="-fsanitize=address -fsanitize-address-use-after-scope" ;;
coverage) checks="-fprofile-instr-generate -fcoverage-mapping" ;;
none) checks= ;;
*) checks="-fsanitize=$SANITIZER -fno-sanitize-recover=$SANITIZER" ;;
esac
flags="-O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link $checks"

# What AFL++ instruments; for others CMake reads the same file.
[ -n "${AFL_LLVM_ALLOWLIST-}${AFL_LLVM_DENYLIST-}" ] ||
    export AFL_LLVM_ALLOWLIST="$root/fuzz/watched"

# lwIP has no part in it, and would not be instrumented. A later compiler may warn of more.
# shellcheck disable=SC2086 # a list of words
cmake -S "$root" -B "$work" \
    -DCMAKE_C_COMPILER="${CC:-clang}" -DCMAKE_C_FLAGS="${CFLAGS-$flags}" \
    -DCMAKE_CXX_COMPILER="${CXX:-clang++}" -DCMAKE_CXX_FLAGS="${CXXFLAGS-$flags}" \
    -DCMAKE_BUILD_TYPE=None -DANVIL_WERROR=OFF -DANVIL_ASSERT=ON -DANVIL_TESTS=OFF \
    -DANVIL_LWIP_INCLUDE=OFF -DANVIL_HAS_LWIP=OFF -DANVIL_FUZZ=ON \
    -DANVIL_FUZZ_ENGINE="$engine" ${FUZZ_CMAKE_FLAGS-}
cmake --build "$work" --target harnesses -j "$(nproc)"

[ -n "${OUT-}" ] || exit 0
mkdir -p "$OUT"
out=$(cd "$OUT" && pwd)
for program in "$work"/fuzz-*; do
    name=${program##*/fuzz-}
    [ "$name" != empty ] || continue
    cp "$program" "$out/$name"
    for file in options dict; do
        [ ! -e "$root/fuzz/$name.$file" ] || cp "$root/fuzz/$name.$file" "$out/$name.$file"
    done
    rm -f "$out/${name}_seed_corpus.zip"
    more=
    [ ! -e "$root/fuzz/$name.seeds" ] || more=$(grep -v '^#' "$root/fuzz/$name.seeds")
    for seeds in "corpora/$name" "corpora/regressions/$name" $more; do
        [ ! -d "$root/$seeds" ] ||
            (cd "$root" && zip -qrX "$out/${name}_seed_corpus.zip" "$seeds")
    done
done
