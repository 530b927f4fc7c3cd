#!/bin/sh
# Installs the C library: sh install.sh LIBRARY_DIR PREFIX
#
# LIBRARY_DIR holds libsamebyte.so and libsamebyte.a as cargo built them; PREFIX receives include/, lib/ with both,
# lib/pkgconfig/samebyte.pc and lib/cmake/samebyte/. Everything installed finds its neighbours by relative path, so
# PREFIX may be moved.
set -eu
[ $# -eq 2 ] || { echo "usage: sh install.sh LIBRARY_DIR PREFIX" >&2; exit 2; }
library=$1 prefix=$2
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
version=$(sed -n '/^\[workspace.package\]/,/^$/s/^version = "\(.*\)"/\1/p' "$here/../Cargo.toml")

mkdir -p "$prefix/include" "$prefix/lib/pkgconfig" "$prefix/lib/cmake/samebyte"
cp "$here/include/samebyte.h" "$here/include/samebyte_abi.h" "$here/include/samebyte.hpp" "$prefix/include/"
cp "$library/libsamebyte.a" "$prefix/lib/"
# A program that runs keeps the file that it has open, hence a new file and not new content.
rm -f "$prefix/lib/libsamebyte.so.0"
cp "$library/libsamebyte.so" "$prefix/lib/libsamebyte.so.0"
ln -sf libsamebyte.so.0 "$prefix/lib/libsamebyte.so"
for file in samebyte.pc samebyte-static.pc; do
    sed "s/@VERSION@/$version/" "$here/packaging/$file.in" > "$prefix/lib/pkgconfig/$file"
done
for file in samebyteConfig.cmake samebyteConfigVersion.cmake; do
    sed "s/@VERSION@/$version/" "$here/packaging/$file.in" > "$prefix/lib/cmake/samebyte/$file"
done
