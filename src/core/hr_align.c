#include <stdlib.h>

#include "hr_align.h"
#include "hr_node.h"
#include "hr_text.h"


#define HR_ALIGN_TEXT     100       /* code points of a text that are compared */
#define HR_ALIGN_TABLE    60000u    /* elements of a side in a table */
#define HR_ALIGN_MEMBERS  32        /* of an object that is compared */

typedef struct {
    const hr_json_t  *node;
    uint64_t          hash;
} hr_align_item_t;

typedef struct {
    hr_arena_t         *arena;
    hr_align_budget_t  *budget;
    hr_align_item_t    *a, *b;
    hr_align_t         *out;
} hr_aligner_t;


void
hr_align_budget(hr_align_budget_t *budget)
{
    budget->cells = HR_ALIGN_CELLS_MAX;
    budget->pairs = HR_ALIGN_PAIRS_MAX;
    budget->coarse = false;
}


/* -- likeness -- */

/* Members that name an element of a list, the most telling first. */

static const char *const  hr_align_names[] = {
    "skill_name", "target_position", "area", "skill_category", "pathway_type",
    "title", "category", "name"
};


static const hr_json_t *
hr_align_name(const hr_json_t *object)
{
    size_t            i;
    const hr_json_t  *value;

    for (i = 0; i < sizeof(hr_align_names) / sizeof(char *); i++) {
        value = hr_json_get(object, hr_align_names[i]);

        if (hr_json_is(value, HR_JSON_ARRAY)) {
            value = value->first;
        }

        if (hr_json_is(value, HR_JSON_STRING)) {
            return value;
        }
    }

    return NULL;
}


static double
hr_align_text_likeness(hr_str_t a, hr_str_t b)
{
    return hr_similarity(hr_utf8_cut(a, HR_ALIGN_TEXT),
                         hr_utf8_cut(b, HR_ALIGN_TEXT));
}


/* Share of members that are equal. */

static double
hr_align_common_members(const hr_json_t *a, const hr_json_t *b)
{
    size_t            all, equal;
    const hr_json_t  *member;

    equal = 0;
    all = a->count > b->count ? a->count : b->count;

    for (member = a->first; member != NULL; member = member->next) {
        equal += hr_json_equal(member, hr_json_get_str(b, member->key));
    }

    return all == 0 ? 1.0 : (double) equal / (double) all;
}


double
hr_align_likeness(const hr_json_t *a, const hr_json_t *b)
{
    double            common;
    const hr_json_t  *name_a, *name_b;

    if (a->type != b->type) {
        return 0.0;
    }

    if (a->type == HR_JSON_STRING) {
        return hr_align_text_likeness(a->text, b->text);
    }

    if (a->type != HR_JSON_OBJECT) {
        return 0.5;
    }

    /* a bound for the lookups below; no element of a document is so large */

    if (a->count > HR_ALIGN_MEMBERS || b->count > HR_ALIGN_MEMBERS) {
        return 0.0;
    }

    common = hr_align_common_members(a, b);
    name_a = hr_align_name(a);
    name_b = hr_align_name(b);

    if (name_a == NULL || name_b == NULL) {
        return common;
    }

    return 0.5 * hr_align_text_likeness(name_a->text, name_b->text)
           + 0.5 * common;
}


/* -- steps -- */

static void
hr_align_put(hr_aligner_t *al, hr_align_op_t op, size_t i, size_t j)
{
    hr_align_step_t  *step;

    step = &al->out->steps[al->out->count++];
    step->op = op;
    step->old_index = i;
    step->new_index = j;
    step->old_value = op == HR_ALIGN_ADD ? NULL : al->a[i].node;
    step->new_value = op == HR_ALIGN_REMOVE ? NULL : al->b[j].node;
}


