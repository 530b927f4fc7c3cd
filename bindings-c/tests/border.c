// The rules that hold at the border whatever the operation: null pointers, outputs, errors, panics.
#include "check.h"
#include "samebyte.h"

#include <string.h>

extern int32_t sb_test_panic(sb_bytes *output, sb_error **error) __attribute__((weak));

static const char JOB[] = "{\"id\":\"1\",\"caller_id\":\"a\",\"context_id\":\"c\",\"payload\":\"p\",\"runner\":\"r\","
                          "\"executor\":\"e\",\"timeout\":1,\"env_vars\":{},\"created_at\":\"2024-01-01T00:00:00Z\","
                          "\"updated_at\":\"2024-01-01T00:00:00Z\"}";
static const char TYPE[] = "application/json";
#define LITERAL(text) text, sizeof text - 1

static sb_bytes out, second;
static sb_error *error;
static sb_signing_key *secret;
static sb_public_key *public;
static sb_keyset *keys;
static sb_verifier *verifier;
static size_t length;
static sb_gateway *gateway;
static sb_exchange *exchange;
static sb_client *client;
static sb_call *made_call;
static sb_answer sent;
static sb_reservation reservation;
static int32_t number;

// The call is refused as an invalid argument, says so in the error, and has written no output.
static void refused(int32_t code, const char *call) {
    const int named = error && sb_error_code(error) == code && strcmp(sb_error_name(error), "invalid_argument") == 0 &&
                      strcmp(sb_error_kind(error), "usage") == 0 && sb_error_message(error)[0];
    const int untouched = !out.data && !out.length && !second.data && !secret && !public && !keys && !verifier && !length &&
                          !gateway && !exchange && !client && !made_call && !sent.status && !reservation.ttl_ms && !number;
    check_that(code == SB_INVALID_ARGUMENT && named && untouched, call, __LINE__);
    sb_error_free(error);
    error = NULL;
}
#define REFUSED(call) refused(call, #call)

