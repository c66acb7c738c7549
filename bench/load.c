/* Asks the questions of a file over one connected UDP socket, a fixed number outstanding, and judges every answer.
 *
 * usage: load PORT FILE WINDOW SEED answers|echo wait|spin
 * The file holds records: length (2 bytes, big-endian), expected RCODE (1 byte), the packet. The ID is overwritten.
 * "echo" expects only QR; "spin" never sleeps, so the server pays for no wake-up of this program.
 * One JSON object is written to standard output.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LARGEST_WINDOW = 1024, LARGEST_QUESTION = 512, LARGEST_ANSWER = 4096, BATCH = 64, TRIES = 3, RECORD_HEAD = 3 };
static const uint64_t TIMEOUT_NS = 1000000000ull;

struct question {
    const uint8_t *packet;
    uint16_t size;
    uint8_t rcode;
};

struct slot {
    uint32_t question;
    uint16_t id;
    uint8_t tries;
    uint8_t busy;
    uint64_t sent_ns;
    uint8_t packet[LARGEST_QUESTION];
};

static struct question *questions;
static uint32_t question_count;
static struct slot slots[LARGEST_WINDOW];
static uint16_t free_slots[LARGEST_WINDOW];
static uint16_t slot_of_id[65536]; /* slot + 1; 0 is none */
static uint32_t free_count, window_size;
static uint64_t random_state;
static uint64_t answered, resent, lost, wrong, strangers, truncated, rcodes[16];

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

static uint16_t random_id(void)
{
    do { /* xorshift64*: quick; the IDs need to be spread, not secret */
        random_state ^= random_state >> 12;
        random_state ^= random_state << 25;
        random_state ^= random_state >> 27;
    } while (slot_of_id[(uint16_t)((random_state * 0x2545F4914F6CDD1Dull) >> 48)] != 0);
    return (uint16_t)((random_state * 0x2545F4914F6CDD1Dull) >> 48);
}

static int read_questions(const char *path)
{
    struct stat status;
    int file = open(path, O_RDONLY);
    if (file < 0 || fstat(file, &status) != 0 || status.st_size == 0)
        return -1;
    size_t size = (size_t)status.st_size;
    const uint8_t *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
    close(file);
    if (bytes == MAP_FAILED)
        return -1;
    questions = calloc(size / (RECORD_HEAD + 17) + 1, sizeof *questions);
    if (questions == NULL)
        return -1;
    for (size_t at = 0; at < size;) {
        size_t length = at + RECORD_HEAD <= size ? (size_t)bytes[at] << 8 | bytes[at + 1] : 0;
        if (length < 17 || length > LARGEST_QUESTION || at + RECORD_HEAD + length > size) {
            errno = EINVAL;
            return -1;
        }
        questions[question_count++] = (struct question){bytes + at + RECORD_HEAD, (uint16_t)length, bytes[at + 2]};
        at += RECORD_HEAD + length;
    }
    return 0;
}

