// Every operation once with success and once refused, for valgrind and the sanitizers to watch. What the results
// must be is the business of the conformance vectors.
#include "check.h"
#include "samebyte.h"

#include <stdlib.h>
#include <string.h>

static const char JOB[] = "{\"id\":\"1\",\"caller_id\":\"alice\",\"context_id\":\"shared\",\"payload\":\"print(1)\","
                          "\"runner\":\"runner1\",\"executor\":\"rhai\",\"timeout\":300,\"env_vars\":{},"
                          "\"created_at\":\"2024-01-01T00:00:00Z\",\"updated_at\":\"2024-01-01T00:00:00Z\"}";
static const char RECEIPT[] =
    "{\"version\":\"0.1\",\"module_hash\":\"0000000000000000000000000000000000000000000000000000000000000000\","
    "\"exit_code\":0,\"wall_time_ms\":5,\"timestamp\":1700000000}";
static const char TYPE[] = "application/vnd.example+json";
#define LITERAL(text) text, sizeof text - 1
#define BYTES(bytes) (bytes).data, (bytes).length
#define REFUSED(call) CHECK((call) != SB_OK), CHECK(sb_error_code(error) != 0), sb_error_free(error), error = NULL

static sb_error *error;

// Turns the first digit of the member, a signature, into another one. The last one would not do: it may make S of
// Ed25519 too large, which is a mistake of another kind.
static void tamper(sb_bytes *text, const char *member) {
    const size_t length = strlen(member);
    for (size_t i = 0; i + length < text->length; i++) {
        if (memcmp(text->data + i, member, length) != 0) continue;
        text->data[i + length] = text->data[i + length] == '1' ? '2' : '1';
        return;
    }
}

static void keys(const char *algorithm, size_t length) {
    sb_signing_key *key = NULL, *again = NULL;
    sb_public_key *public = NULL, *same = NULL;
    sb_bytes jwk = {0}, pem = {0}, hex = {0}, name = {0}, kid = {0}, thumbprint = {0}, twin = {0};

    CHECK(sb_key_generate(algorithm, length, NULL, 0, &key, &error) == SB_OK);
    CHECK(sb_key_to_jwk(key, &jwk, &error) == SB_OK);
    CHECK(sb_key_to_pem(key, &pem, &error) == SB_OK);
    CHECK(sb_key_to_hex(key, &hex, &error) == SB_OK);
    CHECK(hex.length == 64);
    CHECK(sb_key_from_jwk(BYTES(jwk), NULL, 0, &again, &error) == SB_OK);
    sb_signing_key_free(again);
    CHECK(sb_key_from_pem(BYTES(pem), NULL, 0, &again, &error) == SB_OK);
    sb_signing_key_free(again);
    CHECK(sb_key_from_hex(algorithm, length, BYTES(hex), &again, &error) == SB_OK);
    CHECK(sb_key_to_jwk(again, &twin, &error) == SB_OK);
    CHECK_NAMED(twin.length == jwk.length && memcmp(twin.data, jwk.data, jwk.length) == 0, "a key survives its hex");
    sb_signing_key_free(again);
    sb_bytes_free(&twin);
    sb_bytes_free(&jwk);
    sb_bytes_free(&pem);
    sb_bytes_free(&hex);

    CHECK(sb_key_public(key, &public, &error) == SB_OK);
    sb_signing_key_free(key);
    CHECK(sb_public_key_to_jwk(public, &jwk, &error) == SB_OK);
    CHECK(sb_public_key_to_pem(public, &pem, &error) == SB_OK);
    CHECK(sb_public_key_to_hex(public, &hex, &error) == SB_OK);
    CHECK(sb_public_key_algorithm(public, &name, &error) == SB_OK);
    CHECK(name.length == length && memcmp(name.data, algorithm, length) == 0);
    CHECK(sb_public_key_kid(public, &kid, &error) == SB_OK);
    CHECK(sb_public_key_thumbprint(public, &thumbprint, &error) == SB_OK);
    CHECK(thumbprint.length == 43);
    CHECK(sb_public_key_from_jwk(BYTES(jwk), NULL, 0, &same, &error) == SB_OK);
    sb_public_key_free(same);
    CHECK(sb_public_key_from_pem(BYTES(pem), NULL, 0, &same, &error) == SB_OK);
    sb_public_key_free(same);
    CHECK(sb_public_key_from_hex(algorithm, length, BYTES(hex), &same, &error) == SB_OK);
    sb_public_key_free(same);
    REFUSED(sb_public_key_from_hex(algorithm, length, hex.data, hex.length - 1, &same, &error));
    REFUSED(sb_key_from_jwk(BYTES(jwk), NULL, 0, &again, &error));
    sb_public_key_free(public);
    sb_bytes_free(&jwk);
    sb_bytes_free(&pem);
    sb_bytes_free(&hex);
    sb_bytes_free(&name);
    sb_bytes_free(&kid);
    sb_bytes_free(&thumbprint);
}