static void null_inputs(void) {
    REFUSED(sb_jcs_canonicalize(NULL, 0, 0, NULL, 0, &out, &error));
    REFUSED(sb_jcs_canonicalize(LITERAL("1"), 0, NULL, 1, &out, &error));
    REFUSED(sb_jcs_canonicalize_into(NULL, 0, 0, (char[9]){0}, 9, &length, &error));
    REFUSED(sb_jcs_canonicalize_into(LITERAL("1"), 0, NULL, 9, &length, &error));
    REFUSED(sb_jcs_canonicalize_into(LITERAL("1"), 2, (char[9]){0}, 9, &length, &error));
    REFUSED(sb_jcs_sha256(NULL, 0, 0, NULL, 0, &out, &error));
    REFUSED(sb_key_generate(NULL, 0, NULL, 0, &secret, &error));
    REFUSED(sb_key_from_jwk(NULL, 0, NULL, 0, &secret, &error));
    REFUSED(sb_key_from_jwk(LITERAL("{}"), NULL, 1, &secret, &error));
    REFUSED(sb_key_from_pem(NULL, 0, NULL, 0, &secret, &error));
    REFUSED(sb_key_from_encrypted_pem(NULL, 0, LITERAL("x"), NULL, 0, &secret, &error));
    REFUSED(sb_key_from_encrypted_pem(LITERAL("x"), NULL, 0, NULL, 0, &secret, &error));
    REFUSED(sb_key_from_der(NULL, 0, NULL, 0, &secret, &error));
    REFUSED(sb_key_symmetric(NULL, 0, LITERAL("x"), NULL, 0, &secret, &error));
    REFUSED(sb_key_symmetric(LITERAL("HS256"), NULL, 0, NULL, 0, &secret, &error));
    REFUSED(sb_key_symmetric_from_jwk(NULL, 0, &secret, &error));
    REFUSED(sb_key_from_hex(NULL, 0, NULL, 0, &secret, &error));
    REFUSED(sb_key_from_hex(LITERAL("EdDSA"), NULL, 0, &secret, &error));
    REFUSED(sb_key_to_jwk(NULL, &out, &error));
    REFUSED(sb_key_to_pem(NULL, &out, &error));
    REFUSED(sb_key_to_hex(NULL, &out, &error));
    REFUSED(sb_key_to_der(NULL, &out, &error));
    REFUSED(sb_key_to_encrypted_pem(NULL, LITERAL("x"), &out, &error));
    REFUSED(sb_key_algorithm(NULL, &out, &error));
    REFUSED(sb_key_kid(NULL, &out, &error));
    REFUSED(sb_key_thumbprint(NULL, &out, &error));
    REFUSED(sb_key_public(NULL, &public, &error));
    REFUSED(sb_public_key_from_jwk(NULL, 0, NULL, 0, &public, &error));
    REFUSED(sb_public_key_from_pem(NULL, 0, NULL, 0, &public, &error));
    REFUSED(sb_public_key_from_der(NULL, 0, NULL, 0, &public, &error));
    REFUSED(sb_public_key_from_hex(NULL, 0, NULL, 0, &public, &error));
    REFUSED(sb_public_key_to_jwk(NULL, &out, &error));
    REFUSED(sb_public_key_to_pem(NULL, &out, &error));
    REFUSED(sb_public_key_to_hex(NULL, &out, &error));
    REFUSED(sb_public_key_to_der(NULL, &out, &error));
    REFUSED(sb_public_key_algorithm(NULL, &out, &error));
    REFUSED(sb_public_key_kid(NULL, &out, &error));
    REFUSED(sb_public_key_thumbprint(NULL, &out, &error));
    REFUSED(sb_keyset_new(NULL, 1, NULL, 0, &keys, &error));
    REFUSED(sb_keyset_new(NULL, 0, NULL, 1, &keys, &error));
    REFUSED(sb_keyset_new((const sb_public_key *const[]){NULL}, 1, NULL, 0, &keys, &error));
    REFUSED(sb_keyset_new(NULL, 0, (const sb_signing_key *const[]){NULL}, 1, &keys, &error));
    REFUSED(sb_keyset_from_jwks(NULL, 0, &keys, &error));
    REFUSED(sb_keyset_to_jwks(NULL, &out, &error));
    REFUSED(sb_keyset_find(NULL, LITERAL("x"), &public, &error));
    REFUSED(sb_keyset_length(NULL, &length, &error));
    REFUSED(sb_keyset_lint(NULL, 0, &out, &error));
    REFUSED(sb_verifier_new(NULL, NULL, 0, &verifier, &error));
    REFUSED(sb_document_sign(NULL, 0, NULL, NULL, 0, &out, &error));
    REFUSED(sb_document_sign(LITERAL("{}"), NULL, LITERAL(TYPE), &out, &error));
    REFUSED(sb_document_verify(NULL, 0, NULL, NULL, 0, &out, &error));
    REFUSED(sb_document_verify(LITERAL("{}"), NULL, LITERAL(TYPE), &out, &error));
    REFUSED(sb_document_signing_input(NULL, 0, NULL, 0, &out, &error));
    REFUSED(sb_document_signing_input(LITERAL("{}"), NULL, 0, &out, &error));
    REFUSED(sb_document_to_dsse(NULL, 0, NULL, 0, &out, &error));
    REFUSED(sb_document_from_dsse(NULL, 0, NULL, 0, &out, &error));
    REFUSED(sb_job_sign(NULL, 0, NULL, &out, &error));
    REFUSED(sb_job_sign(LITERAL(JOB), NULL, &out, &error));
    REFUSED(sb_job_verify_signatures(NULL, 0, &out, &error));
    REFUSED(sb_job_signatories(NULL, 0, &out, &error));
    REFUSED(sb_job_authorize(NULL, 0, NULL, 0, 0, &out, &error));
    REFUSED(sb_job_authorize(LITERAL(JOB), NULL, 0, 0, &out, &error));
    REFUSED(sb_job_canonical_representation(NULL, 0, &out, &error));
    REFUSED(sb_receipt_sign(NULL, 0, NULL, &out, &error));
    REFUSED(sb_receipt_verify(NULL, 0, NULL, &out, &error));
    REFUSED(sb_receipt_canonical_representation(NULL, 0, &out, &error));
    REFUSED(sb_jws_sign(NULL, 0, NULL, NULL, 0, &out, &error));
    REFUSED(sb_jws_sign(LITERAL("x"), NULL, NULL, 0, &out, &error));
    REFUSED(sb_jws_append(NULL, 0, NULL, 0, NULL, NULL, 0, &out, &error));
    REFUSED(sb_jws_verify(NULL, 0, NULL, 0, NULL, NULL, 0, &out, &second, &error));
    REFUSED(sb_jws_verify(LITERAL("x"), NULL, 0, NULL, NULL, 0, &out, &second, &error));
    REFUSED(sb_jws_verify(LITERAL("x"), NULL, 1, NULL, NULL, 0, &out, &second, &error));
    REFUSED(sb_jws_prepare(LITERAL("x"), NULL, NULL, 0, &out, &error));
    REFUSED(sb_jws_finish(LITERAL("x"), NULL, NULL, 0, LITERAL("x"), &out, &error));
    REFUSED(sb_jws_inspect(NULL, 0, &out, &error));
    REFUSED(sb_card_canonicalize(NULL, 0, LITERAL("raw"), &out, &error));
    REFUSED(sb_card_canonicalize(LITERAL("{}"), NULL, 0, &out, &error));
    REFUSED(sb_card_sign(LITERAL("{}"), NULL, NULL, 0, &out, &error));
    REFUSED(sb_card_verify(LITERAL("{}"), NULL, LITERAL("raw"), &out, &second, &error));
    REFUSED(sb_card_diagnose(LITERAL("{}"), NULL, &out, &error));
    REFUSED(sb_result_sign(LITERAL("{}"), NULL, &out, &error));
    REFUSED(sb_result_verify(LITERAL("{}"), NULL, LITERAL("x"), LITERAL("x"), &out, &error));
    REFUSED(sb_config_sign(LITERAL("{}"), NULL, &out, &error));
    REFUSED(sb_config_verify(LITERAL("{}"), NULL, LITERAL("x"), &out, &error));
    REFUSED(sb_sqooler_sign(LITERAL("{}"), NULL, &out, &error));
    REFUSED(sb_sqooler_result_verify(LITERAL("{}"), NULL, LITERAL("x"), LITERAL("x"), &out, &error));
    REFUSED(sb_sqooler_config_verify(LITERAL("{}"), NULL, LITERAL("x"), &out, &error));
    REFUSED(sb_sqooler_key_from_jwk(NULL, 0, &secret, &error));
    REFUSED(sb_sqooler_key_to_jwk(NULL, &out, &error));
    REFUSED(sb_sqooler_public_key_from_jwk(NULL, 0, &public, &error));
    REFUSED(sb_sqooler_public_key_to_jwk(NULL, &out, &error));
}

