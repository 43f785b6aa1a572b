/* SPDX-License-Identifier: BSD-2-Clause */
/* The syntax tree of a packetdrill script, and the functions that read and free one.
 *
 * Everything a script points to lives in one arena and is freed by script_free. Strings end in a
 * NUL; where a length stands beside a string it may also contain NULs. Times are in microseconds.
 * The parser judges form only: whether a call, option name, symbol or command is known is the
 * runner's decision. Nothing here executes anything. */
#ifndef CONFORMANCE_SCRIPT_SCRIPT_H
#define CONFORMANCE_SCRIPT_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SCRIPT_NESTING_MAX = 64,       /* brackets and parentheses inside one expression */
    SCRIPT_GIVEN_DEPTH_MAX = 8,    /* a preamble that includes a preamble that ... */
    SCRIPT_CONNS_MAX = 256,        /* connections with a name, in one script */
    SCRIPT_SACK_BLOCKS_MAX = 4,    /* RFC 2018: that many fit into an option field of 40 bytes */
    SCRIPT_OPTION_BYTES_MAX = 40,  /* RFC 9293 3.1: the option field */
    SCRIPT_TIME_TERMS_MAX = 8,     /* symbols in one time, as in 2MSL-1tick */
    SCRIPT_SOURCE_LINE_MAX = 160,  /* of a source line, what an error message shows */
    SCRIPT_FILE_BYTES_MAX = 16 * 1024 * 1024,
    SCRIPT_ARENA_BYTES_MAX = 512 * 1024 * 1024
};

/* Where something stands. `line` and `column` count from 1; a tab is one column. */
struct script_pos {
    const char *file;
    uint32_t line, column;
};

/* ---- times ---- */

/* coefficient_millionths / 1000000 times the symbol's value: 2MSL is {2000000, "MSL"},
 * -1tick is {-1000000, "tick"}. Names are not interpreted here. */
struct script_term {
    int64_t coefficient_millionths;
    const char *symbol;
};

/* us + the sum of the terms. A plain number has no terms. Units us, ms, s, min and h are already
 * inside `us`. See script_amount_resolve. */
struct script_amount {
    int64_t us;
    const struct script_term *terms;
    uint32_t term_count;
};

enum script_time_kind {
    SCRIPT_TIME_ABSOLUTE,          /* 0.5      start                                    */
    SCRIPT_TIME_RELATIVE,          /* +0.1     start, after the event before            */
    SCRIPT_TIME_ANY,               /* *        outbound packets only                    */
    SCRIPT_TIME_ABSOLUTE_RANGE,    /* 0.1~0.2  start, end; outbound packets only        */
    SCRIPT_TIME_RELATIVE_RANGE     /* +0~+0.2  both count from the event before         */
};

/* A call that blocks, 0.1...0.3 or +0...0.2, has `blocking` set and must return at block_end,
 * which counts from the same point as `start`: zero, or the event before. */
struct script_time {
    enum script_time_kind kind;
    bool blocking;
    struct script_amount start, end, block_end;
};

/* ---- expressions: arguments and results of calls, and assertions ---- */

enum script_expr_kind {
    SCRIPT_EXPR_INTEGER,    /* integer; `hex` if written so */
    SCRIPT_EXPR_FLOAT,      /* number */
    SCRIPT_EXPR_STRING,     /* text, length (escapes resolved); `open` if "..." followed it */
    SCRIPT_EXPR_SYMBOL,     /* text: SOCK_STREAM, tcpi_state, NULL, True */
    SCRIPT_EXPR_ELLIPSIS,   /* ... */
    SCRIPT_EXPR_LIST,       /* [a, b]   items */
    SCRIPT_EXPR_STRUCT,     /* {a=1, b(2)=3, 4}   items, each with field and argument or NULL */
    SCRIPT_EXPR_CALL,       /* inet_addr("1.2.3.4")   text is the name, items the arguments */
    SCRIPT_EXPR_UNARY,      /* op, left */
    SCRIPT_EXPR_BINARY      /* op, left, right */
};

