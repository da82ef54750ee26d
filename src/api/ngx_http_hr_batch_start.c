#include "ngx_http_hr_generation.h"
#include "ngx_http_hr_audit.h"

#include "hr_text.h"


/*
 * POST /api/generation/batch (I-69): a unit, with what lies below it, or a list.
 * Every item is looked up first, on a reader; dry_run ends there with what it
 * would cost.  Then the batch and its tasks are written in one transaction.
 */

#define NGX_HTTP_HR_BATCH_ITEMS    2000
#define NGX_HTTP_HR_BATCH_OPEN     10       /* times the queue: open items of all batches */
#define NGX_HTTP_HR_BATCH_USAGE    (30 * 86400 * 1000000ll)     /* us, for the average */

/* Before there is an average: the size of a usual question and answer, tokens. */
#define NGX_HTTP_HR_BATCH_TOKENS_IN   20000
#define NGX_HTTP_HR_BATCH_TOKENS_OUT  4000

typedef struct {
    ngx_http_hr_in_str_t      unit;
    ngx_http_hr_in_bool_t     include_children;
    ngx_http_hr_in_node_t     items;
    ngx_http_hr_in_bool_t     skip_existing;
    ngx_http_hr_in_bool_t     dry_run;
    ngx_http_hr_in_double_t   temperature;
    ngx_http_hr_in_str_t      model;
} ngx_http_hr_batch_body_t;

typedef enum {
    NGX_HTTP_HR_ITEM_QUEUE = 0,
    NGX_HTTP_HR_ITEM_EXISTS,
    NGX_HTTP_HR_ITEM_DUPLICATE,
    NGX_HTTP_HR_ITEM_UNKNOWN,
    NGX_HTTP_HR_ITEM_STATES
} ngx_http_hr_item_state_t;

typedef struct {
    ngx_http_hr_target_t      target;
    hr_store_slot_t           slot;
    ngx_http_hr_item_state_t  state;
    hr_str_t                  profile_id;   /* of EXISTS */
    uint64_t                  hash;         /* of the position, for duplicates */
    bool                      not_in_structure;
} ngx_http_hr_batch_item_t;

typedef struct {
    hr_str_t                   unit;        /* or {0, NULL}: the list */
    bool                       children;
    bool                       skip_existing;
    bool                       dry_run;
    ngx_http_hr_job_params_t   params;
    ngx_http_hr_batch_item_t  *items;
    size_t                     count;
    size_t                     counts[NGX_HTTP_HR_ITEM_STATES];
    size_t                     joined;
    int64_t                    seconds;     /* of one */
    double                     cost;        /* of one, US dollars */
    bool                       cost_known;
    char                       id[37];
    const hr_models_t         *models;      /* of the held handle */
    hr_str_t                   model;
    ngx_http_hr_gen_t         *handle;
} ngx_http_hr_batch_t;


static const struct {
    const char   *state;            /* as stored and told */
    const char   *code;
    const char   *ru;
    const char   *en;
} ngx_http_hr_item_states[NGX_HTTP_HR_ITEM_STATES] = {
    { "queued", NULL, NULL, NULL },
    { "skipped", NULL, "Профиль уже есть", "The profile exists already" },
    { "skipped", "duplicate", "Эта позиция уже есть в списке",
      "The position is in the list already" },
    { "rejected", "department_not_found", "Подразделение или позиция не найдены",
      "The department or the position was not found" },
};

static const ngx_http_hr_in_row_t  ngx_http_hr_batch_rows[] = {
    { "unit", NGX_HTTP_HR_IN_STR, NGX_HTTP_HR_IN_NULLABLE, 0, 0,
      offsetof(ngx_http_hr_batch_body_t, unit) },
    { "include_children", NGX_HTTP_HR_IN_BOOL, 0, 0, 0,
      offsetof(ngx_http_hr_batch_body_t, include_children) },
    { "items", NGX_HTTP_HR_IN_NODE, NGX_HTTP_HR_IN_NULLABLE, 0, 0,
      offsetof(ngx_http_hr_batch_body_t, items) },
    { "skip_existing", NGX_HTTP_HR_IN_BOOL, 0, 0, 0,
      offsetof(ngx_http_hr_batch_body_t, skip_existing) },
    { "dry_run", NGX_HTTP_HR_IN_BOOL, 0, 0, 0,
      offsetof(ngx_http_hr_batch_body_t, dry_run) },
    { "temperature", NGX_HTTP_HR_IN_DOUBLE, 0, 0, 1,
      offsetof(ngx_http_hr_batch_body_t, temperature) },
    { "model", NGX_HTTP_HR_IN_STR, NGX_HTTP_HR_IN_NULLABLE, 0, 0,
      offsetof(ngx_http_hr_batch_body_t, model) },
    NGX_HTTP_HR_IN_END
};


