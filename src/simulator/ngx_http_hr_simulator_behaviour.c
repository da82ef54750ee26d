/*
 * What a request asks to go wrong: the directive hr_llm_simulator_words, the
 * header X-Simulate and the end of the model's name, all of the form
 *
 *   slow:5+status:429+retry-after:2
 *
 * Words and arguments (in brackets: the default):
 *
 *   slow:<s>            the answer takes that long (5), fractions are allowed
 *   status:<n>          this status and an error object (500)
 *   retry-after:<s>     with that header (1)
 *   truncate:<n>        the connection is closed after n bytes of body (1000)
 *   reset:<n>           ... is reset (0: before the first byte)
 *   hang:<n>            nothing comes after n bytes (0), until the client leaves
 *   malformed           the body is no JSON, the events are none
 *   empty               200 without a body
 *   padding:<n>         n keep-alive pads of white space (20), then the end
 *   padded:<n>          n pads (20), then a good answer
 *   error-object:<n>    200 with an error of code n (502); in a stream after
 *                       some text
 *   no-choices          200 with an empty list of choices
 *   no-content          the message's content is null
 *   no-usage            without usage
 *   finish:length       the text is cut, finish_reason "length"
 *   finish:content_filter   no text, finish_reason "content_filter"
 *   refusal             message.refusal instead of content
 *   invalid-json        the text is no JSON
 *   fenced, prose       JSON between fences; between sentences
 *   area-array          area as an array of one
 *   wrong-levels        free texts instead of the four standard ones
 *   wrong-types         numbers where lists must be
 *   short-career        one predecessor, no way upwards
 *   missing:<n>         without the first n of the 17 rated members (5)
 *   duplicate-keys      one member twice
 *   surrogate           a lone surrogate in a text
 *   error-content       the text is {"error": reason}
 *   deep:<n>            a member nested n levels (60)
 *   huge:<n>            a text of n bytes more (3,000,000)
 *   plain               no events although they were asked for
 *   unknown-format      400 if the request has response_format
 *   unknown-temperature 400 if it has temperature
 *   fail-rate:<n>       n of 100 requests (30) fail in one of the ways that a
 *                       client repeats; which ones follows from their number
 *   chaos:<n>           n of 100 requests (30) fail in one of ten ways: 429, 500,
 *                       502, silence, reset, cut, no JSON, a document that breaks
 *                       the schema, empty, slow
 *   first:<n>           all other words hold for the first n requests (1) that
 *                       have this word, the later ones are answered well
 */

#include "ngx_http_hr_simulator.h"


typedef enum {
    NGX_HTTP_HR_SIM_ARG_NONE = 0,
    NGX_HTTP_HR_SIM_ARG_INT,
    NGX_HTTP_HR_SIM_ARG_TIME,
    NGX_HTTP_HR_SIM_ARG_FINISH
} ngx_http_hr_sim_arg_t;

typedef struct {
    ngx_http_hr_sim_arg_t  type;
    ngx_int_t              value;       /* default */
    ngx_int_t              min;
    ngx_int_t              max;
} ngx_http_hr_sim_rule_t;


const char *const  ngx_http_hr_sim_word_names[NGX_HTTP_HR_SIM_WORDS] = {
    "slow", "status", "retry-after", "truncate", "reset", "hang", "malformed",
    "empty", "padding", "padded", "error-object", "no-choices", "no-content",
    "no-usage", "finish", "refusal", "invalid-json", "fenced", "prose",
    "area-array", "wrong-levels", "wrong-types", "short-career", "missing",
    "duplicate-keys", "surrogate", "error-content", "deep", "huge", "plain", "unknown-format",
    "unknown-temperature", "fail-rate", "chaos", "first"
};


