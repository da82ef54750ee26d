/* Room for the database. */

#include "hr_store.h"

#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>


#define HR_STORE_DISK_LOW  (256 * 1024 * 1024ull)


static uint64_t
hr_store_disk_file(const char *path)
{
    struct stat  st;

    return stat(path, &st) == 0 && st.st_size > 0 ? (uint64_t) st.st_size : 0;
}


void
hr_store_disk(const char *path, hr_store_disk_t *disk)
{
    int             n;
    char            log[PATH_MAX];
    struct statvfs  fs;

    memset(disk, 0, sizeof(hr_store_disk_t));

    disk->file = hr_store_disk_file(path);
    n = snprintf(log, sizeof(log), "%s-wal", path);

    if (n > 0 && (size_t) n < sizeof(log)) {
        disk->log = hr_store_disk_file(log);
    }

    if (statvfs(path, &fs) == 0) {
        disk->free = (uint64_t) fs.f_bavail * fs.f_frsize;
        disk->size = (uint64_t) fs.f_blocks * fs.f_frsize;
    }
}


bool
hr_store_disk_low(const hr_store_disk_t *disk)
{
    return disk->size != 0 && disk->free < HR_STORE_DISK_LOW
           && disk->free < disk->size / 20;
}
