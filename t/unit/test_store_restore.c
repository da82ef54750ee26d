/* A copy in the place of the database, and the list of copies. */

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "hr_store_fixture.h"


static char  copy[160];


static int64_t
profiles_in(const char *path)
{
    hr_diag_t          diag;
    hr_store_backup_t  info;

    return hr_store_backup_verify(path, &info, &diag) == HR_OK ? info.profiles : -1;
}


static void
close_all(void)
{
    hr_store_close(w);
    hr_store_close(r);
    w = r = NULL;
}


static void
restore(void)
{
    char               kept[HR_STORE_RESTORE_PATH], path[200];
    hr_diag_t          diag;
    struct stat        st;
    hr_store_backup_t  info;

    snprintf(copy, sizeof(copy), "%s/hr-20260101-040000.db", hr_fixture_dir);

    (void) WRITE(hr_fixture_profile(1, "Отдел", "Первый", NULL, AT(1)));
    IS_INT(hr_store_backup(&hr_fixture_config, copy, 0, NULL, &info, &diag), HR_OK,
           "a copy");
    OK(stat(copy, &st) == 0 && (st.st_mode & 0777) == 0600,
       "is for the eyes of its owner only");

    (void) WRITE(hr_fixture_profile(2, "Отдел", "Второй", NULL, AT(2)));

    /* in this process the engine's locks are ours; another one asks */
    fflush(stdout);
    pid_t  child = fork();
    if (child == 0) {
        hr_rc_t  rc = hr_store_restore(copy, hr_fixture_path, AT(9), kept, &info, &diag);
        _exit(rc == HR_BUSY && strstr(diag.text, "stop the server") != NULL ? 0 : 1);
    }

    int  status;
    waitpid(child, &status, 0);
    OK(WIFEXITED(status) && WEXITSTATUS(status) == 0,
       "a database in use is refused: stop the server first");

    close_all();
    IS_INT(profiles_in(hr_fixture_path), 2, "and left alone");

    IS_INT(hr_store_restore(copy, hr_fixture_path, AT(10), kept, &info, &diag), HR_OK,
           "a closed one is replaced");
    IS_INT(info.profiles, 1, "the rows are told");
    IS_INT(profiles_in(hr_fixture_path), 1, "the copy stands in its place");
    OK(strstr(kept, "profiles.db.before-restore-20260101-000010") != NULL,
       "the old file has a name");
    IS_INT(profiles_in(kept), 2, "and all of its rows");
    OK(stat(hr_fixture_path, &st) == 0 && (st.st_mode & 0007) == 0,
       "nobody else may read the new file");
    snprintf(path, sizeof(path), "%s.restore", hr_fixture_path);
    OK(access(path, F_OK) != 0, "nothing else is left");

    hr_fixture_open();
    hr_store_counts_t  counts;
    IS_INT(hr_store_counts(r, &counts), HR_OK, "the service opens it");
    IS_INT(counts.rows_total, 1, "with the row of the copy");
    close_all();
}