/* Words that are not here have no argument. */
static const ngx_http_hr_sim_rule_t
    ngx_http_hr_sim_rules[NGX_HTTP_HR_SIM_WORDS] =
{
    [NGX_HTTP_HR_SIM_SLOW] =
        { NGX_HTTP_HR_SIM_ARG_TIME, 5000, 0, NGX_HTTP_HR_SIM_DELAY_MAX },
    [NGX_HTTP_HR_SIM_STATUS] = { NGX_HTTP_HR_SIM_ARG_INT, 500, 400, 599 },
    [NGX_HTTP_HR_SIM_RETRY_AFTER] = { NGX_HTTP_HR_SIM_ARG_INT, 1, 0, 86400 },
    [NGX_HTTP_HR_SIM_TRUNCATE] =
        { NGX_HTTP_HR_SIM_ARG_INT, 1000, 0, NGX_HTTP_HR_SIM_ANSWER_MAX },
    [NGX_HTTP_HR_SIM_RESET] =
        { NGX_HTTP_HR_SIM_ARG_INT, 0, 0, NGX_HTTP_HR_SIM_ANSWER_MAX },
    [NGX_HTTP_HR_SIM_HANG] =
        { NGX_HTTP_HR_SIM_ARG_INT, 0, 0, NGX_HTTP_HR_SIM_ANSWER_MAX },
    [NGX_HTTP_HR_SIM_PADDING] = { NGX_HTTP_HR_SIM_ARG_INT, 20, 0, 100000 },
    [NGX_HTTP_HR_SIM_PADDED] = { NGX_HTTP_HR_SIM_ARG_INT, 20, 0, 100000 },
    [NGX_HTTP_HR_SIM_ERROR_OBJECT] = { NGX_HTTP_HR_SIM_ARG_INT, 502, 0, 9999 },
    [NGX_HTTP_HR_SIM_FINISH] =
        { NGX_HTTP_HR_SIM_ARG_FINISH, NGX_HTTP_HR_SIM_FINISH_LENGTH, 0, 0 },
    [NGX_HTTP_HR_SIM_MISSING] = { NGX_HTTP_HR_SIM_ARG_INT, 5, 0, 17 },
    [NGX_HTTP_HR_SIM_DEEP] = { NGX_HTTP_HR_SIM_ARG_INT, 60, 1, 900 },
    [NGX_HTTP_HR_SIM_HUGE] =
        { NGX_HTTP_HR_SIM_ARG_INT, 3000000, 0, 16 * 1024 * 1024 },
    [NGX_HTTP_HR_SIM_FAIL_RATE] = { NGX_HTTP_HR_SIM_ARG_INT, 30, 0, 100 },
    [NGX_HTTP_HR_SIM_CHAOS] = { NGX_HTTP_HR_SIM_ARG_INT, 30, 0, 100 },
    [NGX_HTTP_HR_SIM_FIRST] = { NGX_HTTP_HR_SIM_ARG_INT, 1, 0, 1000000 },
};


typedef struct {
    ngx_http_hr_sim_word_t  word;
    ngx_int_t               arg;
} ngx_http_hr_sim_failure_t;


/* The failures of `fail-rate`: all of a kind that a client repeats. */
static const ngx_http_hr_sim_failure_t  ngx_http_hr_sim_failures[] = {
    { NGX_HTTP_HR_SIM_STATUS, 500 },
    { NGX_HTTP_HR_SIM_STATUS, 502 },
    { NGX_HTTP_HR_SIM_STATUS, 503 },
    { NGX_HTTP_HR_SIM_STATUS, 429 },
    { NGX_HTTP_HR_SIM_EMPTY, 0 },
    { NGX_HTTP_HR_SIM_PADDING, 5 },
    { NGX_HTTP_HR_SIM_TRUNCATE, 1000 },
    { NGX_HTTP_HR_SIM_RESET, 0 },
    { NGX_HTTP_HR_SIM_ERROR_OBJECT, 502 },
    { NGX_HTTP_HR_SIM_NO_CONTENT, 0 },
    { NGX_HTTP_HR_SIM_MALFORMED, 0 },
};


/* Those of `chaos`: one for each way in which a service was seen to fail. */
static const ngx_http_hr_sim_failure_t  ngx_http_hr_sim_chaos[] = {
    { NGX_HTTP_HR_SIM_STATUS, 429 },
    { NGX_HTTP_HR_SIM_STATUS, 500 },
    { NGX_HTTP_HR_SIM_STATUS, 502 },
    { NGX_HTTP_HR_SIM_HANG, 0 },
    { NGX_HTTP_HR_SIM_RESET, 2000 },
    { NGX_HTTP_HR_SIM_TRUNCATE, 1000 },
    { NGX_HTTP_HR_SIM_INVALID_JSON, 0 },
    { NGX_HTTP_HR_SIM_WRONG_TYPES, 0 },
    { NGX_HTTP_HR_SIM_EMPTY, 0 },
    { NGX_HTTP_HR_SIM_SLOW, 1500 },
};


ngx_int_t
ngx_http_hr_sim_parse_time(ngx_str_t *text)
{
    u_char     *p = text->data, *last = p + text->len, *point;
    ngx_int_t   ms;
    ngx_uint_t  thousands = 1;

    if (text->len > 2 && last[-2] == 'm' && last[-1] == 's') {
        last -= 2;
        thousands = 0;

    } else if (text->len > 1 && last[-1] == 's') {
        last--;
    }

    point = ngx_strlchr(p, last, '.');

    if (point == NULL) {
        ms = ngx_atoi(p, last - p);

        if (ms == NGX_ERROR || ms > NGX_HTTP_HR_SIM_DELAY_MAX) {
            return NGX_ERROR;
        }

        ms *= thousands ? 1000 : 1;

    } else {
        /* ngx_atofp() wants digits in front of the point. */
        ms = thousands ? ngx_atofp(p, last - p, 3) : NGX_ERROR;
    }

    return ms > NGX_HTTP_HR_SIM_DELAY_MAX ? NGX_ERROR : ms;
}


