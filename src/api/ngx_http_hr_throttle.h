/*
 * Brute force on passwords (D-14, decisions.md 21): failures in a minute for an
 * account from one address, for an address and for an account.  An attempt
 * counts before it is made, so that many at once gain nothing; what turns out
 * to be no failure is taken back.
 *
 * IPv6 addresses count by their /64: that is what one customer gets.
 */

#ifndef NGX_HTTP_HR_THROTTLE_H
#define NGX_HTTP_HR_THROTTLE_H

#include "ngx_http_hr.h"

typedef struct {
    uint64_t      key[3];           /* account + address, address, account */
    ngx_uint_t    limit[3];         /* 0: none */
} ngx_http_hr_throttle_t;

void ngx_http_hr_throttle_init(ngx_http_hr_throttle_t *t,
    const ngx_http_hr_limits_t *limits, hr_str_t address, hr_str_t username);

/* Counts an attempt.  NGX_DECLINED: one too many, it must not be made. */
ngx_int_t ngx_http_hr_throttle_take(const ngx_http_hr_throttle_t *t);
/* The attempt failed for another reason than the password. */
void ngx_http_hr_throttle_forgive(const ngx_http_hr_throttle_t *t);
/* The password was right: the account starts anew. */
void ngx_http_hr_throttle_clear(const ngx_http_hr_throttle_t *t);

/* 429 with Retry-After. */
ngx_int_t ngx_http_hr_throttle_refuse(ngx_http_request_t *r,
    ngx_http_hr_ctx_t *ctx);

#endif /* NGX_HTTP_HR_THROTTLE_H */