static void
hr_align_put_rest(hr_aligner_t *al, size_t i, size_t i_end, size_t j,
    size_t j_end)
{
    size_t  old_index;

    old_index = i;

    for ( ; i < i_end; i++) {
        hr_align_put(al, HR_ALIGN_REMOVE, i, j);
    }

    for ( ; j < j_end; j++) {
        hr_align_put(al, HR_ALIGN_ADD, old_index, j);
    }
}


/* Pairs elements in order, without looking at them: the cheap way. */

static void
hr_align_by_index(hr_aligner_t *al, size_t i, size_t i_end, size_t j,
    size_t j_end)
{
    for ( ; i < i_end && j < j_end; i++, j++) {

        if (al->a[i].hash == al->b[j].hash
            && hr_json_equal(al->a[i].node, al->b[j].node))
        {
            hr_align_put(al, HR_ALIGN_KEEP, i, j);

        } else {
            hr_align_put(al, HR_ALIGN_CHANGE, i, j);
        }
    }

    hr_align_put_rest(al, i, i_end, j, j_end);
}


/*
 * A gap of removed and added elements.  The pairing keeps the order and makes
 * the sum of likenesses as large as possible:
 *
 *     best[x][y] = max(best[x+1][y], best[x][y+1], best[x+1][y+1] + like[x][y])
 */

static void
hr_align_gap(hr_aligner_t *al, size_t i, size_t i_end, size_t j, size_t j_end)
{
    size_t   n, m, x, y;
    double  *like, *best, pair;

    n = i_end - i;
    m = j_end - j;

    if (n == 0 || m == 0 || n > HR_ALIGN_GAP_MAX || m > HR_ALIGN_GAP_MAX
        || n * m > al->budget->pairs)
    {
        al->budget->coarse |= n != 0 && m != 0;
        hr_align_put_rest(al, i, i_end, j, j_end);
        return;
    }

    al->budget->pairs -= n * m;
    like = calloc(n * m + (n + 1) * (m + 1), sizeof(double));

    if (like == NULL) {
        al->budget->coarse = true;
        hr_align_put_rest(al, i, i_end, j, j_end);
        return;
    }

    best = like + n * m;

#define BEST(x, y)  best[(x) * (m + 1) + (y)]

    for (x = n; x-- > 0; ) {
        for (y = m; y-- > 0; ) {
            pair = hr_align_likeness(al->a[i + x].node, al->b[j + y].node);
            pair = pair < HR_ALIGN_LIKE ? 0.0 : pair;
            like[x * m + y] = pair;

            BEST(x, y) = BEST(x + 1, y) > BEST(x, y + 1) ? BEST(x + 1, y)
                                                         : BEST(x, y + 1);

            if (pair > 0.0 && BEST(x + 1, y + 1) + pair > BEST(x, y)) {
                BEST(x, y) = BEST(x + 1, y + 1) + pair;
            }
        }
    }

    x = 0;
    y = 0;

    while (x < n && y < m) {
        pair = like[x * m + y];

        if (pair > 0.0 && BEST(x, y) == BEST(x + 1, y + 1) + pair) {
            hr_align_put(al, HR_ALIGN_CHANGE, i + x++, j + y++);

        } else if (BEST(x, y) == BEST(x + 1, y)) {
            hr_align_put(al, HR_ALIGN_REMOVE, i + x++, j + y);

        } else {
            hr_align_put(al, HR_ALIGN_ADD, i + x, j + y++);
        }
    }

#undef BEST

    hr_align_put_rest(al, i + x, i_end, j + y, j_end);
    free(like);
}


/*
 * Longest common subsequence of the middle parts by their hashes:
 *
 *     len[x][y] = equal ? len[x+1][y+1] + 1 : max(len[x+1][y], len[x][y+1])
 */

