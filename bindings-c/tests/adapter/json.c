#include "json.h"

#include <stdlib.h>
#include <string.h>

static const char *skip(const char *at) {
    while (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r') at++;
    return at;
}

static unsigned hex4(const char *at) {
    char digits[5] = {0};
    memcpy(digits, at, 4);
    return (unsigned)strtoul(digits, NULL, 16);
}

static char *put_utf8(char *out, unsigned point) {
    if (point < 0x80) {
        *out++ = (char)point;
        return out;
    }
    if (point < 0x800) {
        *out++ = (char)(0xC0 | point >> 6);
    } else {
        if (point < 0x10000) {
            *out++ = (char)(0xE0 | point >> 12);
        } else {
            *out++ = (char)(0xF0 | point >> 18);
            *out++ = (char)(0x80 | (point >> 12 & 0x3F));
        }
        *out++ = (char)(0x80 | (point >> 6 & 0x3F));
    }
    *out++ = (char)(0x80 | (point & 0x3F));
    return out;
}

// Reads the string whose opening quote is at `at`; returns what follows it, or NULL.
static const char *string(const char *at, char **text, size_t *length) {
    const char *end = ++at;
    while (*end && *end != '"') end += *end == '\\' && end[1] ? 2 : 1;
    if (!*end) return NULL;
    char *out = *text = malloc((size_t)(end - at) + 1);
    if (!out) return NULL;
    while (at < end) {
        if (*at != '\\') {
            *out++ = *at++;
            continue;
        }
        at += 2;
        switch (at[-1]) {
        case 'b': *out++ = '\b'; break;
        case 'f': *out++ = '\f'; break;
        case 'n': *out++ = '\n'; break;
        case 'r': *out++ = '\r'; break;
        case 't': *out++ = '\t'; break;
        case 'u': {
            if (end - at < 4) return NULL;
            unsigned point = hex4(at);
            at += 4;
            if (point >> 10 == 0x36 && end - at >= 6) {
                point = 0x10000 + ((point & 0x3FF) << 10) + (hex4(at + 2) & 0x3FF);
                at += 6;
            }
            out = put_utf8(out, point);
            break;
        }
        default: *out++ = at[-1];
        }
    }
    *out = 0;
    *length = (size_t)(out - *text);
    return end + 1;
}

static const char *value(const char *at, json *into);

// Reads the elements or members after the opening bracket at `at`.
static const char *container(const char *at, json *into) {
    const char close = *at == '{' ? '}' : ']';
    into->kind = *at;
    json **last = &into->first;
    at = skip(at + 1);
    while (*at != close) {
        json *child = *last = calloc(1, sizeof *child);
        size_t length;
        if (!child) return NULL;
        last = &child->next;
        if (close == '}') {
            if (*at != '"' || !(at = string(at, &child->name, &length))) return NULL;
            at = skip(at);
            if (*at++ != ':') return NULL;
        }
        if (!(at = value(skip(at), child))) return NULL;
        at = skip(at);
        if (*at == ',') at = skip(at + 1);
        else if (*at != close) return NULL;
    }
    return at + 1;
}

static const char *scalar(const char *at, json *into);

static const char *value(const char *at, json *into) {
    into->raw = at;
    const char *end = *at == '{' || *at == '[' ? container(at, into) : scalar(at, into);
    if (end) into->raw_length = (size_t)(end - at);
    return end;
}

static const char *scalar(const char *at, json *into) {
    if (*at == '"') {
        into->kind = '"';
        return string(at, &into->text, &into->length);
    }
    into->kind = '0';
    into->length = strspn(at, "+-.0123456789aeflnrstuE");
    into->text = calloc(1, into->length + 1);
    if (!into->text || !into->length) return NULL;
    memcpy(into->text, at, into->length);
    return at + into->length;
}

json *json_parse(const char *line) {
    json *root = calloc(1, sizeof *root);
    const char *end = root ? value(skip(line), root) : NULL;
    if (end && !*skip(end)) return root;
    json_free(root);
    return NULL;
}

void json_free(json *one) {
    while (one) {
        json *next = one->next;
        json_free(one->first);
        free(one->name);
        free(one->text);
        free(one);
        one = next;
    }
}

json *json_member(const json *object, const char *name) {
    json *member = object && object->kind == '{' ? object->first : NULL;
    while (member && strcmp(member->name, name) != 0) member = member->next;
    return member;
}

void json_write(FILE *file, const char *text, size_t length) {
    fputc('"', file);
    for (size_t i = 0; i < length; i++) {
        const unsigned char byte = (unsigned char)text[i];
        if (byte == '"' || byte == '\\') fprintf(file, "\\%c", byte);
        else if (byte < 0x20) fprintf(file, "\\u%04x", byte);
        else fputc(byte, file);
    }
    fputc('"', file);
}