enum script_op {
    SCRIPT_OP_NONE,
    SCRIPT_OP_OR_BITS, SCRIPT_OP_XOR_BITS, SCRIPT_OP_AND_BITS,        /* | ^ & */
    SCRIPT_OP_SHIFT_LEFT, SCRIPT_OP_SHIFT_RIGHT,                      /* << >> */
    SCRIPT_OP_ADD, SCRIPT_OP_SUBTRACT, SCRIPT_OP_MULTIPLY,            /* + - * */
    SCRIPT_OP_DIVIDE, SCRIPT_OP_FLOOR_DIVIDE, SCRIPT_OP_MODULO,       /* / // % */
    SCRIPT_OP_EQUAL, SCRIPT_OP_NOT_EQUAL,                             /* == != */
    SCRIPT_OP_LESS, SCRIPT_OP_LESS_EQUAL,                             /* < <= */
    SCRIPT_OP_GREATER, SCRIPT_OP_GREATER_EQUAL,                       /* > >= */
    SCRIPT_OP_AND, SCRIPT_OP_OR, SCRIPT_OP_NOT,                       /* and or not */
    SCRIPT_OP_NEGATE, SCRIPT_OP_COMPLEMENT,                           /* - ~ (unary) */
    SCRIPT_OP_ASSIGN                                                  /* name=value as argument */
};

struct script_expr {
    enum script_expr_kind kind;
    enum script_op op;
    struct script_pos pos;
    bool hex, open;
    int64_t integer;
    double number;
    const char *text;                    /* STRING, SYMBOL, CALL; the digits of a FLOAT */
    size_t length;                       /* of text */
    const struct script_expr *left, *right;
    const struct script_expr *items;     /* first of LIST, STRUCT, CALL; linked by next */
    uint32_t item_count;
    const struct script_expr *next;      /* next item of the list this one stands in */
    const char *field;                   /* inside STRUCT: its name, or NULL */
    const struct script_expr *argument;  /* inside STRUCT: the 2 of msg_iov(2)=..., or NULL */
};

/* ---- segments ---- */

enum {
    SCRIPT_FIN = 0x001, SCRIPT_SYN = 0x002, SCRIPT_RST = 0x004, SCRIPT_PSH = 0x008,
    SCRIPT_ACK = 0x010, SCRIPT_URG = 0x020, SCRIPT_ECE = 0x040, SCRIPT_CWR = 0x080,
    SCRIPT_AE = 0x100
};

struct script_address {
    uint8_t family;                      /* 0 not given, 4 or 6 */
    uint8_t bytes[16];
};

struct script_endpoint {
    struct script_address address;       /* family 0: the default one */
    bool has_port;
    uint16_t port;
};

enum script_seq_form {
    SCRIPT_SEQ_RELATIVE,                 /* 1:101(100)   relative to the sender's ISN */
    SCRIPT_SEQ_ABSOLUTE,                 /* 1:101(100)!  as on the wire               */
    SCRIPT_SEQ_ANY                       /* ...(100)     only the length counts       */
};

/* The header says: start:end(length). end is start + length modulo 2^32. */
struct script_seq {
    enum script_seq_form form;
    uint32_t start, end;
    uint32_t length;                     /* bytes of text; SYN and FIN not counted */
};

enum script_option_kind {
    SCRIPT_OPT_EOL, SCRIPT_OPT_NOP, SCRIPT_OPT_MSS, SCRIPT_OPT_WSCALE, SCRIPT_OPT_SACK_OK,
    SCRIPT_OPT_SACK, SCRIPT_OPT_TIMESTAMPS,
    SCRIPT_OPT_FASTOPEN,                 /* FO [cookie]: kind 34, bytes */
    SCRIPT_OPT_FASTOPEN_EXP,             /* FOEXP [cookie]: kind 254, magic f989, bytes: cookie */
    SCRIPT_OPT_MD5,                      /* md5 HEX: bytes; md5 valid: count 0, `valid` */
    SCRIPT_OPT_RAW                       /* gen-KIND HEX: `number` is the kind, bytes its data;
                                          * also what exp-..., AccECN... stand for */
};

struct script_sack_block { uint32_t left, right; };

