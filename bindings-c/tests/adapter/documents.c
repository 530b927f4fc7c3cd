// Operations on documents, jobs, receipts, results and configurations.
#include "arguments.h"

#include <stdlib.h>
#include <string.h>

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
static const struct { const char *name, *argument, *result; sign_function *call; } SIGN[] = {
    {"job_sign", "job", "job", sb_job_sign},
    {"receipt_sign", "receipt", "receipt", sb_receipt_sign},
    {"result_sign", "document", "document", sb_result_sign},
    {"config_sign", "document", "document", sb_config_sign},
    {"sqooler_sign", "payload", "file", sb_sqooler_sign},
};
static const struct { const char *name, *argument, *result; typed_function *call; } TYPED[] = {
    {"document_signing_input", "document", "signing_input", sb_document_signing_input},
    {"document_to_dsse", "document", "envelope", sb_document_to_dsse},
    {"document_from_dsse", "envelope", "document", sb_document_from_dsse},
};

int32_t document_operation(const char *op, const json *arguments, sb_error **error) {
    const json *key = json_member(arguments, "key");
    const text type = text_argument(arguments, "type"), job_id = text_argument(arguments, "job_id");
    const text display_name = text_argument(arguments, "display_name");
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
        code = answer(SIGN[i].call(input.data, input.length, secret, &output, error), SIGN[i].result, &output);
    }
    if (strcmp(op, "document_sign") == 0) {
        const text document = bytes_argument(arguments, "document");
        if ((code = signing_key(key, &secret, error)) == SB_OK)
            code = answer(sb_document_sign(document.data, document.length, secret, type.data, type.length, &output,
                                           error), "document", &output);
    } else if (strcmp(op, "document_verify") == 0) {
        const text document = bytes_argument(arguments, "document");
        if ((code = verifier(arguments, &trusted, error)) == SB_OK)
            code = answer(sb_document_verify(document.data, document.length, trusted, type.data, type.length, &output,
                                             error), "result", &output);
    } else if (strcmp(op, "result_verify") == 0) {
        const text document = bytes_argument(arguments, "document");
        if ((code = verifier(arguments, &trusted, error)) == SB_OK)
            code = answer(sb_result_verify(document.data, document.length, trusted, display_name.data,
                                           display_name.length, job_id.data, job_id.length, &output, error),
                          "result", &output);
    } else if (strcmp(op, "config_verify") == 0) {
        const text document = bytes_argument(arguments, "document");
        if ((code = verifier(arguments, &trusted, error)) == SB_OK)
            code = answer(sb_config_verify(document.data, document.length, trusted, display_name.data,
                                           display_name.length, &output, error), "result", &output);
    } else if (strcmp(op, "sqooler_result_verify") == 0) {
        const text file = bytes_argument(arguments, "file");
        if ((code = public_key(key, &public, error)) == SB_OK)
            code = answer(sb_sqooler_result_verify(file.data, file.length, public, display_name.data,
                                                   display_name.length, job_id.data, job_id.length, &output, error),
                          "payload", &output);
    } else if (strcmp(op, "sqooler_config_verify") == 0) {
        const text file = bytes_argument(arguments, "file");
        if ((code = public_key(key, &public, error)) == SB_OK)
            code = answer(sb_sqooler_config_verify(file.data, file.length, public, display_name.data,
                                                   display_name.length, &output, error), "payload", &output);
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
    }
    sb_signing_key_free(secret);
    sb_public_key_free(public);
    sb_verifier_free(trusted);
    return code;
}
