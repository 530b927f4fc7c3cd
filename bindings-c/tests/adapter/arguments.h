// The arguments of an operation, and its answer, as PROTOCOL.md spells them.
#ifndef ADAPTER_ARGUMENTS_H
#define ADAPTER_ARGUMENTS_H

#include "json.h"
#include "samebyte.h"

#include <stdint.h>

// No such operation.
#define UNSUPPORTED (-1)

// Loops over a table.
#define EACH(table) (size_t i = 0; i < sizeof table / sizeof *table; i++)

typedef struct {
    const char *data;
    size_t length;
} text;

// The argument of kind `text`; NULL data where it is absent.
text text_argument(const json *arguments, const char *name);

// The argument of kind `bytes`: NAME_utf8 or NAME_b64u; NULL data where it is absent. Ask for each once: it is decoded in its
// place.
text bytes_argument(const json *arguments, const char *name);

// The argument of kind `options`, as it stands in the line.
text options_argument(const json *arguments, const char *name);

// An options object made of the named integer arguments that are present.
text integer_options(const json *arguments, const char *const names[], char *into, size_t size);

int32_t signing_key(const json *key, sb_signing_key **made, sb_error **error);
int32_t public_key(const json *key, sb_public_key **made, sb_error **error);

// The set of the arguments `keys` or `jwks`.
int32_t keyset(const json *arguments, sb_keyset **made, sb_error **error);

// The verifier of these keys with the options `verifier` or `threshold`.
int32_t verifier(const json *arguments, sb_verifier **made, sb_error **error);

// Writes one member of the `ok` value and frees the bytes. The first one opens the value: `*separator` is `{` before it.
// The suffix says how the bytes are spelled: "" (text), "_utf8" or "_b64u".
void member(const char *name, const char *suffix, sb_bytes *bytes, char *separator);

// An answer with one member of kind `bytes`; returns `code`.
int32_t answer(int32_t code, const char *name, sb_bytes *output);

// The operations of keys.c, jws.c, documents.c and http.c: each prints the `ok` member and returns SB_OK, or prints nothing and returns
// a code, or UNSUPPORTED.
int32_t key_operation(const char *op, const json *arguments, sb_error **error);
int32_t jws_operation(const char *op, const json *arguments, sb_error **error);
int32_t document_operation(const char *op, const json *arguments, sb_error **error);
int32_t http_operation(const char *op, const json *arguments, sb_error **error);

#endif
