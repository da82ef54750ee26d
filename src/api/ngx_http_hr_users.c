#include "ngx_http_hr_api.h"
#include "ngx_http_hr_audit.h"
#include "ngx_http_hr_session.h"
#include "ngx_http_hr_throttle.h"

#include "hr_password.h"
#include "hr_text.h"


/*
 * User administration (additive; issue "The core API"): administrators list,
 * create and change accounts; everybody changes the own password.
 *
 * A change that needs a hash goes CPU -> WRITE; hashing is never on the event
 * loop.  Deactivation, a new role and a new password end cached sessions in
 * every worker at once.
 */

#define NGX_HTTP_HR_USERS_LIMIT     100

typedef struct {
    ngx_http_hr_in_str_t     username;
    ngx_http_hr_in_str_t     password;
    ngx_http_hr_in_str_t     current_password;
    ngx_http_hr_in_str_t     full_name;
    ngx_http_hr_in_str_t     role;
    ngx_http_hr_in_bool_t    is_active;
    ngx_http_hr_in_int_t     page;
    ngx_http_hr_in_int_t     limit;
} ngx_http_hr_users_body_t;

typedef struct {
    int64_t                  id;            /* the account that is changed */
    hr_str_t                 username;
    hr_str_t                 password;      /* new; wiped after hashing */
    hr_str_t                 current;       /* of the own account; wiped */
    hr_str_t                 full_name;
    hr_store_role_t          role;
    bool                     active;
    unsigned                 fields;        /* HR_STORE_USER_* */
    bool                     create;
    size_t                   offset, limit;
    hr_store_user_t          user;
    char                     hash[HR_PASSWORD_HASH + 1];
    bool                     throttled;     /* the own password is being guessed */
    ngx_http_hr_throttle_t   throttle;
} ngx_http_hr_users_t;


#define NGX_HTTP_HR_USERS_ROW(field, type, flags, min, max)                   \
    { #field, NGX_HTTP_HR_IN_##type, flags, min, max,                         \
      offsetof(ngx_http_hr_users_body_t, field) }

static const ngx_http_hr_in_row_t  ngx_http_hr_users_page_rows[] = {
    NGX_HTTP_HR_USERS_ROW(page, INT, 0, 1, 1000000),
    NGX_HTTP_HR_USERS_ROW(limit, INT, 0, 1, NGX_HTTP_HR_USERS_LIMIT),
    NGX_HTTP_HR_IN_END
};

static const ngx_http_hr_in_row_t  ngx_http_hr_users_create_rows[] = {
    NGX_HTTP_HR_USERS_ROW(username, STR, NGX_HTTP_HR_IN_REQUIRED, 1, 50),
    NGX_HTTP_HR_USERS_ROW(password, STR, NGX_HTTP_HR_IN_REQUIRED, 1, 200),
    NGX_HTTP_HR_USERS_ROW(full_name, STR, NGX_HTTP_HR_IN_REQUIRED, 1, 200),
    NGX_HTTP_HR_USERS_ROW(role, STR, NGX_HTTP_HR_IN_NULLABLE, 1, 20),
    NGX_HTTP_HR_IN_END
};

static const ngx_http_hr_in_row_t  ngx_http_hr_users_change_rows[] = {
    NGX_HTTP_HR_USERS_ROW(full_name, STR, NGX_HTTP_HR_IN_NULLABLE, 1, 200),
    NGX_HTTP_HR_USERS_ROW(role, STR, NGX_HTTP_HR_IN_NULLABLE, 1, 20),
    NGX_HTTP_HR_USERS_ROW(is_active, BOOL, NGX_HTTP_HR_IN_NULLABLE, 0, 0),
    NGX_HTTP_HR_USERS_ROW(password, STR, NGX_HTTP_HR_IN_NULLABLE, 1, 200),
    NGX_HTTP_HR_IN_END
};

static const ngx_http_hr_in_row_t  ngx_http_hr_users_password_rows[] = {
    NGX_HTTP_HR_USERS_ROW(current_password, STR, NGX_HTTP_HR_IN_REQUIRED, 1, 200),
    NGX_HTTP_HR_USERS_ROW(password, STR, NGX_HTTP_HR_IN_REQUIRED, 1, 200),
    NGX_HTTP_HR_IN_END
};