static void documents(void) {
    sb_signing_key *one = NULL, *two = NULL;
    sb_public_key *public[2] = {NULL, NULL};
    sb_keyset *set = NULL;
    sb_verifier *verifier = NULL;
    sb_bytes first = {0}, both = {0}, result = {0}, envelope = {0}, back = {0}, input = {0};

    CHECK(sb_key_generate(LITERAL("EdDSA"), NULL, 0, &one, &error) == SB_OK);
    CHECK(sb_key_generate(LITERAL("ES256K"), NULL, 0, &two, &error) == SB_OK);
    CHECK(sb_key_public(one, &public[0], &error) == SB_OK);
    CHECK(sb_key_public(two, &public[1], &error) == SB_OK);
    CHECK(sb_keyset_new((const sb_public_key *const[]){public[0], public[1]}, 2, NULL, 0, &set, &error) == SB_OK);
    sb_public_key_free(public[0]);
    sb_public_key_free(public[1]);
    CHECK(sb_verifier_new(set, LITERAL("{\"threshold\":2}"), &verifier, &error) == SB_OK);
    sb_keyset_free(set);
    CHECK(sb_document_sign(LITERAL("{\"a\":1}"), one, LITERAL(TYPE), &first, &error) == SB_OK);
    CHECK(sb_document_verify(BYTES(first), verifier, LITERAL(TYPE), &result, &error) == SB_THRESHOLD_NOT_MET);
    sb_error_free(error);
    error = NULL;
    CHECK(sb_document_sign(BYTES(first), two, LITERAL(TYPE), &both, &error) == SB_OK);
    CHECK(sb_document_verify(BYTES(both), verifier, LITERAL(TYPE), &result, &error) == SB_OK);
    sb_bytes_free(&result);
    REFUSED(sb_document_verify(BYTES(both), verifier, LITERAL("text/plain"), &result, &error));
    CHECK(sb_document_signing_input(BYTES(both), LITERAL(TYPE), &input, &error) == SB_OK);
    CHECK(input.length > 6 && memcmp(input.data, "DSSEv1", 6) == 0);
    CHECK(sb_document_to_dsse(BYTES(both), LITERAL(TYPE), &envelope, &error) == SB_OK);
    CHECK(sb_document_from_dsse(BYTES(envelope), LITERAL(TYPE), &back, &error) == SB_OK);
    CHECK(back.length == both.length && memcmp(back.data, both.data, both.length) == 0);
    tamper(&both, "\"sig\":\"");
    REFUSED(sb_document_verify(BYTES(both), verifier, LITERAL(TYPE), &result, &error));
    sb_signing_key_free(one);
    sb_signing_key_free(two);
    sb_verifier_free(verifier);
    sb_bytes_free(&first);
    sb_bytes_free(&both);
    sb_bytes_free(&envelope);
    sb_bytes_free(&back);
    sb_bytes_free(&input);
}

static void jobs(void) {
    sb_signing_key *key = NULL;
    sb_bytes job = {0}, result = {0}, twice = {0};

    CHECK(sb_key_generate(LITERAL("ES256K"), NULL, 0, &key, &error) == SB_OK);
    CHECK(sb_job_sign(LITERAL(JOB), key, &job, &error) == SB_OK);
    CHECK(sb_job_sign(BYTES(job), key, &twice, &error) == SB_DUPLICATE_SIGNER);
    sb_error_free(error);
    error = NULL;
    CHECK(sb_job_verify_signatures(BYTES(job), &result, &error) == SB_OK);
    sb_bytes_free(&result);
    CHECK(sb_job_signatories(BYTES(job), &result, &error) == SB_OK);
    CHECK(result.length == 70);
    sb_bytes_free(&result);
    CHECK(sb_job_canonical_representation(BYTES(job), &result, &error) == SB_OK);
    sb_bytes_free(&result);
    REFUSED(sb_job_authorize(BYTES(job), LITERAL("{\"nobody\":1}"), 1700000000, &result, &error));
    tamper(&job, "\"signature\":\"");
    CHECK(sb_job_verify_signatures(BYTES(job), &result, &error) == SB_SIGNATURE_VERIFICATION_FAILED);
    sb_error_free(error);
    error = NULL;
    sb_signing_key_free(key);
    sb_bytes_free(&job);
}