struct script_tcp_option {
    enum script_option_kind kind;
    struct script_pos pos;
    const struct script_tcp_option *next;
    uint32_t number;                     /* MSS, WSCALE, or the kind of a RAW option */
    uint32_t ts_val, ts_ecr;
    bool ts_val_any;                     /* TS val ...       */
    bool ts_ecr_absolute;                /* ecr 100! : as on the wire */
    bool valid;                          /* md5 valid */
    uint32_t sack_count;
    struct script_sack_block sack[SCRIPT_SACK_BLOCKS_MAX];
    uint8_t bytes[SCRIPT_OPTION_BYTES_MAX];
    uint32_t byte_count;
    bool has_length;                     /* gen-5 length 99 HEX: a length field that may lie */
    uint8_t length_field;
};

/* Which bits of the traffic class (TOS) a segment names. */
enum script_tos_check {
    SCRIPT_TOS_NONE,                     /* nothing said */
    SCRIPT_TOS_ECN,                      /* the two ECN bits of `tos` */
    SCRIPT_TOS_ECT01,                    /* outbound: ECT(0) or ECT(1) */
    SCRIPT_TOS_DSCP,                     /* the six DSCP bits of `tos` */
    SCRIPT_TOS_DSCP_ECT01,               /* DSCP bits, and ECT(0) or ECT(1) */
    SCRIPT_TOS_ALL                       /* all eight bits */
};

/* ip_given says that a list in brackets stood there. */
struct script_ip_info {
    bool ip_given;
    enum script_tos_check tos_check;
    uint8_t tos;                         /* in place: DSCP << 2 | ECN */
    bool has_ttl, has_flowlabel;
    uint8_t ttl;
    uint32_t flowlabel;
};

enum script_encap_kind { SCRIPT_ENCAP_IPV4, SCRIPT_ENCAP_IPV6, SCRIPT_ENCAP_OTHER };

/* An outer header: `ipv4 1.1.1.1 > 2.2.2.2:`; OTHER (gre, mpls, psp) is only named. */
struct script_encap {
    enum script_encap_kind kind;
    const char *text;                    /* as written */
    struct script_address source, destination;
    struct script_ip_info ip;
    const struct script_encap *next;
};

enum script_quote_kind { SCRIPT_QUOTE_NONE, SCRIPT_QUOTE_TCP, SCRIPT_QUOTE_UDP, SCRIPT_QUOTE_RAW };

/* `icmp TYPE [CODE] [mtu N] [id N] [QUOTED]`. Names are as written (a number stays digits). */
struct script_icmp {
    const char *type;
    const char *code;                    /* NULL: none given */
    bool has_mtu, has_id;
    uint32_t mtu, id;
    enum script_quote_kind quote;
    struct script_seq quoted;            /* TCP: all of it; UDP and RAW: length only */
    bool has_udp_encap;                  /* [1:2(1)/udp(3 > 4)] : the quoted segment was in UDP */
    uint16_t udp_source, udp_destination;
};

/* OTHER: sctp and the like, kept as text only, so that the runner can skip and name it. */
enum script_protocol { SCRIPT_TCP, SCRIPT_UDP, SCRIPT_ICMP, SCRIPT_OTHER };

struct script_packet {
    bool outbound;                       /* '>' : sent by the target; else '<' : sent to it */
    enum script_protocol protocol;
    struct script_ip_info ip;
    const struct script_encap *encap;    /* outer headers, outermost first */
    bool has_endpoints;                  /* source > destination written before the flags */
    struct script_endpoint source, destination;
    const char *flags_text;              /* as written: "S.", "-", "P.5" */
    uint16_t flags;                      /* SCRIPT_FIN | ... */
    bool has_ace;                        /* P.5 : the three ACE bits are 5 */
    uint8_t ace;
    struct script_seq seq;
    bool has_ack, has_win, has_urg;      /* no win: any window */
    uint32_t ack;
    uint16_t win, urg;
    bool ack_absolute;                   /* ack 100! */
    bool any_options;                    /* <...> */
    const struct script_tcp_option *options;
    uint32_t option_count;
    const uint8_t *raw_options;          /* <020405b4> : the whole field as bytes, or NULL */
    uint32_t raw_option_bytes;
    bool has_diagnostic;                 /* [code N, pen N] after a RST, nplab's dialect */
    uint32_t diagnostic_code, diagnostic_pen;
    bool has_udp_encap;                  /* /udp(1 > 2) : carried in UDP, RFC 9601 style */
    uint16_t udp_source, udp_destination;
    uint32_t udp_length;                 /* protocol UDP: udp (N) */
    struct script_icmp icmp;             /* protocol ICMP */
    const char *other;                   /* protocol OTHER: sctp: INIT[...], as written */
};

