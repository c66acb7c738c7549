/* The upstream of the bench: any A question has one address for an hour, any other type has no data. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEADER = 12, LONGEST_NAME = 255, RECEIVE_BUFFER = 4 << 20 };

/* A globally routed address: a guard against rebinding has no reason to strip it. Nothing is ever sent to it. */
static const uint8_t address_record[] = {0xC0, 12, 0, 1, 0, 1, 0, 0, 0x0E, 0x10, 0, 4, 93, 184, 216, 34};
/* SOA of the root, minimum 3600: makes "no data" cacheable (RFC 2308, section 5). */
static const uint8_t soa_record[] = {0, 0, 6, 0, 1, 0, 0, 0x0E, 0x10, 0, 22, 0, 0, 0, 0, 0, 1,
                                     0, 0, 0x0E, 0x10, 0, 0, 0x0E, 0x10, 0, 0, 0x0E, 0x10, 0, 0, 0x0E, 0x10};
static const uint8_t opt_record[] = {0, 0, 41, 0x04, 0xD0, 0, 0, 0, 0, 0, 0};

/* Where the question section ends, or 0 when the packet is not one whole question. */
static size_t question_end(const uint8_t *packet, size_t size)
{
    if (size < HEADER || (packet[2] & 0x80) || packet[4] != 0 || packet[5] != 1)
        return 0;
    size_t at = HEADER;
    while (at < size && packet[at] != 0) {
        if (packet[at] > 63)
            return 0;
        at += 1u + packet[at];
        if (at - HEADER > LONGEST_NAME)
            return 0;
    }
    return at + 5 <= size ? at + 5 : 0;
}

static size_t append(uint8_t *packet, size_t at, const uint8_t *record, size_t size)
{
    memcpy(packet + at, record, size);
    return at + size;
}

/* Turns the question in place into its answer; the new size, or 0 for no answer. */
static size_t answer(uint8_t *packet, size_t size)
{
    size_t at = question_end(packet, size);
    if (at == 0)
        return 0;
    int has_additional = packet[10] != 0 || packet[11] != 0;
    int is_address = packet[at - 4] == 0 && packet[at - 3] == 1;
    packet[2] = (uint8_t)(0x80 | (packet[2] & 0x01)); /* QR, and RD as asked */
    packet[3] = (uint8_t)(0x80 | (packet[3] & 0x10)); /* RA, and CD as asked */
    memset(packet + 6, 0, 6);
    packet[7] = (uint8_t)(is_address ? 1 : 0);
    packet[9] = (uint8_t)(is_address ? 0 : 1);
    packet[11] = (uint8_t)(has_additional ? 1 : 0);
    if (is_address)
        at = append(packet, at, address_record, sizeof address_record);
    else
        at = append(packet, at, soa_record, sizeof soa_record);
    if (has_additional)
        at = append(packet, at, opt_record, sizeof opt_record);
    return at;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: authority PORT\n");
        return 2;
    }
    struct sockaddr_in here = {.sin_family = AF_INET};
    here.sin_port = htons((uint16_t)atoi(argv[1]));
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int sock = socket(AF_INET, SOCK_DGRAM, 0);
    int buffer = RECEIVE_BUFFER;
    if (sock >= 0)
        (void)setsockopt(sock, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    if (sock < 0 || bind(sock, (struct sockaddr *)&here, sizeof here) != 0) {
        perror("authority");
        return 1;
    }
    for (;;) {
        uint8_t packet[4096 + 64];
        struct sockaddr_in peer;
        socklen_t peer_size = sizeof peer;
        ssize_t size = recvfrom(sock, packet, 4096, 0, (struct sockaddr *)&peer, &peer_size);
        size_t reply = size > 0 ? answer(packet, (size_t)size) : 0;
        if (reply > 0)
            (void)sendto(sock, packet, reply, 0, (struct sockaddr *)&peer, peer_size);
    }
}