/* ---- reading ---- */


/* A text of one item; 1: it is there and good. */
static ngx_uint_t
ngx_http_hr_batch_text(ngx_http_hr_work_t *w, ngx_http_hr_problems_t *p,
    const hr_json_t *item, ngx_uint_t i, const char *name, size_t min, size_t max,
    hr_str_t *out)
{
    char              field[96];
    hr_str_t          text;
    const hr_json_t  *node = hr_json_get(item, name);

    (void) ngx_snprintf((u_char *) field, sizeof(field), "body.items.%ui.%s%Z", i,
                        name);

    if (node == NULL || node->type == HR_JSON_NULL) {
        if (min != 0) {
            ngx_http_hr_problem(p, field, "Field required", "missing", NULL);
        }

        return 0;
    }

    if (node->type != HR_JSON_STRING) {
        ngx_http_hr_problem(p, field, "Input should be a valid string",
                            "string_type", node);
        return 0;
    }

    text = node->text;

    if (ngx_http_hr_generation_check(p, field, &text, min, max) || text.len == 0) {
        return 0;
    }

    *out = ngx_http_hr_work_str(w, text);

    return 1;
}


static ngx_int_t
ngx_http_hr_batch_list(ngx_http_hr_work_t *w, ngx_http_hr_problems_t *p,
    const hr_json_t *list)
{
    char                       field[64];
    ngx_uint_t                 i;
    const hr_json_t           *item;
    ngx_http_hr_batch_t       *in = w->in;
    ngx_http_hr_batch_item_t  *b;

    if (list->type != HR_JSON_ARRAY) {
        ngx_http_hr_problem(p, "body.items", "Input should be a valid list",
                            "list_type", list);
        return NGX_OK;
    }

    if (list->count == 0 || list->count > NGX_HTTP_HR_BATCH_ITEMS) {
        ngx_http_hr_problem(p, "body.items",
                            list->count == 0
                            ? "List should have at least 1 item"
                            : "List should have at most 2000 items",
                            list->count == 0 ? "too_short" : "too_long", list);
        return NGX_OK;
    }

    in->items = hr_arena_calloc(w->arena,
                                list->count * sizeof(ngx_http_hr_batch_item_t));
    if (in->items == NULL) {
        return NGX_ERROR;
    }

    for (item = list->first, i = 0; item; item = item->next, i++) {

        if (item->type != HR_JSON_OBJECT) {
            (void) ngx_snprintf((u_char *) field, sizeof(field), "body.items.%ui%Z",
                                i);
            ngx_http_hr_problem(p, field, "Input should be a valid dictionary",
                                "dict_type", item);
            continue;
        }

        b = &in->items[in->count++];

        if (!ngx_http_hr_batch_text(w, p, item, i, "position_id", 0, 900,
                                    &b->target.position_id))
        {
            (void) ngx_http_hr_batch_text(w, p, item, i, "department", 2, 600,
                                          &b->target.department);
            (void) ngx_http_hr_batch_text(w, p, item, i, "position", 2, 200,
                                          &b->target.position);
        }

        (void) ngx_http_hr_batch_text(w, p, item, i, "employee_name", 0, 200,
                                      &b->target.employee_name);
    }

    return NGX_OK;
}


