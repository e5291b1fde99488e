/* measure TIMES PROGRAM ARGUMENT... : runs a program with its output thrown away. For each run a line with wall time and CPU time in
 * microseconds, and the most memory it had in KiB. A program of its own, because a child inherits the memory mark of a large parent. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

int main(int argc, char **argv) {
    if (argc < 3) return 2;
    for (int i = atoi(argv[1]); i > 0; i--) {
        double start = now();
        pid_t child = vfork();
        if (child == 0) {
            int nothing = open("/dev/null", O_WRONLY);
            dup2(nothing, 1);
            dup2(nothing, 2);
            execvp(argv[2], argv + 2);
            _exit(127);
        }
        int status;
        struct rusage used;
        if (child < 0 || wait4(child, &status, 0, &used) != child) return 1;
        double wall = now() - start;
        if (!WIFEXITED(status) || WEXITSTATUS(status) == 127) return 1;
        double cpu = used.ru_utime.tv_sec * 1e6 + used.ru_utime.tv_usec + used.ru_stime.tv_sec * 1e6 + used.ru_stime.tv_usec;
        printf("%.0f %.0f %ld\n", wall, cpu, used.ru_maxrss);
    }
}