static void receipts(void) {
    sb_signing_key *key = NULL;
    sb_public_key *public = NULL;
    sb_bytes receipt = {0}, result = {0};

    CHECK(sb_key_generate(LITERAL("EdDSA"), NULL, 0, &key, &error) == SB_OK);
    CHECK(sb_key_public(key, &public, &error) == SB_OK);
    CHECK(sb_receipt_sign(LITERAL(RECEIPT), key, &receipt, &error) == SB_OK);
    CHECK(sb_receipt_verify(BYTES(receipt), public, &result, &error) == SB_OK);
    sb_bytes_free(&result);
    CHECK(sb_receipt_canonical_representation(BYTES(receipt), &result, &error) == SB_OK);
    sb_bytes_free(&result);
    tamper(&receipt, "\"signature\":\"");
    CHECK(sb_receipt_verify(BYTES(receipt), public, &result, &error) == SB_SIGNATURE_INVALID);
    sb_error_free(error);
    error = NULL;
    sb_signing_key_free(key);
    sb_public_key_free(public);
    sb_bytes_free(&receipt);
}

// Every algorithm signs, and what it signed verifies; a private key survives a password.
static void signatures(void) {
    static const char *const ALGORITHMS[] = {"EdDSA", "ES256K", "ES256", "ES384", "ES512",
                                             "RS256", "PS256", "HS256", "HS384", "HS512"};
    for (size_t i = 0; i < sizeof ALGORITHMS / sizeof *ALGORITHMS; i++) {
        const char *name = ALGORITHMS[i];
        const int symmetric = name[0] == 'H';
        // Making an RSA key and deriving a key from a password take minutes on the machine that valgrind simulates.
        const int patient = getenv("SIMULATED") == NULL;
        if (!patient && (name[0] == 'R' || name[0] == 'P')) continue;
        sb_signing_key *key = NULL, *again = NULL;
        sb_public_key *public = NULL, *found = NULL;
        sb_keyset *set = NULL, *same = NULL;
        sb_verifier *verifier = NULL;
        sb_bytes token = {0}, payload = {0}, report = {0}, text = {0}, kid = {0};
        size_t length = 0;

        CHECK_NAMED(sb_key_generate(name, strlen(name), LITERAL("{\"kid\":\"k\"}"), &key, &error) == SB_OK, name);
        if (symmetric) {
            REFUSED(sb_key_public(key, &public, &error));
            REFUSED(sb_key_to_pem(key, &text, &error));
            CHECK(sb_keyset_new(NULL, 0, (const sb_signing_key *const[]){key}, 1, &set, &error) == SB_OK);
        } else {
            CHECK(sb_key_public(key, &public, &error) == SB_OK);
        }
        if (!symmetric && patient && name[1] == 'd') {
            CHECK(sb_key_to_encrypted_pem(key, LITERAL("secret"), &text, &error) == SB_OK);
            CHECK(sb_key_from_encrypted_pem(BYTES(text), LITERAL("secret"), NULL, 0, &again, &error) == SB_OK);
            sb_signing_key_free(again);
            again = NULL;
            CHECK(sb_key_from_encrypted_pem(BYTES(text), LITERAL("other"), NULL, 0, &again, &error)
                  == SB_PASSWORD_WRONG);
            sb_error_free(error);
            error = NULL;
            sb_bytes_free(&text);
        }
        if (!symmetric) {
            CHECK(sb_key_to_der(key, &text, &error) == SB_OK);
            CHECK(sb_key_from_der(BYTES(text), name, strlen(name), &again, &error) == SB_OK);
            sb_signing_key_free(again);
            sb_bytes_free(&text);
            CHECK(sb_keyset_new((const sb_public_key *const[]){public}, 1, NULL, 0, &set, &error) == SB_OK);
            CHECK(sb_keyset_to_jwks(set, &text, &error) == SB_OK);
            CHECK(sb_keyset_from_jwks(BYTES(text), &same, &error) == SB_OK);
            sb_bytes_free(&text);
            CHECK(sb_key_kid(key, &kid, &error) == SB_OK && kid.length == 1);
            CHECK(sb_keyset_find(same, BYTES(kid), &found, &error) == SB_OK);
            CHECK(sb_keyset_length(same, &length, &error) == SB_OK && length == 1);
            sb_bytes_free(&kid);
        }
        CHECK(sb_verifier_new(set, NULL, 0, &verifier, &error) == SB_OK);
        CHECK(sb_jws_sign(LITERAL("payload"), key, NULL, 0, &token, &error) == SB_OK);
        CHECK(sb_jws_verify(BYTES(token), NULL, 0, verifier, NULL, 0, &payload, &report, &error) == SB_OK);
        CHECK(payload.length == 7 && memcmp(payload.data, "payload", 7) == 0);
        sb_bytes_free(&payload);
        sb_bytes_free(&report);
        REFUSED(sb_jws_verify(BYTES(token), LITERAL("other"), verifier, NULL, 0, &payload, &report, &error));
        CHECK(sb_jws_inspect(BYTES(token), &report, &error) == SB_OK);
        sb_bytes_free(&report);
        sb_bytes_free(&token);
        sb_verifier_free(verifier);
        sb_keyset_free(set);
        sb_keyset_free(same);
        sb_public_key_free(public);
        sb_public_key_free(found);
        sb_signing_key_free(key);
    }
}