/* NGX_OK: w->in is filled; NGX_DECLINED: answered, the code in *rc. */
static ngx_int_t
ngx_http_hr_batch_read(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_work_t *w, ngx_int_t *rc)
{
    ngx_http_hr_batch_t       *in = w->in;
    ngx_http_hr_problems_t     p;
    ngx_http_hr_batch_body_t   body;

    ngx_memzero(&body, sizeof(body));
    ngx_http_hr_problems_init(&p, ctx);
    *rc = NGX_HTTP_INTERNAL_SERVER_ERROR;

    if (ngx_http_hr_read_body(r, ctx, ngx_http_hr_batch_rows, &body, &p) != NGX_OK) {
        ngx_http_hr_problems_release(&p);
        return NGX_DECLINED;
    }

    if (p.n == 0 && body.unit.set == body.items.set) {
        ngx_http_hr_problem(&p, body.unit.set ? "body.items" : "body.unit",
                            "Value error, either unit or items is needed",
                            "value_error", NULL);
    }

    if (body.unit.set) {
        (void) ngx_http_hr_generation_check(&p, "body.unit", &body.unit.v, 2, 600);
    }

    if (body.model.set) {
        (void) ngx_http_hr_generation_check(&p, "body.model", &body.model.v, 0, 200);
    }

    if (body.items.set && ngx_http_hr_batch_list(w, &p, body.items.v) != NGX_OK) {
        ngx_http_hr_problems_release(&p);
        return NGX_DECLINED;
    }

    if (ngx_http_hr_problems_end(r, ctx, &p, rc) != NGX_OK) {
        return NGX_DECLINED;
    }

    in->unit = ngx_http_hr_work_str(w, body.unit.v);
    in->children = !body.include_children.set || body.include_children.v;
    in->skip_existing = !body.skip_existing.set || body.skip_existing.v;
    in->dry_run = body.dry_run.v;
    in->params.has_temperature = body.temperature.set;
    in->params.temperature = body.temperature.v;
    in->params.model = ngx_http_hr_work_str(w, body.model.v);

    return NGX_OK;
}


/* ---- looking up ---- */


/* All slots of the unit, or of all below it too. */
static hr_rc_t
ngx_http_hr_batch_unit(ngx_http_hr_work_t *w)
{
    hr_rc_t                    rc;
    uint32_t                   i, end;
    hr_org_slot_t              slot;
    hr_org_unit_t              unit, own;
    const hr_org_t            *org = w->data.image;
    ngx_http_hr_batch_t       *in = w->in;
    ngx_http_hr_target_t       target;
    ngx_http_hr_located_t      located;
    ngx_http_hr_batch_item_t  *b;

    ngx_memzero(&target, sizeof(target));
    target.department = in->unit;
    target.position = HR_STR("");

    rc = ngx_http_hr_generation_locate(w, &target, &located);
    if (rc != HR_OK) {
        return rc;
    }

    hr_org_unit(org, located.resolved.unit, &unit);
    end = in->children ? unit.end_slot : unit.first_slot + unit.slots;

    if (end - unit.first_slot > NGX_HTTP_HR_BATCH_ITEMS) {
        return ngx_http_hr_work_error_with(w, HR_E_VALUE, HR_LIMIT,
                   "В подразделении больше 2000 позиций, выберите часть поменьше",
                   "The department has more than 2000 positions, choose a smaller "
                   "part", HR_STR("{\"field\":\"unit\",\"max_items\":2000}"));
    }

    in->items = hr_arena_calloc(w->arena, (end - unit.first_slot + 1)
                                          * sizeof(ngx_http_hr_batch_item_t));
    if (in->items == NULL) {
        return HR_NOMEM;
    }

    for (i = unit.first_slot; i < end; i++) {
        hr_org_slot(org, i, &slot);
        hr_org_unit(org, slot.unit, &own);

        b = &in->items[in->count++];
        b->slot.unit_path = hr_arena_str(w->arena, own.path);
        b->slot.department = hr_arena_str(w->arena, own.name);
        b->slot.position = hr_arena_str(w->arena, slot.title);

        if (b->slot.unit_path.data == NULL || b->slot.department.data == NULL
            || b->slot.position.data == NULL)
        {
            return HR_NOMEM;
        }
    }

    return HR_OK;
}


static hr_rc_t
ngx_http_hr_batch_find(ngx_http_hr_work_t *w, ngx_http_hr_batch_item_t *b)
{
    hr_rc_t                 rc;
    ngx_http_hr_located_t   located;

    if (b->slot.position.data != NULL) {
        return HR_OK;                   /* of a unit: known already */
    }

    rc = ngx_http_hr_generation_find(w->data.image, w->arena, &b->target, &located);

    if (rc == HR_OK) {
        b->slot = located.slot;
        b->not_in_structure = located.resolved.position_not_in_structure;

    } else if (rc == HR_NOT_FOUND) {
        b->state = NGX_HTTP_HR_ITEM_UNKNOWN;
        b->slot.department = b->target.department.data != NULL
                             ? b->target.department : b->target.position_id;
        b->slot.position = b->target.position.data != NULL
                           ? b->target.position : b->target.position_id;
        b->slot.employee_name = b->target.employee_name;
        rc = HR_OK;
    }

    return rc;
}


