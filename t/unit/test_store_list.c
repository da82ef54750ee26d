/*
 * The list of profiles: every filter, sort, page and cursor against a plain
 * comparison of all rows, and the query plans at a size where they matter.
 */

#include "hr_store_fixture.h"


#define ROWS  400

static const char *const  departments[] = {
    "Отдел продаж", "отдел  Закупок", "Управление «Ёлка»", "Блок/Отдел продаж",
    "100%_план", "Sales \"EU\"", "ИТ"
};
static const char *const  positions[] = {
    "Ведущий аналитик", "АНАЛИТИК данных", "Менеджер", "Ёж", "Директор по 100%"
};
static const char *const  employees[] = {
    NULL, NULL, "Сотрудник Первый", "Аналитик Аналитикович", "Ян"
};

static const char *const  units[] = {
    NULL, "Блок", "Блок/Отдел", "Блок/Отдел/Группа", "Блок 2/Отдел"
};

static hr_store_card_t  all[ROWS];
static int64_t          order[ROWS];


static hr_store_filter_t
plain(void)
{
    hr_store_filter_t  f;

    memset(&f, 0, sizeof(f));
    f.page = 1;
    f.limit = 20;

    return f;
}


/* two of them with KPIs that are not the unit's own (I-04) */
static const char *const  facts[] = {
    "{}", "{\"data_sources\":{\"kpi_source\":\"specific\"}}",
    "{\"data_sources\":{\"kpi_source\":\"template\"}}",
    "{\"kpi_source\":\"none\"}"
};


static void
fill(void)
{
    unsigned             i;
    hr_store_slot_t      slot;
    hr_store_content_t   c;

    srand(7);
    hr_store_begin(w);

    for (i = 0; i < ROWS; i++) {
        memset(&slot, 0, sizeof(slot));
        slot.department = hr_str_from_c(departments[rand() % 7]);
        slot.position = hr_str_from_c(positions[rand() % 5]);
        slot.employee_name = hr_str_from_c(employees[rand() % 5]);
        slot.unit_path = hr_str_from_c(units[rand() % 5]);

        c = hr_fixture_content("{}");
        c.metadata = hr_str_from_c(facts[rand() % 4]);
        c.validation_score = rand() % 11 / 10.0;
        c.completeness_score = rand() % 3 / 2.0;
        c.user_id = 1 + rand() % 2;

        /* many share an instant */
        if (hr_store_profile_insert(w, hr_fixture_id(i), &slot, &c,
                                    AT(rand() % 100)) != HR_OK)
        {
            OK(0, "insert");
        }
    }

    hr_store_commit(w);

    for (i = 0; i < ROWS; i++) {
        hr_store_meta_t  m = { .fields = HR_STORE_SET_STATUS };

        m.status = (hr_store_status_t) (rand() % 4);

        if (rand() % 2) {
            WRITE(hr_store_profile_update(w, a, hr_fixture_id(i), &m, NULL,
                                          AT(200 + rand() % 100), NULL));
        }
    }

    for (i = 0; i < ROWS; i++) {
        if (rand() % 2) {
            WRITE(hr_store_approval_set(w, hr_fixture_id(i), HR_STORE_DRAFT,
                                        (hr_store_stage_t) (rand() % 6), 1,
                                        HR_STR_NULL, AT(300)));
        }
    }

    for (i = 0; i < ROWS; i++) {
        hr_store_profile_card(r, a, hr_fixture_id(i), &all[i]);
        order[i] = i;
    }
}


static bool
has(hr_str_t text, hr_str_t part)
{
    return part.data == NULL || hr_fold(a, part).len == 0
           || (text.len != 0 && hr_contains(hr_fold(a, text), hr_fold(a, part)));
}


static bool
below(const hr_store_card_t *c, hr_str_t unit)
{
    hr_str_t  path = c->unit_path.data == NULL ? c->department : c->unit_path;

    return unit.len == 0
           || (path.len >= unit.len && memcmp(path.data, unit.data, unit.len) == 0
               && (path.len == unit.len || path.data[unit.len] == '/'));
}


