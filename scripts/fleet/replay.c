/* replay LIST THREADS : the reads that the scanner made, and nothing else.
 *
 * A line of LIST is the path of a disk, a tab, and OFFSET:LENGTH of each read in its order. Each disk is opened, its size is asked, what is
 * listed is read, and it is closed. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fleet.h"

static void look(const char *line, unsigned char *memory) {
    char path[4096];
    const char *next = strchr(line, '\t');
    if (!next || next - line >= (long)sizeof path) fail(line);
    memcpy(path, line, next - line);
    path[next - line] = 0;
    int disk = open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    if (disk < 0 || fstat(disk, &about)) fail(path);
    while (*next) {
        char *end;
        off_t at = strtoll(next + 1, &end, 10);
        size_t length = strtoull(end + 1, &end, 10);
        if (length > MEMORY || pread(disk, memory, length, at) < 0) fail(path);
        next = end;
    }
    close(disk);
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    run(argv[1], atoi(argv[2]));
}
