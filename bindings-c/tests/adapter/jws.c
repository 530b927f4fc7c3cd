// Operations on JSON Web Signatures and Agent Cards.
#include "arguments.h"

#include <string.h>

// An answer with two members.
static int32_t answer_pair(int32_t code, const char *first, const char *suffix, sb_bytes *one, const char *second,
                           sb_bytes *two) {
    char separator = '{';
    if (code == SB_OK) {
        member(first, suffix, one, &separator);
        member(second, "_utf8", two, &separator);
        putchar('}');
    }
    return code;
}

// Takes the text that follows `"name":"` out of a canonical object; NULL data where the member is null or missing.
static text taken(const sb_bytes *object, const char *name) {
    char start[32];
    const size_t length = (size_t)snprintf(start, sizeof start, "\"%s\":\"", name);
    for (size_t at = 0; at + length < object->length; at++) {
        if (memcmp(object->data + at, start, length) != 0) continue;
        const char *begin = object->data + at + length, *end = begin;
        while (*end != '"') end += *end == '\\' ? 2 : 1;
        return (text){begin, (size_t)(end - begin)};
    }
    return (text){NULL, 0};
}

// Its members are base64url or names without escapes, so they are written as they stand; a kid may hold escapes, which stay.
static int32_t prepared(int32_t code, sb_bytes *output) {
    static const struct { const char *name, *spelled; } MEMBERS[] = {
        {"alg", "alg"}, {"digest", "digest_b64u"}, {"kid", "kid"}, {"message", "message_b64u"}};
    if (code != SB_OK) return code;
    const char *separator = ",\"ok\":{";
    for EACH(MEMBERS) {
        const text value = taken(output, MEMBERS[i].name);
        if (!value.data) continue;
        printf("%s\"%s\":\"%.*s\"", separator, MEMBERS[i].spelled, (int)value.length, value.data);
        separator = ",";
    }
    putchar('}');
    sb_bytes_free(output);
    return SB_OK;
}

int32_t jws_operation(const char *op, const json *arguments, sb_error **error) {
    if (strncmp(op, "jws_", 4) != 0 && strncmp(op, "card_", 5) != 0) return UNSUPPORTED;
    const json *key = json_member(arguments, "key");
    const text jws = bytes_argument(arguments, "jws"), payload = bytes_argument(arguments, "payload");
    const text card = bytes_argument(arguments, "card"), form = text_argument(arguments, "form");
    const text options = options_argument(arguments, "options");
    sb_signing_key *secret = NULL;
    sb_public_key *public = NULL;
    sb_verifier *trusted = NULL;
    sb_bytes output = {0}, second = {0};
    int32_t code = UNSUPPORTED;
    if (strcmp(op, "jws_sign") == 0) {
        if ((code = signing_key(key, &secret, error)) == SB_OK)
            code = answer(sb_jws_sign(payload.data, payload.length, secret, options.data, options.length, &output, error),
                          "jws", &output);
    } else if (strcmp(op, "jws_append") == 0) {
        if ((code = signing_key(key, &secret, error)) == SB_OK)
            code = answer(sb_jws_append(jws.data, jws.length, payload.data, payload.length, secret, options.data,
                                        options.length, &output, error), "jws", &output);
    } else if (strcmp(op, "jws_verify") == 0) {
        char buffer[64] = "";
        const text canonicalize = text_argument(arguments, "canonicalize");
        if (canonicalize.data) snprintf(buffer, sizeof buffer, "{\"canonicalize\":\"%s\"}", canonicalize.data);
        if ((code = verifier(arguments, &trusted, error)) == SB_OK)
            code = answer_pair(sb_jws_verify(jws.data, jws.length, payload.data, payload.length, trusted, buffer,
                                             strlen(buffer), &output, &second, error),
                               "payload", "_b64u", &output, "signatures", &second);
    } else if (strcmp(op, "jws_prepare") == 0) {
        if ((code = public_key(key, &public, error)) == SB_OK)
            code = prepared(sb_jws_prepare(payload.data, payload.length, public, options.data, options.length, &output,
                                           error), &output);
    } else if (strcmp(op, "jws_finish") == 0) {
        const text signature = bytes_argument(arguments, "signature");
        if ((code = public_key(key, &public, error)) == SB_OK)
            code = answer(sb_jws_finish(payload.data, payload.length, public, options.data, options.length,
                                        signature.data, signature.length, &output, error), "jws", &output);
    } else if (strcmp(op, "jws_inspect") == 0) {
        code = answer(sb_jws_inspect(jws.data, jws.length, &output, error), "report", &output);
    } else if (strcmp(op, "card_canonicalize") == 0) {
        code = answer(sb_card_canonicalize(card.data, card.length, form.data, form.length, &output, error), "canonical",
                      &output);
    } else if (strcmp(op, "card_sign") == 0) {
        if ((code = signing_key(key, &secret, error)) == SB_OK)
            code = answer(sb_card_sign(card.data, card.length, secret, options.data, options.length, &output, error),
                          "card", &output);
    } else if (strcmp(op, "card_verify") == 0) {
        if ((code = verifier(arguments, &trusted, error)) == SB_OK)
            code = answer_pair(sb_card_verify(card.data, card.length, trusted, form.data, form.length, &output, &second,
                                              error), "card", "_utf8", &output, "report", &second);
    } else if (strcmp(op, "card_diagnose") == 0) {
        if ((code = verifier(arguments, &trusted, error)) == SB_OK)
            code = answer(sb_card_diagnose(card.data, card.length, trusted, &output, error), "report", &output);
    }
    sb_signing_key_free(secret);
    sb_public_key_free(public);
    sb_verifier_free(trusted);
    return code;
}