static bool
matches(const hr_store_card_t *c, const hr_store_filter_t *f)
{
    size_t             i;
    bool               any = f->ndepartments == 0;
    hr_store_stage_t   stage = HR_STORE_DRAFT;

    hr_store_stage_parse(c->approval_state, &stage);

    for (i = 0; i < f->ndepartments; i++) {
        any = any || has(c->department, f->departments[i]);
    }

    return any && has(c->department, f->department) && has(c->position, f->position)
           && (has(c->department, f->search) || has(c->position, f->search)
               || has(c->employee_name, f->search))
           && (f->status_mask == 0 || (f->status_mask >> c->status & 1))
           && (!f->has_created_from || c->created_at >= f->created_from)
           && (!f->has_created_to || c->created_at < f->created_to)
           && (f->min_validation <= 0 || c->validation_score >= f->min_validation)
           && (f->min_completeness <= 0
               || c->completeness_score >= f->min_completeness)
           && (f->created_by == 0 || c->created_by == f->created_by)
           && (f->stage_mask == 0 || (f->stage_mask >> stage & 1))
           && (!f->kpi_review || c->kpi_review)
           && below(c, f->unit_path);
}


static hr_store_sort_t  by;
static int              sign;

static int
compare_text(hr_str_t x, hr_str_t y)
{
    int  n = memcmp(x.data, y.data, x.len < y.len ? x.len : y.len);

    return n != 0 ? n : (x.len > y.len) - (x.len < y.len);
}

static int
compare(const void *px, const void *py)
{
    int                     n = 0;
    int64_t                 ix = *(const int64_t *) px, iy = *(const int64_t *) py;
    const hr_store_card_t  *x = &all[ix], *y = &all[iy];

    switch (by) {
    case HR_STORE_BY_CREATED:
        break;
    case HR_STORE_BY_UPDATED:
        n = (x->updated_at > y->updated_at) - (x->updated_at < y->updated_at);
        goto seq;
    case HR_STORE_BY_DEPARTMENT:
        n = compare_text(hr_fold(a, x->department), hr_fold(a, y->department));
        break;
    case HR_STORE_BY_POSITION:
        n = compare_text(hr_fold(a, x->position), hr_fold(a, y->position));
        break;
    case HR_STORE_BY_VALIDATION:
        n = (x->validation_score > y->validation_score)
            - (x->validation_score < y->validation_score);
        goto seq;
    case HR_STORE_BY_COMPLETENESS:
        n = (x->completeness_score > y->completeness_score)
            - (x->completeness_score < y->completeness_score);
        goto seq;
    }

    if (n == 0) {
        n = (x->created_at > y->created_at) - (x->created_at < y->created_at);
    }

seq:

    /* ids were given in the order of insertion */
    return sign * (n != 0 ? n : (ix > iy) - (ix < iy));
}


static bool
same(const hr_store_list_t *list, const int64_t *want, size_t from, size_t n)
{
    size_t  i;

    for (i = 0; i < list->count; i++) {
        if (from + i >= n
            || !hr_str_eq(list->items[i].id, all[want[from + i]].id))
        {
            return false;
        }
    }

    return true;
}


/* All pages and the whole way by cursor; returns the first difference. */
static const char *
check(hr_store_filter_t f)
{
    size_t            i, n, at;
    int64_t           want[ROWS];
    hr_store_list_t   list;

    by = f.sort;
    sign = f.ascending ? 1 : -1;

    qsort(order, ROWS, sizeof(order[0]), compare);

    for (i = 0, n = 0; i < ROWS; i++) {
        if (matches(&all[order[i]], &f)) {
            want[n++] = order[i];
        }
    }

    for (at = 0, f.page = 1; at <= n; at += f.limit, f.page++) {
        if (hr_store_profiles_list(r, a, &f, &list) != HR_OK) {
            return hr_store_error_text(r);
        }

        if (list.total != (int64_t) n) {
            return "total";
        }

        if (list.count != (n - at < f.limit ? n - at : f.limit)
            || !same(&list, want, at, n))
        {
            return "page";
        }

        if (list.has_more != (at + list.count < n)) {
            return "has_more";
        }
    }

    f.page = 1;

    for (at = 0; ; at += list.count) {
        if (hr_store_profiles_list(r, a, &f, &list) != HR_OK) {
            return hr_store_error_text(r);
        }

        if (!same(&list, want, at, n)) {
            return "cursor";
        }

        if (list.next_cursor.data == NULL) {
            return at + list.count == n ? NULL : "end of cursor";
        }

        f.cursor = list.next_cursor;
    }
}