/* Passwords that everybody tries first (I-55). */
static const hr_str_t  ngx_http_hr_common_passwords[] = {
    HR_STR_INIT("password"), HR_STR_INIT("passw0rd"), HR_STR_INIT("qwerty"),
    HR_STR_INIT("admin"), HR_STR_INIT("admin123"), HR_STR_INIT("hr123"),
    HR_STR_INIT("123456789012"), HR_STR_INIT("welcome"), HR_STR_INIT("letmein"),
    HR_STR_INIT("iloveyou"), HR_STR_INIT("пароль"), HR_STR_INIT("йцукен"),
    HR_STR_INIT("administrator"), HR_STR_INIT("changeme"),
};


/* The text for a fault of a new password; NULL: none. */
static const char *
ngx_http_hr_users_fault(hr_lang_t lang, hr_str_t password, hr_str_t username)
{
    static const char *const  text[][HR_LANG_COUNT] = {
        [HR_PASSWORD_GOOD] = { NULL, NULL },
        [HR_PASSWORD_BROKEN] = {
            "В пароле есть недопустимые символы",
            "The password has characters that are not allowed" },
        [HR_PASSWORD_TOO_LONG] = {
            "Пароль слишком длинный", "The password is too long" },
        [HR_PASSWORD_TOO_SHORT] = {
            "В пароле должно быть не меньше 12 символов",
            "The password needs at least 12 characters" },
        [HR_PASSWORD_TOO_SIMPLE] = {
            "Нужны строчные и прописные буквы, цифры и знаки, или не меньше 16 символов",
            "Lower and upper case, digits and signs are needed, or at least 16 characters" },
        [HR_PASSWORD_IS_NAME] = {
            "Пароль не должен содержать имя пользователя",
            "The password must not contain the user name" },
        [HR_PASSWORD_IS_COMMON] = {
            "Пароль слишком распространён", "The password is too common" },
    };

    hr_password_fault_t  fault;

    fault = hr_password_check(password, username, ngx_http_hr_common_passwords,
                              sizeof(ngx_http_hr_common_passwords)
                              / sizeof(hr_str_t));

    return text[fault][lang];
}


/* ---- answers ---- */


static hr_rc_t
ngx_http_hr_users_answer(ngx_http_hr_work_t *w, const hr_store_user_t *user,
    const char *ru, const char *en)
{
    hr_jw_t  jw;

    ngx_http_hr_work_json(w, &jw);
    hr_envelope_data(&jw, &w->answer, ngx_http_hr_work_text(w, ru, en));
    ngx_http_hr_write_user(&jw, &w->answer, user, true);
    hr_envelope_end(&jw);

    return w->out.body.err;
}


static hr_rc_t
ngx_http_hr_users_list_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    size_t                i;
    hr_jw_t               jw;
    hr_rc_t               rc;
    hr_store_users_t      list;
    ngx_http_hr_users_t  *in = w->in;

    rc = hr_store_users_list(conn, w->arena, in->offset, in->limit, &list);
    if (rc != HR_OK) {
        return rc;
    }

    ngx_http_hr_work_json(w, &jw);
    hr_envelope_data(&jw, &w->answer, HR_STR_NULL);
    hr_jw_object(&jw);
    hr_jw_key(&jw, "users");
    hr_jw_array(&jw);

    for (i = 0; i < list.count; i++) {
        ngx_http_hr_write_user(&jw, &w->answer, &list.items[i], true);
    }

    hr_jw_end_array(&jw);
    hr_jw_kint(&jw, "total_count", list.total);
    hr_jw_kint(&jw, "page", (int64_t) (in->offset / in->limit) + 1);
    hr_jw_kint(&jw, "limit", (int64_t) in->limit);
    hr_jw_end_object(&jw);
    hr_envelope_end(&jw);

    return w->out.body.err;
}


static hr_rc_t
ngx_http_hr_users_missing(ngx_http_hr_work_t *w, int64_t id)
{
    return ngx_http_hr_work_not_found(w, "user",
                                      hr_arena_printf(w->arena, "%lld",
                                                      (long long) id));
}


static hr_rc_t
ngx_http_hr_users_get_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_rc_t               rc;
    ngx_http_hr_users_t  *in = w->in;

    rc = hr_store_user_by_id(conn, w->arena, in->id, &in->user);

    if (rc == HR_NOT_FOUND) {
        return ngx_http_hr_users_missing(w, in->id);
    }

    return rc == HR_OK ? ngx_http_hr_users_answer(w, &in->user, "Учётная запись",
                                                  "Account")
                       : rc;
}