static ngx_int_t
ngx_http_hr_sim_arg(const ngx_http_hr_sim_rule_t *rule, ngx_str_t *text)
{
    ngx_int_t  n;

    switch (rule->type) {

    case NGX_HTTP_HR_SIM_ARG_TIME:
        n = ngx_http_hr_sim_parse_time(text);
        break;

    case NGX_HTTP_HR_SIM_ARG_INT:
        n = ngx_atoi(text->data, text->len);
        break;

    case NGX_HTTP_HR_SIM_ARG_FINISH:
        if (text->len == 6 && ngx_strncmp(text->data, "length", 6) == 0) {
            return NGX_HTTP_HR_SIM_FINISH_LENGTH;
        }

        if (text->len == 14
            && ngx_strncmp(text->data, "content_filter", 14) == 0)
        {
            return NGX_HTTP_HR_SIM_FINISH_FILTER;
        }

        return NGX_ERROR;

    default:
        return NGX_ERROR;
    }

    return n == NGX_ERROR || n < rule->min || n > rule->max ? NGX_ERROR : n;
}


static ngx_int_t
ngx_http_hr_sim_part(ngx_str_t *part, ngx_http_hr_sim_behaviour_t *b)
{
    u_char                        *colon;
    ngx_int_t                      n;
    ngx_str_t                      name = *part, arg = ngx_null_string;
    ngx_uint_t                     i;
    const ngx_http_hr_sim_rule_t  *rule;

    colon = ngx_strlchr(part->data, part->data + part->len, ':');

    if (colon != NULL) {
        name.len = colon - part->data;
        arg.data = colon + 1;
        arg.len = part->data + part->len - arg.data;
    }

    for (i = 0; i < NGX_HTTP_HR_SIM_WORDS; i++) {

        if (ngx_strlen(ngx_http_hr_sim_word_names[i]) == name.len
            && ngx_strncmp(ngx_http_hr_sim_word_names[i], name.data, name.len)
               == 0)
        {
            break;
        }
    }

    if (i == NGX_HTTP_HR_SIM_WORDS) {
        return NGX_DECLINED;
    }

    rule = &ngx_http_hr_sim_rules[i];
    n = rule->value;

    if (colon != NULL) {
        n = ngx_http_hr_sim_arg(rule, &arg);
        if (n == NGX_ERROR) {
            return NGX_DECLINED;
        }
    }

    b->set |= (uint64_t) 1 << i;
    b->arg[i] = n;

    return NGX_OK;
}


ngx_int_t
ngx_http_hr_sim_behaviour_parse(ngx_str_t *text, ngx_http_hr_sim_behaviour_t *b,
    ngx_str_t *bad)
{
    size_t     i, start = 0;
    ngx_str_t  part;

    for (i = 0; i <= text->len; i++) {

        if (i < text->len && text->data[i] != '+' && text->data[i] != ','
            && text->data[i] != ' ')
        {
            continue;
        }

        part.data = text->data + start;
        part.len = i - start;
        start = i + 1;

        if (part.len > 0 && ngx_http_hr_sim_part(&part, b) != NGX_OK) {
            *bad = part;
            return NGX_DECLINED;
        }
    }

    return NGX_OK;
}


/* In its turn one of the failures of the table. */
static void
ngx_http_hr_sim_behaviour_fail(ngx_http_hr_sim_behaviour_t *b,
    ngx_http_hr_sim_word_t word, const ngx_http_hr_sim_failure_t *table,
    ngx_uint_t count)
{
    uint32_t    hash;
    uint64_t    turn;
    ngx_uint_t  n;

    if (!ngx_http_hr_sim_has(b, word)) {
        return;
    }

    turn = ngx_http_hr_sim_stats_turn(word);
    hash = ngx_murmur_hash2((u_char *) &turn, sizeof(uint64_t));

    if ((ngx_int_t) (hash % 100) < b->arg[word]) {
        n = hash / 100 % count;
        b->set |= (uint64_t) 1 << table[n].word;
        b->arg[table[n].word] = table[n].arg;
    }
}


void
ngx_http_hr_sim_behaviour_draw(ngx_http_hr_sim_behaviour_t *b)
{
    uint64_t  turn;

    if (ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_FIRST)) {

        turn = ngx_http_hr_sim_stats_turn(NGX_HTTP_HR_SIM_FIRST);

        if (turn > (uint64_t) b->arg[NGX_HTTP_HR_SIM_FIRST]) {
            b->set = (uint64_t) 1 << NGX_HTTP_HR_SIM_FIRST;
        }
    }

    ngx_http_hr_sim_behaviour_fail(b, NGX_HTTP_HR_SIM_FAIL_RATE,
                                   ngx_http_hr_sim_failures,
                                   sizeof(ngx_http_hr_sim_failures)
                                   / sizeof(ngx_http_hr_sim_failures[0]));
    ngx_http_hr_sim_behaviour_fail(b, NGX_HTTP_HR_SIM_CHAOS,
                                   ngx_http_hr_sim_chaos,
                                   sizeof(ngx_http_hr_sim_chaos)
                                   / sizeof(ngx_http_hr_sim_chaos[0]));
}