/* Marks positions that come again; the table holds the first ones, by their hash. */
static hr_rc_t
ngx_http_hr_batch_duplicates(ngx_http_hr_work_t *w)
{
    size_t                     i, k, size;
    hr_str_t                   key;
    ngx_http_hr_batch_t       *in = w->in;
    ngx_http_hr_batch_item_t  *b, **table;

    for (size = 16; size < in->count * 2; size *= 2) { /* void */ }

    table = hr_arena_calloc(w->arena, size * sizeof(ngx_http_hr_batch_item_t *));
    if (table == NULL) {
        return HR_NOMEM;
    }

    for (i = 0; i < in->count; i++) {
        b = &in->items[i];

        if (b->state != NGX_HTTP_HR_ITEM_QUEUE) {
            continue;
        }

        key = hr_fold(w->arena, b->slot.position);
        if (key.data == NULL) {
            return HR_NOMEM;
        }

        b->hash = ngx_http_hr_hash(NGX_HTTP_HR_HASH_SEED, b->slot.unit_path.data,
                                   b->slot.unit_path.len + 1);
        b->hash = ngx_http_hr_hash(b->hash, key.data, key.len + 1);
        b->hash = ngx_http_hr_hash(b->hash, b->slot.employee_name.data,
                                   b->slot.employee_name.len);

        for (k = b->hash & (size - 1); table[k] != NULL; k = (k + 1) & (size - 1)) {
            if (table[k]->hash == b->hash) {
                b->state = NGX_HTTP_HR_ITEM_DUPLICATE;
                break;
            }
        }

        if (b->state == NGX_HTTP_HR_ITEM_QUEUE) {
            table[k] = b;
        }
    }

    return HR_OK;
}


static hr_rc_t
ngx_http_hr_batch_existing(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    size_t                     i;
    hr_rc_t                    rc;
    hr_store_card_t            card;
    ngx_http_hr_batch_t       *in = w->in;
    ngx_http_hr_batch_item_t  *b;

    for (i = 0; i < in->count; i++) {
        b = &in->items[i];

        if (b->state == NGX_HTTP_HR_ITEM_QUEUE && in->skip_existing) {
            rc = hr_store_profile_find(conn, w->arena, &b->slot, &card);

            if (rc == HR_OK) {
                b->state = NGX_HTTP_HR_ITEM_EXISTS;
                b->profile_id = card.id;

            } else if (rc != HR_NOT_FOUND) {
                return rc;
            }
        }

        in->counts[b->state]++;
    }

    return HR_OK;
}


/* Money for one: the average of the last month, else a usual size by the price. */
static hr_rc_t
ngx_http_hr_batch_cost(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    size_t                  count;
    hr_rc_t                 rc;
    hr_model_t              model;
    ngx_http_hr_batch_t    *in = w->in;
    hr_store_usage_row_t   *rows;

    rc = hr_store_usage(conn, w->arena, HR_STORE_USAGE_TOTAL,
                        w->now - NGX_HTTP_HR_BATCH_USAGE, w->now, 1, &rows, &count);
    if (rc != HR_OK) {
        return rc;
    }

    if (count == 1 && rows[0].succeeded > 0 && rows[0].cost_usd > 0) {
        in->cost = rows[0].cost_usd / (double) rows[0].succeeded;
        in->cost_known = true;

    } else if (in->models != NULL) {
        hr_models_find(in->models, in->model, &model);
        in->cost_known = hr_models_cost(&model, NGX_HTTP_HR_BATCH_TOKENS_IN,
                                        NGX_HTTP_HR_BATCH_TOKENS_OUT, &in->cost);
    }

    return HR_OK;
}


static hr_rc_t ngx_http_hr_batch_told(ngx_http_hr_work_t *w);


