/* floor LIST THREADS OFFSET:LENGTH... : the reads that an answer needs, and nothing else. What no scanner can be faster than.
 *
 * Each disk is opened, its size is asked, the given parts are read, and it is closed. A negative offset counts from the end. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fleet.h"

static struct { off_t at; size_t length; } parts[64];
static int part_count;

static void look(const char *path, unsigned char *memory) {
    int disk = open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    if (disk < 0 || fstat(disk, &about)) fail(path);
    for (int i = 0; i < part_count; i++) {
        off_t at = parts[i].at < 0 ? about.st_size + parts[i].at : parts[i].at;
        if (pread(disk, memory, parts[i].length, at) < 0) fail(path);
    }
    close(disk);
}

int main(int argc, char **argv) {
    for (int i = 3; i < argc && part_count < 64; i++, part_count++) {
        char *length;
        parts[part_count].at = strtoll(argv[i], &length, 10);
        parts[part_count].length = strtoull(length + 1, NULL, 10);
    }
    run(argv[1], atoi(argv[2]));
}
