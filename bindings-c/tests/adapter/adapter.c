// The conformance adapter of the C library: speaks conformance-vectors/runner/PROTOCOL.md on standard input and
// output, through samebyte.h alone.
#define _POSIX_C_SOURCE 200809L // getline

#include "json.h"
#include "samebyte.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

// Present in test builds of the library only; see the operation `test_panic`.
extern int32_t sb_test_panic(sb_bytes *output, sb_error **error) __attribute__((weak));

typedef struct {
    const char *data;
    size_t length;
} text;

static int base64url_digit(char c) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

// Decodes the string in its own place: what comes out is shorter.
static void decode_base64url(json *string) {
    unsigned bits = 0, count = 0;
    size_t length = 0;
    for (size_t i = 0; i < string->length; i++) {
        bits = bits << 6 | (unsigned)base64url_digit(string->text[i]);
        if (++count % 4 != 1) string->text[length++] = (char)(bits >> (2 * (3 - (count - 1) % 4)));
    }
    string->length = length;
}

// The argument of kind `text`, or NULL data where it is absent.
static text text_argument(const json *arguments, const char *name) {
    const json *member = json_member(arguments, name);
    text found = {NULL, 0};
    if (member) found.data = member->text, found.length = member->length;
    return found;
}

// The argument of kind `bytes`: NAME_utf8 or NAME_b64u. Decoded once, because each argument is asked for once.
static text bytes_argument(const json *arguments, const char *name) {
    char member[64];
    snprintf(member, sizeof member, "%s_b64u", name);
    json *encoded = json_member(arguments, member);
    if (encoded) {
        decode_base64url(encoded);
        return text_argument(arguments, member);
    }
    snprintf(member, sizeof member, "%s_utf8", name);
    return text_argument(arguments, member);
}

// An options object made of the named integer arguments that are present.
static text options(const json *arguments, const char *const names[], char *into, size_t size) {
    text made = {into, 0};
    for (size_t i = 0; names[i]; i++) {
        const json *member = json_member(arguments, names[i]);
        if (!member) continue;
        made.length += (size_t)snprintf(into + made.length, size - made.length, "%c\"%s\":%s", made.length ? ',' : '{',
                                        names[i], member->text);
    }
    if (made.length) made.length += (size_t)snprintf(into + made.length, size - made.length, "}");
    return made;
}

static int32_t numbers(const json *arguments) {
    const text name = text_argument(arguments, "numbers");
    if (!name.data || strcmp(name.data, "ieee754") == 0) return SB_NUMBERS_IEEE754;
    return strcmp(name.data, "exact") == 0 ? SB_NUMBERS_EXACT : -1;
}

static int32_t signing_key(const json *key, sb_signing_key **made, sb_error **error) {
    text source = bytes_argument(key, "jwk");
    if (source.data) return sb_key_from_jwk(source.data, source.length, made, error);
    source = bytes_argument(key, "pem");
    if (source.data) return sb_key_from_pem(source.data, source.length, made, error);
    const text algorithm = text_argument(key, "alg");
    source = text_argument(key, "hex");
    return sb_key_from_hex(algorithm.data, algorithm.length, source.data, source.length, made, error);
}

static int32_t public_key(const json *key, sb_public_key **made, sb_error **error) {
    text source = bytes_argument(key, "jwk");
    if (source.data) return sb_public_key_from_jwk(source.data, source.length, made, error);
    source = bytes_argument(key, "pem");
    if (source.data) return sb_public_key_from_pem(source.data, source.length, made, error);
    const text algorithm = text_argument(key, "alg");
    source = text_argument(key, "hex");
    return sb_public_key_from_hex(algorithm.data, algorithm.length, source.data, source.length, made, error);
}

