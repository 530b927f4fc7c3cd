// Signs a job, verifies it, and shows what happens when one byte of it changes. C99.
#include <samebyte.h>

#include <stdio.h>
#include <string.h>

static const char JOB[] =
    "{\"id\": \"42\", \"caller_id\": \"alice\", \"context_id\": \"shared_context\", \"payload\": \"print('Hello!')\","
    " \"runner\": \"runner1\", \"executor\": \"rhai\", \"timeout\": 300, \"env_vars\": {},"
    " \"created_at\": \"2024-01-01T00:00:00Z\", \"updated_at\": \"2024-01-01T00:00:00Z\"}";

// Says why a call failed, and forgets the error.
static void explain(const char *call, sb_error **error) {
    const char *detail = sb_error_detail(*error);
    printf("%s: %s: %s %s\n", call, sb_error_name(*error), sb_error_message(*error), detail ? detail : "");
    sb_error_free(*error);
    *error = NULL;
}

int main(void) {
    sb_signing_key *key = NULL;
    sb_bytes job = {0}, result = {0};
    sb_error *error = NULL;
    int status = 1;

    if (sb_key_generate("ES256K", strlen("ES256K"), NULL, 0, &key, &error) != SB_OK) {
        explain("sb_key_generate", &error);
        goto done;
    }
    if (sb_job_sign(JOB, strlen(JOB), key, &job, &error) != SB_OK) {
        explain("sb_job_sign", &error);
        goto done;
    }
    printf("signed:   %.*s\n", (int)job.length, job.data);
    if (sb_job_verify_signatures(job.data, job.length, &result, &error) != SB_OK) {
        explain("sb_job_verify_signatures", &error);
        goto done;
    }
    printf("verified: %.*s\n", (int)result.length, result.data);

    // `data` belongs to the library, so the tampering happens in a copy.
    char tampered[1024];
    if (job.length > sizeof tampered) goto done;
    memcpy(tampered, job.data, job.length);
    memcpy(strstr(tampered, "Hello"), "Jello", 5);
    sb_bytes_free(&result);
    if (sb_job_verify_signatures(tampered, job.length, &result, &error) == SB_OK) goto done;
    explain("tampered", &error);
    status = 0;

done:
    sb_bytes_free(&result);
    sb_bytes_free(&job);
    sb_signing_key_free(key);
    return status;
}
