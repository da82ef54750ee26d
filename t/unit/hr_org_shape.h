/*
 * A synthetic structure.json of the real shape (data-files.md 3 and 13): the
 * same counts of units, names, slots, titles, children and titles per unit.
 * Every run gives the same bytes.
 */

#ifndef HR_ORG_SHAPE_H
#define HR_ORG_SHAPE_H

#include "hr_test.h"
#include "hr_base.h"


#define HR_SHAPE_UNITS   567
#define HR_SHAPE_SLOTS   1689
#define HR_SHAPE_TITLES  605

typedef struct {
    int    level, parent, children, titles;
    bool   nameless;                    /* its name is not chosen yet */
    char   name[200];
    char   own[200];                    /* headcount_department */
    int    headcount, source;
    int    title[32];
} hr_shape_unit_t;

typedef struct {
    unsigned         seed;
    int              first[8];          /* first unit of each level, and the end */
    hr_shape_unit_t  unit[HR_SHAPE_UNITS];
} hr_shape_t;

typedef struct { int value, count; } hr_shape_pair_t;


static inline unsigned
hr_shape_random(hr_shape_t *s, unsigned below)
{
    s->seed = s->seed * 1664525u + 1013904223u;

    return (unsigned) (((unsigned long long) (s->seed >> 8) * below) >> 24);
}


/* The values of a histogram in random order. */
static inline int
hr_shape_deal(hr_shape_t *s, const hr_shape_pair_t *pairs, int *out)
{
    int  i, j, swap, n = 0;

    for ( /* void */ ; pairs->count > 0; pairs++) {
        for (i = 0; i < pairs->count; i++) {
            out[n++] = pairs->value;
        }
    }

    for (i = n - 1; i > 0; i--) {
        j = (int) hr_shape_random(s, (unsigned) i + 1);
        swap = out[i];
        out[i] = out[j];
        out[j] = swap;
    }

    return n;
}


static const hr_shape_pair_t  hr_shape_children[6][16] = {
    { {0,1},{1,2},{2,2},{3,1},{6,3},{0,0} },
    { {0,10},{2,4},{3,2},{4,1},{5,2},{6,1},{7,4},{8,1},{10,1},{11,1},{0,0} },
    { {0,35},{1,7},{2,19},{3,12},{4,9},{5,1},{6,4},{7,2},{8,1},{9,1},{0,0} },
    { {0,120},{1,8},{2,16},{3,17},{4,6},{5,5},{6,4},{7,1},{0,0} },
    { {0,145},{1,1},{2,7},{3,6},{4,9},{6,1},{7,1},{10,1},{0,0} },
    { {0,92},{0,0} },
};

static const hr_shape_pair_t  hr_shape_titles[6][16] = {
    { {1,4},{2,3},{4,1},{6,1},{0,0} },
    { {0,3},{1,4},{2,7},{3,5},{4,3},{5,1},{6,1},{7,2},{9,1},{0,0} },
    { {0,8},{1,38},{2,19},{3,13},{4,4},{5,3},{6,1},{7,3},{9,1},{19,1},{0,0} },
    { {0,7},{1,50},{2,49},{3,32},{4,19},{5,3},{6,4},{7,3},{8,3},{9,1},{10,3},{11,1},
      {12,1},{15,1},{0,0} },
    { {0,4},{1,33},{2,41},{3,38},{4,20},{5,12},{6,9},{7,3},{8,2},{9,1},{10,2},{11,4},
      {12,1},{13,1},{0,0} },
    { {1,11},{2,8},{3,20},{4,24},{5,15},{6,7},{7,6},{8,1},{0,0} },
};

/* how often a title occurs: 605 titles, 1,689 slots */
static const hr_shape_pair_t  hr_shape_frequency[] = {
    {155,1},{123,1},{41,1},{32,1},{29,1},{25,2},{20,2},{19,1},{18,1},{17,2},{16,1},
    {15,2},{14,1},{13,2},{12,1},{11,2},{10,3},{9,3},{8,6},{7,6},{6,8},{5,11},{4,20},
    {3,44},{2,84},{1,398},{0,0}
};

/* units that share a name: 35 names for 92 units, by level */
static const int  hr_shape_shared[6] = { 0, 1, 7, 17, 27, 40 };
static const hr_shape_pair_t  hr_shape_sharing[] = { {4,10},{3,2},{2,23},{0,0} };

