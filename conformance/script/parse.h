/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside the parser: the cursor over one file, and what the parts of the grammar offer each other.
 *
 * There is no token list: each rule reads characters through the cursor. An error is sticky: the
 * first one is kept, the cursor jumps to the end of the text, and every rule then ends by itself.
 * The text ends in a NUL that is not part of it, so looking at one character needs no check. */
#ifndef CONFORMANCE_SCRIPT_PARSE_H
#define CONFORMANCE_SCRIPT_PARSE_H

#include "script/arena.h"
#include "script/script.h"

enum {
    SCRIPT_DEFINES_MAX = 64,
    SCRIPT_IFDEF_DEPTH_MAX = 32,
    SCRIPT_GIVEN_FILES_MAX = 64,       /* in one script, however deep */
    SCRIPT_OPERATORS_MAX = 1000,       /* in one expression: bounds the depth of its tree */
    SCRIPT_SENTENCE_BYTES_MAX = 400
};

/* What all files of one script share. */
struct script_shared {
    struct script_arena *arena;
    struct script *script;
    struct script_error *error;
    bool failed;
    const char *given_path;
    script_check_fn check;
    void *check_context;
    struct script_define defines[SCRIPT_DEFINES_MAX];
    size_t define_count;
    uint32_t given_count, conn_count;
    const char *conn;                  /* of the last `on` */
    const struct script_event **event_tail;
    const struct script_event **other_tail; /* of the last event's */
    struct script_event *last;         /* event, or NULL */
    const struct script_item **option_tail, **init_tail, **cover_tail, **policy_tail;
    const struct script_item **prefer_tail;
    const struct script_item **given_tail, **undefined_tail;
    const struct script_conn **conn_tail;
};

struct script_condition {
    struct script_pos pos;
    bool had_else;
};

struct script_parser {
    struct script_shared *shared;
    const struct script_parser *outer; /* the file whose `given` this is, or NULL */
    const char *file;
    const char *given_name;            /* NULL in the script itself */
    const char *text, *at, *end;
    const char *line_start;
    uint32_t line;
    uint32_t first_line, first_column; /* of text: 1 and 1, but for a statement of a code block */
    bool is_value;                     /* of a definition: all of it stands at its name */
    uint32_t depth, operators;         /* of the expression being read */
    bool has_event;
    struct script_pos cleanup_pos;     /* of an untimed command after an event; line 0: none */
    struct script_condition conditions[SCRIPT_IFDEF_DEPTH_MAX];
    uint32_t condition_depth;
};

/* ---- cursor.c ---- */

/* Keeps the message if it is the first one, with the place of `where` in the text. */
void script_fail_at(struct script_parser *parser, const char *where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* For a place that the cursor has left: a position kept from before. */
void script_fail_pos(struct script_parser *parser, const struct script_pos *pos,
                     const char *format, ...) __attribute__((format(printf, 3, 4)));
/* At the cursor: "expected WHAT, found ...". */
void script_fail_expected(struct script_parser *parser, const char *what);

struct script_pos script_pos_here(const struct script_parser *parser);

/* Passes blanks, newlines, comments and # lines; stops at a `//:` directive. */
void script_skip_on(struct script_parser *parser);
/* The same; most often there is nothing to pass, or one blank. */
static inline void script_skip(struct script_parser *parser)
{
    const char *at = parser->at + (*parser->at == ' ');

    if (*at > ' ' && *at != '#' && *at != '/')
        parser->at = at;
    else
        script_skip_on(parser);
}
/* Passes blanks of this line. */
void script_skip_blanks(struct script_parser *parser);
bool script_at_directive(const struct script_parser *parser);

/* Whether this text stands at the cursor, and a word ends there; passes it. */
bool script_pass_text(struct script_parser *parser, const char *text);
bool script_pass_word(struct script_parser *parser, const char *word);
bool script_peek_word(struct script_parser *parser, const char *word);

/* After script_skip: is this text next? A word must also end there. accept passes it. */
static inline bool script_accept(struct script_parser *parser, const char *text)
{
    script_skip(parser);
    return *parser->at == *text && script_pass_text(parser, text);
}

static inline bool script_accept_word(struct script_parser *parser, const char *word)
{
    script_skip(parser);
    return *parser->at == *word && script_pass_word(parser, word);
}

/* Accepts it, or fails as "expected 'TEXT'". */
bool script_miss(struct script_parser *parser, const char *text);
static inline bool script_expect(struct script_parser *parser, const char *text)
{
    return script_accept(parser, text) || script_miss(parser, text);
}

/* The length of the word (letters, digits, _) at the start of a text, or at the cursor. */
size_t script_count_word(const char *text);
size_t script_word_length(const struct script_parser *parser);
/* Reads a word into the arena; fails as "expected WHAT" if there is none. */
const char *script_read_word(struct script_parser *parser, const char *what);
/* Passes `length` bytes, which may contain newlines. */
void script_pass(struct script_parser *parser, size_t length);

/* Reads a decimal or 0x number of at most `max`; fails as "expected WHAT". */
uint32_t script_read_number(struct script_parser *parser, const char *what, uint32_t max);

/* Reads hexadecimal digits (an even count, at most 2 * max) into out; returns the bytes. */
uint32_t script_read_hex(struct script_parser *parser, uint8_t *out, uint32_t max);

/* Memory from the arena; failing is an error of the script. */
void *script_new(struct script_parser *parser, size_t size);
const char *script_copy(struct script_parser *parser, const char *text, size_t length);

/* At an opening quote: what stands up to the next one, escapes left as they are. It points into the
 * text. NULL on error. */
const char *script_read_quoted(struct script_parser *parser, size_t *length);

/* What `#ifdef` and --define know about a word of this length; NULL: nothing. */
const struct script_define *script_find_define(const struct script_parser *parser,
                                               const char *word, size_t length);
bool script_add_define(struct script_parser *parser, const char *text, const char *where);

/* Is it a letter, a digit or an underscore? */
static inline bool script_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool script_is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || script_is_digit(c) || c == '_';
}

