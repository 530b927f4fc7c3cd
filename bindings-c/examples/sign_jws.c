// Signs a JSON Web Signature, verifies it with a set of keys, and shows what happens when its header is another. C99.
#include <samebyte.h>

#include <stdio.h>
#include <string.h>

// Arguments of the functions: a text, and how long it is.
#define TEXT(text) text, strlen(text)

// Says why a call failed, and forgets the error.
static void explain(const char *call, sb_error **error) {
    printf("%s: %s: %s\n", call, sb_error_name(*error), sb_error_message(*error));
    sb_error_free(*error);
    *error = NULL;
}

int main(void) {
    sb_signing_key *key = NULL;
    sb_public_key *public_key = NULL;
    sb_keyset *keys = NULL;
    sb_verifier *verifier = NULL;
    sb_bytes jws = {0}, payload = {0}, signatures = {0};
    sb_error *error = NULL;
    int status = 1;

    // Whoever verifies has the public key alone, in a set: as a rule one that was read by sb_keyset_from_jwks.
    if (sb_key_generate(TEXT("ES256"), TEXT("{\"kid\":\"mine\"}"), &key, &error) != SB_OK ||
        sb_key_public(key, &public_key, &error) != SB_OK) {
        explain("key", &error);
        goto done;
    }
    const sb_public_key *trusted[] = {public_key};
    if (sb_keyset_new(trusted, 1, NULL, 0, &keys, &error) != SB_OK ||
        sb_verifier_new(keys, TEXT("{\"algorithms\":[\"ES256\"],\"typ\":\"example\"}"), &verifier, &error) != SB_OK) {
        explain("verifier", &error);
        goto done;
    }

    // The payload is JSON here, and its canonical form is what is signed.
    if (sb_jws_sign(TEXT("{\"b\": 1e2, \"a\": 2}"), key, TEXT("{\"canonicalize\":\"exact\",\"typ\":\"example\"}"), &jws,
                    &error) != SB_OK) {
        explain("sb_jws_sign", &error);
        goto done;
    }
    printf("signed:   %.*s\n", (int)jws.length, jws.data);
    if (sb_jws_verify(jws.data, jws.length, NULL, 0, verifier, NULL, 0, &payload, &signatures, &error) != SB_OK) {
        explain("sb_jws_verify", &error);
        goto done;
    }
    printf("payload:  %.*s\nverified: %.*s\n", (int)payload.length, payload.data, (int)signatures.length, signatures.data);
    if (payload.length != 15 || memcmp(payload.data, "{\"a\":2,\"b\":100}", 15) != 0) goto done;

    // A JWS of the same key that was made for something else.
    sb_bytes_free(&jws);
    sb_bytes_free(&payload);
    sb_bytes_free(&signatures);
    if (sb_jws_sign(TEXT("{}"), key, TEXT("{\"typ\":\"other\"}"), &jws, &error) != SB_OK) {
        explain("sb_jws_sign", &error);
        goto done;
    }
    if (sb_jws_verify(jws.data, jws.length, NULL, 0, verifier, NULL, 0, &payload, &signatures, &error) == SB_OK) goto done;
    if (sb_error_code(error) == SB_TYP_MISMATCH) status = 0;
    explain("other", &error);

done:
    sb_bytes_free(&signatures);
    sb_bytes_free(&payload);
    sb_bytes_free(&jws);
    sb_verifier_free(verifier);
    sb_keyset_free(keys);
    sb_public_key_free(public_key);
    sb_signing_key_free(key);
    return status;
}
