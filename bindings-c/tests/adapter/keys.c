// Operations on keys and key sets.
#include "arguments.h"

#include <stdlib.h>
#include <string.h>

typedef int32_t public_function(const sb_public_key *, sb_bytes *, sb_error **);
typedef int32_t private_function(const sb_signing_key *, sb_bytes *, sb_error **);

static const struct { const char *name, *suffix; public_function *call; } PUBLIC[] = {
    {"public_hex", "", sb_public_key_to_hex},
    {"public_jwk", "_utf8", sb_public_key_to_jwk},
    {"public_pem", "_utf8", sb_public_key_to_pem},
    {"public_der", "_b64u", sb_public_key_to_der},
};
static const struct { const char *name, *suffix; public_function *call; } NAMES[] = {
    {"alg", "", sb_public_key_algorithm},
    {"kid", "", sb_public_key_kid},
    {"thumbprint", "", sb_public_key_thumbprint},
};
static const struct { const char *name, *suffix; private_function *call; } PRIVATE[] = {
    {"alg", "", sb_key_algorithm},
    {"kid", "", sb_key_kid},
    {"thumbprint", "", sb_key_thumbprint},
    {"private_hex", "", sb_key_to_hex},
    {"private_jwk", "_utf8", sb_key_to_jwk},
    {"private_pem", "_utf8", sb_key_to_pem},
    {"private_der", "_b64u", sb_key_to_der},
};

// Writes a member, unless the key has no such form.
static int32_t form(int32_t code, const char *name, const char *suffix, sb_bytes *output, char *separator,
                    sb_error **error) {
    if (code == SB_KEY_UNSUPPORTED) {
        sb_error_free(*error);
        *error = NULL;
        return SB_OK;
    }
    if (code == SB_OK && output->data) member(name, suffix, output, separator);
    return code;
}

static int32_t public_forms(const sb_public_key *key, char *separator, sb_error **error) {
    int32_t code = SB_OK;
    sb_bytes output = {0};
    for EACH(PUBLIC) {
        if (code == SB_OK)
            code = form(PUBLIC[i].call(key, &output, error), PUBLIC[i].name, PUBLIC[i].suffix, &output, separator, error);
    }
    return code;
}

static int32_t describe_public(const sb_public_key *key, sb_error **error) {
    char separator = '{';
    sb_bytes output = {0};
    int32_t code = SB_OK;
    for EACH(NAMES) {
        if (code == SB_OK && (code = NAMES[i].call(key, &output, error)) == SB_OK)
            member(NAMES[i].name, NAMES[i].suffix, &output, &separator);
    }
    if (code == SB_OK) code = public_forms(key, &separator, error);
    putchar('}');
    return code;
}

static int32_t describe_private(const sb_signing_key *key, sb_error **error) {
    char separator = '{';
    sb_bytes output = {0};
    sb_public_key *public = NULL;
    int32_t code = SB_OK;
    for EACH(PRIVATE) {
        if (code == SB_OK)
            code = form(PRIVATE[i].call(key, &output, error), PRIVATE[i].name, PRIVATE[i].suffix, &output, &separator, error);
    }
    if (code == SB_OK) {
        code = sb_key_public(key, &public, error);
        if (code == SB_OK) code = public_forms(public, &separator, error);
        else code = form(code, NULL, NULL, NULL, NULL, error);
    }
    sb_public_key_free(public);
    putchar('}');
    return code;
}

// The set as a JWKS, and its length.
static int32_t describe_keyset(const sb_keyset *keys, sb_error **error) {
    char separator = '{';
    sb_bytes output = {0};
    size_t length = 0;
    int32_t code = sb_keyset_to_jwks(keys, &output, error);
    if (code != SB_OK) return code;
    member("jwks", "_utf8", &output, &separator);
    code = sb_keyset_length(keys, &length, error);
    printf(",\"length\":%zu}", length);
    return code;
}

