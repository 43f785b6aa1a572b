/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A reader of classic pcap files that never gives up: a wrong magic number, a record longer than
 * the file, or a header cut short still give some list of frames. So every input of a fuzzer is a
 * capture, and every capture is an input.
 */
#include "wire/bytes.h"
#include "wire/capture.h"

enum { FILE_HEADER_BYTES = 24, RECORD_HEADER_BYTES = 16 };

static uint32_t field(const struct wire_pcap *pcap, const uint8_t *bytes)
{
    uint32_t value = get32(bytes);

    if (pcap->swapped)
        return value;
    return value >> 24 | (value >> 8 & 0xff00) | (value << 8 & 0xff0000) | value << 24;
}

/* 0xa1b2c3d4 counts microseconds, 0xa1b23c4d nanoseconds; the order of its bytes is the file's. */
static bool take_magic(struct wire_pcap *pcap)
{
    uint32_t magic = get32(pcap->bytes);

    pcap->swapped = magic == 0xa1b2c3d4 || magic == 0xa1b23c4d;
    pcap->nanoseconds = magic == 0xa1b23c4d || magic == 0x4d3cb2a1;
    return pcap->swapped || magic == 0xd4c3b2a1 || magic == 0x4d3cb2a1;
}

bool wire_pcap_open(struct wire_pcap *pcap, const uint8_t *bytes, size_t count)
{
    *pcap = (struct wire_pcap){ .bytes = bytes, .count = count, .link_type = WIRE_LINK_RAW };
    pcap->at = count;
    if (count < FILE_HEADER_BYTES) {
        pcap->damaged = true;
        return false;
    }
    pcap->at = FILE_HEADER_BYTES;
    pcap->damaged = !take_magic(pcap);
    pcap->link_type = field(pcap, bytes + 20) & 0xffff; /* above: length of a frame check sum */
    return !pcap->damaged;
}

bool wire_pcap_is_raw_ip(const struct wire_pcap *pcap)
{
    /* 12 and 14 are what "raw" is numbered on some systems. */
    return pcap->link_type == WIRE_LINK_RAW || pcap->link_type == WIRE_LINK_IPV4 ||
           pcap->link_type == WIRE_LINK_IPV6 || pcap->link_type == 12 || pcap->link_type == 14;
}

bool wire_pcap_next(struct wire_pcap *pcap, struct wire_pcap_packet *packet)
{
    const uint8_t *record = pcap->bytes + pcap->at;
    size_t left = pcap->count - pcap->at;
    uint32_t fraction;

    if (left < RECORD_HEADER_BYTES) {
        pcap->damaged = pcap->damaged || left > 0;
        pcap->at = pcap->count;
        return false;
    }
    left -= RECORD_HEADER_BYTES;
    fraction = field(pcap, record + 4);
    packet->time_us = (uint64_t)field(pcap, record) * 1000000 +
                      (pcap->nanoseconds ? fraction / 1000 : fraction);
    packet->bytes = record + RECORD_HEADER_BYTES;
    packet->count = field(pcap, record + 8);
    if (packet->count > left) {
        packet->count = left;
        pcap->damaged = true;
    }
    pcap->at += RECORD_HEADER_BYTES + packet->count;
    return true;
}
