/* The least that any program does to probe a range: one datagram to each address, one sendto(2) each. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

/* send-loop FIRST COUNT PORT REQUEST: addresses as integers, the request in hex. Prints packets per second, the
 * sends that failed, the peak of the resident set in KiB and the CPU seconds. */
int main(int argc, char **argv)
{
    if (argc != 5)
        return 2;
    unsigned long first = strtoul(argv[1], 0, 10), count = strtoul(argv[2], 0, 10), failed = 0;
    unsigned char request[256];
    size_t length = 0;
    for (const char *hex = argv[4]; length < sizeof request && sscanf(hex, "%2hhx", &request[length]) == 1; hex += 2)
        length++;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[3]))};
    struct timespec start, end;
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s < 0)
        return 1;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (unsigned long i = 0; i < count; i++) {
        to.sin_addr.s_addr = htonl(first + i);
        if (sendto(s, request, length, 0, (struct sockaddr *)&to, sizeof to) != (ssize_t)length)
            failed++;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds = (end.tv_sec - start.tv_sec) + (end.tv_nsec - start.tv_nsec) / 1e9;
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    double cpu = used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    printf("%.0f %lu %ld %f\n", count / seconds, failed, used.ru_maxrss, cpu);
    return 0;
}