static int32_t verifier(const json *arguments, sb_verifier **made, sb_error **error) {
    sb_public_key *keys[256] = {NULL};
    const sb_public_key *view[256];
    size_t count = 0;
    int32_t code = SB_OK;
    const json *list = json_member(arguments, "keys");
    for (const json *key = list ? list->first : NULL; key && code == SB_OK && count < 256; key = key->next) {
        code = public_key(key, &keys[count], error);
        view[count] = keys[count];
        count++;
    }
    if (code == SB_OK) {
        char buffer[128];
        const text chosen =
            options(arguments, (const char *const[]){"threshold", NULL}, buffer, sizeof buffer);
        code = sb_verifier_new(view, count, chosen.data, chosen.length, made, error);
    }
    for (size_t i = 0; i < count; i++) sb_public_key_free(keys[i]);
    return code;
}

// One member of the answer, and the bytes freed. The first one opens the `ok` value.
static void member(const char *name, const char *suffix, sb_bytes *bytes, char *separator) {
    printf("%s\"%s%s\":", *separator == '{' ? ",\"ok\":{" : ",", name, suffix);
    json_write(stdout, bytes->data, bytes->length);
    sb_bytes_free(bytes);
    *separator = ',';
}

// An answer with one member of kind `bytes`.
static int32_t answer(int32_t code, const char *name, sb_bytes *output) {
    char separator = '{';
    if (code == SB_OK) member(name, "_utf8", output, &separator), putchar('}');
    return code;
}

typedef int32_t text_function(const char *, size_t, sb_bytes *, sb_error **);
typedef int32_t sign_function(const char *, size_t, const sb_signing_key *, sb_bytes *, sb_error **);
typedef int32_t typed_function(const char *, size_t, const char *, size_t, sb_bytes *, sb_error **);

// Operations of one shape share a row each: what is called, and what its argument and result are named.
static const struct { const char *name, *argument, *result; text_function *call; } TEXT[] = {
    {"job_verify_signatures", "job", "result", sb_job_verify_signatures},
    {"job_signatories", "job", "result", sb_job_signatories},
    {"job_canonical_representation", "job", "canonical", sb_job_canonical_representation},
    {"receipt_canonical_representation", "receipt", "canonical", sb_receipt_canonical_representation},
};
static const struct { const char *name, *argument; sign_function *call; } SIGN[] = {
    {"job_sign", "job", sb_job_sign},
    {"receipt_sign", "receipt", sb_receipt_sign},
};
static const struct { const char *name, *argument, *result; typed_function *call; } TYPED[] = {
    {"document_signing_input", "document", "signing_input", sb_document_signing_input},
    {"document_to_dsse", "document", "envelope", sb_document_to_dsse},
    {"document_from_dsse", "envelope", "document", sb_document_from_dsse},
};
typedef int32_t public_function(const sb_public_key *, sb_bytes *, sb_error **);
typedef int32_t private_function(const sb_signing_key *, sb_bytes *, sb_error **);
static const struct { const char *name, *suffix; public_function *call; } PUBLIC[] = {
    {"alg", "", sb_public_key_algorithm},       {"kid", "", sb_public_key_kid},
    {"thumbprint", "", sb_public_key_thumbprint}, {"public_hex", "", sb_public_key_to_hex},
    {"public_jwk", "_utf8", sb_public_key_to_jwk}, {"public_pem", "_utf8", sb_public_key_to_pem},
};
static const struct { const char *name, *suffix; private_function *call; } PRIVATE[] = {
    {"private_hex", "", sb_key_to_hex},
    {"private_jwk", "_utf8", sb_key_to_jwk},
    {"private_pem", "_utf8", sb_key_to_pem},
};
#define EACH(table) (size_t i = 0; i < sizeof table / sizeof *table; i++)

// Everything that a key can be written as. `secret` is NULL for a public key.
static int32_t describe(const sb_signing_key *secret, const sb_public_key *key, sb_error **error) {
    char separator = '{';
    sb_bytes output = {0};
    int32_t code = SB_OK;
    for EACH(PUBLIC) {
        if (code == SB_OK && (code = PUBLIC[i].call(key, &output, error)) == SB_OK)
            member(PUBLIC[i].name, PUBLIC[i].suffix, &output, &separator);
    }
    for EACH(PRIVATE) {
        if (secret && code == SB_OK && (code = PRIVATE[i].call(secret, &output, error)) == SB_OK)
            member(PRIVATE[i].name, PRIVATE[i].suffix, &output, &separator);
    }
    putchar('}');
    return code;
}

