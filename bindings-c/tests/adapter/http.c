// Operations on signed requests and responses.
#include "arguments.h"

#include <stdlib.h>
#include <string.h>

#define TRY(call) do { if ((code = (call)) != SB_OK) goto done; } while (0)

static uint64_t integer(const json *arguments, const char *name, uint64_t otherwise) {
    const json *found = json_member(arguments, name);
    return found ? strtoull(found->text, NULL, 10) : otherwise;
}

static int32_t normalize(const json *arguments, sb_error **error) {
    const text url = text_argument(arguments, "url");
    sb_bytes output = {0};
    const int32_t code = sb_http_target_normalize(url.data, url.length, &output, error);
    char separator = '{';
    if (code == SB_OK) member("normalized", "", &output, &separator), putchar('}');
    return code;
}

static int32_t settings(const json *arguments, sb_error **error) {
    const text environment = bytes_argument(arguments, "environment");
    sb_bytes output = {0};
    return answer(sb_http_settings(environment.data, environment.length, &output, error), "plan", &output);
}

static int32_t replay_key(const json *arguments, sb_error **error) {
    const text tenant = text_argument(arguments, "tenant"), signer = text_argument(arguments, "signer");
    const text nonce = text_argument(arguments, "nonce"), observed = text_argument(arguments, "observed");
    sb_bytes key = {0};
    const int32_t code = sb_replay_key(tenant.data, tenant.length, signer.data, signer.length, nonce.data, nonce.length,
                                       observed.data && strcmp(observed.data, "true") == 0, &key, error);
    if (code != SB_OK) return code;
    printf(",\"ok\":{\"key_hex\":\"");
    for (size_t i = 0; i < key.length; i++) printf("%02x", (unsigned char)key.data[i]);
    printf("\"}");
    sb_bytes_free(&key);
    return SB_OK;
}

// Signs the request of the arguments with a client that verifies responses with `keys`.
static int32_t signed_call(const json *arguments, const sb_keyset *keys, sb_client **client, sb_call **call, sb_error **error) {
    const text method = text_argument(arguments, "method"), url = text_argument(arguments, "url");
    const text fields = bytes_argument(arguments, "fields"), body = bytes_argument(arguments, "body");
    const text nonce = text_argument(arguments, "nonce"), options = options_argument(arguments, "options");
    sb_signing_key *key = NULL;
    int32_t code;
    TRY(signing_key(json_member(arguments, "key"), &key, error));
    TRY(sb_client_new(key, keys, options.data, options.length, client, error));
    code = sb_client_sign(*client, method.data, method.length, url.data, url.length, fields.data, fields.length, body.data,
                          body.length, nonce.data, nonce.length, integer(arguments, "now", 0), call, error);
done:
    sb_signing_key_free(key);
    return code;
}

static int32_t request_sign(const json *arguments, sb_error **error) {
    sb_client *client = NULL;
    sb_call *call = NULL;
    sb_bytes name = {0}, value = {0}, body = {0};
    char separator = '{';
    int32_t code;
    TRY(signed_call(arguments, NULL, &client, &call, error));
    TRY(sb_call_header(call, &name, &value, error));
    TRY(sb_call_body(call, &body, error));
    member("name", "", &name, &separator);
    member("value", "", &value, &separator);
    if (body.data) member("body", "_utf8", &body, &separator);
    putchar('}');
done:
    sb_call_free(call);
    sb_client_free(client);
    return code;
}

static int32_t response_verify(const json *arguments, sb_error **error) {
    const text jwks = bytes_argument(arguments, "jwks");
    sb_keyset *keys = NULL;
    sb_client *client = NULL;
    sb_call *call = NULL;
    sb_bytes body = {0}, report = {0};
    char separator = '{';
    int32_t code;
    TRY(sb_keyset_from_jwks(jwks.data, jwks.length, &keys, error));
    TRY(signed_call(arguments, keys, &client, &call, error));
    const text fields = bytes_argument(arguments, "response_fields"), response = bytes_argument(arguments, "response");
    TRY(sb_call_verify(call, (int32_t)integer(arguments, "status", 0), fields.data, fields.length, response.data,
                       response.length, integer(arguments, "received", 0), &body, &report, error));
    member("body", "_utf8", &body, &separator);
    member("report", "_utf8", &report, &separator);
    putchar('}');
done:
    sb_call_free(call);
    sb_client_free(client);
    sb_keyset_free(keys);
    return code;
}

static int32_t verdict(const json *arguments) {
    static const char *const NAMES[] = {"new", "replay", "full", "cold", "unavailable"};
    const text name = text_argument(arguments, "replay");
    if (!name.data) return SB_VERDICT_NEW;
    for EACH(NAMES) if (strcmp(name.data, NAMES[i]) == 0) return (int32_t)i;
    return -1;
}