static void
combinations(void)
{
    static const char *const  texts[] = {
        NULL, "аналитик", "АНАЛ", "ан", "ё", "ЕЛКА", "%", "_п", "  отдел   продаж ",
        "\"EU\"", "нет такого", "сотрудник", "ян", "100%", "'; --", " "
    };
    static const hr_str_t     several[2] = { HR_STR_INIT("закупок"),
                                             HR_STR_INIT("ит") };

    unsigned            i, bad;
    const char         *why;
    hr_store_filter_t   f;

    bad = 0;

    for (i = 0; i < 3000; i++) {
        f = plain();
        f.limit = 1 + rand() % 60;
        f.sort = (hr_store_sort_t) (rand() % 6);
        f.ascending = rand() % 2;
        f.search = hr_str_from_c(texts[rand() % 16]);

        if (rand() % 2) {
            f.department = hr_str_from_c(texts[rand() % 16]);
        }
        if (rand() % 4 == 0) {
            f.position = hr_str_from_c(texts[rand() % 16]);
        }
        if (rand() % 5 == 0) {
            f.departments = several;
            f.ndepartments = 1 + rand() % 2;
        }
        if (rand() % 2) {
            f.status_mask = rand() % 16;
        }
        if (rand() % 4 == 0) {
            f.has_created_from = true;
            f.created_from = AT(rand() % 100);
        }
        if (rand() % 4 == 0) {
            f.has_created_to = true;
            f.created_to = AT(rand() % 100);
        }
        if (rand() % 4 == 0) {
            f.min_validation = rand() % 11 / 10.0;
        }
        if (rand() % 6 == 0) {
            f.min_completeness = 0.5;
        }
        if (rand() % 4 == 0) {
            f.created_by = 1 + rand() % 3;
        }
        if (rand() % 5 == 0) {
            f.unit_path = hr_str_from_c(units[rand() % 4]);
        }
        if (rand() % 4 == 0) {
            f.stage_mask = rand() % 2 ? 1u << rand() % 6 : (unsigned) rand() % 64;
        }
        f.kpi_review = rand() % 4 == 0;
        if (rand() % 40 != 0 && i > 300) {
            continue;
        }

        why = check(f);
        if (why != NULL && bad++ < 5) {
            printf("# %u: %s; sort %d%s search '%s'\n", i, why, f.sort,
                   f.ascending ? " asc" : "", f.search.data);
        }

        hr_arena_destroy(a);
        a = hr_arena_create(256 * 1024 * 1024);
        for (unsigned k = 0; k < ROWS; k++) {
            hr_store_profile_card(r, a, hr_fixture_id(k), &all[k]);
        }
    }

    IS_INT(bad, 0, "every combination of filters equals the plain comparison");
}


static void
refusals(void)
{
    hr_store_filter_t   f = plain();
    hr_store_list_t     list;

    f.limit = 0;
    IS_INT(hr_store_profiles_list(r, a, &f, &list), HR_INVALID, "limit 0");
    f.limit = 1001;
    IS_INT(hr_store_profiles_list(r, a, &f, &list), HR_INVALID, "limit 1001");
    f = plain();
    f.page = 0;
    IS_INT(hr_store_profiles_list(r, a, &f, &list), HR_INVALID, "page 0");
    f = plain();
    f.page = 100000000;
    IS_INT(hr_store_profiles_list(r, a, &f, &list), HR_OK, "a page beyond the end");
    OK(list.count == 0 && list.total == ROWS && !list.has_more, "is empty");
    f = plain();
    f.no_total = true;
    IS_INT(hr_store_profiles_list(r, a, &f, &list), HR_OK, "without a total");
    OK(list.total == -1 && list.count == 20, "it is not counted");

    static const char *const  cursors[] = {
        "", "0", "0.d", "0.d.1.1.1x", "1.d.1.1.1", "0.a.1.1.1", "0.d..1.1",
        "0.d.g.1.1", "0.d.1.1.", "0.d.11111111111111111.1.1"
    };
    size_t  i;

    for (i = 0; i < sizeof(cursors) / sizeof(cursors[0]); i++) {
        f = plain();
        f.cursor = hr_str_from_c(cursors[i]);
        IS_INT(hr_store_profiles_list(r, a, &f, &list), HR_INVALID, cursors[i]);
        IS_INT(hr_store_error(r), HR_STORE_E_BAD_CURSOR, "a bad cursor");
    }

    f = plain();
    f.search = HR_STR("\xff\xfe");
    IS_INT(hr_store_profiles_list(r, a, &f, &list), HR_INVALID, "broken UTF-8");
}