/* ---- changes ---- */


static hr_rc_t
ngx_http_hr_users_hash_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_rc_t                rc;
    hr_password_scheme_t   scheme;
    ngx_http_hr_users_t   *in = w->in;

    scheme.cost = (unsigned) w->conf->bcrypt_cost;
    scheme.legacy = w->conf->legacy_passwords;
    rc = HR_OK;

    if (in->current.data != NULL) {
        rc = hr_password_verify(&scheme, in->current, in->user.password_hash, NULL);
        ngx_explicit_memzero((char *) in->current.data, in->current.len);

        if (rc == HR_INVALID) {
            return ngx_http_hr_work_error_with(w, HR_E_VALUE, HR_INVALID,
                       "Текущий пароль указан неверно",
                       "The current password is wrong",
                       HR_STR("{\"field\":\"current_password\"}"));
        }
    }

    if (rc == HR_OK) {
        rc = hr_password_hash(&scheme, in->password, in->hash);
    }

    ngx_explicit_memzero((char *) in->password.data, in->password.len);

    return rc == HR_OK ? HR_OK : ngx_http_hr_work_error(w, HR_E_INTERNAL, rc);
}


static hr_rc_t
ngx_http_hr_users_conflict(ngx_http_hr_work_t *w, hr_store_conn_t *conn, hr_rc_t rc)
{
    switch (hr_store_error(conn)) {

    case HR_STORE_E_NAME_TAKEN:
        return ngx_http_hr_work_error_with(w, HR_E_CONFLICT, rc,
                   "Пользователь с таким именем уже есть",
                   "A user of that name exists already",
                   HR_STR("{\"field\":\"username\"}"));

    case HR_STORE_E_LAST_ADMIN:
        return ngx_http_hr_work_error_with(w, HR_E_CONFLICT, rc,
                   "Последнего администратора нельзя отключить или понизить",
                   "The last administrator cannot be deactivated or demoted",
                   HR_STR_NULL);

    default:
        return rc;
    }
}


static hr_rc_t
ngx_http_hr_users_store_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    int64_t                  ended;
    hr_rc_t                  rc;
    hr_str_t                 id;
    hr_store_seed_t          seed;
    hr_store_user_change_t   change;
    ngx_http_hr_users_t     *in = w->in;

    if (in->create) {
        memset(&seed, 0, sizeof(seed));
        seed.username = in->username;
        seed.full_name = in->full_name;
        seed.password_hash = hr_str_from_c(in->hash);
        seed.role = in->role;
        rc = hr_store_user_create(conn, &seed, w->now, &in->id);

    } else {
        memset(&change, 0, sizeof(change));
        change.fields = in->fields;
        change.role = in->role;
        change.active = in->active;
        change.full_name = in->full_name;
        change.password_hash = hr_str_from_c(in->hash);

        /* the own session survives the own change of password */
        rc = hr_store_user_update(conn, in->id, &change,
                                  in->id == w->user.id && w->user.sid[0]
                                  ? hr_str_from_c((char *) w->user.sid)
                                  : HR_STR_NULL, &ended);
        if (rc == HR_NOT_FOUND) {
            return ngx_http_hr_users_missing(w, in->id);
        }
    }

    if (rc != HR_OK) {
        return ngx_http_hr_users_conflict(w, conn, rc);
    }

    id = hr_arena_printf(w->arena, "%lld", (long long) in->id);
    rc = ngx_http_hr_audit(w, conn, in->create ? "user.create" : "user.update",
                           "user", id,
                           hr_arena_printf(w->arena, "{\"fields\":%u}", in->fields));
    if (rc == HR_OK) {
        rc = hr_store_user_by_id(conn, w->arena, in->id, &in->user);
    }

    return rc == HR_OK ? ngx_http_hr_users_answer(w, &in->user, "Сохранено", "Saved")
                       : rc;
}