/* Hands the packets of these slots to the kernel. What it does not take now is resent after the timeout. */
static void send_slots(int sock, const uint16_t *which, unsigned count)
{
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    uint64_t now = now_ns();
    memset(messages, 0, count * sizeof *messages);
    for (unsigned i = 0; i < count; i++) {
        struct slot *slot = &slots[which[i]];
        slot->sent_ns = now;
        parts[i] = (struct iovec){slot->packet, questions[slot->question].size};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    for (unsigned sent = 0; sent < count;) {
        int done = sendmmsg(sock, messages + sent, count - sent, 0);
        if (done <= 0)
            break;
        sent += (unsigned)done;
    }
}

static uint32_t ask_more(int sock, uint32_t next)
{
    uint16_t chosen[BATCH];
    unsigned count = 0;
    while (free_count > 0 && next < question_count) {
        uint16_t index = free_slots[--free_count];
        struct slot *slot = &slots[index];
        slot->question = next;
        slot->id = random_id();
        slot->tries = 1;
        slot->busy = 1;
        slot_of_id[slot->id] = (uint16_t)(index + 1);
        memcpy(slot->packet, questions[next].packet, questions[next].size);
        slot->packet[0] = (uint8_t)(slot->id >> 8);
        slot->packet[1] = (uint8_t)slot->id;
        chosen[count++] = index;
        next++;
        if (count == BATCH) {
            send_slots(sock, chosen, count);
            count = 0;
        }
    }
    if (count > 0)
        send_slots(sock, chosen, count);
    return next;
}

static void release(uint16_t index)
{
    slot_of_id[slots[index].id] = 0;
    slots[index].busy = 0;
    free_slots[free_count++] = index;
}

/* The question section must come back as it was asked: a server that mixes up two answers is found out. */
static int same_question(const uint8_t *answer, size_t size, const struct question *question)
{
    size_t end = 12;
    while (question->packet[end] != 0)
        end += 1u + question->packet[end];
    end += 5;
    return size >= end && memcmp(answer + 12, question->packet + 12, end - 12) == 0;
}

static void judge(const uint8_t *answer, size_t size, int echo)
{
    uint16_t index = size >= 12 ? slot_of_id[(uint16_t)(answer[0] << 8 | answer[1])] : 0;
    if (index == 0) {
        strangers++;
        return;
    }
    index--;
    const struct question *question = &questions[slots[index].question];
    uint8_t rcode = answer[3] & 0x0F;
    int right = (answer[2] & 0x80) != 0 && same_question(answer, size, question);
    if (!echo) {
        int has_answer = answer[6] != 0 || answer[7] != 0;
        right = right && rcode == question->rcode && (rcode != 0 || has_answer);
    }
    if (answer[2] & 0x02)
        truncated++;
    if (!right || (answer[2] & 0x02))
        wrong++;
    rcodes[rcode]++;
    answered++;
    release(index);
}

static unsigned receive(int sock, int echo)
{
    static uint8_t buffers[BATCH][LARGEST_ANSWER];
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    memset(messages, 0, sizeof messages);
    for (unsigned i = 0; i < BATCH; i++) {
        parts[i] = (struct iovec){buffers[i], LARGEST_ANSWER};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    int count = recvmmsg(sock, messages, BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < count; i++)
        judge(buffers[i], messages[i].msg_len, echo);
    return count > 0 ? (unsigned)count : 0;
}

static void resend_late(int sock)
{
    uint64_t now = now_ns();
    for (uint16_t index = 0; index < window_size; index++) {
        struct slot *slot = &slots[index];
        if (!slot->busy || now - slot->sent_ns < TIMEOUT_NS)
            continue;
        if (slot->tries++ >= TRIES) {
            lost++;
            release(index);
            continue;
        }
        resent++;
        send_slots(sock, &index, 1);
    }
}

static void run(int sock, int echo, int spin)
{
    uint32_t next = 0;
    uint64_t last_check = now_ns();
    for (uint32_t round = 0;; round++) {
        next = ask_more(sock, next);
        if (next == question_count && free_count == window_size)
            return;
        if (receive(sock, echo) == 0 && !spin) {
            struct pollfd wait = {.fd = sock, .events = POLLIN};
            (void)poll(&wait, 1, 100);
        }
        if (round % 256 == 0 || !spin) {
            uint64_t now = now_ns();
            if (now - last_check >= TIMEOUT_NS / 4) {
                resend_late(sock);
                last_check = now;
            }
        }
    }
}

static void report(uint64_t elapsed_ns)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
                 ((double)usage.ru_utime.tv_usec + (double)usage.ru_stime.tv_usec) / 1e6;
    printf("{\"asked\": %u, \"answered\": %llu, \"resent\": %llu, \"lost\": %llu, \"wrong\": %llu, "
           "\"strangers\": %llu, \"truncated\": %llu, \"seconds\": %.6f, \"load_cpu_seconds\": %.6f, \"rcodes\": [",
           question_count, (unsigned long long)answered, (unsigned long long)resent, (unsigned long long)lost,
           (unsigned long long)wrong, (unsigned long long)strangers, (unsigned long long)truncated,
           (double)elapsed_ns / 1e9, cpu);
    for (int rcode = 0; rcode < 16; rcode++)
        printf("%s%llu", rcode ? ", " : "", (unsigned long long)rcodes[rcode]);
    printf("]}\n");
}

int main(int argc, char **argv)
{
    if (argc != 7) {
        fprintf(stderr, "usage: load PORT FILE WINDOW SEED answers|echo wait|spin\n");
        return 2;
    }
    int window = atoi(argv[3]);
    window_size = window < 1 ? 1 : window > LARGEST_WINDOW ? LARGEST_WINDOW : (uint32_t)window;
    random_state = strtoull(argv[4], NULL, 10) * 2 + 1;
    if (read_questions(argv[2]) != 0) {
        perror(argv[2]);
        return 1;
    }
    for (uint32_t index = 0; index < window_size; index++)
        free_slots[free_count++] = (uint16_t)index;
    struct sockaddr_in there = {.sin_family = AF_INET};
    there.sin_port = htons((uint16_t)atoi(argv[1]));
    there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int sock = socket(AF_INET, SOCK_DGRAM, 0);
    if (sock < 0 || connect(sock, (struct sockaddr *)&there, sizeof there) != 0) {
        perror("load");
        return 1;
    }
    uint64_t started = now_ns();
    run(sock, strcmp(argv[5], "echo") == 0, strcmp(argv[6], "spin") == 0);
    report(now_ns() - started);
    return 0;
}
