#include "hr_metrics.h"
#include "hr_json.h"

#include <inttypes.h>
#include <math.h>


void
hr_metrics_init(hr_metrics_t *m, hr_buf_t *out, hr_metrics_form_t form)
{
    memset(m, 0, sizeof(hr_metrics_t));
    m->out = out;
    m->form = form;
}


/* In help texts quotes stay as they are, in label values they do not. */
static void
hr_metrics_escaped(hr_buf_t *out, hr_str_t text, bool quotes)
{
    size_t  i, start;

    for (i = 0, start = 0; i < text.len; i++) {

        if (text.data[i] != '\\' && text.data[i] != '\n'
            && !(quotes && text.data[i] == '"'))
        {
            continue;
        }

        hr_buf_append(out, text.data + start, i - start);
        hr_buf_c(out, text.data[i] == '\n' ? "\\n"
                      : text.data[i] == '"' ? "\\\"" : "\\\\");
        start = i + 1;
    }

    hr_buf_append(out, text.data + start, text.len - start);
}


/* What follows the family's name in a sample of this type. */
static const char *
hr_metrics_suffix(hr_metric_type_t type)
{
    switch (type) {
    case HR_METRIC_COUNTER:
        return "_total";
    case HR_METRIC_INFO:
        return "_info";
    default:
        return "";
    }
}


void
hr_metrics_family(hr_metrics_t *m, const char *name, hr_metric_type_t type,
    const char *help)
{
    static const char *const  types[] = { "counter", "gauge", "histogram", "info" };

    const char  *suffix, *word;

    m->name = name;
    m->type = type;

    /* the older format has no info, and names the samples, not the family */
    suffix = m->form == HR_METRICS_OPEN ? "" : hr_metrics_suffix(type);
    word = m->form == HR_METRICS_TEXT && type == HR_METRIC_INFO ? "gauge"
                                                                : types[type];

    hr_buf_printf(m->out, "# HELP %s%s ", name, suffix);
    hr_metrics_escaped(m->out, hr_str_from_c(help), m->form == HR_METRICS_OPEN);
    hr_buf_printf(m->out, "\n# TYPE %s%s %s\n", name, suffix, word);
}


/* name{label="value",...,le="bound"} and the blank; bound NULL: none */
static void
hr_metrics_name(hr_metrics_t *m, const char *suffix,
    const hr_metric_label_t *labels, size_t n, const char *bound)
{
    size_t  i;

    hr_buf_c(m->out, m->name);
    hr_buf_c(m->out, suffix);

    if (n != 0 || bound != NULL) {
        hr_buf_char(m->out, '{');

        for (i = 0; i < n; i++) {
            hr_buf_printf(m->out, "%s%s=\"", i == 0 ? "" : ",", labels[i].name);
            hr_metrics_escaped(m->out, labels[i].value, true);
            hr_buf_char(m->out, '"');
        }

        if (bound != NULL) {
            hr_buf_printf(m->out, "%sle=\"%s\"", n == 0 ? "" : ",", bound);
        }

        hr_buf_char(m->out, '}');
    }

    hr_buf_char(m->out, ' ');
}


static void
hr_metrics_number(hr_metrics_t *m, double value)
{
    char  text[32];

    if (isnan(value)) {
        hr_buf_c(m->out, "NaN\n");

    } else if (isinf(value)) {
        hr_buf_c(m->out, value > 0 ? "+Inf\n" : "-Inf\n");

    } else {
        hr_buf_append(m->out, text, hr_double_format(value, text));
        hr_buf_char(m->out, '\n');
    }
}


void
hr_metrics_int(hr_metrics_t *m, const hr_metric_label_t *labels, size_t n,
    uint64_t value)
{
    hr_metrics_name(m, hr_metrics_suffix(m->type), labels, n, NULL);
    hr_buf_printf(m->out, "%" PRIu64 "\n", value);
}


void
hr_metrics_double(hr_metrics_t *m, const hr_metric_label_t *labels, size_t n,
    double value)
{
    hr_metrics_name(m, hr_metrics_suffix(m->type), labels, n, NULL);
    hr_metrics_number(m, value);
}


void
hr_metrics_histogram(hr_metrics_t *m, const hr_metric_label_t *labels, size_t n,
    const double *bounds, size_t nbounds, const uint64_t *counts, double sum)
{
    char      text[32];
    size_t    i;
    uint64_t  total;

    for (i = 0, total = 0; i < nbounds; i++) {
        total += counts[i];
        text[hr_double_format(bounds[i], text)] = '\0';
        hr_metrics_name(m, "_bucket", labels, n, text);
        hr_buf_printf(m->out, "%" PRIu64 "\n", total);
    }

    total += counts[nbounds];
    hr_metrics_name(m, "_bucket", labels, n, "+Inf");
    hr_buf_printf(m->out, "%" PRIu64 "\n", total);

    hr_metrics_name(m, "_sum", labels, n, NULL);
    hr_metrics_number(m, sum);
    hr_metrics_name(m, "_count", labels, n, NULL);
    hr_buf_printf(m->out, "%" PRIu64 "\n", total);
}


void
hr_metrics_end(hr_metrics_t *m)
{
    if (m->form == HR_METRICS_OPEN) {
        hr_buf_c(m->out, "# EOF\n");
    }
}