static ngx_int_t
ngx_http_hr_users_stored(ngx_http_hr_work_t *w)
{
    ngx_http_hr_users_t  *in = w->in;

    if (w->rc == HR_OK) {
        ngx_http_hr_session_drop_user(in->id);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_users_hashed(ngx_http_hr_work_t *w)
{
    ngx_http_hr_users_t  *in = w->in;

    if (in->throttled) {
        if (w->rc == HR_OK) {
            ngx_http_hr_throttle_clear(&in->throttle);

        } else if (w->error != HR_E_VALUE) {
            ngx_http_hr_throttle_forgive(&in->throttle);
        }
    }

    if (w->rc != HR_OK) {
        return NGX_OK;
    }

    return ngx_http_hr_work_next(w, NGX_HTTP_HR_WORK_WRITE,
                                 ngx_http_hr_users_store_run,
                                 ngx_http_hr_users_stored);
}


/* ---- a new password: the account is loaded, then the hash is made ---- */


static hr_rc_t
ngx_http_hr_users_load_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_rc_t               rc;
    ngx_http_hr_users_t  *in = w->in;

    rc = hr_store_user_by_id(conn, w->arena, in->id, &in->user);

    return rc == HR_NOT_FOUND ? ngx_http_hr_users_missing(w, in->id) : rc;
}


/* 422 for a password that only its account's name makes a bad one. */
static void
ngx_http_hr_users_name_fault(ngx_http_hr_work_t *w, const char *fault)
{
    hr_jw_t   jw;
    hr_buf_t  buf;

    hr_buf_init(&buf, 4096);
    hr_jw_init(&jw, &buf);
    hr_jw_object(&jw);
    hr_jw_key(&jw, "validation_errors");
    hr_jw_array(&jw);
    hr_jw_object(&jw);
    hr_jw_kc(&jw, "field", "body.password");
    hr_jw_kc(&jw, "message", fault);
    hr_jw_kc(&jw, "type", "value_error");
    hr_jw_knull(&jw, "input");
    hr_jw_end_object(&jw);
    hr_jw_end_array(&jw);
    hr_jw_end_object(&jw);

    (void) ngx_http_hr_work_error(w, HR_E_VALIDATION, HR_INVALID);

    if (buf.err == HR_OK) {
        w->details = hr_arena_str(w->arena, hr_buf_view(&buf));
    }

    w->message = hr_arena_printf(w->arena, "body.password: %s", fault);
    hr_buf_release(&buf);
}


static ngx_int_t
ngx_http_hr_users_loaded(ngx_http_hr_work_t *w)
{
    ngx_int_t             rc;
    const char           *fault;
    ngx_http_hr_users_t  *in = w->in;

    rc = NGX_OK;

    if (w->rc == HR_OK) {
        fault = ngx_http_hr_users_fault(w->answer.lang, in->password,
                                        in->user.username);
        if (fault != NULL) {
            ngx_http_hr_users_name_fault(w, fault);

        } else {
            rc = ngx_http_hr_work_next(w, NGX_HTTP_HR_WORK_SLOW,
                                       ngx_http_hr_users_hash_run,
                                       ngx_http_hr_users_hashed);
        }
    }

    if (rc != NGX_AGAIN && in->throttled) {
        ngx_http_hr_throttle_forgive(&in->throttle);
    }

    return rc;
}


/* Adds a 422 for a new password that breaks the policy. */
static void
ngx_http_hr_users_check_password(ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_problems_t *p, hr_str_t password, hr_str_t username)
{
    const char  *fault;

    fault = ngx_http_hr_users_fault(ctx->answer.lang, password, username);

    if (fault != NULL) {
        ngx_http_hr_problem(p, "body.password", fault, "value_error", NULL);
    }
}


static void
ngx_http_hr_users_check_role(ngx_http_hr_problems_t *p,
    const ngx_http_hr_in_str_t *role, hr_store_role_t *out)
{
    if (role->set && !hr_store_role_parse(role->v, out)) {
        ngx_http_hr_problem_text(p, "body.role",
                                 "Input should be 'viewer', 'hr', 'head' or 'admin'",
                                 "value_error", role->v);
    }
}


/* The {user_id} of the path; else 404 was sent (NGX_DECLINED). */
static ngx_int_t
ngx_http_hr_users_id(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx, int64_t *id,
    ngx_int_t *rc)
{
    if (ngx_http_hr_parse_int(ngx_http_hr_str(&ctx->params[0]), id) && *id > 0) {
        return NGX_OK;
    }

    *rc = ngx_http_hr_error(r, ctx, HR_E_NOT_FOUND);

    return NGX_DECLINED;
}


static ngx_http_hr_work_t *
ngx_http_hr_users_work(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const ngx_http_hr_users_body_t *body)
{
    ngx_http_hr_work_t   *w;
    ngx_http_hr_users_t  *in;

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_users_t), 1024 * 1024);
    if (w == NULL) {
        return NULL;
    }

    in = w->in;
    in->username = ngx_http_hr_work_str(w, body->username.v);
    in->password = ngx_http_hr_work_str(w, body->password.v);
    in->current = ngx_http_hr_work_str(w, body->current_password.v);
    in->full_name = ngx_http_hr_work_str(w, body->full_name.v);
    in->active = body->is_active.v;
    in->role = HR_STORE_ROLE_HR;
    in->fields = (body->full_name.set ? HR_STORE_USER_NAME : 0)
                 | (body->role.set ? HR_STORE_USER_ROLE : 0)
                 | (body->is_active.set ? HR_STORE_USER_ACTIVE : 0)
                 | (body->password.set ? HR_STORE_USER_PASSWORD : 0);

    return w;
}


