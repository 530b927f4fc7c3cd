#!/bin/sh
# Runs the tests of the PHP package: sh bindings-php/tests/run.sh TARGET_DIR
#
# TARGET_DIR/release holds the library (`cargo build --release -p samebyte-c`, with `--features test-operations` for the
# panic test). PHPUnit and PHPStan are used where they are installed. The last line counts the tests.
set -u
[ $# -eq 1 ] || { echo "usage: sh run.sh TARGET_DIR" >&2; exit 2; }
target=$(CDPATH='' cd -- "$1" && pwd) || exit 2
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
package=$(dirname "$here")
out=$target/php
mkdir -p "$out"
SAMEBYTE_LIBRARY=$target/release/libsamebyte.so
export SAMEBYTE_LIBRARY
passed=0 failed=0 skipped=0

has() { command -v "$1" > /dev/null 2>&1; }
pass() { passed=$((passed + 1)); }
fail() { echo "not ok - $1"; sed 's/^/    /' "$out/output.log"; failed=$((failed + 1)); }
skip() { echo "skipped - $1"; skipped=$((skipped + 1)); }

has php || { echo "php is missing (install php-cli with ffi)" >&2; exit 2; }

# --- every file is PHP
if find "$package" "$package/../examples" -name '*.php' -not -path '*/vendor/*' > "$out/files.txt" && [ -s "$out/files.txt" ] &&
    while read -r file; do php -l "$file" > "$out/output.log" 2>&1 || exit 1; done < "$out/files.txt"; then
    pass
else
    fail "php -l"
fi

# --- the tests
if has phpunit; then
    phpunit --no-configuration --do-not-cache-result --bootstrap "$here/autoload.php" --verbose \
        --log-junit "$out/junit.xml" "$here/unit" > "$out/output.log" 2>&1
    status=$?
    # The first suite holds the sums.
    sum() { sed -n "s/.*<testsuite [^>]*$1=\"\([0-9]*\)\".*/\1/p" "$out/junit.xml" | head -n 1; }
    broken=$(($(sum errors) + $(sum failures)))
    passed=$((passed + $(sum tests) - broken - $(sum skipped)))
    failed=$((failed + broken))
    skipped=$((skipped + $(sum skipped)))
    [ "$(sum skipped)" -eq 0 ] || grep -A 2 '^[0-9]*) ' "$out/output.log"
    [ $status -eq 0 ] || cat "$out/output.log"
    # PHPUnit also fails for warnings and risky tests.
    [ $status -eq 0 ] || [ "$broken" -gt 0 ] || failed=$((failed + 1))
fi
# The small runner must not rot where PHPUnit is there, so it runs too.
php "$here/plain.php" > "$out/output.log" 2>&1
status=$?
if ! has phpunit; then
    sed '$d' "$out/output.log"
    last=$(tail -n 1 "$out/output.log")
    case $last in
    *' passed, '*' failed, '*' skipped')
        passed=$((passed + $(echo "$last" | cut -d' ' -f1)))
        failed=$((failed + $(echo "$last" | cut -d' ' -f3)))
        skipped=$((skipped + $(echo "$last" | cut -d' ' -f5)))
        ;;
    *) fail "the plain runner" ;;
    esac
elif [ $status -eq 0 ]; then
    pass
else
    fail "the same tests in the plain runner"
fi

# --- types
if has phpstan; then
    if phpstan analyse --no-progress -c "$package/phpstan.neon" > "$out/output.log" 2>&1; then pass; else fail "phpstan"; fi
else
    skip "types are checked: phpstan is not installed"
fi
if has composer; then
    if composer validate --no-interaction --strict "$package/composer.json" > "$out/output.log" 2>&1; then pass; else fail "composer validate"; fi
else
    skip "composer.json is valid: composer is not installed"
fi

# --- memory: no error in, and no leak from, anything that the library did. PHP itself has leaks of its own.
# Writes what valgrind says of the library to output.log.
watch() {
    USE_ZEND_ALLOC=0 valgrind -q --keep-debuginfo=yes --leak-check=full --show-leak-kinds=definite,indirect,possible --num-callers=40 \
        php -d opcache.enable_cli=0 -d pcre.jit=0 "$here/lifecycle.php" "$@" > "$out/valgrind.log" 2>&1
    status=$?
    # Reports are parted by lines that hold the process number alone; those that name the library are ours.
    awk '/^==[0-9]+== *$/ { if (report ~ /libsamebyte|sb_/) printf "%s", report; report = ""; next } { report = report $0 "\n" }
        END { if (report ~ /libsamebyte|sb_/) printf "%s", report }' "$out/valgrind.log" > "$out/output.log"
    [ $status -eq 0 ] || cat "$out/valgrind.log" >> "$out/output.log"
}
if has valgrind; then
    watch
    if [ -s "$out/output.log" ]; then fail "no leak and no error of the library under valgrind"; else pass; fi
    watch --leak
    if grep -q 'definitely lost' "$out/output.log"; then pass; else fail "valgrind sees a leak that is there"; fi
else
    skip "no leak and no error of the library under valgrind: valgrind is missing (install valgrind)"
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