/* ---- calls ---- */

struct script_call {
    const char *name;
    const struct script_expr *arguments; /* first of a list, or NULL */
    uint32_t argument_count;
    const struct script_expr *result;    /* -1, 3, ..., 0x2 */
    const char *errno_name;              /* EINPROGRESS, or NULL */
    const char *note;                    /* the text in parentheses after it, or NULL */
};

/* ---- code: %{ ... }% ---- */

enum script_statement_kind {
    SCRIPT_STATEMENT_ASSERT,             /* assert value, message */
    SCRIPT_STATEMENT_PRINT,              /* print(a, b): value is the first of a list */
    SCRIPT_STATEMENT_ASSIGN,             /* name = value; op ADD for name += value, and so on */
    SCRIPT_STATEMENT_UNKNOWN             /* text, reason: the case is skipped with that reason */
};

struct script_statement {
    enum script_statement_kind kind;
    struct script_pos pos;
    const struct script_statement *next;
    const struct script_expr *value;
    const struct script_expr *message;   /* of an assert, or NULL */
    const char *name;                    /* ASSIGN */
    enum script_op op;                   /* ASSIGN: NONE, or ADD, SUBTRACT, MULTIPLY ... */
    const char *text;                    /* the statement as written */
    const char *reason;                  /* UNKNOWN: why it was not understood */
};

/* ---- events ---- */

enum script_event_kind {
    SCRIPT_EVENT_PACKET,
    SCRIPT_EVENT_CALL,
    SCRIPT_EVENT_COMMAND,                /* text, in backticks */
    SCRIPT_EVENT_CODE,                   /* text, statements */
    SCRIPT_EVENT_FRAME,                  /* //: +T frame HEX : bytes come in; > frame : go out */
    SCRIPT_EVENT_STEP,                   /* //: +T step TEXT */
    SCRIPT_EVENT_QUIET                   /* //: quiet T: from here nothing is sent for `quiet`;
                                          * the next relative time counts from its end */
};

struct script_event {
    enum script_event_kind kind;
    struct script_pos pos;               /* of its time */
    const struct script_event *next;
    struct script_time time;
    const char *source;                  /* the line as written, without indentation; not ended */
    uint32_t source_length;              /* by NUL: print with %.*s. First line only, if several */
    const char *given;                   /* name of the preamble it came from, or NULL */
    const char *conn;                    /* connection named by the last `on`, or NULL */
    struct script_packet *packet;        /* PACKET */
    struct script_call *call;            /* CALL */
    const char *text;                    /* COMMAND, CODE, STEP */
    const struct script_statement *statements; /* CODE */
    const uint8_t *frame;                /* FRAME */
    uint32_t frame_length;
    bool frame_outbound;
    struct script_amount quiet;          /* QUIET */
    const struct script_event *others;   /* //: or LINE : what may stand here instead, where the
                                          * standard leaves a choice; linked by next */
    bool or_nothing;                     /* //: or nothing : the outbound packet may be missing */
    bool may;                            /* //: may > PACKET : it may come, and need not */
};

/* ---- the script ---- */

/* `--name=value`, `//: policy name=value`, `//: covers name`: a list. */
struct script_item {
    const char *name;
    const char *value;                   /* NULL: none */
    struct script_pos pos;
    const struct script_item *next;
};

/* //: conn NAME LOCAL > REMOTE : local is the target's side. 192.0.2.1:80, [2001:db8::1]:80,
 * or a port alone, which leaves the address to the default. */
struct script_conn {
    const char *name;
    struct script_endpoint local, remote;
    struct script_pos pos;
    const struct script_conn *next;
};

enum script_unclaimed { SCRIPT_UNCLAIMED_DEFAULT, SCRIPT_UNCLAIMED_FAIL, SCRIPT_UNCLAIMED_IGNORE };