static hr_rc_t
ngx_http_hr_batch_look(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    size_t                     i;
    hr_rc_t                    rc;
    ngx_http_hr_batch_t       *in = w->in;
    hr_store_task_counts_t     counts;

    rc = in->unit.data != NULL ? ngx_http_hr_batch_unit(w) : HR_OK;

    for (i = 0; i < in->count && rc == HR_OK; i++) {
        rc = ngx_http_hr_batch_find(w, &in->items[i]);
    }

    if (rc == HR_OK) {
        rc = ngx_http_hr_batch_duplicates(w);
    }

    if (rc == HR_OK) {
        rc = ngx_http_hr_batch_existing(w, conn);
    }

    if (rc == HR_OK) {
        rc = ngx_http_hr_generation_estimate(conn, &in->seconds);
    }

    if (rc == HR_OK) {
        rc = ngx_http_hr_batch_cost(w, conn);
    }

    if (rc != HR_OK || in->dry_run) {
        return rc == HR_OK ? ngx_http_hr_batch_told(w) : rc;
    }

    rc = ngx_http_hr_generation_budget(w, conn,
             in->cost * (double) in->counts[NGX_HTTP_HR_ITEM_QUEUE]);

    if (rc == HR_OK) {
        rc = hr_store_task_counts(conn, w->user.id, &counts);
    }

    if (rc == HR_OK && counts.batch_open + (int64_t) in->count
                       > (int64_t) w->conf->llm_queue * NGX_HTTP_HR_BATCH_OPEN)
    {
        w->retry_after = 300;
        return ngx_http_hr_work_error_with(w, HR_E_TOO_MANY, HR_LIMIT,
                   hr_generr_text(HR_GENERR_QUEUE_FULL, HR_LANG_RU),
                   hr_generr_text(HR_GENERR_QUEUE_FULL, HR_LANG_EN),
                   ngx_http_hr_generation_details(w->arena, HR_GENERR_QUEUE_FULL));
    }

    return rc;
}


/* ---- writing ---- */


/* "params" of the batch: what was asked for. */
static hr_str_t
ngx_http_hr_batch_params(ngx_http_hr_work_t *w)
{
    hr_jw_t               jw;
    hr_buf_t              buf;
    hr_str_t              json;
    ngx_http_hr_batch_t  *in = w->in;

    hr_buf_init(&buf, 16 * 1024);
    hr_jw_init(&jw, &buf);
    hr_jw_object(&jw);
    hr_jw_kstr(&jw, "unit", in->unit);
    hr_jw_kbool(&jw, "include_children", in->children);
    hr_jw_kbool(&jw, "skip_existing", in->skip_existing);

    if (in->params.has_temperature) {
        hr_jw_kdouble(&jw, "temperature", in->params.temperature);
    }

    if (in->params.model.len != 0) {
        hr_jw_kstr(&jw, "model", in->params.model);
    }

    hr_jw_end_object(&jw);

    json = buf.err == HR_OK ? hr_arena_str(w->arena, hr_buf_view(&buf)) : HR_STR_NULL;
    hr_buf_release(&buf);

    return json;
}


static hr_rc_t
ngx_http_hr_batch_add_item(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    ngx_http_hr_batch_item_t *b, hr_str_t params)
{
    char                     uuid[37];
    hr_rc_t                  rc;
    hr_store_new_task_t      add;
    ngx_http_hr_batch_t     *in = w->in;
    hr_store_batch_item_t    item;
    hr_store_task_added_t    added;

    ngx_memzero(&item, sizeof(item));
    item.slot = b->slot;

    if (b->state != NGX_HTTP_HR_ITEM_QUEUE) {
        item.state = hr_str_from_c(ngx_http_hr_item_states[b->state].state);
        item.profile_id = b->profile_id;
        item.message = hr_str_from_c(ngx_http_hr_item_states[b->state].ru);

        if (ngx_http_hr_item_states[b->state].code != NULL) {
            item.error_code = hr_str_from_c(ngx_http_hr_item_states[b->state].code);
        }

        return hr_store_batch_add(conn, w->arena, hr_str_from_c(in->id), NULL, NULL,
                                  &item, w->now, &added);
    }

    rc = hr_uuid_make(uuid);
    if (rc != HR_OK) {
        return rc;
    }

    ngx_memzero(&add, sizeof(add));
    add.id = hr_str_from_c(uuid);
    add.slot = b->slot;
    add.params = params;
    add.batch_id = hr_str_from_c(in->id);
    add.step = ngx_http_hr_step_text(NGX_HTTP_HR_STEP_QUEUED);
    add.user_id = w->user.id;
    add.priority = NGX_HTTP_HR_PRIORITY_BATCH;
    add.estimated_seconds = in->seconds;
    add.save_result = true;

    rc = hr_store_batch_add(conn, w->arena, hr_str_from_c(in->id), &add, NULL, &item,
                            w->now, &added);

    in->joined += rc == HR_OK && added == HR_STORE_TASK_JOINED;

    return rc;
}


