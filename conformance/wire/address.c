/* SPDX-License-Identifier: BSD-2-Clause */
/* IP addresses as text and back; the C library knows the rules of RFC 5952. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "wire/frame.h"

bool wire_parse_address(struct wire_address *address, const char *text)
{
    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, text, address->bytes) == 1) {
        address->version = 4;
        return true;
    }
    if (inet_pton(AF_INET6, text, address->bytes) == 1) {
        address->version = 6;
        return true;
    }
    return false;
}

size_t wire_print_address(char *out, size_t room, const struct wire_address *address)
{
    int family = address->version == 4 ? AF_INET : AF_INET6;
    char text[INET6_ADDRSTRLEN] = "?";

    if (address->version == 4 || address->version == 6)
        inet_ntop(family, address->bytes, text, sizeof text);
    snprintf(out, room, "%s", text);
    return strlen(out);
}

bool wire_same_address(const struct wire_address *a, const struct wire_address *b)
{
    if (a->version != b->version)
        return false;
    if (a->version == 4) /* lengths that the compiler knows: no call */
        return memcmp(a->bytes, b->bytes, 4) == 0;
    return memcmp(a->bytes, b->bytes, 16) == 0;
}