static void
foreign(void)
{
    char               command[1200];
    hr_store_stale_t   stale;
    hr_store_filter_t  f = plain();
    hr_store_list_t    list;

    snprintf(command, sizeof(command), "sqlite3 '%s' \""
             "UPDATE profiles SET status = 'archived', updated_at ="
             " '2027-01-01T00:00:00' WHERE id = '00000000-0000-4000-8000-000000000005';"
             "UPDATE profiles SET department = 'Чужой отдел' WHERE id ="
             " '00000000-0000-4000-8000-000000000006';"
             "INSERT INTO profiles (id, department, position, profile_data,"
             " metadata_json, generation_time_seconds, created_at, updated_at)"
             " VALUES ('00000000-0000-4000-8000-0000000f0000', 'Чужой отдел', 'Гость',"
             " '{}', '{}', 1, '2026-01-01 00:00:30', 'no time');"
             "INSERT INTO profiles (id, department, position, profile_data,"
             " metadata_json, generation_time_seconds, created_at) VALUES"
             " ('not-a-uuid', 'Чужой отдел', 'Гость', '{}', '{}', 1, NULL),"
             " (NULL, 'Чужой отдел', 'Гость', '{}', '{}', 1, NULL);"
             "DELETE FROM profile_versions WHERE profile_id ="
             " '00000000-0000-4000-8000-000000000007';"
             "DELETE FROM profiles WHERE id ="
             " '00000000-0000-4000-8000-000000000007'\"", hr_fixture_path);
    IS_INT(system(command), 0, "another program writes");

    IS_INT(hr_store_index_check(r, a, false, 100, &stale), HR_OK, "a quick look");
    IS_INT(stale.count, 5, "finds all that is stale");
    OK(!stale.more, "and no more");
    IS_INT(WRITE(hr_store_index_repair(w, stale.ids, stale.count)), HR_OK,
           "it is repaired");
    IS_INT(hr_store_index_check(r, a, true, 100, &stale), HR_OK, "a full look");
    IS_INT(stale.count, 0, "finds nothing more");
    IS_INT(hr_store_index_check(r, a, true, 0, &stale), HR_INVALID,
           "a limit is needed");

    f.department = HR_STR("чужой");
    IS_INT(hr_store_profiles_list(r, a, &f, &list), HR_OK, "the list");
    OK(list.total == 2 && list.count == 2,
       "shows the rows of the other program, but not those without a valid id");
    f = plain();
    hr_store_profiles_list(r, a, &f, &list);
    IS_INT(list.total, ROWS, "one more, one less");

    /* a row that vanished a moment ago leaves the page a row short */
    snprintf(command, sizeof(command), "sqlite3 '%s' \"DELETE FROM profile_versions"
             " WHERE profile_id = '00000000-0000-4000-8000-0000000f0000';"
             " DELETE FROM profiles WHERE id ="
             " '00000000-0000-4000-8000-0000000f0000'\"", hr_fixture_path);
    IS_INT(system(command), 0, "a row vanishes");
    f.department = HR_STR("чужой");
    IS_INT(hr_store_profiles_list(r, a, &f, &list), HR_OK, "the list goes on");
    IS_INT(list.count, 1, "without it");
}


int
main(void)
{
    hr_fixture_init();
    hr_fixture_open();

    fill();
    combinations();
    IS_INT(hr_fixture_scans(r), 0, "no list walks a table that grows");
    refusals();
    foreign();

    IS_INT(hr_fixture_scans(r) + hr_fixture_scans(w), 0,
           "no statement walks a table that grows");

    hr_fixture_done();

    return hr_test_done();
}
