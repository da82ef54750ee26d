/*
 * The plan of an answer: the bytes of the body, when which part of them goes
 * out, and how it ends.  Two forms: one JSON object, or server-sent events as
 * gateways send them (comments, chunks, a usage chunk, [DONE]).
 */

#include "ngx_http_hr_simulator.h"


#define NGX_HTTP_HR_SIM_CHUNK      160      /* bytes of content per event */
#define NGX_HTTP_HR_SIM_COMMENT    10       /* events between two comments */

/* What OpenRouter was seen to send while it waits: 11 bytes (6.3). */
static const char  ngx_http_hr_sim_pad[] = "\n         \n";

typedef struct {
    ngx_http_hr_sim_request_t          *request;
    const ngx_http_hr_sim_behaviour_t  *b;
    ngx_http_hr_sim_plan_t             *plan;
    const u_char                       *content;    /* NULL: null */
    size_t                              len;
    const char                         *refusal;    /* NULL: null */
    const char                         *finish;
} ngx_http_hr_sim_message_t;


static void ngx_http_hr_sim_plan_steps(ngx_http_hr_sim_plan_t *plan,
    const size_t *marks, ngx_uint_t n, ngx_msec_t first, ngx_msec_t delay);


/* --- text ------------------------------------------------------------------ */

static ngx_int_t
ngx_http_hr_sim_grow(ngx_http_hr_sim_text_t *t, size_t more)
{
    size_t   capacity;
    u_char  *data;

    if (t->err || more > NGX_HTTP_HR_SIM_ANSWER_MAX - t->len) {
        t->err = 1;
        return NGX_ERROR;
    }

    if (t->len + more <= t->capacity) {
        return NGX_OK;
    }

    capacity = ngx_max(t->len + more, 2 * t->capacity);
    capacity = ngx_max(capacity, 4096);

    data = ngx_alloc(capacity, t->log);
    if (data == NULL) {
        t->err = 1;
        return NGX_ERROR;
    }

    if (t->data != NULL) {
        ngx_memcpy(data, t->data, t->len);
        ngx_free(t->data);
    }

    t->data = data;
    t->capacity = capacity;

    return NGX_OK;
}


void
ngx_http_hr_sim_put(ngx_http_hr_sim_text_t *t, const void *data, size_t len)
{
    if (ngx_http_hr_sim_grow(t, len) == NGX_OK && len > 0) {
        ngx_memcpy(t->data + t->len, data, len);
        t->len += len;
    }
}


void
ngx_http_hr_sim_put_c(ngx_http_hr_sim_text_t *t, const char *text)
{
    ngx_http_hr_sim_put(t, text, ngx_strlen(text));
}


void
ngx_http_hr_sim_put_int(ngx_http_hr_sim_text_t *t, uint64_t n)
{
    u_char  buf[NGX_INT64_LEN + 1];

    ngx_http_hr_sim_put(t, buf, ngx_sprintf(buf, "%uL", n) - buf);
}


/* 10^-9 dollars as dollars. */
static void
ngx_http_hr_sim_put_cost(ngx_http_hr_sim_text_t *t, uint64_t cost)
{
    u_char  buf[NGX_INT64_LEN + 12];

    ngx_http_hr_sim_put(t, buf, ngx_sprintf(buf, "%uL.%09uL",
                                            cost / 1000000000,
                                            cost % 1000000000)
                                - buf);
}


void
ngx_http_hr_sim_put_json(ngx_http_hr_sim_text_t *t, const u_char *data,
    size_t len)
{
    u_char  escape[8];
    size_t  i, start = 0;

    for (i = 0; i < len; i++) {

        if (data[i] >= 0x20 && data[i] != '"' && data[i] != '\\') {
            continue;
        }

        ngx_http_hr_sim_put(t, data + start, i - start);
        start = i + 1;

        if (data[i] == '\n') {
            ngx_http_hr_sim_put(t, "\\n", 2);

        } else if (data[i] < 0x20) {
            ngx_http_hr_sim_put(t, escape, ngx_sprintf(escape, "\\u%04xd",
                                                 (ngx_uint_t) data[i])
                                           - escape);
        } else {
            escape[0] = '\\';
            escape[1] = data[i];
            ngx_http_hr_sim_put(t, escape, 2);
        }
    }

    ngx_http_hr_sim_put(t, data + start, len - start);
}


/* --- UTF-8 ----------------------------------------------------------------- */

