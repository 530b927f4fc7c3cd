#!/bin/sh
# Builds the conformance adapter of C: sh bindings-c/tests/build.sh TARGET_DIR
#
# TARGET_DIR/release holds the library (`cargo build --release -p samebyte-c`). It is installed into TARGET_DIR/c/prefix,
# and the adapter becomes TARGET_DIR/c/samebyte-adapter-c.
set -eu
[ $# -eq 1 ] || { echo "usage: sh build.sh TARGET_DIR" >&2; exit 2; }
target=$(CDPATH='' cd -- "$1" && pwd)
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
out=$target/c

sh "$here/../install.sh" "$target/release" "$out/prefix"
# The library is found beside the adapter, wherever the folder lies.
${CC:-cc} -std=c99 -O2 -Wall -Wextra -Wpedantic -Werror -I"$out/prefix/include" \
    "$here"/adapter/*.c -o "$out/samebyte-adapter-c" \
    -L"$out/prefix/lib" -lsamebyte -Wl,-rpath,'$ORIGIN/prefix/lib'
