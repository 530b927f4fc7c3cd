// No block of memory that the library gives back to the allocator holds a private key.
//
// Linked statically with `-Wl,--wrap=free,--wrap=realloc`: every block is searched before it is freed or moved.
#define _GNU_SOURCE // memmem

#include "check.h"
#include "samebyte.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#define LITERAL(text) text, sizeof text - 1

// The private key of a test, as bytes, as hex and as base64url.
static const char HEX[] = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
static const char BASE64URL[] = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
static const unsigned char RAW[] = {0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a,
                                    0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32,
                                    0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60};

void __real_free(void *block);
void *__real_realloc(void *block, size_t size);
void __wrap_free(void *block);
void *__wrap_realloc(void *block, size_t size);

static unsigned leaked;

// The second half of the key as base64 has it, for each of the three places in a group where it may begin.
static char base64[3][21];

static void encode(void) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t phase = 0; phase < 3; phase++) {
        for (size_t i = 0; i < 20; i++) {
            const unsigned char *at = RAW + 15 + phase + i / 4 * 3;
            const unsigned long group = (unsigned long)at[0] << 16 | (unsigned long)at[1] << 8 | at[2];
            base64[phase][i] = digits[group >> (18 - 6 * (i % 4)) & 63];
        }
    }
}

// Half of the key is enough to count: a copy may have been overwritten in part.
static void search(void *block) {
    const size_t size = block ? malloc_usable_size(block) : 0;
    if (memmem(block, size, RAW + 16, 16) || memmem(block, size, HEX + 32, 32) ||
        memmem(block, size, BASE64URL + 21, 21) || memmem(block, size, base64[0], 20) ||
        memmem(block, size, base64[1], 20) || memmem(block, size, base64[2], 20))
        leaked++;
}

void __wrap_free(void *block) {
    search(block);
    __real_free(block);
}

void *__wrap_realloc(void *block, size_t size) {
    search(block);
    return __real_realloc(block, size);
}

static void use(const char *algorithm, size_t length) {
    static const char RECEIPT[] =
        "{\"version\":\"0.1\",\"module_hash\":\"0000000000000000000000000000000000000000000000000000000000000000\","
        "\"exit_code\":0,\"wall_time_ms\":5,\"timestamp\":1700000000}";
    sb_signing_key *key = NULL, *copy = NULL;
    sb_bytes out = {0}, signature = {0};
    CHECK(sb_key_from_hex(algorithm, length, LITERAL(HEX), &key, NULL) == SB_OK);
    CHECK_NAMED(leaked == 0, "nothing stays behind when a key is read from hex");
    CHECK(sb_document_sign(LITERAL("{}"), key, LITERAL("application/json"), &signature, NULL) == SB_OK);
    sb_bytes_free(&signature);
    if (sb_receipt_sign(LITERAL(RECEIPT), key, &signature, NULL) == SB_OK) sb_bytes_free(&signature);
    CHECK_NAMED(leaked == 0, "nothing stays behind when a key signs");

    CHECK(sb_key_to_hex(key, &out, NULL) == SB_OK && memcmp(out.data, HEX, 64) == 0);
    sb_bytes_free(&out);
    CHECK_NAMED(leaked == 0, "nothing stays behind when a key is written as hex");
    CHECK(sb_key_to_jwk(key, &out, NULL) == SB_OK && memmem(out.data, out.length, LITERAL(BASE64URL)));
    CHECK(sb_key_from_jwk(out.data, out.length, NULL, 0, &copy, NULL) == SB_OK);
    sb_signing_key_free(copy);
    sb_bytes_free(&out);
    CHECK_NAMED(leaked == 0, "nothing stays behind when a key is written and read as JWK");
    CHECK(sb_key_to_pem(key, &out, NULL) == SB_OK);
    CHECK_NAMED(memmem(out.data, out.length, base64[0], 20) || memmem(out.data, out.length, base64[1], 20) ||
                    memmem(out.data, out.length, base64[2], 20),
                "the search knows how a PEM file spells the key");
    CHECK(sb_key_from_pem(out.data, out.length, NULL, 0, &copy, NULL) == SB_OK);
    sb_signing_key_free(copy);
    sb_bytes_free(&out);
    CHECK_NAMED(leaked == 0, "nothing stays behind when a key is written and read as PEM");
    sb_signing_key_free(key);
    CHECK_NAMED(leaked == 0, "nothing stays behind when a key is freed");
}

int main(void) {
    encode();
    void (*volatile release)(void *) = free; // A compiler that knows `free` would leave the copy out.
    char *probe = malloc(sizeof RAW);
    if (!probe) return 2;
    memcpy(probe, RAW, sizeof RAW);
    release(probe);
    CHECK_NAMED(leaked == 1, "the search finds a key that is left behind");
    leaked = 0;
    use(LITERAL("EdDSA"));
    leaked = 0;
    use(LITERAL("ES256K"));
    return check_failures != 0;
}