static size_t
ngx_http_hr_sim_characters(const u_char *data, size_t len)
{
    size_t  i, n = 0;

    for (i = 0; i < len; i++) {
        n += (data[i] & 0xC0) != 0x80;
    }

    return n;
}


/* The largest length up to max at which a character ends. */
static size_t
ngx_http_hr_sim_boundary(const u_char *data, size_t len, size_t max)
{
    if (max >= len) {
        return len;
    }

    while (max > 0 && (data[max] & 0xC0) == 0x80) {
        max--;
    }

    return max;
}


/* The estimate of generation.md 4: 3.5 characters a token, rounded up. */
static uint64_t
ngx_http_hr_sim_tokens(const u_char *data, size_t len)
{
    return (2 * (uint64_t) ngx_http_hr_sim_characters(data, len) + 6) / 7;
}


/* --- parts that both forms have ------------------------------------------- */

static void
ngx_http_hr_sim_put_head(ngx_http_hr_sim_message_t *m, const char *object)
{
    u_char                   id[32];
    ngx_http_hr_sim_text_t  *t = &m->plan->text;

    ngx_http_hr_sim_put_c(t, "{\"id\":\"sim-");
    ngx_http_hr_sim_put(t, id, ngx_sprintf(id, "%08xD", m->request->hash) - id);
    ngx_http_hr_sim_put_c(t, "\",\"provider\":\"Simulator\",\"model\":\"");
    ngx_http_hr_sim_put_json(t, m->request->model.data, m->request->model.len);
    ngx_http_hr_sim_put_c(t, "\",\"object\":\"");
    ngx_http_hr_sim_put_c(t, object);
    ngx_http_hr_sim_put_c(t, "\",\"created\":");
    ngx_http_hr_sim_put_int(t, (uint64_t) ngx_time());
    ngx_http_hr_sim_put_c(t, ",\"system_fingerprint\":\"fp_simulator\"");
}


static void
ngx_http_hr_sim_put_usage(ngx_http_hr_sim_message_t *m)
{
    ngx_http_hr_sim_plan_t  *plan = m->plan;
    ngx_http_hr_sim_text_t  *t = &plan->text;

    ngx_http_hr_sim_put_c(t, "\"usage\":{\"prompt_tokens\":");
    ngx_http_hr_sim_put_int(t, plan->input);
    ngx_http_hr_sim_put_c(t, ",\"completion_tokens\":");
    ngx_http_hr_sim_put_int(t, plan->output);
    ngx_http_hr_sim_put_c(t, ",\"total_tokens\":");
    ngx_http_hr_sim_put_int(t, plan->input + plan->output);

    if (m->request->include_cost) {
        ngx_http_hr_sim_put_c(t, ",\"cost\":");
        ngx_http_hr_sim_put_cost(t,
                                 plan->input * NGX_HTTP_HR_SIM_INPUT_PRICE
                                 + plan->output * NGX_HTTP_HR_SIM_OUTPUT_PRICE);
    }

    ngx_http_hr_sim_put_c(t, ",\"prompt_tokens_details\":{\"cached_tokens\":0},"
                             "\"completion_tokens_details\":"
                             "{\"reasoning_tokens\":0}}");
}


static void
ngx_http_hr_sim_put_error(ngx_http_hr_sim_text_t *t, ngx_uint_t code,
    const char *message, ngx_str_t *detail)
{
    ngx_http_hr_sim_put_c(t, "\"error\":{\"message\":\"");
    ngx_http_hr_sim_put_c(t, message);

    if (detail != NULL && detail->len > 0) {
        ngx_http_hr_sim_put_c(t, ": ");
        ngx_http_hr_sim_put_json(t, detail->data, ngx_min(detail->len, 200));
    }

    ngx_http_hr_sim_put_c(t, "\",\"code\":");
    ngx_http_hr_sim_put_int(t, code);
    ngx_http_hr_sim_put_c(t, "}");
}


/* "text" or null */
static void
ngx_http_hr_sim_put_value(ngx_http_hr_sim_text_t *t, const u_char *data,
    size_t len)
{
    if (data == NULL) {
        ngx_http_hr_sim_put_c(t, "null");
        return;
    }

    ngx_http_hr_sim_put_c(t, "\"");
    ngx_http_hr_sim_put_json(t, data, len);
    ngx_http_hr_sim_put_c(t, "\"");
}


/* --- one object ------------------------------------------------------------ */

