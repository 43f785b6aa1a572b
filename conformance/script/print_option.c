/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints TCP options. */
#include "script/output.h"

static void put_named_bytes(struct script_output *output, const char *name,
                            const struct script_tcp_option *option)
{
    script_put(output, "%s%s", name, option->byte_count > 0 ? " " : "");
    script_put_hex(output, option->bytes, option->byte_count);
}

static void put_sack(struct script_output *output, const struct script_tcp_option *option)
{
    uint32_t i;

    script_put(output, "sack");
    for (i = 0; i < option->sack_count; i++)
        script_put(output, " %u:%u", option->sack[i].left, option->sack[i].right);
}

static void put_timestamps(struct script_output *output, const struct script_tcp_option *option)
{
    if (option->ts_val_any)
        script_put(output, "TS val ... ");
    else
        script_put(output, "TS val %u ", option->ts_val);
    script_put(output, "ecr %u%s", option->ts_ecr, option->ts_ecr_absolute ? "!" : "");
}

static void put_raw(struct script_output *output, const struct script_tcp_option *option)
{
    script_put(output, "gen-%u", option->number);
    if (option->has_length)
        script_put(output, " length %u", option->length_field);
    put_named_bytes(output, "", option);
}

/* One TCP option. */
static void put_option(struct script_output *output, const struct script_tcp_option *option)
{
    switch (option->kind) {
    case SCRIPT_OPT_EOL:
        script_put(output, "eol");
        break;
    case SCRIPT_OPT_NOP:
        script_put(output, "nop");
        break;
    case SCRIPT_OPT_MSS:
        script_put(output, "mss %u", option->number);
        break;
    case SCRIPT_OPT_WSCALE:
        script_put(output, "wscale %u", option->number);
        break;
    case SCRIPT_OPT_SACK_OK:
        script_put(output, "sackOK");
        break;
    case SCRIPT_OPT_SACK:
        put_sack(output, option);
        break;
    case SCRIPT_OPT_TIMESTAMPS:
        put_timestamps(output, option);
        break;
    case SCRIPT_OPT_FASTOPEN:
        put_named_bytes(output, "FO", option);
        break;
    case SCRIPT_OPT_FASTOPEN_EXP:
        put_named_bytes(output, "FOEXP", option);
        break;
    case SCRIPT_OPT_MD5:
        put_named_bytes(output, option->valid ? "md5 valid" : "md5", option);
        break;
    case SCRIPT_OPT_RAW:
        put_raw(output, option);
        break;
    }
}

void script_put_tcp_options(struct script_output *output, const struct script_packet *packet)
{
    const struct script_tcp_option *option;

    if (packet->any_options)
        script_put(output, " <...>");
    if (packet->raw_options) {
        script_put(output, " <%s", packet->raw_option_bytes > 0 ? "" : "0x");
        script_put_hex(output, packet->raw_options, packet->raw_option_bytes);
        script_put(output, ">");
    }
    for (option = packet->options; option; option = option->next) {
        script_put(output, "%s", option == packet->options ? " <" : ",");
        put_option(output, option);
    }
    if (packet->options)
        script_put(output, ">");
}
