#include "hr_store.h"
#include "hr_test.h"

#include <unistd.h>


int
main(void)
{
    int              fd;
    char             path[] = "/tmp/hr-disk-XXXXXX", log[64];
    FILE            *out;
    hr_store_disk_t  disk;

    fd = mkstemp(path);
    OK(fd != -1 && write(fd, "12345", 5) == 5, "a file");
    (void) close(fd);

    hr_store_disk(path, &disk);
    IS_INT(disk.file, 5, "the size of the file");
    IS_INT(disk.log, 0, "no log");
    OK(disk.size > 0 && disk.free <= disk.size, "the disk");

    (void) snprintf(log, sizeof(log), "%s-wal", path);
    out = fopen(log, "w");
    OK(out != NULL && fputs("123", out) >= 0 && fclose(out) == 0, "a log");
    hr_store_disk(path, &disk);
    IS_INT(disk.log, 3, "the size of the log");

    (void) unlink(log);
    (void) unlink(path);
    hr_store_disk(path, &disk);
    OK(disk.file == 0 && disk.size == 0, "nothing is known of a file that is not there");
    OK(!hr_store_disk_low(&disk), "and nothing is claimed");

    disk = (hr_store_disk_t) { 0, 0, 255ull << 20, 100ull << 30 };
    OK(hr_store_disk_low(&disk), "less than 256 MiB of a big disk");
    disk.free = 256ull << 20;
    OK(!hr_store_disk_low(&disk), "256 MiB are enough");
    disk = (hr_store_disk_t) { 0, 0, 60ull << 20, 1000ull << 20 };
    OK(!hr_store_disk_low(&disk), "a small disk with a twentieth of it free");
    disk.free = 40ull << 20;
    OK(hr_store_disk_low(&disk), "a small disk with less");

    return hr_test_done();
}
