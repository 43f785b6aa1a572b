/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Capture files. Written: pcapng (Wireshark opens it), link type RAW (101: packets start with the
 * IP header), times in microseconds of the virtual clock, a comment per packet. Read: classic pcap
 * from memory, tolerant of damage, so that any bytes are some list of frames: a fuzzer's inputs are
 * such files, for its harnesses to read and for Wireshark to open. Nothing else calls the reader.
 */
#ifndef CONFORMANCE_WIRE_CAPTURE_H
#define CONFORMANCE_WIRE_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    WIRE_LINK_RAW = 101,
    WIRE_LINK_IPV4 = 228,
    WIRE_LINK_IPV6 = 229
};

/* A capture being written. The stream is the caller's: opened before, closed after. Once a write
 * fails, `failed` stays set, and all later calls do nothing and return false. */
struct wire_capture {
    FILE *out;
    uint32_t interfaces;
    bool failed;
};

/* Direction of a packet as its interface saw it; written as the packet's flags. */
enum wire_direction {
    WIRE_DIRECTION_UNKNOWN = 0,
    WIRE_INBOUND = 1,
    WIRE_OUTBOUND = 2
};

/* Start a capture: writes the section header. `comment` (may be NULL) names the case. */
bool wire_capture_begin(struct wire_capture *capture, FILE *out, const char *comment);

/* Describe one endpoint. The first gets number 0, the next 1, and so on. At least one must exist
 * before the first packet. */
bool wire_capture_interface(struct wire_capture *capture, const char *name);

/* Write one packet; `comment` may be NULL. */
bool wire_capture_packet(struct wire_capture *capture, uint32_t interface_number, uint64_t time_us,
                         enum wire_direction direction, const uint8_t *bytes, size_t count,
                         const char *comment);

/* A classic pcap file in memory being read; the bytes stay the caller's. */
struct wire_pcap {
    const uint8_t *bytes;
    size_t count;
    size_t at;
    uint32_t link_type;   /* as the file says: frames are raw IP for 12, 14, 101, 228 and 229 */
    bool swapped;         /* big-endian fields */
    bool nanoseconds;
    bool damaged;         /* something was guessed or cut so far */
};

struct wire_pcap_packet {
    uint64_t time_us;
    const uint8_t *bytes; /* inside the file */
    size_t count;
};

/*
 * Begin to read. A file without a known magic number is read as little-endian microseconds, with
 * `damaged` set. Returns whether the header was sound: a strict caller stops on false.
 */
bool wire_pcap_open(struct wire_pcap *pcap, const uint8_t *bytes, size_t count);

/* Whether the file's link type says that packets start with an IP header. */
bool wire_pcap_is_raw_ip(const struct wire_pcap *pcap);

/* The next packet; false at the end. A record longer than the rest of the file gives the rest. */
bool wire_pcap_next(struct wire_pcap *pcap, struct wire_pcap_packet *packet);

#endif
