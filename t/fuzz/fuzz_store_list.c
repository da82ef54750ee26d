/*
 * The list of profiles with any texts as search, filters and cursor: an answer or
 * a refusal, never an error of the engine; what is found contains the text.
 *
 * Input: a byte of switches, a byte of sort, then texts separated by 0x01.
 */

#include <unistd.h>

#include "hr_fuzz.h"
#include "hr_store.h"
#include "hr_text.h"


static hr_store_conn_t  *conn;


static void
fuzz_fill(void)
{
    static const char *const  names[] = {
        "Отдел продаж", "Ёлка \"EU\" 100%_", "Управление\tИТ", "aaa", "Аналитик"
    };

    char                 id[37];
    unsigned             i;
    hr_store_slot_t      slot;
    hr_store_content_t   c;

    memset(&slot, 0, sizeof(slot));
    memset(&c, 0, sizeof(c));
    c.document = HR_STR("{}");
    c.user_id = 1;
    c.username = HR_STR("admin");

    HR_FUZZ_CHECK(hr_store_begin(conn) == HR_OK);

    for (i = 0; i < 50; i++) {
        snprintf(id, sizeof(id), "00000000-0000-4000-8000-%012x", i);
        slot.department = hr_str_from_c(names[i % 5]);
        slot.position = hr_str_from_c(names[i / 5 % 5]);
        slot.employee_name = i % 3 == 0 ? hr_str_from_c(names[i % 4]) : HR_STR_NULL;
        c.validation_score = i % 10 / 10.0;
        HR_FUZZ_CHECK(hr_store_profile_insert(conn, hr_str(id, 36), &slot, &c,
                          (hr_instant_t) i * 1000000) == HR_OK);
    }

    HR_FUZZ_CHECK(hr_store_commit(conn) == HR_OK);
}


static void
fuzz_open(void)
{
    static char               path[64];
    static hr_store_seed_t    seed = {
        HR_STR_INIT("admin"), HR_STR_INIT("x"), HR_STR_INIT("x"), HR_STORE_ROLE_ADMIN
    };
    static hr_store_config_t  config;

    snprintf(path, sizeof(path), "/tmp/fuzz-store-%d.db", (int) getpid());
    config.path = path;
    config.seeds = &seed;
    config.nseeds = 1;

    HR_FUZZ_CHECK(hr_store_prepare(&config, NULL, NULL) == HR_OK);
    HR_FUZZ_CHECK(hr_store_open(&config, HR_STORE_WRITER, &conn, NULL) == HR_OK);

    fuzz_fill();

    /* the open connection keeps the files as long as they are needed */
    (void) unlink(path);
    snprintf(path, sizeof(path), "/tmp/fuzz-store-%d.db-wal", (int) getpid());
    (void) unlink(path);
    snprintf(path, sizeof(path), "/tmp/fuzz-store-%d.db-shm", (int) getpid());
    (void) unlink(path);
}


static hr_str_t
fuzz_next(const uint8_t **data, size_t *size)
{
    hr_str_t  text;
    size_t    n;

    for (n = 0; n < *size && (*data)[n] != 1; n++) { /* void */ }

    text = hr_str((const char *) *data, n);
    n += n < *size;
    *data += n;
    *size -= n;

    return text.len == 0 ? HR_STR_NULL : text;
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t              i;
    hr_rc_t             rc;
    hr_arena_t         *arena;
    hr_store_filter_t   f;
    hr_store_list_t     list;

    if (conn == NULL) {
        fuzz_open();
    }

    if (size < 2) {
        return 0;
    }

    memset(&f, 0, sizeof(f));
    f.page = 1;
    f.limit = 7;
    f.ascending = data[0] & 1;
    f.status_mask = data[0] >> 1 & 15;
    f.min_validation = data[0] & 32 ? 0.5 : 0;
    f.has_created_from = data[0] & 64;
    f.created_from = 5000000;
    f.sort = (hr_store_sort_t) (data[1] % 6);

    data += 2;
    size -= 2;
    f.search = fuzz_next(&data, &size);
    f.department = fuzz_next(&data, &size);
    f.position = fuzz_next(&data, &size);
    f.cursor = fuzz_next(&data, &size);

    arena = hr_arena_create(8 * 1024 * 1024);
    HR_FUZZ_CHECK(arena != NULL);

    rc = hr_store_profiles_list(conn, arena, &f, &list);
    HR_FUZZ_CHECK(rc == HR_OK || (rc == HR_INVALID
                                  && hr_store_error(conn) >= HR_STORE_E_BAD_CURSOR));

    for (i = 0; rc == HR_OK && i < list.count; i++) {
        if (f.department.data != NULL) {
            HR_FUZZ_CHECK(hr_contains(hr_fold(arena, list.items[i].department),
                                      hr_fold(arena, f.department)));
        }
    }

    /* what the store gives out it takes back */
    if (rc == HR_OK && list.next_cursor.data != NULL) {
        f.cursor = list.next_cursor;
        HR_FUZZ_CHECK(hr_store_profiles_list(conn, arena, &f, &list) == HR_OK);
    }

    hr_arena_destroy(arena);

    return 0;
}
