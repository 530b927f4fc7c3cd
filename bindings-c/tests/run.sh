#!/bin/sh
# Builds and runs the tests of the C library: sh bindings-c/tests/run.sh TARGET_DIR
#
# TARGET_DIR/release holds the library (`cargo build --release -p samebyte-c`, with `--features test-operations` for the
# panic test); everything made goes to TARGET_DIR/c. A check prints "ok - ...", "not ok - ..." or "skipped - ...", and the
# last line counts them.
set -u
[ $# -eq 1 ] || { echo "usage: sh run.sh TARGET_DIR" >&2; exit 2; }
target=$(CDPATH='' cd -- "$1" && pwd) || exit 2
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
binding=$(dirname "$here")
out=$target/c
prefix=$out/prefix
log=$out/checks.log
mkdir -p "$out"
: > "$log"
strict="-Wall -Wextra -Wpedantic -Werror"

# One check: its name, then a command that succeeds when it holds. What the command says is shown when it fails.
check() {
    name=$1
    shift
    if "$@" > "$out/output.log" 2>&1; then
        echo "ok - $name" >> "$log"
    else
        { echo "not ok - $name"; sed 's/^/    /' "$out/output.log"; } | tee -a "$log"
    fi
}

# One test program: its own lines are the checks; it may not die without one.
program() {
    name=$1
    shift
    "$@" > "$out/output.log" 2>&1
    status=$?
    grep -E '^(ok|not ok|skipped) - ' "$out/output.log" >> "$log"
    grep -E '^(not ok|skipped) - ' "$out/output.log"
    if [ $status -ne 0 ] && ! grep -q '^not ok - ' "$out/output.log"; then
        { echo "not ok - $name ended with $status"; sed 's/^/    /' "$out/output.log"; } | tee -a "$log"
    fi
}

skip() { echo "skipped - $1" | tee -a "$log"; }

has() { command -v "$1" > /dev/null 2>&1; }

check "the library installs and the adapter builds" sh "$here/build.sh" "$target"

# --- the header and the library say the same
declared() { sed -n 's/^[a-z].*\b\(sb_[a-z0-9_]*\)(.*/\1/p' "$binding/include/samebyte_abi.h" | sort; }
exported() { nm -D --defined-only --format=posix "$prefix/lib/libsamebyte.so.0" | cut -d' ' -f1 | sort; }
same_symbols() {
    declared > "$out/declared.txt"
    # Present in test builds only, and in no header.
    exported | grep -v '^sb_test_panic$' > "$out/exported.txt"
    [ "$(wc -l < "$out/declared.txt")" -ge 35 ] && diff "$out/declared.txt" "$out/exported.txt"
}
check "the shared library exports the functions of the header and nothing else" same_symbols
static_symbols() {
    nm --defined-only --extern-only --format=posix "$prefix/lib/libsamebyte.a" 2> /dev/null | cut -d' ' -f1 |
        grep '^sb_' | grep -v '^sb_test_panic$' | sort > "$out/static.txt"
    diff "$out/declared.txt" "$out/static.txt"
}
check "the static library defines them too" static_symbols
check "the shared library has its soname" sh -c "readelf -d '$prefix/lib/libsamebyte.so.0' | grep -q 'SONAME.*libsamebyte.so.0\]'"
null_tested() {
    sed -n 's/^int32_t \(sb_[a-z0-9_]*\)(.*/\1/p' "$binding/include/samebyte_abi.h" | grep -v '^sb_error_code$' |
        while read -r function; do
            grep -q "REFUSED($function(" "$here/border.c" || { echo "$function is called with NULL nowhere"; return 1; }
        done
}
check "border.c calls every function with NULL" null_tested

# --- headers stand alone, in both languages
for header in samebyte.h samebyte.hpp; do
    echo "#include <$header>" > "$out/alone.cpp"
    check "$header compiles alone as C++17" c++ -std=c++17 $strict -I"$prefix/include" -fsyntax-only "$out/alone.cpp"
done
echo '#include <samebyte.h>' > "$out/alone.c"
check "samebyte.h compiles alone as C99" cc -std=c99 $strict -I"$prefix/include" -c "$out/alone.c" -o "$out/alone.o"

# --- examples and README, through pkg-config, dynamic and static
if has pkg-config; then
    PKG_CONFIG_PATH=$prefix/lib/pkgconfig
    export PKG_CONFIG_PATH
    flags() { pkg-config --cflags --libs "$1"; }
else
    skip "samebyte.pc is read by pkg-config: pkg-config is missing (install pkg-config)"
    flags() {
        if [ "$1" = samebyte ]; then
            echo "-I$prefix/include -L$prefix/lib -lsamebyte"
        else
            echo "-I$prefix/include $prefix/lib/libsamebyte.a $(sed -n 's/^Libs: [^ ]* //p' "$prefix/lib/pkgconfig/samebyte-static.pc")"
        fi
    }
fi
# The n-th code block of a language in the README.
readme_block() {
    awk -v open="\`\`\`$1" -v wanted="$2" '$0 == "```" { inside = 0 } inside { print } $0 == open { inside = ++found == wanted }' "$binding/README.md"
}
readme_block c 1 > "$out/readme.c"
readme_block cpp 1 > "$out/readme.cpp"
readme_block cpp 2 > "$out/readme_jws.cpp"
readme_block cpp 3 > "$out/readme_http.cpp"
version=$(sed -n '/^\[workspace.package\]/,/^$/s/^version = "\(.*\)"/\1/p' "$binding/../Cargo.toml")
rpath="-Wl,-rpath,$prefix/lib"
c_program() { cc -std=c99 -O1 -g $strict "-DEXPECTED_VERSION=\"$version\"" "$1" -o "$2" $(flags "$3") "$rpath"; }
cpp_program() { c++ -std=c++17 -O1 -g $strict "$1" -o "$2" $(flags "$3") "$rpath"; }
for link in samebyte samebyte-static; do
    check "sign_job.c compiles as C99 ($link)" c_program "$binding/examples/sign_job.c" "$out/sign_job-$link" $link
    check "sign_jws.c compiles as C99 ($link)" c_program "$binding/examples/sign_jws.c" "$out/sign_jws-$link" $link
    check "signed_request.c compiles as C99 ($link)" c_program "$binding/examples/signed_request.c" "$out/signed_request-$link" $link
    check "sign_document.cpp compiles as C++17 ($link)" cpp_program "$binding/examples/sign_document.cpp" "$out/sign_document-$link" $link
    check "the C example of the README compiles ($link)" c_program "$out/readme.c" "$out/readme_c-$link" $link
    check "the C++ example of the README compiles ($link)" cpp_program "$out/readme.cpp" "$out/readme_cpp-$link" $link
    check "the C++ example of the README on JWS compiles ($link)" cpp_program "$out/readme_jws.cpp" "$out/readme_jws-$link" $link
    check "the C++ example of the README on requests compiles ($link)" cpp_program "$out/readme_http.cpp" "$out/readme_http-$link" $link
    check "border.c compiles ($link)" c_program "$here/border.c" "$out/border-$link" $link
    check "lifecycle.c compiles ($link)" c_program "$here/lifecycle.c" "$out/lifecycle-$link" $link
    check "lifecycle.c links without the shared library ($link)" sh -c \
        "[ $link = samebyte ] || ! ldd '$out/lifecycle-$link' | grep -q libsamebyte"
    for example in sign_job sign_jws signed_request sign_document readme_c readme_cpp readme_jws readme_http; do
        check "$example runs ($link)" "$out/$example-$link"
    done
    program "border ($link)" "$out/border-$link"
    program "lifecycle ($link)" "$out/lifecycle-$link"
done

# --- CMake
if has cmake; then
    cmake_project() {
        rm -rf "$out/cmake" && cmake -S "$here/cmake" -B "$out/cmake" "-DCMAKE_PREFIX_PATH=$prefix" && cmake --build "$out/cmake" &&
            for example in sign_job_samebyte sign_job_static sign_jws_samebyte sign_jws_static sign_document_samebyte sign_document_static; do
                "$out/cmake/$example" || return 1
            done
    }
    check "a CMake project finds the package, and its programs run" cmake_project
else
    skip "a CMake project finds the package: cmake is missing (install cmake)"
fi

# --- secrets
check "secrets.c compiles" cc -std=c99 -O1 -g $strict "$here/secrets.c" -o "$out/secrets" \
    -Wl,--wrap=free,--wrap=realloc $(flags samebyte-static)
program "secrets" "$out/secrets"

# --- memory
# Memory that something still points to at the end is no leak: the cryptography keeps one error queue for each thread.
under_valgrind() {
    SIMULATED=1 valgrind -q --leak-check=full --show-leak-kinds=definite,indirect,possible \
        --errors-for-leak-kinds=definite,indirect,possible --error-exitcode=9 "$@"
}
if has valgrind; then
    for name in border lifecycle sign_job sign_jws signed_request sign_document readme_c readme_cpp readme_jws readme_http; do
        check "$name runs under valgrind with no error and no leak" \
            under_valgrind "$out/$name-samebyte"
    done
    adapter_under_valgrind() {
        printf '%s\n' '{"id":"1","op":"jcs_canonicalize","args":{"input_utf8":"{\"b\":1,\"a\":2}"}}' \
            '{"id":"2","op":"jcs_canonicalize","args":{"input_b64u":"_w"}}' > "$out/lines.txt"
        under_valgrind "$out/samebyte-adapter-c" < "$out/lines.txt"
    }
    check "the adapter runs under valgrind with no error and no leak" adapter_under_valgrind
else
    skip "no leak and no error under valgrind: valgrind is missing (install valgrind)"
fi
sanitized() {
    cc -std=c99 -O1 -g $strict -fsanitize=address,undefined -fno-sanitize-recover=all "-DEXPECTED_VERSION=\"$version\"" \
        "$here/$1.c" -o "$out/$1-sanitized" $(flags samebyte-static) && "$out/$1-sanitized"
}
echo 'int main(void) { return 0; }' > "$out/empty.c"
if cc -fsanitize=address,undefined "$out/empty.c" -o "$out/empty" 2> /dev/null && "$out/empty"; then
    for name in border lifecycle; do
        check "$name runs under the address and undefined-behaviour sanitizers" sanitized $name
    done
else
    skip "the sanitizers find nothing: this compiler has none"
fi

passed=$(grep -c '^ok - ' "$log")
failed=$(grep -c '^not ok - ' "$log")
skipped=$(grep -c '^skipped - ' "$log")
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
