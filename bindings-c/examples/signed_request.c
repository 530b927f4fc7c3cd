// A signed request and its signed response, both sides in one program: what travels between them are the variables `sent`
// and `answered`. C99.
#include <samebyte.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#define TEXT(text) text, strlen(text)
#define BYTES(bytes) (bytes).data, (bytes).length

static const char URL[] = "https://gateway.example/rpc?verbose=1";
static const char FIELDS[] = "Host: gateway.example\r\nContent-Type: application/json\r\n";

static sb_error *error;

static int failed(const char *call) {
    fprintf(stderr, "%s: %s: %s\n", call, sb_error_name(error), sb_error_message(error));
    sb_error_free(error);
    error = NULL;
    return 1;
}
#define TRY(call) do { if ((call) != SB_OK) { failed(#call); goto done; } } while (0)

int main(void) {
    const uint64_t now = (uint64_t)time(NULL) * 1000 + 10000; // A gateway that has just started refuses what is older.
    sb_signing_key *client_key = NULL, *gateway_key = NULL;
    sb_public_key *client_public = NULL;
    sb_keyset *clients = NULL, *gateways = NULL;
    sb_client *client = NULL;
    sb_call *call = NULL;
    sb_gateway *gateway = NULL;
    sb_exchange *exchange = NULL, *again = NULL;
    sb_bytes jwks = {0}, name = {0}, value = {0}, body = {0}, identity = {0}, verified = {0}, report = {0};
    sb_answer answered = {0}, refused = {0};
    char settings[2048], sent[4096];
    int32_t step = -1;
    int status = 1;

    // Each side has a key; each knows the public key of the other.
    TRY(sb_key_generate(TEXT("EdDSA"), TEXT("{\"kid\":\"alice\"}"), &client_key, &error));
    TRY(sb_key_generate(TEXT("EdDSA"), TEXT("{\"kid\":\"gateway\"}"), &gateway_key, &error));
    TRY(sb_key_public(client_key, &client_public, &error));
    TRY(sb_keyset_new((const sb_public_key *const[]){client_public}, 1, NULL, 0, &clients, &error));
    TRY(sb_keyset_to_jwks(clients, &jwks, &error));
    snprintf(settings, sizeof settings,
             "{\"public_origins\":[\"https://gateway.example\"],\"sign_responses\":\"on\",\"replay\":\"memory\",\"trust\":%.*s}",
             (int)jwks.length, jwks.data);
    TRY(sb_gateway_new(TEXT(settings), gateway_key, now - 10000, &gateway, &error));
    sb_bytes_free(&jwks);
    TRY(sb_gateway_jwks(gateway, &jwks, &error));
    TRY(sb_keyset_from_jwks(BYTES(jwks), &gateways, &error));

    // The client signs, and sends one field more, and the body in its canonical form.
    TRY(sb_client_new(client_key, gateways, NULL, 0, &client, &error));
    TRY(sb_client_sign(client, TEXT("POST"), TEXT(URL), TEXT(FIELDS), TEXT("{\"method\": \"add\", \"id\": 1.0}"), NULL, 0, now,
                       &call, &error));
    TRY(sb_call_header(call, &name, &value, &error));
    TRY(sb_call_body(call, &body, &error));
    snprintf(sent, sizeof sent, "%s%.*s: %.*s\r\n", FIELDS, (int)name.length, name.data, (int)value.length, value.data);
    printf("body:     %.*s\n", (int)body.length, body.data);

    // The gateway looks at the head, then at the body.
    TRY(sb_gateway_begin(gateway, TEXT("POST"), TEXT("/rpc?verbose=1"), NULL, 0, NULL, 0, TEXT(sent), now, &exchange, &error));
    TRY(sb_exchange_step(exchange, &step, &error));
    if (step == SB_STEP_BODY) TRY(sb_exchange_body(exchange, BYTES(body), now, &step, &error));
    if (step != SB_STEP_ACCEPT) goto done;
    TRY(sb_exchange_verified_body(exchange, &verified, &error));
    TRY(sb_exchange_identity(exchange, &identity, &error));
    printf("accepted: %.*s\n", (int)verified.length, verified.data);

    // The handler answers; the gateway signs what it says.
    TRY(sb_exchange_respond(exchange, 200, TEXT("application/json"), TEXT("{\"result\": 3}"), now, &answered, &error));

    // The client verifies that this is the answer to its request.
    sb_bytes_free(&verified);
    char received[4096];
    snprintf(received, sizeof received, "Content-Type: application/json\r\n%.*s", (int)answered.fields.length, answered.fields.data);
    TRY(sb_call_verify(call, answered.status, TEXT(received), BYTES(answered.body), now, &verified, &report, &error));
    printf("response: %.*s\nreport:   %.*s\n", (int)verified.length, verified.data, (int)report.length, report.data);

    // The same request once more is a replay.
    TRY(sb_gateway_begin(gateway, TEXT("POST"), TEXT("/rpc?verbose=1"), NULL, 0, NULL, 0, TEXT(sent), now, &again, &error));
    TRY(sb_exchange_body(again, BYTES(body), now, &step, &error));
    if (step != SB_STEP_REJECT) goto done;
    TRY(sb_exchange_answer(again, &refused, &error));
    printf("again:    %d %.*s\n", (int)refused.status, (int)refused.body.length, refused.body.data);
    if (refused.status == 409) status = 0;

done:
    sb_answer_free(&refused);
    sb_answer_free(&answered);
    sb_bytes_free(&report);
    sb_bytes_free(&verified);
    sb_bytes_free(&identity);
    sb_bytes_free(&body);
    sb_bytes_free(&value);
    sb_bytes_free(&name);
    sb_bytes_free(&jwks);
    sb_exchange_free(again);
    sb_exchange_free(exchange);
    sb_gateway_free(gateway);
    sb_call_free(call);
    sb_client_free(client);
    sb_keyset_free(gateways);
    sb_keyset_free(clients);
    sb_public_key_free(client_public);
    sb_signing_key_free(gateway_key);
    sb_signing_key_free(client_key);
    return status;
}
