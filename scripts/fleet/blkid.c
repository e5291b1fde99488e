/* blkid LIST THREADS filtered|default : libblkid in one process, over the disk and each of its partitions, and libvslvm on each physical
 * volume for the names of its group and logical volumes.
 *
 * "filtered" asks for the formats alone that a node can hold; "default" for all that libblkid knows. libvslvm is given the first 128 KiB of
 * the volume in memory, which spares it all reads. */
#define _GNU_SOURCE
#include <blkid/blkid.h>
#include <unistd.h>
#define HAVE_LIBBFIO 1
#include <libbfio.h>
#include <libvslvm.h>

#include "fleet.h"

static char *formats[] = {"vfat", "ext2", "ext3", "ext4", "jbd", "xfs", "swap", "swsuspend", "LVM2_member", "linux_raid_member",
                          "crypto_LUKS", NULL};
static int filtered;
/* So that nothing is left out as unused, and for a glance at whether all was found. */
static size_t contents, groups, volumes;

static void found(size_t *what) { __atomic_fetch_add(what, 1, __ATOMIC_RELAXED); }

static void superblocks(blkid_probe probe) {
    blkid_probe_enable_superblocks(probe, 1);
    if (filtered) blkid_probe_filter_superblocks_type(probe, BLKID_FLTR_ONLYIN, formats);
    blkid_probe_set_superblocks_flags(
        probe, BLKID_SUBLKS_LABEL | BLKID_SUBLKS_UUID | BLKID_SUBLKS_TYPE | BLKID_SUBLKS_VERSION | BLKID_SUBLKS_USAGE);
}

static void volume_group(int disk, off_t at, unsigned char *memory) {
    ssize_t length = pread(disk, memory, 1 << 17, at);
    if (length <= 0) return;
    libbfio_handle_t *bytes = NULL;
    libvslvm_handle_t *reader = NULL;
    libvslvm_volume_group_t *group = NULL;
    libbfio_memory_range_initialize(&bytes, NULL);
    libbfio_memory_range_set(bytes, memory, length, NULL);
    libvslvm_handle_initialize(&reader, NULL);
    if (libvslvm_handle_open_file_io_handle(reader, bytes, LIBVSLVM_OPEN_READ, NULL) == 1) {
        if (libvslvm_handle_get_volume_group(reader, &group, NULL) == 1) {
            char name[256];
            int number = 0;
            size_t size = 0;
            if (libvslvm_volume_group_get_name_size(group, &size, NULL) == 1 && size <= sizeof name)
                libvslvm_volume_group_get_name(group, name, sizeof name, NULL);
            found(&groups);
            libvslvm_volume_group_get_number_of_logical_volumes(group, &number, NULL);
            for (int i = 0; i < number; i++) {
                libvslvm_logical_volume_t *volume = NULL;
                if (libvslvm_volume_group_get_logical_volume(group, i, &volume, NULL) == 1) {
                    found(&volumes);
                    libvslvm_logical_volume_free(&volume, NULL);
                }
            }
            libvslvm_volume_group_free(&group, NULL);
        }
        libvslvm_handle_close(reader, NULL);
    }
    libvslvm_handle_free(&reader, NULL);
    libbfio_handle_free(&bytes, NULL);
}

static void look(const char *path, unsigned char *memory) {
    blkid_probe disk = blkid_new_probe_from_filename(path), part = blkid_new_probe();
    if (!disk || !part) fail(path);
    superblocks(disk);
    blkid_probe_enable_partitions(disk, 1);
    if (blkid_do_safeprobe(disk) == 0) found(&contents);
    blkid_partlist list = blkid_probe_get_partitions(disk);
    for (int i = 0; list && i < blkid_partlist_numof_partitions(list); i++) {
        blkid_partition entry = blkid_partlist_get_partition(list, i);
        if (!blkid_partition_get_type_string(entry) && !blkid_partition_get_type(entry)) continue;
        if (blkid_partition_is_extended(entry)) continue;
        off_t at = blkid_partition_get_start(entry) * 512;
        blkid_probe_set_device(part, blkid_probe_get_fd(disk), at, blkid_partition_get_size(entry) * 512);
        superblocks(part);
        const char *type;
        if (blkid_do_safeprobe(part) == 0) {
            found(&contents);
            if (!blkid_probe_lookup_value(part, "TYPE", &type, NULL) && !strcmp(type, "LVM2_member"))
                volume_group(blkid_probe_get_fd(disk), at, memory);
        }
        blkid_reset_probe(part);
    }
    blkid_free_probe(part);
    blkid_free_probe(disk);
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    filtered = !strcmp(argv[3], "filtered");
    run(argv[1], atoi(argv[2]));
    fprintf(stderr, "%zu contents, %zu groups, %zu volumes\n", contents, groups, volumes);
}