static void null_http_inputs(void) {
    REFUSED(sb_http_target_normalize(NULL, 0, &out, &error));
    REFUSED(sb_http_settings(NULL, 0, &out, &error));
    REFUSED(sb_http_address_is_public(NULL, 0, &number, &error));
    REFUSED(sb_http_response_is_streamed(NULL, 0, LITERAL(""), &number, &error));
    REFUSED(sb_http_response_is_streamed(LITERAL(""), NULL, 0, &number, &error));
    REFUSED(sb_http_request_explain(NULL, 0, LITERAL("GET"), LITERAL("/"), NULL, 0, NULL, 0, LITERAL(""), LITERAL(""), 0, &out,
                                    &error));
    REFUSED(sb_http_request_explain(LITERAL("{}"), LITERAL("GET"), LITERAL("/"), NULL, 0, NULL, 0, LITERAL(""), NULL, 0, 0,
                                    &out, &error));
    REFUSED(sb_replay_key(NULL, 0, LITERAL(""), LITERAL(""), 0, &out, &error));
    REFUSED(sb_replay_key(LITERAL(""), NULL, 0, LITERAL(""), 0, &out, &error));
    REFUSED(sb_replay_key(LITERAL(""), LITERAL(""), NULL, 0, 0, &out, &error));
    REFUSED(sb_gateway_new(NULL, 0, NULL, 0, &gateway, &error));
    REFUSED(sb_gateway_jwks(NULL, &out, &error));
    REFUSED(sb_gateway_begin(NULL, LITERAL("GET"), LITERAL("/"), NULL, 0, NULL, 0, LITERAL(""), 0, &exchange, &error));
    REFUSED(sb_gateway_keys_due(NULL, 0, 0, &out, &error));
    REFUSED(sb_gateway_keys_put(NULL, 0, NULL, 0, 0, &error));
    REFUSED(sb_gateway_state_lost(NULL, 0, &error));
    REFUSED(sb_gateway_stats(NULL, 0, &out, &error));
    REFUSED(sb_gateway_snapshot(NULL, 0, &out, &error));
    REFUSED(sb_gateway_restore(NULL, LITERAL(""), 0, &error));
    REFUSED(sb_exchange_step(NULL, &number, &error));
    REFUSED(sb_exchange_source(NULL, &length, &error));
    REFUSED(sb_exchange_limit(NULL, &length, &error));
    REFUSED(sb_exchange_body(NULL, LITERAL(""), 0, &number, &error));
    REFUSED(sb_exchange_reservation(NULL, &reservation, &error));
    REFUSED(sb_exchange_reserved(NULL, SB_VERDICT_NEW, 0, &number, &error));
    REFUSED(sb_exchange_refuse(NULL, SB_OVERLOADED, 0, &number, &error));
    REFUSED(sb_exchange_answer(NULL, &sent, &error));
    REFUSED(sb_exchange_verified_body(NULL, &out, &error));
    REFUSED(sb_exchange_identity(NULL, &out, &error));
    REFUSED(sb_exchange_fault(NULL, &error));
    REFUSED(sb_exchange_event(NULL, &out, &error));
    REFUSED(sb_exchange_signs_response(NULL, &number, &error));
    REFUSED(sb_exchange_respond(NULL, 200, NULL, 0, LITERAL(""), 0, &sent, &error));
    REFUSED(sb_client_new(NULL, NULL, NULL, 0, &client, &error));
    REFUSED(sb_client_sign(NULL, LITERAL("GET"), LITERAL("https://h/"), LITERAL(""), NULL, 0, NULL, 0, 0, &made_call, &error));
    REFUSED(sb_call_header(NULL, &out, &second, &error));
    REFUSED(sb_call_body(NULL, &out, &error));
    REFUSED(sb_call_verify(NULL, 200, LITERAL(""), LITERAL(""), 0, &out, &second, &error));
}