static ngx_int_t
ngx_http_hr_users_list(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_hr_work_t        *w;
    ngx_http_hr_users_t       *in;
    ngx_http_hr_users_body_t   query;

    ngx_memzero(&query, sizeof(query));

    if (ngx_http_hr_read(r, ctx, ngx_http_hr_users_page_rows, NULL, &query, &rc)
        != NGX_OK)
    {
        return rc;
    }

    w = ngx_http_hr_users_work(r, ctx, &query);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    in = w->in;
    in->limit = query.limit.set ? (size_t) query.limit.v : 50;
    in->offset = query.page.set ? (size_t) (query.page.v - 1) * in->limit : 0;

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ,
                                  ngx_http_hr_users_list_run, NULL);
}


static ngx_int_t
ngx_http_hr_users_get(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    int64_t                    id;
    ngx_int_t                  rc;
    ngx_http_hr_work_t        *w;
    ngx_http_hr_users_body_t   none;

    if (ngx_http_hr_users_id(r, ctx, &id, &rc) != NGX_OK) {
        return rc;
    }

    ngx_memzero(&none, sizeof(none));
    w = ngx_http_hr_users_work(r, ctx, &none);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ((ngx_http_hr_users_t *) w->in)->id = id;

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ,
                                  ngx_http_hr_users_get_run, NULL);
}


/* It stands in tokens, tables and terminals. */
static void
ngx_http_hr_users_check_full_name(ngx_http_hr_problems_t *p,
    const ngx_http_hr_in_str_t *name)
{
    if (name->set && hr_has_control(name->v)) {
        ngx_http_hr_problem(p, "body.full_name", "A name has no control characters",
                            "value_error", NULL);
    }
}


static ngx_int_t
ngx_http_hr_users_create(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t                  rc;
    hr_store_role_t            role;
    ngx_http_hr_work_t        *w;
    ngx_http_hr_users_t       *in;
    ngx_http_hr_problems_t     p;
    ngx_http_hr_users_body_t   body;

    ngx_memzero(&body, sizeof(body));

    if (ngx_http_hr_read(r, ctx, NULL, ngx_http_hr_users_create_rows, &body, &rc)
        != NGX_OK)
    {
        return rc;
    }

    role = HR_STORE_ROLE_HR;
    ngx_http_hr_problems_init(&p, ctx);

    if (hr_trim(body.username.v).len != body.username.v.len
        || hr_has_control(body.username.v))
    {
        ngx_http_hr_problem(&p, "body.username", "A user name has no control "
                            "characters and no blanks at its ends", "value_error",
                            NULL);
    }

    ngx_http_hr_users_check_full_name(&p, &body.full_name);
    ngx_http_hr_users_check_role(&p, &body.role, &role);
    ngx_http_hr_users_check_password(ctx, &p, body.password.v, body.username.v);

    if (ngx_http_hr_problems_end(r, ctx, &p, &rc) != NGX_OK) {
        return rc;
    }

    w = ngx_http_hr_users_work(r, ctx, &body);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    in = w->in;
    in->create = true;
    in->role = role;

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_SLOW,
                                  ngx_http_hr_users_hash_run,
                                  ngx_http_hr_users_hashed);
}