static void
ngx_http_hr_sim_whole(ngx_http_hr_sim_message_t *m)
{
    ngx_http_hr_sim_text_t  *t = &m->plan->text;

    ngx_http_hr_sim_put_head(m, "chat.completion");

    if (ngx_http_hr_sim_has(m->b, NGX_HTTP_HR_SIM_NO_CHOICES)) {
        ngx_http_hr_sim_put_c(t, ",\"choices\":[]");

    } else {
        ngx_http_hr_sim_put_c(t, ",\"choices\":[{\"index\":0,"
                              "\"finish_reason\":\"");
        ngx_http_hr_sim_put_c(t, m->finish);
        ngx_http_hr_sim_put_c(t, "\",\"message\":{\"role\":\"assistant\","
                              "\"refusal\":");
        ngx_http_hr_sim_put_value(t, (u_char *) m->refusal,
                                  m->refusal ? ngx_strlen(m->refusal) : 0);
        ngx_http_hr_sim_put_c(t, ",\"content\":");
        ngx_http_hr_sim_put_value(t, m->content, m->len);
        ngx_http_hr_sim_put_c(t, ngx_http_hr_sim_has(m->b,
                                     NGX_HTTP_HR_SIM_MALFORMED)
                              ? "]" : "}}]");
    }

    if (!ngx_http_hr_sim_has(m->b, NGX_HTTP_HR_SIM_NO_USAGE)) {
        ngx_http_hr_sim_put_c(t, ",");
        ngx_http_hr_sim_put_usage(m);
    }

    ngx_http_hr_sim_put_c(t, "}");
}


/* --- events ----------------------------------------------------------------- */

/* One chunk: delta is the inside of the object, finish NULL for null. */
static void
ngx_http_hr_sim_chunk(ngx_http_hr_sim_message_t *m, const char *member,
    const u_char *data, size_t len, const char *finish)
{
    ngx_http_hr_sim_text_t  *t = &m->plan->text;

    ngx_http_hr_sim_put_c(t, "data: ");
    ngx_http_hr_sim_put_head(m, "chat.completion.chunk");
    ngx_http_hr_sim_put_c(t, ",\"choices\":[{\"index\":0,\"delta\":{");

    if (member != NULL) {
        ngx_http_hr_sim_put_c(t, "\"role\":\"assistant\",\"");
        ngx_http_hr_sim_put_c(t, member);
        ngx_http_hr_sim_put_c(t, "\":");
        ngx_http_hr_sim_put_value(t, data, len);
    }

    ngx_http_hr_sim_put_c(t, "},\"finish_reason\":");
    ngx_http_hr_sim_put_value(t, (u_char *) finish,
                              finish ? ngx_strlen(finish) : 0);
    ngx_http_hr_sim_put_c(t, "}]}\n\n");
}


/* Content in pieces; marks[] gets the length of the text after each. */
static ngx_uint_t
ngx_http_hr_sim_pieces(ngx_http_hr_sim_message_t *m, size_t *marks,
    ngx_uint_t max)
{
    size_t                   at = 0, end, piece;
    ngx_uint_t               n = 0, events = 0;
    ngx_http_hr_sim_text_t  *t = &m->plan->text;

    /* Few big events for a huge text, small ones otherwise. */
    piece = ngx_max(NGX_HTTP_HR_SIM_CHUNK, m->len / max + 4);

    while (at < m->len && n < max) {

        end = at + ngx_http_hr_sim_boundary(m->content + at, m->len - at,
                                            piece);
        if (n + 1 == max || end == at) {
            end = m->len;
        }

        if (events++ % NGX_HTTP_HR_SIM_COMMENT == 0) {
            ngx_http_hr_sim_put_c(t, ": SIMULATOR PROCESSING\n\n");
        }

        ngx_http_hr_sim_chunk(m, "content", m->content + at, end - at, NULL);
        at = end;
        marks[n++] = t->len;
    }

    return n;
}


/* Ends with the usage chunk, if it was asked for, and [DONE]. */
static void
ngx_http_hr_sim_last_events(ngx_http_hr_sim_message_t *m)
{
    ngx_http_hr_sim_text_t  *t = &m->plan->text;

    ngx_http_hr_sim_chunk(m, NULL, NULL, 0, m->finish);

    if (m->request->include_usage
        && !ngx_http_hr_sim_has(m->b, NGX_HTTP_HR_SIM_NO_USAGE))
    {
        ngx_http_hr_sim_put_c(t, "data: ");
        ngx_http_hr_sim_put_head(m, "chat.completion.chunk");
        ngx_http_hr_sim_put_c(t, ",\"choices\":[],");
        ngx_http_hr_sim_put_usage(m);
        ngx_http_hr_sim_put_c(t, "}\n\n");
    }

    ngx_http_hr_sim_put_c(t, "data: [DONE]\n\n");
}


