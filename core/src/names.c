/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of states, checks and results, for people. RFC 9293 3.3.2, 3.10.7 and 3.10. */
#include <anvil/step.h>

const char *anvil_state_name(enum anvil_state state)
{
    switch (state) {
    case ANVIL_CLOSED:
        return "CLOSED";
    case ANVIL_LISTEN:
        return "LISTEN";
    case ANVIL_SYN_SENT:
        return "SYN-SENT";
    case ANVIL_SYN_RECEIVED:
        return "SYN-RECEIVED";
    case ANVIL_ESTABLISHED:
        return "ESTABLISHED";
    case ANVIL_FIN_WAIT_1:
        return "FIN-WAIT-1";
    case ANVIL_FIN_WAIT_2:
        return "FIN-WAIT-2";
    case ANVIL_CLOSE_WAIT:
        return "CLOSE-WAIT";
    case ANVIL_CLOSING:
        return "CLOSING";
    case ANVIL_LAST_ACK:
        return "LAST-ACK";
    case ANVIL_TIME_WAIT:
        return "TIME-WAIT";
    }
    return "unknown state";
}

const char *anvil_check_name(enum anvil_check check)
{
    switch (check) {
    case ANVIL_CHECK_NONE:
        return "processed to the end";
    case ANVIL_CHECK_CLOSED:
        return "3.10.7.1: no connection";
    case ANVIL_CHECK_LISTEN_RST:
        return "3.10.7.2 first: RST";
    case ANVIL_CHECK_LISTEN_ACK:
        return "3.10.7.2 second: ACK";
    case ANVIL_CHECK_LISTEN_SYN:
        return "3.10.7.2 third: SYN";
    case ANVIL_CHECK_LISTEN_OTHER:
        return "3.10.7.2 fourth: other data or control";
    case ANVIL_CHECK_SYN_SENT_ACK:
        return "3.10.7.3 first: ACK";
    case ANVIL_CHECK_SYN_SENT_RST:
        return "3.10.7.3 second: RST";
    case ANVIL_CHECK_SYN_SENT_SYN:
        return "3.10.7.3 fourth: SYN";
    case ANVIL_CHECK_SYN_SENT_OTHER:
        return "3.10.7.3 fifth: neither SYN nor RST";
    case ANVIL_CHECK_REUSE:
        return "RFC 6191 section 2: SYN in TIME-WAIT";
    case ANVIL_CHECK_PAWS:
        return "RFC 7323 5.3 R1: old timestamp";
    case ANVIL_CHECK_SEQUENCE:
        return "3.10.7.4 first: sequence number";
    case ANVIL_CHECK_RST:
        return "3.10.7.4 second: RST";
    case ANVIL_CHECK_SYN:
        return "3.10.7.4 fourth: SYN";
    case ANVIL_CHECK_ACK:
        return "3.10.7.4 fifth: ACK";
    case ANVIL_CHECK_URGENT:
        return "3.10.7.4 sixth: URG";
    case ANVIL_CHECK_TEXT:
        return "3.10.7.4 seventh: segment text";
    case ANVIL_CHECK_FIN:
        return "3.10.7.4 eighth: FIN";
    case ANVIL_CHECK_COUNT:
        break;
    }
    return "unknown check";
}

const char *anvil_result_name(enum anvil_result result)
{
    switch (result) {
    case ANVIL_OK:
        return "ok";
    case ANVIL_QUEUED:
        return "queued";
    case ANVIL_INVALID:
        return "invalid call";
    case ANVIL_DOES_NOT_EXIST:
        return "connection does not exist";
    case ANVIL_ALREADY_EXISTS:
        return "connection already exists";
    case ANVIL_CONNECTION_CLOSING:
        return "connection closing";
    case ANVIL_REMOTE_UNSPECIFIED:
        return "remote socket unspecified";
    }
    return "unknown result";
}