static const char  *hr_shape_kind[6] = {
    "Блок", "Департамент", "Управление", "Отдел", "Группа", "Группа"
};
static const char  *hr_shape_word[12] = {
    "синтетических образцов", "вымышленного учёта", "пробных расчётов", "учебных планов",
    "условных работ", "модельных данных", "тестовых закупок", "примерного сбыта",
    "опытных проектов", "образцовых складов", "показных смет", "мнимых поставок"
};
static const char  *hr_shape_post[11] = {
    "Руководитель", "Ведущий специалист", "Главный инженер", "Менеджер", "Заместитель главы",
    "Специалист", "Директор", "Старший техник", "Координатор", "Инженер", "Архитектор"
};


static inline void
hr_shape_tree(hr_shape_t *s)
{
    int  i, j, level, n, next, values[200], titles[200];

    s->first[0] = 0;
    n = 9;

    for (level = 0; level < 6; level++) {
        s->first[level + 1] = s->first[level] + n;
        n = hr_shape_deal(s, hr_shape_children[level], values);
        (void) hr_shape_deal(s, hr_shape_titles[level], titles);

        for (i = 0; i < n; i++) {
            s->unit[s->first[level] + i].level = level;
            s->unit[s->first[level] + i].children = values[i];
            s->unit[s->first[level] + i].titles = titles[i];
        }

        /* a unit without titles is a container: give leaves some of another's */
        for (i = 0; i < n; i++) {
            for (j = 0; titles[i] == 0 && values[i] == 0 && j < n; j++) {
                if (values[j] > 0 && titles[j] > 0) {
                    titles[i] = titles[j];
                    titles[j] = 0;
                    s->unit[s->first[level] + i].titles = titles[i];
                    s->unit[s->first[level] + j].titles = 0;
                }
            }
        }

        next = s->first[level + 1];
        for (i = 0; i < n; i++) {
            for (j = 0; j < values[i]; j++) {
                s->unit[next++].parent = s->first[level] + i;
            }
        }

        n = next - s->first[level + 1];
    }

    for (i = 0; i < s->first[1]; i++) {
        s->unit[i].parent = -1;
    }
}


static inline void
hr_shape_names(hr_shape_t *s)
{
    int          i, j, k, n, level, shared, picked[92], groups[35];
    char         name[200];
    const char  *gap;

    for (i = 0; i < HR_SHAPE_UNITS; i++) {
        level = s->unit[i].level;
        gap = i % 100 == 50 ? "\xc2\xa0" : " ";       /* six no-break spaces */
        snprintf(s->unit[i].name, sizeof(s->unit[i].name), "%s%s%s №%d",
                 hr_shape_kind[level], gap, hr_shape_word[i % 12], i);
    }

    n = 0;
    for (level = 0; level < 6; level++) {
        for (shared = 0; shared < hr_shape_shared[level]; shared++) {
            /* spread over the level: no two of them are siblings of one name */
            picked[n++] = s->first[level] + shared
                          * ((s->first[level + 1] - s->first[level])
                             / hr_shape_shared[level]);
        }
    }

    (void) hr_shape_deal(s, hr_shape_sharing, groups);
    for (i = 0, k = 0; i < 35; i++) {
        snprintf(name, sizeof(name), "Группа общего имени (%d)", i + 1);
        for (j = 0; j < groups[i]; j++, k++) {
            /* every 35th picked unit: far from its namesakes */
            memcpy(s->unit[picked[(k * 35) % 92]].name, name, sizeof(name));
        }
    }
}


/* The most frequent titles first, each to units that have most room left. */
static inline void
hr_shape_posts(hr_shape_t *s)
{
    int                     i, j, best, title = 0, used[HR_SHAPE_UNITS] = { 0 };
    int                     last[HR_SHAPE_UNITS];
    const hr_shape_pair_t  *f;

    memset(last, 0xff, sizeof(last));

    for (f = hr_shape_frequency; f->count > 0; f++) {
        for (i = 0; i < f->count; i++, title++) {
            for (j = 0; j < f->value; j++) {
                int  k, start = (int) hr_shape_random(s, HR_SHAPE_UNITS);

                for (k = 0, best = -1; k < HR_SHAPE_UNITS; k++) {
                    int  u = (start + k) % HR_SHAPE_UNITS;

                    if (last[u] != title && used[u] < s->unit[u].titles
                        && (best < 0 || s->unit[u].titles - used[u]
                                        > s->unit[best].titles - used[best]))
                    {
                        best = u;
                    }
                }

                if (best >= 0) {
                    s->unit[best].title[used[best]++] = title;
                    last[best] = title;
                }
            }
        }
    }
}


