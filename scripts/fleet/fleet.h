/* What the programs that are compared share: a list of paths, and threads that take parts of it in turn. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Paths that a thread takes at a time. */
enum { BATCH = 32 };
/* Bytes of a thread's memory. */
enum { MEMORY = 1 << 20 };

static char **paths;
static size_t count, next_batch;

/* Looks at one disk; `memory` is the thread's own. */
static void look(const char *path, unsigned char *memory);

static void *work(void *unused) {
    (void)unused;
    unsigned char *memory = aligned_alloc(4096, MEMORY);
    for (;;) {
        size_t from = __atomic_fetch_add(&next_batch, BATCH, __ATOMIC_RELAXED);
        if (from >= count) break;
        for (size_t i = from; i < from + BATCH && i < count; i++) look(paths[i], memory);
    }
    free(memory);
    return NULL;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

/* Looks at every disk of the list in file `list`, one path a line, with so many threads. */
static void run(const char *list, int threads) {
    FILE *file = fopen(list, "r");
    if (!file) fail(list);
    char *line = NULL;
    size_t room = 0, most = 0;
    while (getline(&line, &room, file) > 0) {
        line[strcspn(line, "\n")] = 0;
        if (count == most) paths = realloc(paths, (most = most ? 2 * most : 1024) * sizeof *paths);
        paths[count++] = strdup(line);
    }
    fclose(file);
    pthread_t others[256];
    for (int i = 1; i < threads; i++)
        if (pthread_create(&others[i], NULL, work, NULL)) fail("pthread_create");
    work(NULL);
    for (int i = 1; i < threads; i++) pthread_join(others[i], NULL);
}
