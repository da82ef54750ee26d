#include "hr_metrics.h"
#include "hr_test.h"

#include <math.h>


static void
written(hr_buf_t *out, hr_metrics_form_t form)
{
    hr_metrics_t  m;

    static const double        bounds[] = { 0.001, 0.25, 1, 16.384 };
    static const uint64_t      counts[] = { 1, 0, 2, 0, 5 };
    const hr_metric_label_t    labels[] = {
        { "operation", HR_STR_INIT("get_profile") },
        { "code", HR_STR_INIT("a\"b\\c\nd") },
    };

    hr_buf_init(out, 64 * 1024);
    hr_metrics_init(&m, out, form);

    hr_metrics_family(&m, "hr_build", HR_METRIC_INFO, "What \"runs\"\n\\ here");
    hr_metrics_int(&m, labels, 1, 1);

    hr_metrics_family(&m, "hr_requests", HR_METRIC_COUNTER, "Requests");
    hr_metrics_int(&m, labels, 2, UINT64_MAX);
    hr_metrics_double(&m, NULL, 0, 0.25);

    hr_metrics_family(&m, "hr_load", HR_METRIC_GAUGE, "Load");
    hr_metrics_double(&m, NULL, 0, 3);
    hr_metrics_double(&m, labels, 1, NAN);
    hr_metrics_double(&m, labels, 1, -INFINITY);

    hr_metrics_family(&m, "hr_seconds", HR_METRIC_HISTOGRAM, "Time");
    hr_metrics_histogram(&m, labels, 1, bounds, 4, counts, 12.5);
    hr_metrics_histogram(&m, NULL, 0, bounds, 1, counts, 0);

    hr_metrics_end(&m);
}


int
main(void)
{
    hr_buf_t  out;

    written(&out, HR_METRICS_TEXT);
    IS_STR(out.data, out.len,
        "# HELP hr_build_info What \"runs\"\\n\\\\ here\n"
        "# TYPE hr_build_info gauge\n"
        "hr_build_info{operation=\"get_profile\"} 1\n"
        "# HELP hr_requests_total Requests\n"
        "# TYPE hr_requests_total counter\n"
        "hr_requests_total{operation=\"get_profile\",code=\"a\\\"b\\\\c\\nd\"} "
        "18446744073709551615\n"
        "hr_requests_total 0.25\n"
        "# HELP hr_load Load\n"
        "# TYPE hr_load gauge\n"
        "hr_load 3.0\n"
        "hr_load{operation=\"get_profile\"} NaN\n"
        "hr_load{operation=\"get_profile\"} -Inf\n"
        "# HELP hr_seconds Time\n"
        "# TYPE hr_seconds histogram\n"
        "hr_seconds_bucket{operation=\"get_profile\",le=\"0.001\"} 1\n"
        "hr_seconds_bucket{operation=\"get_profile\",le=\"0.25\"} 1\n"
        "hr_seconds_bucket{operation=\"get_profile\",le=\"1.0\"} 3\n"
        "hr_seconds_bucket{operation=\"get_profile\",le=\"16.384\"} 3\n"
        "hr_seconds_bucket{operation=\"get_profile\",le=\"+Inf\"} 8\n"
        "hr_seconds_sum{operation=\"get_profile\"} 12.5\n"
        "hr_seconds_count{operation=\"get_profile\"} 8\n"
        "hr_seconds_bucket{le=\"0.001\"} 1\n"
        "hr_seconds_bucket{le=\"+Inf\"} 1\n"
        "hr_seconds_sum 0.0\n"
        "hr_seconds_count 1\n",
        "the format of Prometheus");
    hr_buf_release(&out);

    written(&out, HR_METRICS_OPEN);
    OK(strncmp(out.data,
        "# HELP hr_build What \\\"runs\\\"\\n\\\\ here\n"
        "# TYPE hr_build info\n"
        "hr_build_info{operation=\"get_profile\"} 1\n"
        "# HELP hr_requests Requests\n"
        "# TYPE hr_requests counter\n"
        "hr_requests_total{", 150) == 0, "OpenMetrics names the families");
    IS_STR(out.data + out.len - 6, 6, "# EOF\n", "and has an end");
    hr_buf_release(&out);

    hr_buf_init(&out, 16);
    {
        hr_metrics_t  m;

        hr_metrics_init(&m, &out, HR_METRICS_TEXT);
        hr_metrics_family(&m, "hr_requests", HR_METRIC_COUNTER, "Requests");
        hr_metrics_int(&m, NULL, 0, 1);
        hr_metrics_end(&m);
    }
    OK(out.err == HR_LIMIT, "what does not fit is an error of the buffer");
    hr_buf_release(&out);

    return hr_test_done();
}
