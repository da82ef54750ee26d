/*
 * Personal names (data-files.md 7.3, improvements I-25): they are read only in
 * order to be removed from the cells, and do not survive the parse.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE             /* memmem */
#endif

#include "hr_kpi_parse.h"
#include "hr_text.h"


#define HR_KPI_REMOVED  "[сотрудник]"


static bool
hr_kpi_letter(unsigned char c)
{
    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
           || (c >= 'A' && c <= 'Z');
}


/* Bytes of a case ending behind a surname: up to three Cyrillic letters. */
static size_t
hr_kpi_ending(hr_str_t cell, size_t pos)
{
    size_t    end = pos, letters = 0;
    uint32_t  cp;

    while (end < cell.len && letters < 4) {

        size_t  next = end;

        cp = hr_utf8_next(cell, &next);

        if (cp < 0x430 || cp > 0x44f) {
            break;
        }

        end = next;
        letters++;
    }

    return letters <= 3 ? end - pos : 0;
}


/*
 * Replaces every occurrence of name that stands at the borders of words; of a
 * surname also in its other cases.
 */
static hr_str_t
hr_kpi_scrub_name(hr_arena_t *arena, hr_str_t cell, hr_str_t name,
    bool surname)
{
    size_t       start, end;
    hr_str_t     tail;
    const char  *at;

    for (size_t pos = 0; name.len > 0 && pos < cell.len; /* void */ ) {

        at = memmem(cell.data + pos, cell.len - pos, name.data, name.len);
        if (at == NULL) {
            break;
        }

        start = (size_t) (at - cell.data);
        end = start + name.len;
        end += surname ? hr_kpi_ending(cell, end) : 0;

        if ((start > 0 && hr_kpi_letter((unsigned char) cell.data[start - 1]))
            || (end < cell.len
                && hr_kpi_letter((unsigned char) cell.data[end])))
        {
            pos = end;
            continue;
        }

        tail = hr_str(cell.data + end, cell.len - end);
        cell = hr_arena_printf(arena, "%.*s" HR_KPI_REMOVED "%.*s",
                               (int) start, cell.data,
                               (int) tail.len, tail.data);
        pos = start + sizeof(HR_KPI_REMOVED) - 1;
    }

    return cell;
}


static bool
hr_kpi_is_person(const hr_kpi_parse_t *p, hr_str_t value)
{
    hr_str_t  key = hr_match_key(p->arena, value);

    return key.len > 0 && !hr_str_eq(key, p->rules->vacancy)
           && !hr_str_eq(key, HR_STR("-"));
}


/* The name as written, then its first word alone: the surname. */
static hr_str_t
hr_kpi_scrub_person(const hr_kpi_parse_t *p, hr_str_t cell, hr_str_t person)
{
    size_t    len = 0;
    hr_str_t  surname;

    if (!hr_kpi_is_person(p, person)) {
        return cell;
    }

    cell = hr_kpi_scrub_name(p->arena, cell, person, false);

    while (len < person.len && person.data[len] != ' ') {
        len++;
    }

    surname = hr_str(person.data, len);

    return hr_utf8_count(surname) >= 3
           ? hr_kpi_scrub_name(p->arena, cell, surname, true) : cell;
}


hr_str_t
hr_kpi_parse_scrub(const hr_kpi_parse_t *p, hr_str_t cell)
{
    for (size_t i = 0; i < p->people_count && cell.data != NULL; i++) {
        cell = hr_kpi_scrub_person(p, cell, p->people[i].value);
    }

    for (size_t i = 0; i < p->header_count && cell.data != NULL; i++) {
        cell = hr_kpi_scrub_person(p, cell, p->headers[i]);
    }

    return cell.data == NULL ? cell
                             : hr_kpi_scrub_person(p, cell, p->responsible);
}
