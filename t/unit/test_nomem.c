/* Failing allocations: buffers, JSON, text, tokens and passwords. */

#include "hr_test_nomem.h"
#include "hr_base64.h"
#include "hr_json.h"
#include "hr_jwt.h"
#include "hr_password.h"
#include "hr_text.h"

static hr_rc_t
step_arena(void)
{
    int          i;
    hr_rc_t      rc;
    hr_arena_t  *arena;

    arena = hr_arena_create(1 << 20);
    if (arena == NULL) {
        return HR_NOMEM;
    }

    rc = HR_OK;
    for (i = 0; i < 20 && rc == HR_OK; i++) {
        if (hr_arena_alloc(arena, (size_t) i * 700) == NULL
            || hr_arena_printf(arena, "%0500d", i).data == NULL)
        {
            rc = HR_NOMEM;
        }
    }

    hr_arena_destroy(arena);

    return rc;
}


static hr_rc_t
step_buf(void)
{
    int       i;
    char     *text;
    hr_rc_t   rc;
    hr_buf_t  buf;

    hr_buf_init(&buf, 1 << 20);
    for (i = 0; i < 100; i++) {
        hr_buf_printf(&buf, "%0300d", i);
    }

    rc = buf.err;
    text = hr_buf_steal(&buf, NULL);
    if ((text == NULL) != (rc != HR_OK)) {
        rc = HR_ERROR;
    }
    free(text);

    return rc;
}


static hr_rc_t
step_json(void)
{
    int          i;
    hr_rc_t      rc;
    hr_buf_t     text;
    hr_json_t   *node, *copy;
    hr_arena_t  *arena;

    hr_buf_init(&text, 1 << 20);
    for (i = 0; i < 500; i++) {
        hr_buf_printf(&text, "%c\"k%d\":[%d,\"\\u0451\"]", i ? ',' : '{', i % 400, i);
    }
    hr_buf_char(&text, '}');

    arena = hr_arena_create(1 << 20);
    copy = NULL;

    rc = text.err;
    if (rc == HR_OK) {
        rc = arena == NULL ? HR_NOMEM
             : hr_json_parse(arena, hr_buf_view(&text), NULL, &node, NULL);
    }
    if (rc == HR_OK) {
        copy = hr_json_clone(arena, node);
        rc = copy == NULL ? HR_NOMEM
             : hr_json_set(arena, copy, "new", hr_json_new_int(arena, 1));
    }
    if (rc == HR_OK) {
        hr_buf_reset(&text);
        rc = hr_json_write(copy, HR_JSON_INDENT, &text);
    }

    hr_buf_release(&text);
    hr_arena_destroy(arena);

    return rc;
}


static hr_rc_t
step_fold(void)
{
    char         big[3000];
    hr_rc_t      rc;
    hr_arena_t  *arena;

    memset(big, 'X', sizeof(big));
    memcpy(big, "T\xcc\x88", 3);

    arena = hr_arena_create(1 << 20);
    rc = HR_OK;

    if (arena == NULL
        || hr_fold(arena, hr_str(big, sizeof(big))).data == NULL
        || hr_match_key(arena, HR_STR("и\xcc\x86")).data == NULL
        || hr_utf8_repair(arena, HR_STR("\xff")).data == NULL)
    {
        rc = HR_NOMEM;
    }

    hr_arena_destroy(arena);

    return rc;
}


static hr_rc_t
step_jwt(void)
{
    hr_rc_t                      rc;
    hr_buf_t                     token;
    hr_arena_t                  *arena;
    hr_jwt_claims_t              claims = { .user_id = 1, .exp = 2, .iat = 1 };
    static const hr_jwt_keys_t   keys = {
        HR_STR_INIT("0123456789abcdef0123456789abcdef"), { 0, NULL }
    };

    hr_buf_init(&token, HR_JWT_MAX);
    arena = hr_arena_create(65536);

    rc = arena == NULL ? HR_NOMEM : hr_jwt_sign(&keys, &claims, &token);
    if (rc == HR_OK) {
        rc = hr_jwt_verify(arena, &keys, hr_buf_view(&token), 1, &claims);
    }

    hr_buf_release(&token);
    hr_arena_destroy(arena);

    return rc;
}


static hr_rc_t
step_password(void)
{
    char                              hash[HR_PASSWORD_HASH + 1];
    hr_rc_t                           rc;
    static const hr_password_scheme_t scheme = { 4, true };

    rc = hr_password_hash(&scheme, HR_STR("x"), hash);
    if (rc == HR_OK) {
        rc = hr_password_verify(&scheme, HR_STR("x"), hr_str_from_c(hash), NULL);
    }

    return rc;
}


int
main(void)
{
    every_allocation(step_arena, "arena");
    every_allocation(step_buf, "buffer");
    every_allocation(step_json, "JSON: read, copy, change, write");
    every_allocation(step_fold, "folding");
    every_allocation(step_jwt, "tokens");
    every_allocation(step_password, "passwords");

    return hr_test_done();
}
