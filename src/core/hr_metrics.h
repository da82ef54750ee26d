/*
 * Writes figures in the text formats that Prometheus reads: version 0.0.4 of
 * its own format, and OpenMetrics 1.0.0.  They differ in the names of counters
 * in TYPE lines, in the type "info" and in the last line.
 *
 * Figures come by family: begin one, then write all its samples.  Errors are
 * those of the buffer.
 */

#ifndef HR_METRICS_H
#define HR_METRICS_H

#include "hr_base.h"


typedef enum {
    HR_METRICS_TEXT = 0,
    HR_METRICS_OPEN
} hr_metrics_form_t;

typedef enum {
    HR_METRIC_COUNTER = 0,
    HR_METRIC_GAUGE,
    HR_METRIC_HISTOGRAM,
    HR_METRIC_INFO
} hr_metric_type_t;

/* Names are static, "[a-z_]+"; values any UTF-8 text. */
typedef struct {
    const char  *name;
    hr_str_t     value;
} hr_metric_label_t;

typedef struct {
    hr_buf_t          *out;
    hr_metrics_form_t  form;
    const char        *name;        /* of the family */
    hr_metric_type_t   type;
} hr_metrics_t;

void hr_metrics_init(hr_metrics_t *m, hr_buf_t *out, hr_metrics_form_t form);

/*
 * name: without "_total" and "_info", which belong to the samples; help: one
 * line.  Both must outlive the family.
 */
void hr_metrics_family(hr_metrics_t *m, const char *name, hr_metric_type_t type,
    const char *help);

/* One sample of a counter, a gauge or an info (whose value is 1). */
void hr_metrics_int(hr_metrics_t *m, const hr_metric_label_t *labels, size_t n,
    uint64_t value);
/* NaN and infinities are written as the formats want them. */
void hr_metrics_double(hr_metrics_t *m, const hr_metric_label_t *labels, size_t n,
    double value);

/*
 * counts[i]: observations in bucket i alone; counts[nbounds]: above the last
 * bound.  bounds rise; sum: of all observations.
 */
void hr_metrics_histogram(hr_metrics_t *m, const hr_metric_label_t *labels,
    size_t n, const double *bounds, size_t nbounds, const uint64_t *counts,
    double sum);

/* The end of everything. */
void hr_metrics_end(hr_metrics_t *m);

#endif /* HR_METRICS_H */