static inline void
hr_shape_headcount(hr_shape_t *s)
{
    int               i;
    hr_shape_unit_t  *unit, *up;

    for (i = 0; i < HR_SHAPE_UNITS; i++) {
        unit = &s->unit[i];
        up = unit->parent < 0 ? NULL : &s->unit[unit->parent];

        if (up == NULL || (unit->level < 4 && i % 3 == 0)) {
            unit->headcount = 1 + (int) hr_shape_random(s, 500);
            unit->source = unit->level + 2;
            memcpy(unit->own, unit->name, sizeof(unit->own));
        } else {
            unit->headcount = up->headcount;
            unit->source = up->source;
            memcpy(unit->own, up->own, sizeof(unit->own));
        }
    }
}


static inline void
hr_shape_print(const hr_shape_t *s, int unit, int depth, int *number, hr_buf_t *out)
{
    int                     i, first, pad = depth * 4 + 4;
    const hr_shape_unit_t  *u = &s->unit[unit];

    hr_buf_printf(out, "%*s\"%s\": {\n", pad, "", u->name);
    if (u->titles > 0) {
        hr_buf_printf(out, "%*s\"number\": %d,\n", pad + 2, "", 24000032 + (*number)++);
    } else {
        hr_buf_printf(out, "%*s\"number\": null,\n", pad + 2, "");
    }

    hr_buf_printf(out, "%*s\"positions\": [", pad + 2, "");
    for (i = 0; i < u->titles; i++) {
        hr_buf_printf(out, "%s\n%*s\"%s %s%d\"", i > 0 ? "," : "", pad + 4, "",
                      hr_shape_post[u->title[i] % 11],
                      u->title[i] == 100 ? "AA/BB " : "образца ", u->title[i]);
    }
    hr_buf_printf(out, "%s],\n", u->titles > 0 ? "\n" : "");

    if (u->titles > 0) {
        hr_buf_printf(out, "%*s\"headcount\": %d,\n%*s\"headcount_source\": "
                      "\"Уровень %d\",\n%*s\"headcount_department\": \"%s\"", pad + 2, "",
                      u->headcount, pad + 2, "", u->source, pad + 2, "", u->own);
    } else {
        hr_buf_printf(out, "%*s\"headcount\": null,\n%*s\"headcount_source\": null,\n"
                      "%*s\"headcount_department\": null", pad + 2, "", pad + 2, "",
                      pad + 2, "");
    }

    if (u->children > 0) {
        hr_buf_printf(out, ",\n%*s\"children\": {\n", pad + 2, "");
        for (first = s->first[u->level + 1]; s->unit[first].parent != unit; first++) { }
        for (i = 0; i < u->children; i++) {
            hr_shape_print(s, first + i, depth + 1, number, out);
            hr_buf_c(out, i + 1 < u->children ? ",\n" : "\n");
        }
        hr_buf_printf(out, "%*s}", pad + 2, "");
    }

    hr_buf_printf(out, "\n%*s}", pad, "");
}


/* out must be initialised with room for 1 MiB. */
static inline void
hr_shape_make(hr_buf_t *out)
{
    int          i, number = 0;
    hr_shape_t  *s = calloc(1, sizeof(hr_shape_t));

    s->seed = 20250907;
    hr_shape_tree(s);
    hr_shape_names(s);
    hr_shape_posts(s);
    hr_shape_headcount(s);

    hr_buf_c(out, "{\n  \"organization\": {\n");
    for (i = 0; i < s->first[1]; i++) {
        hr_shape_print(s, i, 0, &number, out);
        hr_buf_c(out, i + 1 < s->first[1] ? ",\n" : "\n");
    }
    hr_buf_c(out, "  },\n  \"metadata\": {\n    \"total_records\": 2844\n  }\n}");

    free(s);
}

#endif /* HR_ORG_SHAPE_H */
