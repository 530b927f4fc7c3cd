#include "arguments.h"

#include <string.h>

static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static int base64url_digit(char c) {
    const char *at = c ? strchr(DIGITS, c) : NULL;
    return at ? (int)(at - DIGITS) : -1;
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

static void write_base64url(const char *data, size_t length) {
    for (size_t i = 0; i < length; i += 3) {
        const unsigned char *at = (const unsigned char *)data + i;
        const size_t left = length - i;
        const unsigned bits = (unsigned)at[0] << 16 | (left > 1 ? (unsigned)at[1] << 8 : 0) | (left > 2 ? at[2] : 0);
        for (size_t digit = 0; digit < (left > 2 ? 4 : left + 1); digit++)
            putchar(DIGITS[bits >> (18 - 6 * digit) & 63]);
    }
}

text text_argument(const json *arguments, const char *name) {
    const json *found = json_member(arguments, name);
    return found ? (text){found->text, found->length} : (text){NULL, 0};
}

text bytes_argument(const json *arguments, const char *name) {
    char spelled[64];
    snprintf(spelled, sizeof spelled, "%s_b64u", name);
    json *encoded = json_member(arguments, spelled);
    if (encoded) {
        decode_base64url(encoded);
        return text_argument(arguments, spelled);
    }
    snprintf(spelled, sizeof spelled, "%s_utf8", name);
    return text_argument(arguments, spelled);
}

text options_argument(const json *arguments, const char *name) {
    const json *found = json_member(arguments, name);
    return found ? (text){found->raw, found->raw_length} : (text){NULL, 0};
}

text integer_options(const json *arguments, const char *const names[], char *into, size_t size) {
    text made = {into, 0};
    for (size_t i = 0; names[i]; i++) {
        const json *found = json_member(arguments, names[i]);
        if (!found) continue;
        made.length += (size_t)snprintf(into + made.length, size - made.length, "%c\"%s\":%s", made.length ? ',' : '{',
                                        names[i], found->text);
    }
    if (made.length) made.length += (size_t)snprintf(into + made.length, size - made.length, "}");
    return made;
}

int32_t signing_key(const json *key, sb_signing_key **made, sb_error **error) {
    const text named = text_argument(key, "algorithm"), algorithm = text_argument(key, "alg");
    text source = bytes_argument(key, "jwk");
    if (source.data) return sb_key_from_jwk(source.data, source.length, named.data, named.length, made, error);
    source = bytes_argument(key, "pem");
    if (source.data) return sb_key_from_pem(source.data, source.length, named.data, named.length, made, error);
    source = bytes_argument(key, "der");
    if (source.data) return sb_key_from_der(source.data, source.length, named.data, named.length, made, error);
    source = bytes_argument(key, "encrypted_pem");
    if (source.data) {
        const text password = bytes_argument(key, "password");
        return sb_key_from_encrypted_pem(source.data, source.length, password.data, password.length, named.data,
                                         named.length, made, error);
    }
    source = bytes_argument(key, "symmetric");
    if (source.data) {
        const text kid = text_argument(key, "kid");
        return sb_key_symmetric(algorithm.data, algorithm.length, source.data, source.length, kid.data, kid.length, made,
                                error);
    }
    source = bytes_argument(key, "symmetric_jwk");
    if (source.data) return sb_key_symmetric_from_jwk(source.data, source.length, made, error);
    source = text_argument(key, "hex");
    return sb_key_from_hex(algorithm.data, algorithm.length, source.data, source.length, made, error);
}

int32_t public_key(const json *key, sb_public_key **made, sb_error **error) {
    const text named = text_argument(key, "algorithm"), algorithm = text_argument(key, "alg");
    text source = bytes_argument(key, "jwk");
    if (source.data) return sb_public_key_from_jwk(source.data, source.length, named.data, named.length, made, error);
    source = bytes_argument(key, "pem");
    if (source.data) return sb_public_key_from_pem(source.data, source.length, named.data, named.length, made, error);
    source = bytes_argument(key, "der");
    if (source.data) return sb_public_key_from_der(source.data, source.length, named.data, named.length, made, error);
    source = text_argument(key, "hex");
    return sb_public_key_from_hex(algorithm.data, algorithm.length, source.data, source.length, made, error);
}

static int is_symmetric(const json *key) {
    return json_member(key, "symmetric_b64u") || json_member(key, "symmetric_utf8") || json_member(key, "symmetric_jwk_utf8")
           || json_member(key, "symmetric_jwk_b64u");
}

// The set of a list of public and symmetric keys.
static int32_t listed(const json *list, sb_keyset **made, sb_error **error) {
    enum { MOST = 1100 };
    static sb_public_key *public_keys[MOST];
    static sb_signing_key *symmetric[MOST];
    static const sb_public_key *public_view[MOST];
    static const sb_signing_key *symmetric_view[MOST];
    size_t public_count = 0, symmetric_count = 0;
    int32_t code = SB_OK;
    for (const json *key = list ? list->first : NULL; key && code == SB_OK; key = key->next) {
        if (is_symmetric(key) && symmetric_count < MOST) {
            code = signing_key(key, &symmetric[symmetric_count], error);
            if (code == SB_OK) symmetric_view[symmetric_count] = symmetric[symmetric_count], symmetric_count++;
        } else if (public_count < MOST) {
            code = public_key(key, &public_keys[public_count], error);
            if (code == SB_OK) public_view[public_count] = public_keys[public_count], public_count++;
        }
    }
    if (code == SB_OK) code = sb_keyset_new(public_view, public_count, symmetric_view, symmetric_count, made, error);
    for (size_t i = 0; i < public_count; i++) sb_public_key_free(public_keys[i]);
    for (size_t i = 0; i < symmetric_count; i++) sb_signing_key_free(symmetric[i]);
    return code;
}

int32_t keyset(const json *arguments, sb_keyset **made, sb_error **error) {
    const text jwks = bytes_argument(arguments, "jwks");
    if (jwks.data) return sb_keyset_from_jwks(jwks.data, jwks.length, made, error);
    return listed(json_member(arguments, "keys"), made, error);
}

int32_t verifier(const json *arguments, sb_verifier **made, sb_error **error) {
    sb_keyset *keys = NULL;
    int32_t code = keyset(arguments, &keys, error);
    if (code != SB_OK) return code;
    char buffer[128];
    text chosen = options_argument(arguments, "verifier");
    if (!chosen.data)
        chosen = integer_options(arguments, (const char *const[]){"threshold", NULL}, buffer, sizeof buffer);
    code = sb_verifier_new(keys, chosen.data, chosen.length, made, error);
    sb_keyset_free(keys);
    return code;
}

void member(const char *name, const char *suffix, sb_bytes *bytes, char *separator) {
    printf("%s\"%s%s\":", *separator == '{' ? ",\"ok\":{" : ",", name, suffix);
    if (strcmp(suffix, "_b64u") == 0) {
        putchar('"');
        write_base64url(bytes->data, bytes->length);
        putchar('"');
    } else {
        json_write(stdout, bytes->data, bytes->length);
    }
    sb_bytes_free(bytes);
    *separator = ',';
}

int32_t answer(int32_t code, const char *name, sb_bytes *output) {
    char separator = '{';
    if (code == SB_OK) member(name, "_utf8", output, &separator), putchar('}');
    return code;
}
