// samebyte: canonicalize (RFC 8785), sign and verify JSON with identical bytes in every language.
//
// The declarations are in samebyte_abi.h, which is generated and pure; this file makes them fit for C and C++.
#ifndef SAMEBYTE_H
#define SAMEBYTE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#include "samebyte_abi.h"

#ifdef __cplusplus
}
#endif

#endif