// A request with this nonce, as a server has it.
static sb_call *signed_request(const sb_client *client, const char *nonce, uint64_t now, char *fields, size_t size) {
    static const char FIELDS[] = "Host: h.example\r\nContent-Type: application/json\r\n";
    sb_call *call = NULL;
    sb_bytes name = {0}, value = {0};
    CHECK(sb_client_sign(client, LITERAL("POST"), LITERAL("https://h.example/a"), LITERAL(FIELDS), LITERAL("{\"a\": 1}"), nonce,
                         strlen(nonce), now, &call, &error) == SB_OK);
    CHECK(sb_call_header(call, &name, &value, &error) == SB_OK);
    snprintf(fields, size, "%s%.*s: %.*s\r\n", FIELDS, (int)name.length, name.data, (int)value.length, value.data);
    sb_bytes_free(&name);
    sb_bytes_free(&value);
    return call;
}

// A gateway with a store outside, through every step.
static void requests(void) {
    const uint64_t now = 1800000000000;
    sb_signing_key *key = NULL, *own = NULL;
    sb_public_key *public = NULL;
    sb_keyset *set = NULL, *responses = NULL;
    sb_client *client = NULL;
    sb_gateway *gateway = NULL;
    sb_bytes jwks = {0}, body = {0}, text = {0}, report = {0};
    char settings[2048], fields[4096], received[4096];
    int32_t step = -1, signs = 0;
    size_t number = 0;

    CHECK(sb_key_generate(LITERAL("ES256"), LITERAL("{\"kid\":\"k\"}"), &key, &error) == SB_OK);
    CHECK(sb_key_generate(LITERAL("EdDSA"), NULL, 0, &own, &error) == SB_OK);
    CHECK(sb_key_public(key, &public, &error) == SB_OK);
    CHECK(sb_keyset_new((const sb_public_key *const[]){public}, 1, NULL, 0, &set, &error) == SB_OK);
    CHECK(sb_keyset_to_jwks(set, &jwks, &error) == SB_OK);
    // Of two sources one is to be fetched, and cannot be.
    snprintf(settings, sizeof settings,
             "{\"public_origins\":[\"https://h.example\"],\"replay\":\"external\",\"sign_responses\":\"on\",\"trust\":[{\"jwks_uri\":"
             "\"https://keys.example/\"},{\"jwks\":%.*s}]}", (int)jwks.length, jwks.data);
    sb_bytes_free(&jwks);
    CHECK(sb_gateway_new(settings, strlen(settings), own, now, &gateway, &error) == SB_OK);
    CHECK(sb_gateway_jwks(gateway, &jwks, &error) == SB_OK);
    CHECK(sb_keyset_from_jwks(BYTES(jwks), &responses, &error) == SB_OK);
    CHECK(sb_client_new(key, responses, LITERAL("{\"rsp\":\"sign\"}"), &client, &error) == SB_OK);
    REFUSED(sb_client_sign(client, LITERAL("POST"), LITERAL("no url"), LITERAL(""), NULL, 0, NULL, 0, now, NULL, &error));
    REFUSED(sb_gateway_new(LITERAL("{}"), NULL, now, NULL, &error));

    for (int verdict = SB_VERDICT_NEW; verdict <= SB_VERDICT_UNAVAILABLE; verdict++) {
        sb_exchange *exchange = NULL;
        sb_reservation reservation = {0};
        sb_answer sent = {0};
        char nonce[16];
        snprintf(nonce, sizeof nonce, "n%d", verdict);
        sb_call *call = signed_request(client, nonce, now, fields, sizeof fields);
        CHECK(sb_call_body(call, &body, &error) == SB_OK && body.length == 7 && memcmp(body.data, "{\"a\":1}", 7) == 0);
        do {
            sb_exchange_free(exchange);
            CHECK(sb_gateway_begin(gateway, LITERAL("POST"), LITERAL("/a"), NULL, 0, LITERAL("127.0.0.1"), fields,
                                   strlen(fields), now, &exchange, &error) == SB_OK);
            CHECK(sb_exchange_step(exchange, &step, &error) == SB_OK);
            if (step != SB_STEP_KEYS) break;
            CHECK(sb_exchange_source(exchange, &number, &error) == SB_OK && number == 0);
            CHECK(sb_gateway_keys_due(gateway, number, now, &text, &error) == SB_OK && text.data);
            sb_bytes_free(&text);
            CHECK(sb_gateway_keys_due(gateway, number, now, &text, &error) == SB_OK && !text.data);
            CHECK(sb_gateway_keys_put(gateway, number, LITERAL("[]"), now, &error) != SB_OK);
            sb_error_free(error);
            error = NULL;
            CHECK(sb_gateway_keys_put(gateway, number, NULL, 0, now, &error) == SB_OK);
        } while (1);
        CHECK(step == SB_STEP_BODY && sb_exchange_limit(exchange, &number, &error) == SB_OK && number == 1048576);
        CHECK(sb_exchange_body(exchange, BYTES(body), now, &step, &error) == SB_OK && step == SB_STEP_RESERVE);
        CHECK(sb_exchange_reservation(exchange, &reservation, &error) == SB_OK && reservation.ttl_ms > 60000);
        CHECK(sb_replay_key(LITERAL("x"), LITERAL("y"), LITERAL("z"), 0, &text, &error) == SB_OK && text.length == 16);
        CHECK(memcmp(text.data, reservation.key, 16) != 0);
        sb_bytes_free(&text);
        CHECK(sb_exchange_reserved(exchange, verdict, now, &step, &error) == SB_OK);
        CHECK(sb_exchange_event(exchange, &text, &error) == SB_OK);
        sb_bytes_free(&text);
        if (verdict == SB_VERDICT_NEW) {
            CHECK(step == SB_STEP_ACCEPT && sb_exchange_verified_body(exchange, &text, &error) == SB_OK && text.length == 7);
            sb_bytes_free(&text);
            CHECK(sb_exchange_identity(exchange, &text, &error) == SB_OK && text.data);
            sb_bytes_free(&text);
            CHECK(sb_exchange_fault(exchange, NULL) == SB_OK);
            CHECK(sb_exchange_signs_response(exchange, &signs, &error) == SB_OK && signs);
            // It is streamed, and the client wants a signature.
            CHECK(sb_exchange_respond(exchange, 200, LITERAL("application/json"), NULL, 0, now, &sent, &error) == SB_OK);
            CHECK(sent.status == 501);
            sb_answer_free(&sent);
            CHECK(sb_exchange_respond(exchange, 200, LITERAL("application/json"), LITERAL("[1.0]"), now, &sent, &error) == SB_OK);
            CHECK(sent.status == 200 && sent.body.length == 3);
        } else {
            CHECK(step == SB_STEP_REJECT && sb_exchange_fault(exchange, &error) != SB_OK);
            sb_error_free(error);
            error = NULL;
            CHECK(sb_exchange_answer(exchange, &sent, &error) == SB_OK && sent.status == (verdict == SB_VERDICT_REPLAY ? 409 : 503));
        }
        snprintf(received, sizeof received, "%s%.*s", verdict == SB_VERDICT_NEW ? "Content-Type: application/json\r\n" : "",
                 (int)sent.fields.length, sent.fields.data);
        CHECK(sb_call_verify(call, sent.status, received, strlen(received), BYTES(sent.body), now, &text, &report, &error) == SB_OK);
        sb_bytes_free(&text);
        sb_bytes_free(&report);
        REFUSED(sb_call_verify(call, 299, received, strlen(received), BYTES(sent.body), now, &text, &report, &error));
        sb_answer_free(&sent);
        sb_bytes_free(&body);
        sb_exchange_free(exchange);
        sb_call_free(call);
    }
    CHECK(sb_gateway_state_lost(gateway, now, &error) == SB_OK);
    CHECK(sb_gateway_stats(gateway, now, &text, &error) == SB_OK && text.data);
    sb_bytes_free(&text);
    sb_call *call = signed_request(client, "late", now, fields, sizeof fields);
    CHECK(sb_http_request_explain(settings, strlen(settings), LITERAL("POST"), LITERAL("/a"), NULL, 0, NULL, 0, fields,
                                  strlen(fields), LITERAL("{\"a\":1}"), now, &text, &error) == SB_OK && text.data);
    sb_bytes_free(&text);
    CHECK(sb_http_target_normalize(LITERAL("HTTP://h:80/%7e"), &text, &error) == SB_OK && text.length == 10);
    sb_bytes_free(&text);
    CHECK(sb_http_settings(LITERAL("{\"SIGNATURE_MODE\":\"off\",\"PRESET\":\"dev\"}"), &text, &error) == SB_OK);
    sb_bytes_free(&text);
    REFUSED(sb_http_settings(LITERAL("{\"NONCE_TTL\":\"x\"}"), &text, &error));
    CHECK(sb_http_address_is_public(LITERAL("9.9.9.9"), &signs, &error) == SB_OK && signs == 1);
    CHECK(sb_http_address_is_public(LITERAL("127.0.0.1"), &signs, &error) == SB_OK && signs == 0);
    CHECK(sb_http_response_is_streamed(LITERAL("text/event-stream"), LITERAL(""), &signs, &error) == SB_OK && signs == 1);
    CHECK(sb_http_response_is_streamed(LITERAL("text/plain"), LITERAL("identity"), &signs, &error) == SB_OK && signs == 0);
    sb_call_free(call);
    sb_bytes_free(&jwks);
    sb_client_free(client);
    sb_gateway_free(gateway);
    sb_keyset_free(set);
    sb_keyset_free(responses);
    sb_public_key_free(public);
    sb_signing_key_free(key);
    sb_signing_key_free(own);
}