// What stands beside a handle that is there.
static void http_arguments(void) {
    static const char SETTINGS[] = "{\"preset\":\"dev\",\"mode\":\"optional\",\"audiences\":[\"a\"],\"trust\":{\"keys\":[]}}";
    sb_gateway *made = NULL;
    sb_exchange *passing = NULL;
    CHECK(sb_gateway_new(LITERAL(SETTINGS), NULL, 1000, &made, NULL) == SB_OK);
    REFUSED(sb_gateway_new(LITERAL(SETTINGS), NULL, 1000, NULL, &error));
    REFUSED(sb_gateway_begin(made, NULL, 0, LITERAL("/"), NULL, 0, NULL, 0, LITERAL(""), 1000, &exchange, &error));
    REFUSED(sb_gateway_begin(made, LITERAL("GET"), NULL, 0, NULL, 0, NULL, 0, LITERAL(""), 1000, &exchange, &error));
    REFUSED(sb_gateway_begin(made, LITERAL("GET"), LITERAL("/"), NULL, 0, NULL, 0, NULL, 0, 1000, &exchange, &error));
    REFUSED(sb_gateway_begin(made, LITERAL("GET"), LITERAL("/"), NULL, 0, LITERAL("\xff"), LITERAL(""), 1000, &exchange, &error));
    REFUSED(sb_gateway_begin(made, LITERAL("GET"), LITERAL("/"), NULL, 0, NULL, 0, LITERAL("no line"), 1000, &exchange, &error));
    REFUSED(sb_gateway_keys_put(made, 7, NULL, 0, 1000, &error));
    REFUSED(sb_gateway_restore(made, LITERAL("no snapshot"), 1000, &error));
    CHECK(sb_gateway_begin(made, LITERAL("GET"), LITERAL("/"), NULL, 0, NULL, 0, LITERAL(""), 1000, &passing, NULL) == SB_OK);
    CHECK(sb_exchange_step(passing, &number, NULL) == SB_OK && number == SB_STEP_PASS);
    number = 0;
    REFUSED(sb_exchange_step(passing, NULL, &error));
    REFUSED(sb_exchange_body(passing, NULL, 0, 1000, &number, &error));
    REFUSED(sb_exchange_body(passing, LITERAL("{}"), 1000, &number, &error));
    REFUSED(sb_exchange_reservation(passing, &reservation, &error));
    REFUSED(sb_exchange_reserved(passing, SB_VERDICT_NEW, 1000, &number, &error));
    REFUSED(sb_exchange_reserved(passing, 5, 1000, &number, &error));
    REFUSED(sb_exchange_reserved(passing, -1, 1000, &number, &error));
    REFUSED(sb_exchange_refuse(passing, SB_INTERNAL, 1000, &number, &error));
    REFUSED(sb_exchange_refuse(passing, 77, 1000, &number, &error));
    REFUSED(sb_exchange_answer(passing, &sent, &error));
    REFUSED(sb_exchange_verified_body(passing, &out, &error));
    REFUSED(sb_exchange_respond(passing, -1, NULL, 0, NULL, 0, 1000, &sent, &error));
    REFUSED(sb_exchange_respond(passing, 200, NULL, 0, LITERAL(""), 1000, &sent, &error));
    CHECK(sb_exchange_identity(passing, &out, NULL) == SB_OK && !out.data);
    CHECK(sb_exchange_fault(passing, NULL) == SB_SIGNATURE_MISSING);
    sb_exchange_free(passing);
    sb_gateway_free(made);
    sb_answer_free(&sent);
    sb_answer_free(NULL);
    sb_exchange_free(NULL);
    sb_gateway_free(NULL);
    sb_call_free(NULL);
    sb_client_free(NULL);
}