static ngx_int_t
ngx_http_hr_users_change(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    int64_t                    id;
    ngx_int_t                  rc;
    hr_store_role_t            role;
    ngx_http_hr_work_t        *w;
    ngx_http_hr_users_t       *in;
    ngx_http_hr_problems_t     p;
    ngx_http_hr_users_body_t   body;

    ngx_memzero(&body, sizeof(body));

    if (ngx_http_hr_users_id(r, ctx, &id, &rc) != NGX_OK
        || ngx_http_hr_read(r, ctx, NULL, ngx_http_hr_users_change_rows, &body, &rc)
           != NGX_OK)
    {
        return rc;
    }

    role = HR_STORE_ROLE_HR;
    ngx_http_hr_problems_init(&p, ctx);
    ngx_http_hr_users_check_full_name(&p, &body.full_name);
    ngx_http_hr_users_check_role(&p, &body.role, &role);

    if (body.password.set) {
        ngx_http_hr_users_check_password(ctx, &p, body.password.v, HR_STR_NULL);
    }

    if (!body.password.set && !body.role.set && !body.is_active.set
        && !body.full_name.set)
    {
        ngx_http_hr_problem(&p, "body", "Nothing to change: full_name, role, "
                            "is_active or password is needed", "value_error", NULL);
    }

    if (ngx_http_hr_problems_end(r, ctx, &p, &rc) != NGX_OK) {
        return rc;
    }

    w = ngx_http_hr_users_work(r, ctx, &body);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    in = w->in;
    in->id = id;
    in->role = role;

    if (body.password.set) {
        return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ,
                                      ngx_http_hr_users_load_run,
                                      ngx_http_hr_users_loaded);
    }

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_WRITE,
                                  ngx_http_hr_users_store_run,
                                  ngx_http_hr_users_stored);
}


/* ---- the own account ---- */


static ngx_int_t
ngx_http_hr_users_own_password(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t                  rc;
    hr_str_t                   name;
    ngx_http_hr_work_t        *w;
    ngx_http_hr_users_t       *in;
    ngx_http_hr_throttle_t     throttle;
    ngx_http_hr_problems_t     p;
    ngx_http_hr_users_body_t   body;

    ngx_memzero(&body, sizeof(body));

    if (ngx_http_hr_read(r, ctx, NULL, ngx_http_hr_users_password_rows, &body, &rc)
        != NGX_OK)
    {
        return rc;
    }

    name = hr_str((char *) ctx->user.username, ctx->user.username_len);
    ngx_http_hr_problems_init(&p, ctx);
    ngx_http_hr_users_check_password(ctx, &p, body.password.v, name);

    if (ngx_http_hr_problems_end(r, ctx, &p, &rc) != NGX_OK) {
        return rc;
    }

    w = ngx_http_hr_users_work(r, ctx, &body);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    in = w->in;
    in->id = ctx->user.id;
    in->throttled = true;
    ngx_http_hr_throttle_init(&in->throttle, &ctx->conf->limits, w->address, name);
    throttle = in->throttle;

    if (ngx_http_hr_throttle_take(&throttle) != NGX_OK) {
        ngx_http_hr_work_free(w);
        return ngx_http_hr_throttle_refuse(r, ctx);
    }

    rc = ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ,
                                ngx_http_hr_users_load_run,
                                ngx_http_hr_users_loaded);
    if (rc != NGX_DONE) {
        ngx_http_hr_throttle_forgive(&throttle);
    }

    return rc;
}


#define NGX_HTTP_HR_USERS_BODY                                                \
    (NGX_HTTP_HR_BODY_JSON|NGX_HTTP_HR_SECRET_BODY|NGX_HTTP_HR_NO_STORE)

const ngx_http_hr_route_t  ngx_http_hr_users_routes[] = {

    { "/api/users", NGX_HTTP_GET, NGX_HTTP_HR_ADMIN, NGX_HTTP_HR_NO_STORE, 0,
      ngx_http_hr_users_list, "list_users" },

    { "/api/users", NGX_HTTP_POST, NGX_HTTP_HR_ADMIN, NGX_HTTP_HR_USERS_BODY,
      64 * 1024, ngx_http_hr_users_create, "create_user" },

    { "/api/users/{user_id}", NGX_HTTP_GET, NGX_HTTP_HR_ADMIN,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_users_get, "get_user" },

    { "/api/users/{user_id}", NGX_HTTP_PUT, NGX_HTTP_HR_ADMIN,
      NGX_HTTP_HR_USERS_BODY, 64 * 1024, ngx_http_hr_users_change,
      "update_user" },

    { "/api/auth/password", NGX_HTTP_PUT, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_USERS_BODY, 64 * 1024, ngx_http_hr_users_own_password,
      "change_own_password" },

    NGX_HTTP_HR_ROUTES_END
};
