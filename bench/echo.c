/* A program that only echoes: each datagram goes back with QR set. It is the floor below every DNS server. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: echo PORT\n");
        return 2;
    }
    struct sockaddr_in here = {.sin_family = AF_INET};
    here.sin_port = htons((uint16_t)atoi(argv[1]));
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int sock = socket(AF_INET, SOCK_DGRAM, 0);
    if (sock < 0 || bind(sock, (struct sockaddr *)&here, sizeof here) != 0) {
        perror("echo");
        return 1;
    }
    for (;;) {
        uint8_t packet[4096];
        struct sockaddr_in peer;
        socklen_t peer_size = sizeof peer;
        ssize_t size = recvfrom(sock, packet, sizeof packet, 0, (struct sockaddr *)&peer, &peer_size);
        if (size < 12)
            continue;
        packet[2] |= 0x80;
        (void)sendto(sock, packet, (size_t)size, 0, (struct sockaddr *)&peer, peer_size);
    }
}