struct script {
    const char *file;
    const char *sentence;                /* the first comment's first sentence, or "" */
    bool own;                            /* has a //: directive (or options say so): our dialect */
    const struct script_item *options;   /* without the leading dashes */
    const struct script_item *init;      /* init commands: name is the text in backticks; value is
                                          * NULL */
    const char *cleanup;                 /* an untimed command after the last event, or NULL */
    const struct script_item *covers;
    const struct script_item *policies;
    const struct script_item *prefers;   /* policies that no other stack is held to */
    const struct script_item *given;     /* preambles, in the order they were included */
    const struct script_conn *conns;
    const struct script_item *undefined; /* names in place of a number that --define must give,
                                          * as <mss MSS>: the script parses but cannot be run */
    bool has_iss, has_irs, has_clock, exact;
    bool own_iss;                        /* //: iss own  the target chooses its numbers */
    bool choice;                         /* //: choice  about what the standard leaves open */
    bool pieces;                         /* //: pieces  not about how the stream is cut */
    uint32_t iss;                        /* //: iss N    the target's initial sequence number */
    uint32_t irs;                        /* //: irs N    what the peer's numbers count from */
    struct script_amount clock;          /* //: clock T  the clock's value at time 0 */
    enum script_unclaimed unclaimed;     /* //: unclaimed fail|ignore */
    const struct script_event *events;
    uint32_t event_count;
    void *arena;
};

struct script_error {
    char file[256];
    uint32_t line, column;
    char message[256];
    char source[SCRIPT_SOURCE_LINE_MAX + 1]; /* part of the line that holds the column */
    uint32_t caret;                          /* index of the column in source */
};

struct script_define {
    const char *name;
    const char *value;                   /* NULL: defined, without a value */
};

/* What a caller may refuse: names and values that the language leaves open. */
enum script_check { SCRIPT_CHECK_OPTION, SCRIPT_CHECK_POLICY, SCRIPT_CHECK_COVERS };

/* False, with the reason in `why`: the script is wrong at item->pos. */
typedef bool (*script_check_fn)(void *context, enum script_check what,
                                const struct script_item *item, char *why, size_t size);

struct script_parse_options {
    const char *given_path;              /* folder of the preambles; NULL: `given` is an error */
    script_check_fn check;               /* NULL: nothing is refused */
    void *check_context;
    const struct script_define *defines; /* for #ifdef, and NAME=VALUE replaces the word NAME */
    size_t define_count;
};

/* Is it NAME or NAME=VALUE, with a name that can stand for something in a script? */
bool script_is_define(const char *text);

/* Reads a script. Returns NULL and fills *error (which may not be NULL) if the file cannot be read
 * or is not a script. `options` may be NULL; nothing of it is kept. Free with script_free. */
struct script *script_parse_file(const char *path, const struct script_parse_options *options,
                                 struct script_error *error);

/* The same for text in memory, which is copied; `name` stands for the file in messages. */
struct script *script_parse_text(const char *name, const char *bytes, size_t length,
                                 const struct script_parse_options *options,
                                 struct script_error *error);

void script_free(struct script *script);

/* Writes "file:line:column: message", the source line and a caret, each ended by a newline. Returns
 * the number of characters that the text has, like snprintf; always ends in NUL if size > 0. */
size_t script_error_format(const struct script_error *error, char *out, size_t size);

/* The item of a STRUCT named `field`, or NULL. */
const struct script_expr *script_expr_field(const struct script_expr *expr, const char *field);

/* Is it the symbol `name`? False for NULL. */
bool script_expr_is_symbol(const struct script_expr *expr, const char *name);

/* Value of a symbol in a time, such as MSL, in microseconds; false: unknown. */
typedef bool (*script_symbol_fn)(void *context, const char *symbol, int64_t *us);

/* us + sum of terms. False, with *unknown the symbol, if `lookup` does not know it; false with
 * *unknown NULL if the sum does not fit. `lookup` and `unknown` may be NULL. */
bool script_amount_resolve(const struct script_amount *amount, script_symbol_fn lookup,
                           void *context, int64_t *us, const char **unknown);

/* The option `--name`, or NULL; the last one wins, as upstream. */
const struct script_item *script_option(const struct script *script, const char *name);

/* The connection that `conn` directives gave this name, or NULL. */
const struct script_conn *script_conn(const struct script *script, const char *name);

#endif