static void null_outputs(void) {
    sb_signing_key *key = NULL;
    sb_public_key *key_public = NULL;
    sb_keyset *set = NULL;
    sb_verifier *trusted = NULL;
    sb_bytes token = {0};
    CHECK(sb_key_generate(LITERAL("EdDSA"), NULL, 0, &key, NULL) == SB_OK);
    CHECK(sb_key_public(key, &key_public, NULL) == SB_OK);
    CHECK(sb_keyset_new((const sb_public_key *const[]){key_public}, 1, NULL, 0, &set, NULL) == SB_OK);
    CHECK(sb_verifier_new(set, NULL, 0, &trusted, NULL) == SB_OK);
    CHECK(sb_jws_sign(LITERAL("x"), key, NULL, 0, &token, NULL) == SB_OK);

    REFUSED(sb_jcs_canonicalize(LITERAL("1"), 0, NULL, 0, NULL, &error));
    REFUSED(sb_jcs_canonicalize_into(LITERAL("1"), 0, (char[9]){0}, 9, NULL, &error));
    REFUSED(sb_jcs_sha256(LITERAL("1"), 0, NULL, 0, NULL, &error));
    REFUSED(sb_key_generate(LITERAL("EdDSA"), NULL, 0, NULL, &error));
    REFUSED(sb_key_from_jwk(LITERAL("{}"), NULL, 0, NULL, &error));
    REFUSED(sb_key_to_hex(key, NULL, &error));
    REFUSED(sb_key_public(key, NULL, &error));
    REFUSED(sb_public_key_to_jwk(key_public, NULL, &error));
    REFUSED(sb_keyset_new((const sb_public_key *const[]){key_public}, 1, NULL, 0, NULL, &error));
    REFUSED(sb_keyset_length(set, NULL, &error));
    REFUSED(sb_verifier_new(set, NULL, 0, NULL, &error));
    // Of two outputs both are written or none is.
    REFUSED(sb_jws_verify(token.data, token.length, NULL, 0, trusted, NULL, 0, NULL, &second, &error));
    REFUSED(sb_jws_verify(token.data, token.length, NULL, 0, trusted, NULL, 0, &out, NULL, &error));
    REFUSED(sb_document_sign(LITERAL("{}"), key, LITERAL(TYPE), NULL, &error));
    REFUSED(sb_job_sign(LITERAL(JOB), key, NULL, &error));

    sb_bytes_free(&token);
    sb_verifier_free(trusted);
    sb_keyset_free(set);
    sb_public_key_free(key_public);
    sb_signing_key_free(key);
}

static void arguments(void) {
    REFUSED(sb_jcs_canonicalize("1", SIZE_MAX, 0, NULL, 0, &out, &error));
    REFUSED(sb_keyset_new((const sb_public_key *const[]){NULL}, SIZE_MAX, NULL, 0, &keys, &error));
    REFUSED(sb_jcs_canonicalize(LITERAL("1"), 2, NULL, 0, &out, &error));
    REFUSED(sb_jcs_canonicalize(LITERAL("1"), -1, NULL, 0, &out, &error));
    REFUSED(sb_jcs_canonicalize(LITERAL("1"), 0, LITERAL("[]"), &out, &error));
    REFUSED(sb_key_from_hex(LITERAL("\xff"), LITERAL("00"), &secret, &error));

    CHECK(sb_jcs_canonicalize(LITERAL("1"), 0, LITERAL("{\"no\":1}"), &out, NULL) == SB_UNKNOWN_OPTION);
    CHECK(sb_jcs_canonicalize(LITERAL("[[1]]"), 0, LITERAL("{\"max_depth\":1}"), &out, NULL) == SB_TOO_DEEP);
    CHECK(sb_jcs_canonicalize(LITERAL("9007199254740993"), SB_NUMBERS_EXACT, NULL, 0, &out, NULL) ==
          SB_NUMBER_NOT_EXACT);
    CHECK_NAMED(sb_jcs_canonicalize("", 0, 0, NULL, 0, &out, NULL) == SB_INVALID_JSON, "an empty text is no JSON");
    CHECK_NAMED(sb_jcs_canonicalize("1\0", 2, 0, NULL, 0, &out, NULL) == SB_TRAILING_BYTES,
                "a NUL byte does not end an input");
    CHECK(!out.data);
}