static void
ngx_http_hr_sim_events(ngx_http_hr_sim_message_t *m, ngx_msec_t delay)
{
    size_t                   marks[NGX_HTTP_HR_SIM_STEPS_MAX];
    ngx_uint_t               n = 0;
    ngx_http_hr_sim_text_t  *t = &m->plan->text;

    ngx_http_hr_sim_chunk(m, "content", (u_char *) "", 0, NULL);
    marks[n++] = t->len;

    if (ngx_http_hr_sim_has(m->b, NGX_HTTP_HR_SIM_MALFORMED)) {
        ngx_http_hr_sim_put_c(t, "data: {\"id\": \"sim-\", \"choices\": [}\n\n");

    } else if (ngx_http_hr_sim_has(m->b, NGX_HTTP_HR_SIM_NO_CHOICES)) {
        t->len = 0;
        ngx_http_hr_sim_put_c(t, "data: ");
        ngx_http_hr_sim_put_head(m, "chat.completion.chunk");
        ngx_http_hr_sim_put_c(t, ",\"choices\":[]}\n\n");
        n = 0;

    } else if (m->refusal != NULL) {
        ngx_http_hr_sim_chunk(m, "refusal", (u_char *) m->refusal,
                              ngx_strlen(m->refusal), NULL);

    } else if (m->content != NULL) {
        n += ngx_http_hr_sim_pieces(m, marks + n,
                                    NGX_HTTP_HR_SIM_STEPS_MAX - 2);
    }

    if (ngx_http_hr_sim_has(m->b, NGX_HTTP_HR_SIM_NO_CHOICES)) {
        ngx_http_hr_sim_put_c(t, "data: [DONE]\n\n");

    } else {
        ngx_http_hr_sim_last_events(m);
    }

    marks[n++] = t->len;

    /* The first event comes after a tenth, the others spread over the rest. */
    ngx_http_hr_sim_plan_steps(m->plan, marks, n, delay / 10,
                               delay - delay / 10);
}


/* --- plans ------------------------------------------------------------------- */

/* n parts: the first after `first` ms, the others over `delay` ms. */
static void
ngx_http_hr_sim_plan_steps(ngx_http_hr_sim_plan_t *plan, const size_t *marks,
    ngx_uint_t n, ngx_msec_t first, ngx_msec_t delay)
{
    ngx_uint_t  i;

    for (i = 0; i < n && plan->count < NGX_HTTP_HR_SIM_STEPS_MAX; i++) {
        plan->steps[plan->count].upto = marks[i];
        plan->steps[plan->count].wait = i == 0 ? first
            : delay * i / (n - 1) - delay * (i - 1) / (n - 1);
        plan->count++;
    }
}


static void
ngx_http_hr_sim_plan_one(ngx_http_hr_sim_plan_t *plan, ngx_msec_t wait)
{
    ngx_http_hr_sim_plan_steps(plan, &plan->text.len, 1, wait, 0);
}


void
ngx_http_hr_sim_plan_error(ngx_http_hr_sim_plan_t *plan, ngx_uint_t status,
    const char *message, ngx_str_t *detail)
{
    plan->status = status;

    ngx_http_hr_sim_put_c(&plan->text, "{");
    ngx_http_hr_sim_put_error(&plan->text, status, message, detail);
    ngx_http_hr_sim_put_c(&plan->text, "}");
    ngx_http_hr_sim_plan_one(plan, 0);
}


/* Keep-alive padding: n pads over the delay, in at most 100 parts. */
static void
ngx_http_hr_sim_plan_pads(ngx_http_hr_sim_plan_t *plan, ngx_uint_t pads,
    ngx_msec_t delay)
{
    size_t      marks[NGX_HTTP_HR_SIM_STEPS_MAX / 2];
    ngx_uint_t  i, n = 0, parts;

    parts = ngx_min(pads, NGX_HTTP_HR_SIM_STEPS_MAX / 2);

    for (i = 1; i <= pads; i++) {
        ngx_http_hr_sim_put(&plan->text, ngx_http_hr_sim_pad,
                            sizeof(ngx_http_hr_sim_pad) - 1);

        if (i == pads * (n + 1) / parts) {
            marks[n++] = plan->text.len;
        }
    }

    if (n > 0) {
        ngx_http_hr_sim_plan_steps(plan, marks, n, n > 1 ? 0 : delay, delay);
    }

    plan->chunked = 1;
}


