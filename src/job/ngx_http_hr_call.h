/*
 * One call of the language model: a request of our own (no client, a
 * connection without a socket) with a subrequest to the operator's internal
 * location, so that keys, TLS, time-outs, keepalive and spare servers are
 * ordinary nginx configuration (design.md 6).
 *
 * The answer is read as it arrives, by a body filter that acts for these
 * subrequests only; nothing of it is kept twice, and no
 * subrequest_output_buffer_size limits it.
 */

#ifndef NGX_HTTP_HR_CALL_H
#define NGX_HTTP_HR_CALL_H

#include "ngx_http_hr.h"

#include "hr_answer.h"

typedef struct ngx_http_hr_call_s  ngx_http_hr_call_t;

typedef void (*ngx_http_hr_call_pt)(ngx_http_hr_call_t *call);

struct ngx_http_hr_call_s {
    /* by the caller; must live until done() or abort() */
    ngx_str_t                 location;     /* internal URI */
    ngx_str_t                 id;           /* of the task, for log and header */
    ngx_str_t                 traceparent;  /* len 0: none is sent */
    ngx_str_t                 tracestate;
    const hr_str_t           *segments;     /* body */
    size_t                    count;
    size_t                    length;       /* bytes of the body */
    size_t                    answer_max;   /* bytes of the answer */
    hr_answer_reader_t       *reader;
    ngx_http_hr_call_pt       progress;     /* after each piece of the answer */
    ngx_http_hr_call_pt       done;         /* once, from the event loop */
    void                     *data;

    /* result */
    ngx_uint_t                status;       /* of the upstream; 0: none came */
    hr_generr_t               error;        /* of the way there; NONE: judge the reader */
    unsigned                  retry_after;  /* seconds, when has_retry_after */
    unsigned                  has_retry_after:1;
    ngx_msec_t                started;
    ngx_msec_t                first_byte;   /* ms from the start; 0: none */
    ngx_msec_t                elapsed;      /* ms, when done */
    size_t                    received;     /* bytes of the body */

    /* private */
    unsigned                  finished:1;
    unsigned                  overflow:1;   /* the reader or the limit said stop */
    ngx_msec_t                last_byte;
    ngx_http_request_t       *request;      /* ours */
    ngx_http_request_t       *sub;
    ngx_log_t                 log;
    ngx_event_t               event;
};

/*
 * NGX_OK: done() follows, never from inside of this call.  NGX_ERROR: no
 * memory or no free connection, nothing follows.
 */
ngx_int_t ngx_http_hr_call_start(ngx_http_hr_call_t *call);
/* Closes the upstream connection at once; done() does not follow.  Idempotent. */
void ngx_http_hr_call_abort(ngx_http_hr_call_t *call);

/* In init_process: after the filters of nginx have been set up. */
void ngx_http_hr_call_init_process(void);

#endif /* NGX_HTTP_HR_CALL_H */
