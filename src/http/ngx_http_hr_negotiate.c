#include "ngx_http_hr.h"


/* What the client accepts: languages and content codings (RFC 9110, 12.5). */


/* "; q = 0.5" from p to end: thousandths; 1000 without it, 0 when it is malformed. */
static ngx_int_t
ngx_http_hr_quality(const u_char *p, const u_char *end)
{
    ngx_int_t      n;
    const u_char  *q;

    for ( ; p < end; p++) {
        if (*p != ';') {
            continue;
        }

        for (p++; p < end && (*p == ' ' || *p == '\t'); p++) { /* void */ }

        if (end - p < 2 || (p[0] | 0x20) != 'q' || p[1] != '=') {
            p--;
            continue;
        }

        p += 2;
        for (q = p; q < end && *q != ';' && *q != ' ' && *q != '\t'; q++) {
            /* void */
        }

        n = q > p ? ngx_atofp((u_char *) p, (size_t) (q - p), 3) : NGX_ERROR;

        return n == NGX_ERROR || n > 1000 ? 0 : n;
    }

    return 1000;
}


/* The highest weight of several; "; q=" by RFC 9110, 12.4.2. */
ngx_int_t
ngx_http_hr_weight(const ngx_str_t *list, const char *token, ngx_uint_t prefix)
{
    size_t         len;
    u_char        *p, *end, *item, *last;
    ngx_int_t      weight, best;

    len = ngx_strlen(token);
    best = -1;
    p = list->data;
    end = p + list->len;

    while (p < end) {
        while (p < end && (*p == ' ' || *p == '\t' || *p == ',')) {
            p++;
        }

        item = p;

        while (p < end && *p != ',') {
            p++;
        }

        last = item;

        while (last < p && *last != ';' && *last != ' ' && *last != '\t'
               && !(prefix && *last == '-'))
        {
            last++;
        }

        if ((size_t) (last - item) == len
            && ngx_strncasecmp(item, (u_char *) token, len) == 0)
        {
            weight = ngx_http_hr_quality(last, p);
            best = ngx_max(best, weight);
        }
    }

    return best;
}


hr_lang_t
ngx_http_hr_language(ngx_http_request_t *r, hr_lang_t fallback)
{
    ngx_int_t   ru, en;
    ngx_str_t  *header;

    if (r->headers_in.accept_language == NULL) {
        return fallback;
    }

    header = &r->headers_in.accept_language->value;
    ru = ngx_http_hr_weight(header, "ru", 1);
    en = ngx_http_hr_weight(header, "en", 1);

    /* "not ru" is a wish for the other one, if that is not refused too */
    if (ru == 0 && en != 0) {
        return HR_LANG_EN;
    }

    if (en == 0 && ru != 0) {
        return HR_LANG_RU;
    }

    if (ru == en) {
        return fallback;
    }

    return ru > en ? HR_LANG_RU : HR_LANG_EN;
}


ngx_uint_t
ngx_http_hr_accepts_gzip(ngx_http_request_t *r)
{
    ngx_int_t   weight;
    ngx_str_t  *list;

    if (r->headers_in.accept_encoding == NULL) {
        return 0;
    }

    list = &r->headers_in.accept_encoding->value;
    weight = ngx_http_hr_weight(list, "gzip", 0);

    return weight > 0
           || (weight == -1 && ngx_http_hr_weight(list, "x-gzip", 0) > 0);
}
