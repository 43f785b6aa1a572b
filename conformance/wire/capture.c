/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pcapng writer: the section header, an interface description for each endpoint, an enhanced
 * packet for each frame. Everything is little-endian, whatever machine writes it. The format is
 * draft-ietf-opsawg-pcapng; the numbers in comments are block types and option codes.
 */
#include "wire/capture.h"

#include <string.h>

/* A block being put together: type, total length, body, total length again. The body is kept in two
 * parts, because a frame may be long: a head of fixed size, then bytes as they are. */
enum {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_PACKET = 6,
    OPTION_COMMENT = 1,
    OPTION_NAME = 2,
    OPTION_FLAGS = 2,
    OPTION_RESOLUTION = 9,
    OPTION_BYTES_MAX = 65535
};

static void put(struct wire_capture *capture, const void *bytes, size_t count)
{
    if (capture->failed || count == 0)
        return;
    if (fwrite(bytes, 1, count, capture->out) != count)
        capture->failed = true;
}

static void put_le16(struct wire_capture *capture, uint32_t value)
{
    uint8_t bytes[2] = { (uint8_t)(value & 0xff), (uint8_t)((value >> 8) & 0xff) };

    put(capture, bytes, sizeof bytes);
}

static void put_le32(struct wire_capture *capture, uint32_t value)
{
    put_le16(capture, value & 0xffff);
    put_le16(capture, value >> 16);
}

/* Bytes and the zeros that fill the last 32-bit word. */
static void put_padded(struct wire_capture *capture, const void *bytes, size_t count)
{
    static const uint8_t zeros[4] = { 0, 0, 0, 0 };

    put(capture, bytes, count);
    put(capture, zeros, (4 - count % 4) % 4);
}

static size_t padded(size_t count)
{
    return (count + 3) & ~(size_t)3;
}

/* A text option's length; longer text is cut. */
static size_t text_bytes(const char *text)
{
    size_t count = text == NULL ? 0 : strlen(text);

    return count > OPTION_BYTES_MAX ? OPTION_BYTES_MAX : count;
}

/* What a text option takes in the block: nothing when it is empty. */
static size_t text_option_bytes(const char *text)
{
    return text_bytes(text) == 0 ? 0 : 4 + padded(text_bytes(text));
}

static void put_option(struct wire_capture *capture, uint32_t code, const void *bytes, size_t count)
{
    if (count == 0)
        return;
    put_le16(capture, code);
    put_le16(capture, (uint32_t)count);
    put_padded(capture, bytes, count);
}

static void put_end_of_options(struct wire_capture *capture)
{
    put_le32(capture, 0);
}

/* A version of 1.0, and a section length that is not known. */
bool wire_capture_begin(struct wire_capture *capture, FILE *out, const char *comment)
{
    uint32_t total = (uint32_t)(32 + text_option_bytes(comment));

    *capture = (struct wire_capture){ .out = out };
    put_le32(capture, BLOCK_SECTION);
    put_le32(capture, total);
    put_le32(capture, 0x1a2b3c4d);
    put_le16(capture, 1);
    put_le16(capture, 0);
    put_le32(capture, 0xffffffff);
    put_le32(capture, 0xffffffff);
    put_option(capture, OPTION_COMMENT, comment, text_bytes(comment));
    put_end_of_options(capture);
    put_le32(capture, total);
    return !capture->failed;
}

bool wire_capture_interface(struct wire_capture *capture, const char *name)
{
    static const uint8_t microseconds = 6; /* ten to the power of minus 6 seconds */
    uint32_t total = (uint32_t)(32 + text_option_bytes(name));

    put_le32(capture, BLOCK_INTERFACE);
    put_le32(capture, total);
    put_le16(capture, WIRE_LINK_RAW);
    put_le16(capture, 0);
    put_le32(capture, 0); /* no limit on the length of a packet */
    put_option(capture, OPTION_NAME, name, text_bytes(name));
    put_option(capture, OPTION_RESOLUTION, &microseconds, 1);
    put_end_of_options(capture);
    put_le32(capture, total);
    capture->interfaces++;
    return !capture->failed;
}

bool wire_capture_packet(struct wire_capture *capture, uint32_t interface_number, uint64_t time_us,
                         enum wire_direction direction, const uint8_t *bytes, size_t count,
                         const char *comment)
{
    uint8_t flags[4] = { (uint8_t)direction, 0, 0, 0 };
    size_t flags_bytes = direction == WIRE_DIRECTION_UNKNOWN ? 0 : sizeof flags;
    size_t flags_option_bytes = flags_bytes == 0 ? 0 : 4 + flags_bytes;
    uint32_t total =
        (uint32_t)(36 + padded(count) + text_option_bytes(comment) + flags_option_bytes);

    if (interface_number >= capture->interfaces)
        return false;
    put_le32(capture, BLOCK_PACKET);
    put_le32(capture, total);
    put_le32(capture, interface_number);
    put_le32(capture, (uint32_t)(time_us >> 32));
    put_le32(capture, (uint32_t)(time_us & 0xffffffff));
    put_le32(capture, (uint32_t)count);
    put_le32(capture, (uint32_t)count);
    put_padded(capture, bytes, count);
    put_option(capture, OPTION_COMMENT, comment, text_bytes(comment));
    put_option(capture, OPTION_FLAGS, flags, flags_bytes);
    put_end_of_options(capture);
    put_le32(capture, total);
    return !capture->failed;
}
