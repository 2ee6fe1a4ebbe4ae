/* Clients that cost nearly nothing: load PORT REQUEST CONNECTIONS WARMUP_S SECONDS EACH RATE
 *
 * CONNECTIONS clients send the bytes of the file REQUEST and read the reply to its end, over and over: for SECONDS (0:
 * no limit), or EACH times per connection (0: no limit). At most RATE requests start per second (0: as fast as replies
 * come). Prints "begin" when the warm-up is over, and in the end one line of JSON. A reply whose status is not 200,
 * or a stream without [DONE], is an error. With WARMUP_S "hold", it sends one request on each connection, prints
 * "holding" once every reply has begun, and keeps them open until its standard input ends. Its counterpart is upstream.c.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "framing.h"

#define GRACE 2.0 /* seconds that replies under way may take after the end */

struct connection {
    int fd;
    bool busy;
    double sent_at, first_at;
    struct framing framing;
    char tail[16]; /* the body's end */
    size_t tail_size;
    struct connection *next_idle;
};

struct series {
    double *values;
    size_t size, room;
};

static char request[65536];
static size_t request_size;
static int port, poller, connections, begun, busy;
static struct connection *idle, **idle_end = &idle; /* taken in turn, so that all connections carry alike */
static struct series whole, first;
static long started, quota, completed, in_time, errors, reconnects, pieces;
static bool streams, measuring;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void note(struct series *s, double value) {
    if (s->size == s->room) {
        s->room = s->room ? s->room * 2 : 4096;
        s->values = realloc(s->values, s->room * sizeof *s->values);
    }
    s->values[s->size++] = value;
}

static void dial(struct connection *c) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int on = 1;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(c->fd, (struct sockaddr *)&at, sizeof at) < 0) {
        perror("load: connect");
        exit(1);
    }
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event);
}

static void rest(struct connection *c) {
    if (c->busy)
        busy--;
    c->busy = false;
    c->next_idle = NULL;
    *idle_end = c;
    idle_end = &c->next_idle;
}

static struct connection *next_idle(void) {
    struct connection *c = idle;
    idle = c->next_idle;
    if (idle == NULL)
        idle_end = &idle;
    return c;
}

static void redial(struct connection *c, const char *why) {
    if (c->busy) {
        if (errors++ == 0)
            fprintf(stderr, "load: %s: %.200s\n", why, c->framing.head);
        rest(c);
    }
    close(c->fd);
    reconnects++;
    dial(c);
}

static void send_request(struct connection *c) {
    framing_reset(&c->framing);
    c->framing.head[0] = '\0';
    c->tail_size = 0;
    c->first_at = 0;
    c->busy = true;
    busy++;
    started++;
    c->sent_at = now();
    if (send(c->fd, request, request_size, MSG_NOSIGNAL) != (ssize_t)request_size)
        redial(c, "could not send");
}

static void keep_tail(void *owner, const char *data, size_t size) {
    struct connection *c = owner;
    size_t room = sizeof c->tail;
    if (size >= room) {
        memcpy(c->tail, data + size - room, room);
        c->tail_size = room;
        return;
    }
    size_t kept = c->tail_size + size > room ? room - size : c->tail_size;
    memmove(c->tail, c->tail + c->tail_size - kept, kept);
    memcpy(c->tail + kept, data, size);
    c->tail_size = kept + size;
}

static void conclude(struct connection *c) {
    bool good = strncmp(c->framing.head + 8, " 200 ", 5) == 0;
    if (streams)
        good = good && memmem(c->tail, c->tail_size, "[DONE]", 6) != NULL;
    if (!good) {
        redial(c, "not a good reply");
        return;
    }
    completed++;
    if (measuring) {
        note(&whole, now() - c->sent_at);
        note(&first, c->first_at - c->sent_at);
        in_time++;
    }
    rest(c);
}

static void hear(struct connection *c) {
    static char data[262144];
    ssize_t size = recv(c->fd, data, sizeof data, MSG_DONTWAIT);
    if (size < 0 && errno == EAGAIN)
        return;
    if (size <= 0) {
        redial(c, "the connection closed");
        return;
    }
    framing_feed(&c->framing, data, (size_t)size, keep_tail, c);
    pieces++;
    if (c->first_at == 0 && c->tail_size > 0) {
        c->first_at = now();
        begun++;
    }
    if (c->framing.state == BAD)
        redial(c, "not HTTP");
    else if (c->framing.state == COMPLETE)
        conclude(c);
}