#define UNSUPPORTED (-1)

static int32_t jcs(const char *op, const json *arguments, sb_error **error) {
    char buffer[256];
    const text chosen = options(arguments, (const char *const[]){"max_depth", "max_bytes", NULL}, buffer, sizeof buffer);
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
    const json *key = json_member(arguments, "key");
    const text type = text_argument(arguments, "type");
    sb_bytes output = {0};
    sb_signing_key *secret = NULL;
    sb_public_key *public = NULL;
    sb_verifier *trusted = NULL;
    int32_t code = UNSUPPORTED;

    for EACH(TEXT) {
        if (strcmp(op, TEXT[i].name) != 0) continue;
        const text input = bytes_argument(arguments, TEXT[i].argument);
        return answer(TEXT[i].call(input.data, input.length, &output, error), TEXT[i].result, &output);
    }
    for EACH(TYPED) {
        if (strcmp(op, TYPED[i].name) != 0) continue;
        const text input = bytes_argument(arguments, TYPED[i].argument);
        code = TYPED[i].call(input.data, input.length, type.data, type.length, &output, error);
        return answer(code, TYPED[i].result, &output);
    }
    for EACH(SIGN) {
        if (strcmp(op, SIGN[i].name) != 0) continue;
        const text input = bytes_argument(arguments, SIGN[i].argument);
        if ((code = signing_key(key, &secret, error)) != SB_OK) return code;
        code = answer(SIGN[i].call(input.data, input.length, secret, &output, error), SIGN[i].argument, &output);
    }
    if (strncmp(op, "jcs_", 4) == 0) {
        code = jcs(op, arguments, error);
    } else if (strcmp(op, "key_import") == 0) {
        if ((code = signing_key(key, &secret, error)) == SB_OK && (code = sb_key_public(secret, &public, error)) == SB_OK)
            code = describe(secret, public, error);
    } else if (strcmp(op, "public_key_import") == 0) {
        if ((code = public_key(key, &public, error)) == SB_OK) code = describe(NULL, public, error);
    } else if (strcmp(op, "document_sign") == 0) {
        const text document = bytes_argument(arguments, "document");
        if ((code = signing_key(key, &secret, error)) == SB_OK)
            code = answer(sb_document_sign(document.data, document.length, secret, type.data, type.length, &output,
                                           error), "document", &output);
    } else if (strcmp(op, "document_verify") == 0) {
        const text document = bytes_argument(arguments, "document");
        if ((code = verifier(arguments, &trusted, error)) == SB_OK)
            code = answer(sb_document_verify(document.data, document.length, trusted, type.data, type.length, &output,
                                             error), "result", &output);
    } else if (strcmp(op, "receipt_verify") == 0) {
        const text receipt = bytes_argument(arguments, "receipt");
        if ((code = public_key(key, &public, error)) == SB_OK)
            code = answer(sb_receipt_verify(receipt.data, receipt.length, public, &output, error), "result", &output);
    } else if (strcmp(op, "job_authorize") == 0) {
        const text job = bytes_argument(arguments, "job"), policy = bytes_argument(arguments, "policy");
        const text now = text_argument(arguments, "now");
        code = answer(sb_job_authorize(job.data, job.length, policy.data, policy.length,
                                       strtoll(now.data ? now.data : "0", NULL, 10), &output, error),
                      "result", &output);
    } else if (strcmp(op, "test_panic") == 0 && sb_test_panic) {
        code = sb_test_panic(&output, error);
    }
    sb_signing_key_free(secret);
    sb_public_key_free(public);
    sb_verifier_free(trusted);
    return code;
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
