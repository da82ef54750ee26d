/* Reorganisation: the difference of two images. */

#include "hr_org_fixture.h"


static const char  hr_test_before[] =
    "{\"organization\":{"
    "\"А\":{\"number\":1,\"positions\":[\"Директор\"],\"headcount\":10,"
      "\"headcount_department\":\"А\",\"children\":{"
      "\"Отдел\":{\"number\":2,\"positions\":[\"Руководитель отдела\",\"Инженер\"],"
        "\"children\":{\"Группа\":{\"number\":3,\"positions\":[\"Техник\"]}}},"
      "\"Склад\":{\"number\":4,\"positions\":[\"Кладовщик\"]},"
      "\"Двойник\":{\"number\":9,\"positions\":[\"Сторож\"]}}},"
    "\"Б\":{\"number\":5,\"positions\":[\"Начальник\"],\"children\":{"
      "\"Пост\":{\"number\":9},\"Архив\":{\"number\":7,\"positions\":[\"Архивариус\"]}}}"
    "}}";

/*
 * "Отдел" went to block Б with its group; "Склад" vanished; block А has
 * another head and headcount; "Архив" is spelt otherwise and has another
 * title; the number 9 was not unique, so that "Двойник" did not move.
 */
static const char  hr_test_after[] =
    "{\"organization\":{"
    "\"А\":{\"number\":1,\"positions\":[\"Управляющий\"],\"headcount\":12,"
      "\"headcount_department\":\"А\"},"
    "\"Б\":{\"number\":5,\"positions\":[\"начальник\"],\"children\":{"
      "\"АРХИВ\":{\"number\":8,\"positions\":[\"Архивариус\",\"Хранитель\"]},"
      "\"Отдел\":{\"number\":2,\"positions\":[\"Руководитель отдела\"],"
        "\"children\":{\"Группа\":{\"number\":3,\"positions\":[\"Техник\"]}}},"
      "\"Двойник 2\":{\"number\":9,\"positions\":[\"Сторож\"]},"
      "\"Новый\":{\"positions\":[\"Стажёр\"]}}}"
    "}}";


static void
test_diff(void)
{
    size_t            count;
    hr_jw_t           w;
    hr_buf_t          buf;
    hr_org_t         *before = hr_test_org(HR_STR(hr_test_before));
    hr_org_t         *after = hr_test_org(HR_STR(hr_test_after));
    hr_arena_t       *arena = hr_arena_create(1 << 20);
    hr_org_change_t  *changes;

    IS_INT(hr_org_diff(before, after, arena, &changes, &count), HR_OK, "compared");

    hr_buf_init(&buf, 100000);
    hr_jw_init(&w, &buf);
    IS_INT(hr_org_write_diff(before, after, changes, count, &w), HR_OK, "written");
    IS_STR(buf.data, buf.len,
        "{\"units\":{"
        "\"vanished\":[\"А/Склад\",\"А/Двойник\",\"Б/Пост\"],"
        "\"added\":[\"Б/Двойник 2\",\"Б/Новый\"],"
        "\"moved\":[{\"before\":\"А/Отдел\",\"after\":\"Б/Отдел\",\"changes\":[]},"
        "{\"before\":\"А/Отдел/Группа\",\"after\":\"Б/Отдел/Группа\",\"changes\":[]}],"
        "\"changed\":[{\"before\":\"А\",\"after\":\"А\",\"changes\":[\"headcount\",\"head\"],"
        "\"head_before\":\"Директор\",\"head_after\":\"Управляющий\"},"
        "{\"before\":\"Б/Архив\",\"after\":\"Б/АРХИВ\","
        "\"changes\":[\"number\",\"spelling\"]}]},"
        "\"positions\":{"
        "\"vanished\":[{\"unit_path\":\"А\",\"position\":\"Директор\"},"
        "{\"unit_path\":\"А/Отдел\",\"position\":\"Инженер\"},"
        "{\"unit_path\":\"А/Склад\",\"position\":\"Кладовщик\"},"
        "{\"unit_path\":\"А/Двойник\",\"position\":\"Сторож\"}],"
        "\"added\":[{\"unit_path\":\"А\",\"position\":\"Управляющий\"},"
        "{\"unit_path\":\"Б/АРХИВ\",\"position\":\"Хранитель\"},"
        "{\"unit_path\":\"Б/Двойник 2\",\"position\":\"Сторож\"},"
        "{\"unit_path\":\"Б/Новый\",\"position\":\"Стажёр\"}]}}",
        "exact lists of what vanished, came, moved and changed");

    IS_INT(hr_org_diff(before, before, arena, &changes, &count), HR_OK, "with itself");
    IS_INT(count, 0, "nothing differs");

    hr_arena_destroy(arena);
    arena = hr_arena_create(64);
    IS_INT(hr_org_diff(before, after, arena, &changes, &count), HR_NOMEM,
           "a full arena");
    OK(changes == NULL && count == 0, "gives nothing");

    hr_arena_destroy(arena);
    hr_buf_release(&buf);
    free(before);
    free(after);
}


int
main(void)
{
    test_diff();

    return hr_test_done();
}
