/* Where an HTTP/1.1 message ends, for both programs beside this file: a head, then Content-Length bytes or chunks.
 *
 * It takes bytes as they come, in pieces of any size, and hands the decoded body on. It refuses to be a parser for the
 * world: no obsolete folding, no trailers that matter, no body delimited by close. What it cannot read is BAD.
 */
#ifndef FRAMING_H
#define FRAMING_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum framing_state { HEAD, LENGTH, CHUNK_SIZE, CHUNK_DATA, CHUNK_END, LAST_LINE, COMPLETE, BAD };

struct framing {
    enum framing_state state;
    char head[8192];
    size_t head_size;
    uint64_t left; /* bytes of the body, or of this chunk, that are still to come */
    char line[32]; /* the line of a chunk's size, as far as it has come */
    size_t line_size;
};

typedef void (*body_taker)(void *owner, const char *data, size_t size);

static inline void framing_reset(struct framing *f) {
    f->state = HEAD;
    f->head_size = f->line_size = 0;
    f->left = 0;
}

static inline const char *framing_header(const struct framing *f, const char *name) {
    size_t size = strlen(name);
    for (const char *line = strstr(f->head, "\r\n"); line != NULL; line = strstr(line + 2, "\r\n"))
        if (strncasecmp(line + 2, name, size) == 0 && line[2 + size] == ':')
            return line + 3 + size + strspn(line + 3 + size, " ");
    return NULL;
}

static inline void framing_end_head(struct framing *f) {
    const char *length = framing_header(f, "content-length"), *coding = framing_header(f, "transfer-encoding");
    if (coding != NULL && strncasecmp(coding, "chunked", 7) == 0) {
        f->state = CHUNK_SIZE;
        return;
    }
    f->left = length != NULL ? strtoull(length, NULL, 10) : 0;
    f->state = f->left > 0 ? LENGTH : COMPLETE;
}

static inline size_t framing_take_head(struct framing *f, const char *data, size_t size) {
    size_t before = f->head_size, room = sizeof f->head - 1 - before, taken = size < room ? size : room;
    memcpy(f->head + before, data, taken);
    f->head_size += taken;
    f->head[f->head_size] = '\0';
    char *end = strstr(f->head + (before > 3 ? before - 3 : 0), "\r\n\r\n");
    if (end == NULL) {
        if (taken == room)
            f->state = BAD;
        return taken;
    }
    f->head_size = (size_t)(end - f->head) + 4;
    f->head[f->head_size] = '\0';
    framing_end_head(f);
    return f->head_size - before;
}

/* One byte of a line between chunks. */
static inline void framing_take_line(struct framing *f, char byte) {
    if (byte != '\n') {
        if (f->line_size < sizeof f->line - 1)
            f->line[f->line_size++] = byte;
        return;
    }
    f->line[f->line_size] = '\0';
    bool empty = f->line_size == 0 || f->line[0] == '\r';
    f->line_size = 0;
    if (f->state == LAST_LINE) {
        f->state = empty ? COMPLETE : LAST_LINE;
    } else if (f->state == CHUNK_END) {
        f->state = empty ? CHUNK_SIZE : BAD;
    } else {
        f->left = strtoull(f->line, NULL, 16);
        f->state = f->left > 0 ? CHUNK_DATA : LAST_LINE;
    }
}

static inline size_t framing_take_body(struct framing *f, const char *data, size_t size, body_taker take, void *owner) {
    size_t taken = size < f->left ? size : (size_t)f->left;
    take(owner, data, taken);
    f->left -= taken;
    if (f->left == 0)
        f->state = f->state == LENGTH ? COMPLETE : CHUNK_END;
    return taken;
}

/* Take bytes up to the message's end. Returns how many were its own; look at `state` for whether it is COMPLETE. */
static inline size_t framing_feed(struct framing *f, const char *data, size_t size, body_taker take, void *owner) {
    size_t used = 0;
    while (used < size && f->state != COMPLETE && f->state != BAD) {
        if (f->state == HEAD)
            used += framing_take_head(f, data + used, size - used);
        else if (f->state == LENGTH || f->state == CHUNK_DATA)
            used += framing_take_body(f, data + used, size - used, take, owner);
        else
            framing_take_line(f, data[used++]);
    }
    return used;
}

#endif