/* The error in front of every answer; 0: there is none. */
static ngx_uint_t
ngx_http_hr_sim_plan_refused(ngx_http_hr_sim_request_t *request,
    const ngx_http_hr_sim_behaviour_t *b, ngx_http_hr_sim_plan_t *plan)
{
    if (ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_STATUS)) {
        ngx_http_hr_sim_plan_error(plan,
                                   (ngx_uint_t) b->arg[NGX_HTTP_HR_SIM_STATUS],
                                   "the simulator was asked for this status",
                                   NULL);

    } else if (ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_UNKNOWN_FORMAT)
               && request->response_format)
    {
        ngx_http_hr_sim_plan_error(plan, NGX_HTTP_BAD_REQUEST,
                                   "response_format is not supported by this"
                                   " model", NULL);

    } else if (ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_UNKNOWN_TEMPERATURE)
               && request->temperature)
    {
        ngx_http_hr_sim_plan_error(plan, NGX_HTTP_BAD_REQUEST,
                                   "temperature is not supported by this model",
                                   NULL);
    }

    return plan->count > 0;
}


/* 200 with an error: alone, or in the middle of a stream. */
static void
ngx_http_hr_sim_plan_error_object(ngx_http_hr_sim_message_t *m)
{
    ngx_uint_t               code;
    ngx_http_hr_sim_text_t  *t = &m->plan->text;

    code = (ngx_uint_t) m->b->arg[NGX_HTTP_HR_SIM_ERROR_OBJECT];

    if (m->plan->events) {
        ngx_http_hr_sim_chunk(m, "content", (u_char *) "{\"position", 10, NULL);
        ngx_http_hr_sim_put_c(t, "data: ");
    }

    ngx_http_hr_sim_put_c(t, "{");
    ngx_http_hr_sim_put_error(t, code, "the upstream provider failed", NULL);

    if (m->plan->events) {
        ngx_http_hr_sim_put_c(t, ",\"choices\":[{\"index\":0,\"delta\":"
                              "{\"content\":\"\"},"
                              "\"finish_reason\":\"error\"}]");
    }

    ngx_http_hr_sim_put_c(t, m->plan->events ? "}\n\n" : "}");
}


/* Cuts the text as max_tokens or finish:length want it. */
static void
ngx_http_hr_sim_message_cut(ngx_http_hr_sim_message_t *m)
{
    size_t     chars, i, n = 0;
    uint64_t   tokens;

    tokens = ngx_http_hr_sim_tokens(m->content, m->len);
    chars = ngx_http_hr_sim_characters(m->content, m->len);

    if (ngx_http_hr_sim_has(m->b, NGX_HTTP_HR_SIM_FINISH)) {
        chars = chars * 6 / 10;

    } else if (m->request->max_tokens > 0
               && tokens > (uint64_t) m->request->max_tokens)
    {
        chars = (size_t) m->request->max_tokens * 7 / 2;

    } else {
        return;
    }

    for (i = 0; i < m->len; i++) {
        if ((m->content[i] & 0xC0) != 0x80 && n++ == chars) {
            break;
        }
    }

    m->len = i;
    m->finish = "length";
}


/* What the message holds instead of the text. */
static void
ngx_http_hr_sim_message_finish(ngx_http_hr_sim_message_t *m)
{
    m->finish = "stop";

    if (ngx_http_hr_sim_has(m->b, NGX_HTTP_HR_SIM_REFUSAL)) {
        m->content = NULL;
        m->refusal = "Не могу выполнить этот запрос.";

    } else if (ngx_http_hr_sim_has(m->b, NGX_HTTP_HR_SIM_NO_CONTENT)) {
        m->content = NULL;

    } else if (ngx_http_hr_sim_has(m->b, NGX_HTTP_HR_SIM_FINISH)
               && m->b->arg[NGX_HTTP_HR_SIM_FINISH]
                  == NGX_HTTP_HR_SIM_FINISH_FILTER)
    {
        m->content = (u_char *) "";
        m->finish = "content_filter";

    } else {
        ngx_http_hr_sim_message_cut(m);
        m->plan->output = ngx_http_hr_sim_tokens(m->content, m->len);
        return;
    }

    m->len = 0;
    m->plan->output = 0;
}


