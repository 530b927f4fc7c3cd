// A JSON parser for the lines of the adapter protocol, and for nothing else: it trusts its input.
#ifndef ADAPTER_JSON_H
#define ADAPTER_JSON_H

#include <stddef.h>
#include <stdio.h>

// A value. `text` is the content of a string (unescaped), or the literal of a number, true, false or null.
typedef struct json {
    char kind; // '{', '[', '"', or '0' for a literal
    char *name; // the member name, or NULL
    char *text;
    size_t length;
    const char *raw; // the value as it stands in the line, which has to outlive it
    size_t raw_length;
    struct json *first; // of an array or object
    struct json *next;
} json;

// The value, or NULL where the line is not JSON.
json *json_parse(const char *line);

void json_free(json *value);

// The member of an object, or NULL.
json *json_member(const json *object, const char *name);

// Writes the bytes as a JSON string. They must be UTF-8.
void json_write(FILE *file, const char *text, size_t length);

#endif