static void errors(void) {
    CHECK(sb_jcs_canonicalize(LITERAL("[1,]"), 0, NULL, 0, &out, &error) == SB_INVALID_JSON);
    CHECK(sb_error_code(error) == SB_INVALID_JSON);
    CHECK(strcmp(sb_error_name(error), "invalid_json") == 0);
    CHECK(strcmp(sb_error_kind(error), "malformed") == 0);
    CHECK(sb_error_message(error)[0] != 0);
    CHECK(sb_error_detail(error) && strstr(sb_error_detail(error), "\"offset\":3"));
    sb_error_free(error);
    error = NULL;
    CHECK(sb_jcs_canonicalize(LITERAL("1"), 7, NULL, 0, &out, &error) == SB_INVALID_ARGUMENT);
    CHECK(!sb_error_detail(error));
    sb_error_free(error);
    error = NULL;

    CHECK(sb_error_code(NULL) == 0);
    CHECK(!sb_error_name(NULL) && !sb_error_kind(NULL) && !sb_error_message(NULL) && !sb_error_detail(NULL));
    sb_error_free(NULL);
}

static void bytes(void) {
    sb_error *before = (sb_error *)(void *)&out; // Any pointer that is not NULL.
    sb_error *written = before;
    CHECK(sb_jcs_canonicalize(LITERAL("[ ]"), 0, NULL, 0, &out, &written) == SB_OK);
    CHECK_NAMED(written == before, "an error is written on failure only");
    CHECK(out.length == 2 && memcmp(out.data, "[]", 2) == 0);
    sb_bytes_free(&out);
    CHECK(!out.data && !out.length && !second.data && !out.capacity);
    sb_bytes_free(&out);
    sb_bytes_free(NULL);
    sb_signing_key_free(NULL);
    sb_public_key_free(NULL);
    sb_verifier_free(NULL);
    CHECK_NAMED(1, "freeing nothing, or twice, does no harm");
}

static void buffers(void) {
    char buffer[4] = "xxx";
    size_t made = 7;
    CHECK(sb_jcs_canonicalize_into(LITERAL("[ ]"), 0, buffer, 2, &made, NULL) == SB_OK && made == 2);
    CHECK_NAMED(memcmp(buffer, "[]x", 3) == 0, "so many bytes are written, and no more");
    CHECK(sb_jcs_canonicalize_into(LITERAL("1e20"), 0, buffer, 4, &made, NULL) == SB_OK && made == 21);
    CHECK_NAMED(memcmp(buffer, "[]x", 3) == 0, "where there is no room nothing is written");
    CHECK(sb_jcs_canonicalize_into(LITERAL("1e20"), 0, NULL, 0, &made, NULL) == SB_OK && made == 21);
    CHECK(sb_jcs_canonicalize_into(LITERAL("[1"), 0, buffer, 4, &made, NULL) == SB_INVALID_JSON && made == 21);
}

static void version(void) {
    CHECK(sb_abi_version() == SB_ABI_VERSION);
    CHECK(strcmp(sb_version(), EXPECTED_VERSION) == 0);
}

static void panic(void) {
    if (!sb_test_panic) {
        puts("skipped - a panic arrives as `internal`: the library has no sb_test_panic (feature test-operations)");
        return;
    }
    CHECK(sb_test_panic(&out, &error) == SB_INTERNAL);
    CHECK(strcmp(sb_error_name(error), "internal") == 0 && strcmp(sb_error_kind(error), "internal") == 0);
    sb_error_free(error);
    error = NULL;
    CHECK(sb_test_panic(&out, NULL) == SB_INTERNAL);
    CHECK(sb_jcs_canonicalize(LITERAL("[ ]"), 0, NULL, 0, &out, NULL) == SB_OK);
    sb_bytes_free(&out);
    CHECK_NAMED(1, "the process lives on after a panic");
}

int main(void) {
    null_inputs();
    null_http_inputs();
    http_arguments();
    null_outputs();
    arguments();
    errors();
    bytes();
    buffers();
    version();
    panic();
    return check_failures != 0;
}