static ngx_int_t
ngx_http_hr_sim_plan_answer(ngx_http_hr_sim_message_t *m,
    ngx_http_hr_sim_facts_t *facts, ngx_msec_t delay)
{
    char   *content;
    cJSON  *document;

    document = ngx_http_hr_sim_profile(m->request, facts);
    if (document == NULL) {
        return NGX_ERROR;
    }

    content = ngx_http_hr_sim_content(document, m->b);
    cJSON_Delete(document);

    if (content == NULL) {
        return NGX_ERROR;
    }

    m->content = (u_char *) content;
    m->len = ngx_strlen(content);
    ngx_http_hr_sim_message_finish(m);

    m->plan->answered = !ngx_http_hr_sim_has(m->b, NGX_HTTP_HR_SIM_NO_CHOICES)
                        && !ngx_http_hr_sim_has(m->b, NGX_HTTP_HR_SIM_MALFORMED);

    if (m->plan->events) {
        ngx_http_hr_sim_events(m, delay);

    } else {
        ngx_http_hr_sim_whole(m);
        ngx_http_hr_sim_plan_one(m->plan, delay);
    }

    cJSON_free(content);

    return NGX_OK;
}


/* Ends the plan after n bytes. */
static void
ngx_http_hr_sim_plan_end(ngx_http_hr_sim_plan_t *plan, size_t n,
    ngx_http_hr_sim_end_t end)
{
    ngx_uint_t  i;

    if (n >= plan->text.len && end == NGX_HTTP_HR_SIM_CUT) {
        return;                             /* nothing is left to cut off */
    }

    plan->end = end;
    plan->answered = 0;

    for (i = 0; i < plan->count; i++) {

        if (plan->steps[i].upto >= n) {
            plan->steps[i].upto = n;
            plan->count = n > 0 ? i + 1 : 0;
        }
    }
}


ngx_int_t
ngx_http_hr_sim_plan(ngx_http_hr_sim_request_t *request,
    ngx_http_hr_sim_facts_t *facts, const ngx_http_hr_sim_behaviour_t *b,
    ngx_msec_t delay, ngx_http_hr_sim_plan_t *plan)
{
    ngx_msec_t                 slow = 0;
    ngx_http_hr_sim_message_t  m;

    ngx_memzero(&m, sizeof(ngx_http_hr_sim_message_t));
    m.request = request;
    m.b = b;
    m.plan = plan;

    if (ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_SLOW)) {
        slow = (ngx_msec_t) b->arg[NGX_HTTP_HR_SIM_SLOW];
        delay = slow;
    }

    plan->status = NGX_HTTP_OK;
    plan->input = ngx_http_hr_sim_tokens(request->prompt.data,
                                         request->prompt.len);
    plan->events = request->stream
                   && !ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_PLAIN);

    if (ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_RETRY_AFTER)) {
        plan->retry_after = b->arg[NGX_HTTP_HR_SIM_RETRY_AFTER];
    }

    if (ngx_http_hr_sim_plan_refused(request, b, plan)) {
        plan->steps[0].wait = slow;
        plan->events = 0;

    } else if (ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_EMPTY)) {
        ngx_http_hr_sim_plan_one(plan, slow);

    } else if (ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_PADDING)) {
        plan->events = 0;
        ngx_http_hr_sim_plan_pads(plan,
                                  (ngx_uint_t) b->arg[NGX_HTTP_HR_SIM_PADDING],
                                  delay);

    } else if (ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_ERROR_OBJECT)) {
        ngx_http_hr_sim_plan_error_object(&m);
        ngx_http_hr_sim_plan_one(plan, slow);

    } else {
        if (ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_PADDED)) {
            plan->events = 0;
            ngx_http_hr_sim_plan_pads(plan,
                                      (ngx_uint_t)
                                      b->arg[NGX_HTTP_HR_SIM_PADDED], delay);
            delay = 0;
        }

        if (ngx_http_hr_sim_plan_answer(&m, facts, delay) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_TRUNCATE)) {
        ngx_http_hr_sim_plan_end(plan,
                                 (size_t) b->arg[NGX_HTTP_HR_SIM_TRUNCATE],
                                 NGX_HTTP_HR_SIM_CUT);
    }

    if (ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_RESET)) {
        ngx_http_hr_sim_plan_end(plan, (size_t) b->arg[NGX_HTTP_HR_SIM_RESET],
                                 NGX_HTTP_HR_SIM_RST);
    }

    if (ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_HANG)) {
        ngx_http_hr_sim_plan_end(plan, (size_t) b->arg[NGX_HTTP_HR_SIM_HANG],
                                 NGX_HTTP_HR_SIM_STALL);
    }

    return plan->text.err ? NGX_ERROR : NGX_OK;
}
