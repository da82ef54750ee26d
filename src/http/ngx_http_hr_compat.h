/*
 * The only place that knows differences between nginx versions.  Written for
 * 1.22.1 (Debian 12); 1.23.0 turned multi-value headers into linked lists.
 */

#ifndef NGX_HTTP_HR_COMPAT_H
#define NGX_HTTP_HR_COMPAT_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


#if (nginx_version >= 1023000)

#define ngx_http_hr_header_end(h)  ((h)->next = NULL)

typedef ngx_table_elt_t  *ngx_http_hr_cookies_t;

#define ngx_http_hr_cookie(r, name, value)                                    \
    (ngx_http_parse_multi_header_lines(r, (r)->headers_in.cookie, name, value) != NULL)

#define ngx_http_hr_has_cookie(r)  ((r)->headers_in.cookie != NULL)

#else

#define ngx_http_hr_header_end(h)

#define ngx_http_hr_cookie(r, name, value)                                    \
    (ngx_http_parse_multi_header_lines(&(r)->headers_in.cookies, name, value)  \
     != NGX_DECLINED)

#define ngx_http_hr_has_cookie(r)  ((r)->headers_in.cookies.nelts != 0)

#endif

#endif /* NGX_HTTP_HR_COMPAT_H */