// The findings without the members `message`, which are for people. Canonical JSON escapes every quotation mark inside a string,
// so the spelling of such a member is found nowhere else.
static int32_t lint(const json *arguments, sb_error **error) {
    static const char MESSAGE[] = "\"message\":\"";
    const text jwks = bytes_argument(arguments, "jwks");
    sb_bytes output = {0};
    const int32_t code = sb_keyset_lint(jwks.data, jwks.length, &output, error);
    char *findings = code == SB_OK ? calloc(1, output.length + 1) : NULL;
    if (findings) {
        memcpy(findings, output.data, output.length);
        for (char *at = findings; (at = strstr(at, MESSAGE));) {
            const char *end = at + strlen(MESSAGE);
            while (*end != '"') end += *end == '\\' ? 2 : 1;
            end += strlen("\",");
            memmove(at, end, strlen(end) + 1);
        }
        printf(",\"ok\":{\"findings_utf8\":");
        json_write(stdout, findings, strlen(findings));
        putchar('}');
    }
    free(findings);
    sb_bytes_free(&output);
    return code;
}

static int32_t sqooler_private(const json *arguments, sb_error **error) {
    const text jwk = bytes_argument(arguments, "jwk");
    sb_signing_key *key = NULL;
    sb_bytes standard = {0}, spelled = {0}, kid = {0};
    char separator = '{';
    int32_t code = sb_sqooler_key_from_jwk(jwk.data, jwk.length, &key, error);
    if (code == SB_OK) code = sb_key_to_jwk(key, &standard, error);
    if (code == SB_OK) code = sb_sqooler_key_to_jwk(key, &spelled, error);
    if (code == SB_OK) code = sb_key_kid(key, &kid, error);
    if (code == SB_OK) {
        member("private_jwk", "_utf8", &standard, &separator);
        member("sqooler_jwk", "_utf8", &spelled, &separator);
        member("kid", "", &kid, &separator);
        putchar('}');
    }
    sb_bytes_free(&standard);
    sb_bytes_free(&spelled);
    sb_signing_key_free(key);
    return code;
}

static int32_t sqooler_public(const json *arguments, sb_error **error) {
    const text jwk = bytes_argument(arguments, "jwk");
    sb_public_key *key = NULL;
    sb_bytes standard = {0}, spelled = {0}, kid = {0};
    char separator = '{';
    int32_t code = sb_sqooler_public_key_from_jwk(jwk.data, jwk.length, &key, error);
    if (code == SB_OK) code = sb_public_key_to_jwk(key, &standard, error);
    if (code == SB_OK) code = sb_sqooler_public_key_to_jwk(key, &spelled, error);
    if (code == SB_OK) code = sb_public_key_kid(key, &kid, error);
    if (code == SB_OK) {
        member("public_jwk", "_utf8", &standard, &separator);
        member("sqooler_jwk", "_utf8", &spelled, &separator);
        member("kid", "", &kid, &separator);
        putchar('}');
    }
    sb_bytes_free(&standard);
    sb_bytes_free(&spelled);
    sb_public_key_free(key);
    return code;
}

int32_t key_operation(const char *op, const json *arguments, sb_error **error) {
    const json *key = json_member(arguments, "key");
    sb_signing_key *secret = NULL;
    sb_public_key *public = NULL;
    sb_keyset *keys = NULL;
    sb_bytes output = {0};
    int32_t code = UNSUPPORTED;
    if (strcmp(op, "key_import") == 0) {
        if ((code = signing_key(key, &secret, error)) == SB_OK) code = describe_private(secret, error);
    } else if (strcmp(op, "public_key_import") == 0) {
        if ((code = public_key(key, &public, error)) == SB_OK) code = describe_public(public, error);
    } else if (strcmp(op, "keyset_new") == 0 || strcmp(op, "keyset_from_jwks") == 0) {
        if ((code = keyset(arguments, &keys, error)) == SB_OK) code = describe_keyset(keys, error);
    } else if (strcmp(op, "keyset_find") == 0) {
        const text kid = text_argument(arguments, "kid");
        if ((code = keyset(arguments, &keys, error)) == SB_OK
            && (code = sb_keyset_find(keys, kid.data, kid.length, &public, error)) == SB_OK)
            code = answer(sb_public_key_to_jwk(public, &output, error), "public_jwk", &output);
    } else if (strcmp(op, "keyset_lint") == 0) {
        code = lint(arguments, error);
    } else if (strcmp(op, "sqooler_key_import") == 0) {
        code = sqooler_private(arguments, error);
    } else if (strcmp(op, "sqooler_public_key_import") == 0) {
        code = sqooler_public(arguments, error);
    }
    sb_signing_key_free(secret);
    sb_public_key_free(public);
    sb_keyset_free(keys);
    return code;
}
