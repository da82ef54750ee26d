#include <stdarg.h>
#include <stdio.h>

#include "hr_finding.h"
#include "hr_text.h"


#define HR_PATH_DEPTH_MAX  80


static bool
hr_findings_grow(hr_findings_t *list)
{
    size_t         capacity;
    hr_finding_t  *items;

    capacity = list->capacity == 0 ? 16 : list->capacity * 2;

    items = hr_arena_alloc(list->arena, capacity * sizeof(hr_finding_t));
    if (items == NULL) {
        list->rc = HR_NOMEM;
        return false;
    }

    if (list->count != 0) {
        memcpy(items, list->items, list->count * sizeof(hr_finding_t));
    }

    list->items = items;
    list->capacity = capacity;

    return true;
}


static void
hr_findings_put(hr_findings_t *list, const char *code, hr_str_t path,
    hr_str_t message)
{
    hr_finding_t  *item;

    list->total++;

    if (list->rc != HR_OK || list->count == HR_FINDINGS_MAX) {
        return;
    }

    if (list->count == list->capacity && !hr_findings_grow(list)) {
        return;
    }

    item = &list->items[list->count];
    item->code = code;
    item->path = hr_arena_str(list->arena, path);
    item->message = hr_arena_str(list->arena, message);

    if (item->path.data == NULL || item->message.data == NULL) {
        list->rc = HR_NOMEM;
        return;
    }

    list->count++;
}


void
hr_findings_init(hr_findings_t *list, hr_arena_t *arena)
{
    memset(list, 0, sizeof(hr_findings_t));
    list->arena = arena;
}


void
hr_findings_add(hr_findings_t *list, const char *code, hr_str_t path,
    const char *format, ...)
{
    int       n;
    char      text[2048];
    va_list   args;
    hr_str_t  message;

    va_start(args, format);
    n = vsnprintf(text, sizeof(text), format, args);
    va_end(args);

    if (n < 0) {
        list->rc = HR_ERROR;
        return;
    }

    /* vsnprintf() may have cut inside a character */

    message = hr_str_from_c(text);

    if ((size_t) n >= sizeof(text)) {
        message = hr_utf8_cut_bytes(message, sizeof(text) - 5);
    }

    hr_findings_put(list, code, path,
                    hr_utf8_cut(message, HR_FINDING_TEXT_MAX));
}


void
hr_findings_append(hr_findings_t *list, const hr_findings_t *more)
{
    size_t  i;

    for (i = 0; i < more->count; i++) {
        hr_findings_put(list, more->items[i].code, more->items[i].path,
                        more->items[i].message);
    }

    list->total += more->total - more->count;

    if (list->rc == HR_OK) {
        list->rc = more->rc;
    }
}


size_t
hr_findings_count(const hr_findings_t *list, const char *code)
{
    size_t  i, n;

    n = 0;

    for (i = 0; i < list->count; i++) {
        n += strcmp(list->items[i].code, code) == 0;
    }

    return n;
}


static hr_json_t *
hr_finding_json(hr_arena_t *arena, const hr_finding_t *item)
{
    hr_json_t  *object;

    object = hr_json_new(arena, HR_JSON_OBJECT);

    if (object == NULL
        || hr_json_set(arena, object, "code",
                       hr_json_new_str(arena, hr_str_from_c(item->code)))
           != HR_OK
        || hr_json_set(arena, object, "path",
                       hr_json_new_str(arena, item->path)) != HR_OK
        || hr_json_set(arena, object, "message",
                       hr_json_new_str(arena, item->message)) != HR_OK)
    {
        return NULL;
    }

    return object;
}


static hr_json_t *
hr_findings_array(hr_arena_t *arena, const hr_findings_t *list, bool objects)
{
    size_t      i;
    hr_json_t  *array, *item;

    array = hr_json_new(arena, HR_JSON_ARRAY);
    if (array == NULL) {
        return NULL;
    }

    for (i = 0; i < list->count; i++) {
        item = objects ? hr_finding_json(arena, &list->items[i])
                       : hr_json_new_str(arena, list->items[i].message);

        if (item == NULL || hr_json_push(array, item) != HR_OK) {
            return NULL;
        }
    }

    return array;
}


hr_json_t *
hr_findings_json(hr_arena_t *arena, const hr_findings_t *list)
{
    return hr_findings_array(arena, list, true);
}


hr_json_t *
hr_findings_messages(hr_arena_t *arena, const hr_findings_t *list)
{
    return hr_findings_array(arena, list, false);
}


void
hr_path_reset(hr_path_t *path)
{
    path->len = 0;
    path->text[0] = '\0';
}


size_t
hr_path_member(hr_path_t *path, hr_str_t name)
{
    size_t    before, room;
    hr_str_t  part;

    before = path->len;
    room = sizeof(path->text) - 1 - before;
    part = hr_utf8_cut_bytes(name, 100);

    if (part.len + 1 > room) {
        return before;
    }

    if (before != 0) {
        path->text[path->len++] = '.';
    }

    if (part.len != 0) {
        memcpy(path->text + path->len, part.data, part.len);
        path->len += part.len;
    }

    path->text[path->len] = '\0';

    return before;
}


size_t
hr_path_index(hr_path_t *path, size_t index)
{
    int     n;
    size_t  before, room;

    before = path->len;
    room = sizeof(path->text) - before;

    n = snprintf(path->text + before, room, "[%zu]", index);

    if (n > 0 && (size_t) n < room) {
        path->len += (size_t) n;

    } else {
        path->text[before] = '\0';
    }

    return before;
}


void
hr_path_cut(hr_path_t *path, size_t len)
{
    path->len = len;
    path->text[len] = '\0';
}


void
hr_path_of(hr_path_t *path, const hr_json_t *node, const hr_json_t *root)
{
    size_t            i, depth;
    const hr_json_t  *chain[HR_PATH_DEPTH_MAX], *sibling;

    hr_path_reset(path);
    depth = 0;

    for ( ; node != NULL && node != root && depth < HR_PATH_DEPTH_MAX;
          node = node->parent)
    {
        chain[depth++] = node;
    }

    while (depth > 0) {
        node = chain[--depth];

        if (node->parent == NULL || node->parent->type == HR_JSON_OBJECT) {
            hr_path_member(path, node->key);
            continue;
        }

        i = 0;

        for (sibling = node->parent->first; sibling != node;
             sibling = sibling->next)
        {
            i++;
        }

        hr_path_index(path, i);
    }
}
