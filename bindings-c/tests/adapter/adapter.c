// The conformance adapter of the C library: speaks conformance-vectors/runner/PROTOCOL.md on standard input and
// output, through samebyte.h alone.
#define _POSIX_C_SOURCE 200809L // getline

#include "arguments.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

// Present in test builds of the library only; see the operation `test_panic`.
extern int32_t sb_test_panic(sb_bytes *output, sb_error **error) __attribute__((weak));

static int32_t numbers(const json *arguments) {
    const text name = text_argument(arguments, "numbers");
    if (!name.data || strcmp(name.data, "ieee754") == 0) return SB_NUMBERS_IEEE754;
    return strcmp(name.data, "exact") == 0 ? SB_NUMBERS_EXACT : -1;
}

static int32_t jcs(const char *op, const json *arguments, sb_error **error) {
    char buffer[256];
    const text chosen = integer_options(arguments, (const char *const[]){"max_depth", "max_bytes", NULL}, buffer, sizeof buffer);
    const text input = bytes_argument(arguments, "input");
    sb_bytes output = {0};
    int32_t code;
    if (strcmp(op, "jcs_canonicalize") == 0) {
        code = sb_jcs_canonicalize(input.data, input.length, numbers(arguments), chosen.data, chosen.length, &output,
                                   error);
        return answer(code, "output", &output);
    }
    code = sb_jcs_sha256(input.data, input.length, numbers(arguments), chosen.data, chosen.length, &output, error);
    if (code != SB_OK) return code;
    printf(",\"ok\":{\"sha256_hex\":\"");
    for (size_t i = 0; i < output.length; i++) printf("%02x", (unsigned char)output.data[i]);
    printf("\"}");
    sb_bytes_free(&output);
    return SB_OK;
}

// Answers one operation: prints the `ok` member and returns SB_OK, or prints nothing and returns a code.
static int32_t perform(const char *op, const json *arguments, sb_error **error) {
    static int32_t (*const GROUPS[])(const char *, const json *, sb_error **) = {
        key_operation, jws_operation, document_operation, http_operation};
    if (strncmp(op, "jcs_", 4) == 0) return jcs(op, arguments, error);
    if (strcmp(op, "test_panic") == 0 && sb_test_panic) {
        sb_bytes output = {0};
        return sb_test_panic(&output, error);
    }
    for EACH(GROUPS) {
        const int32_t code = GROUPS[i](op, arguments, error);
        if (code != UNSUPPORTED) return code;
    }
    return UNSUPPORTED;
}

// One line in, one line out.
static void respond(const char *line) {
    json *request = json_parse(line);
    const json *id = json_member(request, "id"), *op = json_member(request, "op");
    sb_error *error = NULL;
    if (!id || !id->text || !op || !op->text) {
        fprintf(stderr, "not a request: %.80s\n", line);
        exit(2);
    }
    printf("{\"id\":");
    json_write(stdout, id->text, id->length);
    const int32_t code = perform(op->text, json_member(request, "args"), &error);
    if (code == UNSUPPORTED) {
        printf(",\"unsupported\":true");
    } else if (code != SB_OK) {
        printf(",\"error\":{\"code\":\"%s\",\"kind\":\"%s\"", sb_error_name(error), sb_error_kind(error));
        if (sb_error_detail(error)) printf(",\"detail\":%s", sb_error_detail(error));
        putchar('}');
    }
    puts("}");
    fflush(stdout);
    sb_error_free(error);
    json_free(request);
}

int main(void) {
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    while ((length = getline(&line, &size, stdin)) > 0) {
        if (line[length - 1] == '\n') line[length - 1] = 0;
        respond(line);
    }
    free(line);
    return 0;
}