static hr_rc_t
ngx_http_hr_batch_add(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    size_t                i;
    hr_rc_t               rc;
    hr_str_t              id, params;
    ngx_http_hr_batch_t  *in = w->in;

    id = hr_str_from_c(in->id);
    params = ngx_http_hr_job_params_write(w->arena, &in->params);

    rc = params.data == NULL ? HR_NOMEM
         : hr_store_batch_create(conn, id, w->user.id, ngx_http_hr_batch_params(w),
                                 w->now);

    for (i = 0; i < in->count && rc == HR_OK; i++) {
        rc = ngx_http_hr_batch_add_item(w, conn, &in->items[i], params);
    }

    if (rc == HR_OK) {
        rc = hr_store_batch_added(conn, id, w->now);
    }

    if (rc == HR_OK) {
        rc = ngx_http_hr_audit(w, conn, "batch.start", "batch", id,
                               hr_arena_printf(w->arena, "{\"items\":%zu}",
                                               in->count));
    }

    ngx_http_hr_task_logged(w, id, NULL);

    return rc == HR_OK ? ngx_http_hr_batch_told(w) : rc;
}


/* ---- answer ---- */


static void
ngx_http_hr_batch_tell_items(ngx_http_hr_work_t *w, hr_jw_t *jw)
{
    size_t                      i;
    const bool                  ru = w->answer.lang == HR_LANG_RU;
    ngx_http_hr_batch_t        *in = w->in;
    ngx_http_hr_batch_item_t   *b;

    hr_jw_key(jw, "items");
    hr_jw_array(jw);

    for (i = 0; i < in->count; i++) {
        b = &in->items[i];
        hr_jw_object(jw);
        hr_jw_kint(jw, "ordinal", (int64_t) i + 1);
        hr_jw_kstr(jw, "department", b->slot.department);
        hr_jw_kstr(jw, "position", b->slot.position);
        hr_jw_kstr(jw, "employee_name", b->slot.employee_name);
        hr_jw_kstr(jw, "unit_path", b->slot.unit_path);
        hr_jw_kc(jw, "state", b->state == NGX_HTTP_HR_ITEM_QUEUE
                              ? "to_generate"
                              : ngx_http_hr_item_states[b->state].state);
        hr_jw_kstr(jw, "profile_id", b->profile_id);
        hr_jw_kc(jw, "error_code", ngx_http_hr_item_states[b->state].code);
        hr_jw_kc(jw, "message", ru ? ngx_http_hr_item_states[b->state].ru
                                   : ngx_http_hr_item_states[b->state].en);
        hr_jw_kbool(jw, "position_not_in_structure", b->not_in_structure);
        hr_jw_end_object(jw);
    }

    hr_jw_end_array(jw);
}


static hr_rc_t
ngx_http_hr_batch_told(ngx_http_hr_work_t *w)
{
    hr_jw_t               jw;
    size_t                todo;
    int64_t               rounds;
    const bool            ru = w->answer.lang == HR_LANG_RU;
    ngx_http_hr_batch_t  *in = w->in;

    todo = in->counts[NGX_HTTP_HR_ITEM_QUEUE];
    rounds = ((int64_t) todo + (int64_t) w->conf->llm_concurrency - 1)
             / (int64_t) w->conf->llm_concurrency;

    ngx_http_hr_work_json(w, &jw);
    hr_envelope_begin(&jw, &w->answer,
        hr_arena_printf(w->arena, in->dry_run
                        ? (ru ? "Будет создано профилей: %zu"
                              : "Profiles to be generated: %zu")
                        : (ru ? "Поставлено в очередь: %zu" : "Queued: %zu"), todo));
    hr_jw_kbool(&jw, "dry_run", in->dry_run);
    hr_jw_kstr(&jw, "batch_id", in->dry_run ? HR_STR_NULL : hr_str_from_c(in->id));
    hr_jw_kint(&jw, "total", (int64_t) in->count);
    hr_jw_kint(&jw, "to_generate", (int64_t) todo);
    hr_jw_kint(&jw, "joined", (int64_t) in->joined);
    hr_jw_kint(&jw, "existing", (int64_t) in->counts[NGX_HTTP_HR_ITEM_EXISTS]);
    hr_jw_kint(&jw, "duplicates", (int64_t) in->counts[NGX_HTTP_HR_ITEM_DUPLICATE]);
    hr_jw_kint(&jw, "rejected", (int64_t) in->counts[NGX_HTTP_HR_ITEM_UNKNOWN]);
    hr_jw_kint(&jw, "estimated_duration", rounds * in->seconds);
    hr_jw_key(&jw, "estimated_cost_usd");

    if (in->cost_known) {
        hr_jw_double(&jw, hr_round(in->cost * (double) todo, 4));
    } else {
        hr_jw_null(&jw);
    }

    if (in->dry_run) {
        ngx_http_hr_batch_tell_items(w, &jw);
    }

    hr_envelope_end(&jw);

    return w->out.body.err;
}