/* Wait for something to happen, at most until a moment. */
static void turn(double until) {
    struct epoll_event events[256];
    double left = until - now();
    struct timespec at_most = {0};
    if (left > 0) {
        at_most.tv_sec = (time_t)left;
        at_most.tv_nsec = (long)((left - (double)at_most.tv_sec) * 1e9);
    }
    int count = epoll_pwait2(poller, events, 256, &at_most, NULL);
    for (int i = 0; i < count; i++)
        hear(events[i].data.ptr);
}

/* Keep the clients busy until a moment or the quota, whichever comes first. */
static void run(double until, double rate) {
    double due = now();
    while (now() < until && (quota == 0 || started < quota || busy > 0)) {
        double next = until;
        while (idle != NULL && (quota == 0 || started < quota)) {
            if (rate > 0 && due > now()) {
                next = due < until ? due : until;
                break;
            }
            due += rate > 0 ? 1 / rate : 0;
            send_request(next_idle());
        }
        turn(next);
    }
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(struct series *s, double share) {
    return s->size ? s->values[(size_t)(share * (double)(s->size - 1) + 0.5)] * 1e6 : 0;
}

static void report(double seconds) {
    qsort(whole.values, whole.size, sizeof *whole.values, ascending);
    qsort(first.values, first.size, sizeof *first.values, ascending);
    printf("{\"completed\": %ld, \"in_time\": %ld, \"errors\": %ld, \"reconnects\": %ld, \"unanswered\": %d, "
           "\"pieces\": %ld, \"seconds\": %.6f, \"p50_us\": %.1f, \"p90_us\": %.1f, \"p99_us\": %.1f, \"max_us\": %.1f, "
           "\"first_p50_us\": %.1f, \"first_p99_us\": %.1f}\n",
           completed, in_time, errors, reconnects, busy, pieces, seconds, quantile(&whole, 0.5), quantile(&whole, 0.9),
           quantile(&whole, 0.99), quantile(&whole, 1), quantile(&first, 0.5), quantile(&first, 0.99));
}

static void measure(double warmup, double seconds, long each, double rate) {
    double forever = now() + 1e6;
    if (warmup > 0)
        run(now() + warmup, rate);
    printf("begin\n");
    fflush(stdout);
    completed = started = pieces = 0;
    quota = each * connections;
    measuring = true;
    double began = now();
    run(seconds > 0 ? began + seconds : forever, rate);
    double took = now() - began;
    measuring = false; /* what is under way counts as completed, not as in time */
    quota = -1;
    for (double end = now() + GRACE; busy > 0 && now() < end;)
        turn(end);
    report(took);
}

static void hold(void) {
    char byte;
    quota = connections;
    while (begun < connections) {
        run(now() + 0.01, 0);
        if (errors > 0)
            exit(1);
    }
    printf("holding\n");
    fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) > 0)
        ;
}

static void read_request(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL || (request_size = fread(request, 1, sizeof request, file)) == 0) {
        perror(path);
        exit(2);
    }
    fclose(file);
    streams = memmem(request, request_size, "\"stream\": true", 14) != NULL;
}

int main(int argc, char **argv) {
    if (argc != 8) {
        fprintf(stderr, "usage: load PORT REQUEST CONNECTIONS WARMUP_S|hold SECONDS EACH RATE\n");
        return 2;
    }
    port = atoi(argv[1]);
    read_request(argv[2]);
    connections = atoi(argv[3]);
    poller = epoll_create1(EPOLL_CLOEXEC);
    struct connection *all = calloc((size_t)connections, sizeof *all);
    for (int i = 0; i < connections; i++) {
        dial(&all[i]);
        rest(&all[i]);
    }
    if (strcmp(argv[4], "hold") == 0)
        hold();
    else
        measure(strtod(argv[4], NULL), strtod(argv[5], NULL), strtol(argv[6], NULL, 10), strtod(argv[7], NULL));
    return 0;
}
