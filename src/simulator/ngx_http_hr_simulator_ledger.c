/*
 * Variables for the line that the access log has for each request: what the
 * answer cost and what went wrong with it.  Read when the request has ended,
 * so that an answer of which the client took only a part costs nothing, as in
 * the counters.
 */

#include "ngx_http_hr_simulator.h"


typedef enum {
    NGX_HTTP_HR_SIM_LEDGER_INPUT = 0,
    NGX_HTTP_HR_SIM_LEDGER_OUTPUT,
    NGX_HTTP_HR_SIM_LEDGER_COST,
    NGX_HTTP_HR_SIM_LEDGER_WORDS
} ngx_http_hr_sim_ledger_t;

#define NGX_HTTP_HR_SIM_LEDGER_LINE  512


static ngx_int_t ngx_http_hr_sim_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);


static ngx_http_variable_t  ngx_http_hr_sim_variable_rows[] = {

    { ngx_string("hr_llm_simulator_input"), NULL, ngx_http_hr_sim_variable,
      NGX_HTTP_HR_SIM_LEDGER_INPUT, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("hr_llm_simulator_output"), NULL, ngx_http_hr_sim_variable,
      NGX_HTTP_HR_SIM_LEDGER_OUTPUT, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("hr_llm_simulator_cost"), NULL, ngx_http_hr_sim_variable,
      NGX_HTTP_HR_SIM_LEDGER_COST, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("hr_llm_simulator_words"), NULL, ngx_http_hr_sim_variable,
      NGX_HTTP_HR_SIM_LEDGER_WORDS, NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


ngx_int_t
ngx_http_hr_sim_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t  *row, *v;

    for (row = ngx_http_hr_sim_variable_rows; row->name.len; row++) {

        v = ngx_http_add_variable(cf, &row->name, row->flags);
        if (v == NULL) {
            return NGX_ERROR;
        }

        v->get_handler = row->get_handler;
        v->data = row->data;
    }

    return NGX_OK;
}


/* The names of the words, joined with '+'; "good" when there is none. */
static u_char *
ngx_http_hr_sim_ledger_words(uint64_t words, u_char *p, u_char *last)
{
    u_char      *first = p;
    ngx_uint_t   i;

    for (i = 0; i < NGX_HTTP_HR_SIM_WORDS; i++) {
        if ((words >> i) & 1) {
            p = ngx_slprintf(p, last, "%s%s", p == first ? "" : "+",
                             ngx_http_hr_sim_word_names[i]);
        }
    }

    return p == first ? ngx_slprintf(p, last, "good") : p;
}


static ngx_int_t
ngx_http_hr_sim_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    u_char                 *p, *last;
    uint64_t                input, output, cost;
    ngx_uint_t              billed;
    ngx_http_hr_sim_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_hr_simulator_module);

    if (ctx == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, NGX_HTTP_HR_SIM_LEDGER_LINE);
    if (p == NULL) {
        return NGX_ERROR;
    }

    v->data = p;
    last = p + NGX_HTTP_HR_SIM_LEDGER_LINE;

    billed = ctx->finished && ctx->plan.answered
             && ctx->plan.end == NGX_HTTP_HR_SIM_END;
    input = billed ? ctx->plan.input : 0;
    output = billed ? ctx->plan.output : 0;

    switch ((ngx_http_hr_sim_ledger_t) data) {

    case NGX_HTTP_HR_SIM_LEDGER_INPUT:
        p = ngx_slprintf(p, last, "%uL", input);
        break;

    case NGX_HTTP_HR_SIM_LEDGER_OUTPUT:
        p = ngx_slprintf(p, last, "%uL", output);
        break;

    case NGX_HTTP_HR_SIM_LEDGER_COST:
        cost = input * NGX_HTTP_HR_SIM_INPUT_PRICE
               + output * NGX_HTTP_HR_SIM_OUTPUT_PRICE;
        p = ngx_slprintf(p, last, "%uL.%09uL", cost / 1000000000,
                         cost % 1000000000);
        break;

    default: /* NGX_HTTP_HR_SIM_LEDGER_WORDS */
        p = ngx_http_hr_sim_ledger_words(ctx->words, p, last);
    }

    v->len = (unsigned) (p - v->data) & 0xfffffff;
    v->valid = 1;
    v->no_cacheable = 1;
    v->not_found = 0;

    return NGX_OK;
}
