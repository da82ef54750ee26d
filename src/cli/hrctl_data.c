/* data check: the company's files as the server would read them, without one. */

#include <stdlib.h>
#include <string.h>

#include "hr_generation.h"
#include "hr_org.h"
#include "hrctl.h"


#define HRCTL_STRUCTURE_MAX  (16u * 1024 * 1024)
#define HRCTL_LEVELS_MAX     (1024u * 1024)

typedef struct {
    hr_org_info_t   info;
    hrctl_gen_t    *gen;
    size_t          notes;
} hrctl_check_t;


static int
hrctl_check_structure(const char *data, const char *company, hr_org_info_t *info)
{
    int             rc;
    char            path[4200], *json, *levels;
    size_t          json_len, levels_len, size;
    hr_rc_t         result;
    hr_diag_t       diag;
    hr_org_t       *org;
    hr_org_opts_t   opts;

    json = levels = NULL;

    (void) snprintf(path, sizeof(path), "%s/levels.json", company);
    rc = hrctl_read_file(path, HRCTL_LEVELS_MAX, &levels, &levels_len);

    if (rc == HRCTL_OK) {
        (void) snprintf(path, sizeof(path), "%s/structure.json", data);
        rc = hrctl_read_file(path, HRCTL_STRUCTURE_MAX, &json, &json_len);
    }

    if (rc == HRCTL_OK) {
        memset(&opts, 0, sizeof(opts));
        memset(&diag, 0, sizeof(diag));
        opts.levels = hr_str(levels, levels_len);

        result = hr_org_build(hr_str(json, json_len), &opts, &diag, &org, &size);

        if (result == HR_OK) {
            hr_org_info(org, info);
            free(org);

        } else {
            rc = hrctl_fail(HRCTL_FINDINGS, "%s: line %zu, column %zu: %s", path,
                            diag.line, diag.column, diag.text);
        }
    }

    free(json);
    free(levels);

    return rc;
}


static void
hrctl_check_text(const hrctl_check_t *c)
{
    size_t                i;
    char                  text[1024];
    const hr_org_info_t  *o = &c->info;
    const hr_findings_t  *notes = hr_gen_notes(c->gen);

    hrctl_line_printf("units", "%u in %u levels, %u names", o->units, o->depth,
                      o->names);
    hrctl_line_printf("positions", "%u, %u titles", o->slots, o->titles);
    hrctl_line_printf("head counts", "%u own, %u inherited", o->units_own_headcount,
                      o->units_inherited_headcount);
    hrctl_line("structure", o->sha256);
    hrctl_line("generation", hr_gen_ready(c->gen) == HR_GENERR_NONE
                             ? "ready" : hr_generr_text(hr_gen_ready(c->gen),
                                                        HR_LANG_EN));

    if (o->duplicate_titles > 0) {
        hrctl_line_printf("warning", "%u titles stand twice in their unit",
                          o->duplicate_titles);
    }

    if (o->ambiguous_pairs > 0) {
        hrctl_line_printf("note", "%u pairs of unit name and title are ambiguous",
                          o->ambiguous_pairs);
    }

    for (i = 0; i < notes->count; i++) {
        (void) snprintf(text, sizeof(text), "%s: %.*s: %.*s", notes->items[i].code,
                        (int) notes->items[i].path.len, notes->items[i].path.data,
                        (int) notes->items[i].message.len,
                        notes->items[i].message.data);
        hrctl_line("warning", text);
    }

    if (notes->total > notes->count) {
        hrctl_line_printf("warning", "and %zu more", notes->total - notes->count);
    }
}


static int
hrctl_check_json(const hrctl_check_t *c)
{
    size_t                i;
    hr_jw_t               jw;
    hr_buf_t              buf;
    const hr_org_info_t  *o = &c->info;
    const hr_findings_t  *notes = hr_gen_notes(c->gen);

    hr_buf_init(&buf, 4 * 1024 * 1024);
    hr_jw_init(&jw, &buf);
    hr_jw_object(&jw);
    hr_jw_kbool(&jw, "ready", hr_gen_ready(c->gen) == HR_GENERR_NONE);
    hr_jw_kint(&jw, "units", o->units);
    hr_jw_kint(&jw, "positions", o->slots);
    hr_jw_kint(&jw, "titles", o->titles);
    hr_jw_kint(&jw, "names", o->names);
    hr_jw_kint(&jw, "duplicate_titles", o->duplicate_titles);
    hr_jw_kc(&jw, "sha256", o->sha256);
    hr_jw_kstr(&jw, "version", hr_gen_version(c->gen));
    hr_jw_kint(&jw, "warnings_total", (int64_t) notes->total);
    hr_jw_key(&jw, "warnings");
    hr_jw_array(&jw);

    for (i = 0; i < notes->count; i++) {
        hr_jw_object(&jw);
        hr_jw_kc(&jw, "code", notes->items[i].code);
        hr_jw_kstr(&jw, "path", notes->items[i].path);
        hr_jw_kstr(&jw, "message", notes->items[i].message);
        hr_jw_end_object(&jw);
    }

    hr_jw_end_array(&jw);
    hr_jw_end_object(&jw);

    if (buf.err != HR_OK) {
        hr_buf_release(&buf);
        return hrctl_no_memory();
    }

    (void) puts(buf.data);
    hr_buf_release(&buf);

    return HRCTL_OK;
}


int
hrctl_data_check(hrctl_t *ctl)
{
    int            rc;
    char           company[4096], prompts[4096];
    hrctl_check_t  c;

    memset(&c, 0, sizeof(c));

    rc = hrctl_conf_dir(ctl, "company", "company", company);

    if (rc == HRCTL_OK) {
        rc = hrctl_conf_dir(ctl, "prompts", "prompts", prompts);
    }

    if (rc == HRCTL_OK) {
        rc = hrctl_check_structure(ctl->argv[0], company, &c.info);
    }

    if (rc == HRCTL_OK) {
        rc = hrctl_load(company, prompts, ctl->argv[0], false, &c.gen);
    }

    if (rc != HRCTL_OK) {
        return rc;
    }

    if (ctl->json) {
        rc = hrctl_check_json(&c);
    } else {
        hrctl_check_text(&c);
    }

    if (rc == HRCTL_OK
        && (hr_gen_notes(c.gen)->total > 0 || hr_gen_ready(c.gen) != HR_GENERR_NONE))
    {
        rc = HRCTL_FINDINGS;
    }

    hr_gen_destroy(c.gen);

    return rc;
}
