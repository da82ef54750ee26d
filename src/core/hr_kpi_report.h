/*
 * What the KPI files cover (improvements I-05, I-22): units and positions with
 * a file, classes of the choice, KPIs that nobody gets, columns that match no
 * title, units without a file.
 */

#ifndef HR_KPI_REPORT_H
#define HR_KPI_REPORT_H

#include "hr_kpi.h"
#include "hr_org.h"


#define HR_KPI_REPORT_MISSING_MAX  5000     /* units listed */

/*
 * Writes one JSON object:
 *
 *   { units: {total, with_file, without_file},
 *     positions: {total, with_file, without_file,
 *                 classes: {exact, fuzzy, inherited, ambiguous, unfiltered}},
 *     files: [{code, file, state, reason, unit_path, unit_known, units,
 *              positions, rows, columns, unmatched_columns[], unused_kpis[]}],
 *     unmapped_files: [],
 *     templates: [{type, units, positions}],
 *     missing: [{unit_path, positions, template}] }
 *
 * Computes the choice for every position (tens of milliseconds for a company
 * of 1,700): not for an event loop.  HR_NOMEM, HR_LIMIT.
 */
hr_rc_t hr_kpi_report_write(const hr_kpi_t *kpi, const hr_org_t *org,
    hr_jw_t *w);

#endif /* HR_KPI_REPORT_H */