static ngx_int_t
ngx_http_hr_batch_added(ngx_http_hr_work_t *w)
{
    if (w->rc == HR_OK) {
        ngx_http_hr_job_wake();
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_batch_looked(ngx_http_hr_work_t *w)
{
    ngx_http_hr_batch_t  *in = w->in;

    ngx_http_hr_gen_release(in->handle);
    in->models = NULL;

    if (w->rc != HR_OK || in->dry_run) {
        return NGX_OK;
    }

    return ngx_http_hr_work_next(w, NGX_HTTP_HR_WORK_WRITE, ngx_http_hr_batch_add,
                                 ngx_http_hr_batch_added);
}


/* What prices are looked up with; the handle is held until the look-up is done. */
static void
ngx_http_hr_batch_prices(ngx_http_hr_work_t *w)
{
    hr_prompt_info_t      info;
    const hr_prompt_t    *prompt;
    ngx_http_hr_batch_t  *in = w->in;

    in->handle = ngx_http_hr_gen_acquire();

    if (in->handle == NULL) {
        return;
    }

    in->models = hr_gen_models(in->handle->gen);
    in->model = in->params.model.len != 0 ? in->params.model
                                          : ngx_http_hr_str(&w->conf->llm_model);
    prompt = hr_gen_prompt(in->handle->gen);

    if (in->model.len == 0 && prompt != NULL) {
        hr_prompt_info(prompt, &info);
        in->model = info.model;
    }
}


static ngx_int_t
ngx_http_hr_batch_start(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t             rc;
    ngx_http_hr_gen_t    *handle;
    ngx_http_hr_work_t   *w;
    ngx_http_hr_batch_t  *in;

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_batch_t), 0);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    in = w->in;

    if (ngx_http_hr_batch_read(r, ctx, w, &rc) != NGX_OK
        || (!in->dry_run
            && ngx_http_hr_generation_allowed(r, ctx, 1, &rc) != NGX_OK))
    {
        ngx_http_hr_work_free(w);
        return rc;
    }

    ngx_http_hr_generation_trace(r, ctx, w, &in->params);

    if (hr_uuid_make(in->id) != HR_OK) {
        ngx_http_hr_work_free(w);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_http_hr_work_hold_data(w) != NGX_OK) {
        ngx_http_hr_work_free(w);
        return ngx_http_hr_error(r, ctx, HR_E_UNAVAILABLE);
    }

    w->gzip = in->dry_run && ctx->gzip_ok;
    ngx_http_hr_batch_prices(w);
    handle = in->handle;

    rc = ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ, ngx_http_hr_batch_look,
                                ngx_http_hr_batch_looked);
    if (rc != NGX_DONE) {
        ngx_http_hr_gen_release(handle);        /* the work is gone */
    }

    return rc;
}


const ngx_http_hr_route_t  ngx_http_hr_batch_start_routes[] = {

    { "/api/generation/batch", NGX_HTTP_POST, NGX_HTTP_HR_HR,
      NGX_HTTP_HR_BODY_JSON|NGX_HTTP_HR_NO_STORE, 2 * 1024 * 1024,
      ngx_http_hr_batch_start, "start_batch" },

    NGX_HTTP_HR_ROUTES_END
};