static void
hr_align_middle(hr_aligner_t *al, size_t i, size_t i_end, size_t j, size_t j_end)
{
    size_t     n, m, x, y, gap_x, gap_y;
    uint16_t  *len;

    n = i_end - i;
    m = j_end - j;

    if (n == 0 || m == 0) {
        hr_align_put_rest(al, i, i_end, j, j_end);
        return;
    }

    if (n > HR_ALIGN_TABLE || m > HR_ALIGN_TABLE || n * m > al->budget->cells) {
        al->budget->coarse = true;
        hr_align_by_index(al, i, i_end, j, j_end);
        return;
    }

    al->budget->cells -= n * m;
    len = calloc((n + 1) * (m + 1), sizeof(uint16_t));

    if (len == NULL) {
        al->budget->coarse = true;
        hr_align_by_index(al, i, i_end, j, j_end);
        return;
    }

#define LEN(x, y)  len[(x) * (m + 1) + (y)]

    for (x = n; x-- > 0; ) {
        for (y = m; y-- > 0; ) {

            if (al->a[i + x].hash == al->b[j + y].hash) {
                LEN(x, y) = (uint16_t) (LEN(x + 1, y + 1) + 1);

            } else {
                LEN(x, y) = LEN(x + 1, y) > LEN(x, y + 1) ? LEN(x + 1, y)
                                                          : LEN(x, y + 1);
            }
        }
    }

    x = 0;
    y = 0;
    gap_x = 0;
    gap_y = 0;

    while (x < n && y < m) {

        if (al->a[i + x].hash == al->b[j + y].hash) {
            hr_align_gap(al, i + gap_x, i + x, j + gap_y, j + y);

            /* two contents may share a hash */

            hr_align_put(al, hr_json_equal(al->a[i + x].node, al->b[j + y].node)
                             ? HR_ALIGN_KEEP : HR_ALIGN_CHANGE, i + x, j + y);
            gap_x = ++x;
            gap_y = ++y;

        } else if (LEN(x + 1, y) >= LEN(x, y + 1)) {
            x++;

        } else {
            y++;
        }
    }

#undef LEN

    free(len);
    hr_align_gap(al, i + gap_x, i_end, j + gap_y, j_end);
}


static hr_align_item_t *
hr_align_items(hr_arena_t *arena, const hr_json_t *array)
{
    size_t            i;
    hr_align_item_t  *items;
    const hr_json_t  *node;

    items = hr_arena_alloc(arena, ((size_t) array->count + 1)
                                  * sizeof(hr_align_item_t));
    if (items == NULL) {
        return NULL;
    }

    i = 0;

    for (node = array->first; node != NULL; node = node->next) {
        items[i].node = node;
        items[i++].hash = hr_node_hash(node);
    }

    return items;
}


hr_rc_t
hr_align(hr_arena_t *arena, const hr_json_t *old_array,
    const hr_json_t *new_array, hr_align_budget_t *budget, hr_align_t *out)
{
    size_t        i, n, m, tail;
    hr_aligner_t  al;

    n = old_array->count;
    m = new_array->count;
    al.arena = arena;
    al.budget = budget;
    al.out = out;
    al.a = hr_align_items(arena, old_array);
    al.b = hr_align_items(arena, new_array);
    out->count = 0;
    out->steps = hr_arena_alloc(arena, (n + m + 1) * sizeof(hr_align_step_t));

    if (al.a == NULL || al.b == NULL || out->steps == NULL) {
        return HR_NOMEM;
    }

    for (i = 0; i < n && i < m && al.a[i].hash == al.b[i].hash
                && hr_json_equal(al.a[i].node, al.b[i].node); i++)
    {
        hr_align_put(&al, HR_ALIGN_KEEP, i, i);
    }

    for (tail = 0; tail < n - i && tail < m - i
                   && al.a[n - 1 - tail].hash == al.b[m - 1 - tail].hash
                   && hr_json_equal(al.a[n - 1 - tail].node,
                                    al.b[m - 1 - tail].node); tail++)
    {
        /* void */
    }

    hr_align_middle(&al, i, n - tail, i, m - tail);

    for ( ; tail > 0; tail--) {
        hr_align_put(&al, HR_ALIGN_KEEP, n - tail, m - tail);
    }

    return HR_OK;
}