/* The log of the old file must not be replayed into the new one. */
static void
log_left_behind(void)
{
    int                fd;
    char               kept[HR_STORE_RESTORE_PATH], path[HR_STORE_RESTORE_PATH + 8];
    hr_diag_t          diag;
    hr_store_backup_t  info;

    fflush(stdout);
    pid_t  child = fork();
    if (child == 0) {
        hr_fixture_open();
        (void) WRITE(hr_fixture_profile(3, "Отдел", "Третий", NULL, AT(3)));
        _exit(0);           /* as if killed: the log stays */
    }

    int  status;
    waitpid(child, &status, 0);
    snprintf(path, sizeof(path), "%s-wal", hr_fixture_path);
    OK(access(path, F_OK) == 0, "a killed server leaves its log behind");

    IS_INT(hr_store_restore(copy, hr_fixture_path, AT(20), kept, &info, &diag), HR_OK,
           "its database is replaced");
    OK(access(path, F_OK) != 0, "without the log");
    IS_INT(profiles_in(hr_fixture_path), 1, "the copy is what is there");
    IS_INT(profiles_in(kept), 2, "the old file still has what only its log knew");

    /* damaged: the engine cannot even open it */
    fd = open(hr_fixture_path, O_WRONLY | O_TRUNC);
    OK(write(fd, "no database at all", 18) == 18, "a damaged file");
    close(fd);
    IS_INT(hr_store_restore(copy, hr_fixture_path, AT(30), kept, &info, &diag), HR_OK,
           "can be replaced");
    IS_INT(profiles_in(hr_fixture_path), 1, "as well");

    unlink(hr_fixture_path);
    IS_INT(hr_store_restore(copy, hr_fixture_path, AT(40), kept, &info, &diag), HR_OK,
           "and a missing one");
    OK(kept[0] == '\0' && profiles_in(hr_fixture_path) == 1, "made anew");
}


static void
refused(void)
{
    int                fd;
    char               kept[HR_STORE_RESTORE_PATH], path[200];
    hr_diag_t          diag;
    hr_store_backup_t  info;

    snprintf(path, sizeof(path), "%s/broken.db", hr_fixture_dir);
    fd = open(path, O_WRONLY | O_CREAT, 0600);
    OK(write(fd, "no database at all", 18) == 18, "a copy that is none");
    close(fd);

    IS_INT(hr_store_restore(path, hr_fixture_path, AT(50), kept, &info, &diag), HR_ERROR,
           "is refused");
    IS_INT(profiles_in(hr_fixture_path), 1, "and nothing is touched");

    snprintf(path, sizeof(path), "%s/none/profiles.db", hr_fixture_dir);
    IS_INT(hr_store_restore(copy, path, AT(50), kept, &info, &diag), HR_ERROR,
           "as is a folder that is not there");
    OK(strstr(diag.text, "folder") != NULL, "with a reason");
}


static void
list_and_lock(void)
{
    int               one, two;
    char              path[700];
    size_t            count;
    hr_diag_t         diag;
    hr_store_copy_t  *copies;

    snprintf(path, sizeof(path), "ln '%s' '%s/hr-20260102-040000.db' && ln -s '%s'"
             " '%s/hr-20260103-040000.db'", copy, hr_fixture_dir, copy, hr_fixture_dir);
    IS_INT(system(path), 0, "two copies and a link");

    IS_INT(hr_store_backup_list(hr_fixture_dir, &copies, &count, &diag), HR_OK, "a list");
    IS_INT(count, 2, "has the files and no link");
    IS_STR(copies[0].name, strlen(copies[0].name), "hr-20260102-040000.db", "newest first");
    OK(copies[1].at == AT(4 * 3600) && copies[1].bytes > 4096, "with time and size");
    free(copies);

    snprintf(path, sizeof(path), "%s/none", hr_fixture_dir);
    IS_INT(hr_store_backup_list(path, &copies, &count, &diag), HR_ERROR, "no folder");
    OK(copies == NULL && count == 0, "no list");

    IS_INT(hr_store_backup_lock(hr_fixture_dir, &one, &diag), HR_OK, "a lock");
    IS_INT(hr_store_backup_lock(hr_fixture_dir, &two, &diag), HR_BUSY, "is taken");
    hr_store_backup_unlock(one);
    IS_INT(hr_store_backup_lock(hr_fixture_dir, &one, &diag), HR_OK, "and free again");
    hr_store_backup_unlock(one);
    IS_INT(hr_store_backup_lock(path, &one, &diag), HR_ERROR, "a missing folder");
    OK(strstr(diag.text, "belong to the user") != NULL, "is told");
}


int
main(void)
{
    hr_fixture_init();
    hr_fixture_open();

    restore();
    log_left_behind();
    refused();
    list_and_lock();

    hr_fixture_done();

    return hr_test_done();
}
