/* The least that any program does to probe a range: one datagram to each address, one sendto(2) each. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

/* send-loop FIRST COUNT PORT: addresses as integers. Prints packets per second and the sends that failed. */
int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    unsigned long first = strtoul(argv[1], 0, 10), count = strtoul(argv[2], 0, 10), failed = 0;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[3]))};
    struct timespec start, end;
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s < 0)
        return 1;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (unsigned long i = 0; i < count; i++) {
        to.sin_addr.s_addr = htonl(first + i);
        if (sendto(s, "\1", 1, 0, (struct sockaddr *)&to, sizeof to) != 1)
            failed++;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds = (end.tv_sec - start.tv_sec) + (end.tv_nsec - start.tv_nsec) / 1e9;
    printf("%.0f %lu\n", count / seconds, failed);
    return 0;
}
