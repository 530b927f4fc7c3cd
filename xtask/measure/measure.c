/* Canonicalizes files and says how long one call takes; see README.md. */
#define _POSIX_C_SOURCE 200809L
#include <samebyte.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void call(const char *text, size_t length) {
    sb_bytes output;
    if (sb_jcs_canonicalize(text, length, SB_NUMBERS_IEEE754, NULL, 0, &output, NULL) == SB_OK) {
        sb_bytes_free(&output);
    }
}

/* The fastest of 15 rounds. */
static double nanoseconds(const char *text, size_t length) {
    double fastest = 0, start = now();
    long calls = 0;
    do {
        call(text, length);
        calls++;
    } while (now() - start < 10e6);
    calls = (calls + 4) / 5;
    for (int round = 0; round < 15; round++) {
        double spent;
        start = now();
        for (long i = 0; i < calls; i++) {
            call(text, length);
        }
        spent = (now() - start) / (double)calls;
        if (round == 0 || spent < fastest) {
            fastest = spent;
        }
    }
    return fastest;
}

/* The whole file; its length through `length`, NULL where it cannot be read. */
static char *read_file(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t capacity = 0;
    *length = 0;
    if (file == NULL) {
        return NULL;
    }
    do {
        if (*length == capacity) {
            char *larger = realloc(text, capacity = 2 * capacity + 4096);
            if (larger == NULL) {
                free(text);
                fclose(file);
                return NULL;
            }
            text = larger;
        }
        *length += fread(text + *length, 1, capacity - *length, file);
    } while (!feof(file) && !ferror(file));
    fclose(file);
    return text;
}

int main(int count, char **paths) {
    for (int i = 1; i < count; i++) {
        size_t length;
        char *text = read_file(paths[i], &length);
        sb_bytes output;
        sb_error *error = NULL;
        if (text == NULL) {
            fprintf(stderr, "%s cannot be read\n", paths[i]);
            return 1;
        }
        if (sb_jcs_canonicalize(text, length, SB_NUMBERS_IEEE754, NULL, 0, &output, &error) == SB_OK) {
            printf("{\"hex\":\"");
            for (size_t j = 0; j < output.length; j++) {
                printf("%02x", (unsigned char)output.data[j]);
            }
            printf("\",\"nanoseconds\":%.0f}\n", nanoseconds(text, length));
            sb_bytes_free(&output);
        } else {
            printf("{\"code\":\"%s\"}\n", sb_error_name(error));
            sb_error_free(error);
        }
        free(text);
    }
    return 0;
}