// Shows a gateway the request of the arguments: SB_OK where it is accepted or passes, else the code of the refusal.
static int32_t received(const json *arguments, const sb_signing_key *key, text body, sb_gateway **gateway, sb_exchange **exchange,
                        sb_error **error) {
    const text chosen = bytes_argument(arguments, "settings"), fields = bytes_argument(arguments, "fields");
    const text method = text_argument(arguments, "method"), target = text_argument(arguments, "target");
    const uint64_t now = integer(arguments, "now", 0), later = integer(arguments, "later", now);
    size_t number = 0;
    int32_t step = SB_STEP_KEYS, code;
    TRY(sb_gateway_new(chosen.data, chosen.length, key, now, gateway, error));
    while (step == SB_STEP_KEYS) {
        TRY(sb_gateway_begin(*gateway, method.data, method.length, target.data, target.length, NULL, 0, NULL, 0, fields.data,
                             fields.length, now, exchange, error));
        TRY(sb_exchange_step(*exchange, &step, error));
        if (step != SB_STEP_KEYS) break;
        // Nothing can be fetched here.
        TRY(sb_exchange_source(*exchange, &number, error));
        TRY(sb_gateway_keys_put(*gateway, number, NULL, 0, now, error));
        sb_exchange_free(*exchange);
        *exchange = NULL;
    }
    if (step == SB_STEP_BODY) {
        TRY(sb_exchange_limit(*exchange, &number, error));
        if (body.length > number) TRY(sb_exchange_refuse(*exchange, SB_BODY_TOO_LARGE, later, &step, error));
        else TRY(sb_exchange_body(*exchange, body.data, body.length, later, &step, error));
    }
    if (step == SB_STEP_RESERVE) TRY(sb_exchange_reserved(*exchange, verdict(arguments), later, &step, error));
    if (step == SB_STEP_REJECT) code = sb_exchange_fault(*exchange, error);
done:
    return code;
}

static int32_t request_verify(const json *arguments, sb_error **error) {
    const text body = bytes_argument(arguments, "body");
    sb_gateway *gateway = NULL;
    sb_exchange *exchange = NULL;
    sb_bytes identity = {0}, verified = {0};
    char separator = ',';
    int32_t code;
    TRY(received(arguments, NULL, body, &gateway, &exchange, error));
    TRY(sb_exchange_identity(exchange, &identity, error));
    if (identity.data) {
        TRY(sb_exchange_verified_body(exchange, &verified, error));
        printf(",\"ok\":{\"outcome\":\"accept\"");
        member("identity", "_utf8", &identity, &separator);
        member("body", "_utf8", &verified, &separator);
        putchar('}');
    } else {
        printf(",\"ok\":{\"outcome\":\"pass\",\"body_utf8\":");
        json_write(stdout, body.data, body.length);
        putchar('}');
    }
done:
    sb_exchange_free(exchange);
    sb_gateway_free(gateway);
    return code;
}

// The value of this field in an answer; NULL data where there is none.
static text field(const sb_answer *answer, const char *name) {
    const size_t length = strlen(name);
    const char *at = answer->fields.data, *end = at + answer->fields.length;
    while (at < end) {
        const char *stop = memchr(at, '\r', (size_t)(end - at));
        if ((size_t)(stop - at) > length + 2 && memcmp(at, name, length) == 0 && at[length] == ':')
            return (text){at + length + 2, (size_t)(stop - at) - length - 2};
        at = stop + 2;
    }
    return (text){NULL, 0};
}

static int32_t response_sign(const json *arguments, sb_error **error) {
    const text body = bytes_argument(arguments, "body"), response = bytes_argument(arguments, "response");
    const text content_type = text_argument(arguments, "content_type");
    const int32_t status = (int32_t)integer(arguments, "status", 0);
    sb_signing_key *key = NULL;
    sb_gateway *gateway = NULL;
    sb_exchange *exchange = NULL;
    sb_answer sent = {0};
    int32_t signs = 0, code;
    TRY(signing_key(json_member(arguments, "signing_key"), &key, error));
    TRY(received(arguments, key, body, &gateway, &exchange, error));
    TRY(sb_exchange_signs_response(exchange, &signs, error));
    if (!signs) {
        printf(",\"ok\":{\"status\":%d,\"body_utf8\":", (int)status);
        json_write(stdout, response.data, response.length);
        putchar('}');
        goto done;
    }
    TRY(sb_exchange_respond(exchange, status, content_type.data, content_type.length, response.data, response.length,
                            integer(arguments, "now", 0), &sent, error));
    if (field(&sent, "x-signature-error").data) {
        code = sb_exchange_fault(exchange, error);
        goto done;
    }
    const text value = field(&sent, "x-signature");
    char separator = ',';
    printf(",\"ok\":{\"status\":%d", (int)sent.status);
    if (value.data) printf(",\"value\":\"%.*s\"", (int)value.length, value.data);
    member("body", "_utf8", &sent.body, &separator);
    putchar('}');
done:
    sb_answer_free(&sent);
    sb_exchange_free(exchange);
    sb_gateway_free(gateway);
    sb_signing_key_free(key);
    return code;
}

int32_t http_operation(const char *op, const json *arguments, sb_error **error) {
    static const struct { const char *name; int32_t (*perform)(const json *, sb_error **); } OPERATIONS[] = {
        {"http_target_normalize", normalize}, {"http_settings", settings},
        {"replay_key", replay_key}, {"http_request_sign", request_sign},
        {"http_request_verify", request_verify}, {"http_response_sign", response_sign},
        {"http_response_verify", response_verify},
    };
    for EACH(OPERATIONS) if (strcmp(op, OPERATIONS[i].name) == 0) return OPERATIONS[i].perform(arguments, error);
    return UNSUPPORTED;
}