// Nonces in memory survive a restart.
static void snapshots(void) {
    static const char SETTINGS[] = "{\"public_origins\":[\"https://h.example\"],\"trust\":{\"keys\":[]}}";
    sb_gateway *before = NULL, *after = NULL;
    sb_bytes snapshot = {0};
    CHECK(sb_gateway_new(LITERAL(SETTINGS), NULL, 1800000000000, &before, &error) == SB_OK);
    CHECK(sb_gateway_snapshot(before, 1800000000000, &snapshot, &error) == SB_OK);
    CHECK(sb_gateway_new(LITERAL(SETTINGS), NULL, 1800000001000, &after, &error) == SB_OK);
    CHECK(sb_gateway_restore(after, BYTES(snapshot), 1800000001000, &error) == SB_OK);
    snapshot.data[snapshot.length - 1] ^= 1;
    REFUSED(sb_gateway_restore(after, BYTES(snapshot), 1800000001000, &error));
    sb_bytes_free(&snapshot);
    sb_gateway_free(before);
    sb_gateway_free(after);
}

int main(void) {
    requests();
    snapshots();
    signatures();
    keys(LITERAL("EdDSA"));
    keys(LITERAL("ES256K"));
    documents();
    jobs();
    receipts();
    return check_failures != 0;
}
