/* A model that costs nearly nothing: upstream PORT INTERVAL_US CHUNKS
 *
 * A POST is answered with 1.2 kB of JSON, or, if it asks for a stream, with CHUNKS server-sent events, one every
 * INTERVAL_US after the first, which comes at once. Every stream keeps its own time. One thread, prebuilt bytes: what is
 * measured beside it must be dearer. Its counterpart is load.c.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "framing.h"

struct connection {
    int fd;
    bool gone;     /* closed, but still in the queue of streams */
    bool streams;  /* a stream is under way */
    bool asked;    /* the request asks for a stream */
    char seen[16]; /* the end of the body so far, for a word that is split */
    size_t seen_size;
    struct framing framing;
    long chunks_left;
    uint64_t due;
    struct connection *next;
};

static char unary[4096], not_found[] = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
static char first[1024], between[1024], last[1024];
static const char listing[] = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 54\r\n\r\n"
                              "{\"object\":\"list\",\"data\":[{\"id\":\"m\",\"object\":\"model\"}]}";
static uint64_t interval_ns;
static long chunks;
static int poller, timer;
static struct connection *queue_head, **queue_tail = &queue_head; /* by due time: the interval is the same for all */

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static size_t chunked(char *to, size_t room, const char *event) {
    return (size_t)snprintf(to, room, "%zx\r\n%s\r\n", strlen(event), event);
}

static void build_event(char *to, size_t room, const char *delta, const char *reason, const char *after) {
    char event[768], framed[1024];
    snprintf(event, sizeof event,
             "data: {\"id\":\"chatcmpl-0123456789abcdef\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
             "\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":%s,\"logprobs\":null,\"finish_reason\":%s}]}\n\n%s",
             delta, reason, after);
    chunked(framed, sizeof framed, event);
    snprintf(to, room, "%s", framed);
}

static void build_replies(void) {
    char body[2048], words[900] = "";
    while (strlen(words) < 870)
        strcat(words, "The train of nine leaves on time. ");
    snprintf(body, sizeof body,
             "{\"id\":\"chatcmpl-0123456789abcdef\",\"object\":\"chat.completion\",\"created\":1700000000,\"model\":\"m\","
             "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"%s\"},\"logprobs\":null,"
             "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":350,\"completion_tokens\":200,\"total_tokens\":550}}",
             words);
    snprintf(unary, sizeof unary, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %zu\r\n\r\n%s",
             strlen(body), body);
    char opening[1024];
    build_event(opening, sizeof opening, "{\"role\":\"assistant\",\"content\":\"\"}", "null", "");
    snprintf(first, sizeof first, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\n"
                                  "transfer-encoding: chunked\r\n\r\n%.800s", opening);
    build_event(between, sizeof between, "{\"content\":\" token\"}", "null", "");
    build_event(last, sizeof last, "{}", "\"stop\"", "data: [DONE]\n\n");
    strcat(last, "0\r\n\r\n");
}

static void drop(struct connection *c) {
    close(c->fd);
    if (c->streams)
        c->gone = true;
    else
        free(c);
}

/* Whether all bytes left. A client that does not take them is dropped: it is no client of this benchmark's. */
static bool say(struct connection *c, const char *bytes) {
    size_t size = strlen(bytes);
    return send(c->fd, bytes, size, MSG_NOSIGNAL) == (ssize_t)size;
}

static void set_timer(void) {
    struct itimerspec at = {0};
    if (queue_head != NULL) {
        at.it_value.tv_sec = (time_t)(queue_head->due / 1000000000u);
        at.it_value.tv_nsec = (long)(queue_head->due % 1000000000u);
    }
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL);
}

static void enqueue(struct connection *c, uint64_t due) {
    c->due = due;
    c->next = NULL;
    bool only = queue_head == NULL;
    *queue_tail = c;
    queue_tail = &c->next;
    if (only)
        set_timer();
}