/* 0 to 15, or -1. */
int script_hex_digit(char c);

/* ---- condition.c ---- */

/* At a '#': passes a comment, or acts on #ifdef, #ifndef, #else, #endif. */
void script_read_hash(struct script_parser *parser);
void script_check_conditions(struct script_parser *parser);

/* ---- sentence.c ---- */

/* At the first comment: keeps its first sentence. Does not move the cursor. */
void script_keep_sentence(struct script_parser *parser);

/* ---- time.c ---- */

/* 0.5, 2MSL-1tick, 10ms. `symbol_first` allows one that starts with a letter. */
bool script_read_amount(struct script_parser *parser, struct script_amount *amount,
                        bool symbol_first);
/* The time in front of an event, with a range or the end of a blocking call. */
bool script_read_time(struct script_parser *parser, struct script_time *time);

/* ---- expr.c ---- */

/* An argument or a result of a call. */
struct script_expr *script_read_expr(struct script_parser *parser);
/* `(` arguments `)`: the first of them, and how many. */
const struct script_expr *script_read_arguments(struct script_parser *parser, uint32_t *count);
struct script_expr *script_new_expr(struct script_parser *parser, enum script_expr_kind kind,
                                    struct script_pos pos);
/* A number at the cursor, with its sign; and a string in "" or ''. NULL on error. */
struct script_expr *script_read_number_expr(struct script_parser *parser);
struct script_expr *script_read_string_expr(struct script_parser *parser);
bool script_enter(struct script_parser *parser);
void script_leave(struct script_parser *parser);
bool script_count_operator(struct script_parser *parser);

/* ---- code.c ---- */

/* The statements of `length` bytes of code at the cursor, which stays. */
const struct script_statement *script_read_code(struct script_parser *parser, size_t length);

/* ---- python.c ---- */

/* Blanks, newlines and # comments between the tokens of a statement. */
void script_python_skip(struct script_parser *parser);
bool script_python_accept(struct script_parser *parser, const char *text);
struct script_expr *script_read_python(struct script_parser *parser);

/* ---- packet.c, option.c, address.c ---- */

struct script_packet *script_read_packet(struct script_parser *parser);
bool script_read_seq(struct script_parser *parser, struct script_seq *seq);
/* From '<' to '>'. */
bool script_read_tcp_options(struct script_parser *parser, struct script_packet *packet);
bool script_read_ip_info(struct script_parser *parser, struct script_ip_info *info);
/* /udp(1 > 2), if it is there. */
bool script_read_udp_encap(struct script_parser *parser, bool *found, uint16_t *source,
                           uint16_t *destination);
bool script_read_icmp(struct script_parser *parser, struct script_icmp *icmp);
bool script_read_address(struct script_parser *parser, struct script_address *address);
bool script_at_endpoint(const struct script_parser *parser);
bool script_read_endpoint(struct script_parser *parser, struct script_endpoint *endpoint);

/* ---- directive.c, event.c, parse.c, load.c ---- */

void script_read_directive(struct script_parser *parser);
/* An event with its place and source line; `add` appends it to the script. */
struct script_event *script_new_event(struct script_parser *parser, enum script_event_kind kind,
                                      struct script_pos pos, const char *start);
struct script_event *script_add_event(struct script_parser *parser, enum script_event_kind kind,
                                      struct script_pos pos, const char *start);
/* Reads what an event does, told from its first character. */
bool script_read_action(struct script_parser *parser, struct script_event *event);
void script_read_event(struct script_parser *parser);
bool script_add_item(struct script_parser *parser, const struct script_item ***tail,
                     const char *name, const char *value, struct script_pos pos);
/* The same for what the caller may refuse. */
bool script_add_checked(struct script_parser *parser, enum script_check what,
                        const struct script_item ***tail, const char *name, const char *value,
                        struct script_pos pos);
/* Reads the whole of a file from its cursor on. */
void script_read_file(struct script_parser *parser);
/* Starts a file of a script; `text` is in the arena and ends in a NUL. */
void script_start_file(struct script_parser *parser, struct script_shared *shared,
                       const char *file, const char *text, size_t length);
/* The bytes of a file, ended by a NUL, to be freed by the caller; NULL with a reason. */
char *script_load(const char *path, size_t *length, const char **reason);

#endif