static bool next_chunk(struct connection *c) {
    c->chunks_left--;
    bool more = c->chunks_left > 0;
    if (!say(c, more ? between : last))
        return false;
    c->streams = more;
    if (more)
        enqueue(c, c->due + interval_ns);
    return true;
}

static void send_due_chunks(void) {
    uint64_t ticks, now = now_ns();
    if (read(timer, &ticks, sizeof ticks) < 0 && errno != EAGAIN)
        return;
    while (queue_head != NULL && queue_head->due <= now) {
        struct connection *c = queue_head;
        queue_head = c->next;
        if (queue_head == NULL)
            queue_tail = &queue_head;
        c->streams = false;
        if (c->gone)
            free(c);
        else if (!next_chunk(c))
            drop(c);
    }
    set_timer();
}

static bool answer(struct connection *c) {
    if (strncmp(c->framing.head, "POST", 4) != 0)
        return say(c, strncmp(c->framing.head, "GET /metrics", 12) == 0 ? not_found : listing);
    if (!c->asked)
        return say(c, unary);
    c->chunks_left = chunks - 1;
    c->streams = true;
    if (!say(c, first))
        return c->streams = false;
    enqueue(c, now_ns() + interval_ns);
    return true;
}

static void look_for_stream(void *owner, const char *data, size_t size) {
    struct connection *c = owner;
    char text[65536];
    size_t kept = c->seen_size, fits = size < sizeof text - kept - 1 ? size : sizeof text - kept - 1;
    memcpy(text, c->seen, kept);
    memcpy(text + kept, data, fits);
    text[kept + fits] = '\0';
    if (strstr(text, "\"stream\":true") != NULL || strstr(text, "\"stream\": true") != NULL)
        c->asked = true;
    c->seen_size = kept + fits < sizeof c->seen ? kept + fits : sizeof c->seen;
    memcpy(c->seen, text + kept + fits - c->seen_size, c->seen_size);
}

static void hear(struct connection *c) {
    static char data[65536];
    ssize_t size = recv(c->fd, data, sizeof data, 0);
    if (size < 0 && errno == EAGAIN)
        return;
    bool well = size > 0;
    for (size_t used = 0; well && used < (size_t)size;) {
        used += framing_feed(&c->framing, data + used, (size_t)size - used, look_for_stream, c);
        if (c->framing.state == COMPLETE) {
            well = answer(c);
            framing_reset(&c->framing);
            c->asked = false;
            c->seen_size = 0;
        } else if (c->framing.state == BAD) {
            well = false;
        }
    }
    if (!well)
        drop(c);
}

static void watch(int fd, void *owner) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = owner};
    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
}

static void welcome(int listening) {
    int fd, on = 1;
    while ((fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct connection *c = calloc(1, sizeof *c);
        c->fd = fd;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        watch(fd, c);
    }
}

static int listen_on(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) < 0 || listen(fd, 4096) < 0) {
        perror("upstream: listen");
        exit(1);
    }
    return fd;
}

int main(int argc, char **argv) {
    if (argc != 4) {
        fprintf(stderr, "usage: upstream PORT INTERVAL_US CHUNKS\n");
        return 2;
    }
    interval_ns = strtoull(argv[2], NULL, 10) * 1000u;
    chunks = strtol(argv[3], NULL, 10);
    build_replies();
    poller = epoll_create1(EPOLL_CLOEXEC);
    timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    int listening = listen_on(atoi(argv[1]));
    watch(listening, &listening);
    watch(timer, &timer);
    for (;;) {
        struct epoll_event events[256];
        int count = epoll_wait(poller, events, 256, -1);
        bool due = false;
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr == &listening)
                welcome(listening);
            else if (events[i].data.ptr == &timer)
                due = true;
            else
                hear(events[i].data.ptr);
        }
        if (due) /* last, for it may free a connection that had an event too */
            send_due_chunks();
    }
}
