#include "hr_kpi_catalog.h"
#include "hr_text.h"

#include <stdlib.h>


const char *
hr_kpi_source_name(hr_kpi_source_t source)
{
    static const char  *names[] = { "none", "specific", "template",
                                    "fallback" };

    return names[source];
}


const char *
hr_kpi_match_name(hr_kpi_match_t match)
{
    static const char  *names[] = { NULL, "exact", "fuzzy", "inherited",
                                    "ambiguous", "unfiltered" };

    return names[match];
}


const char *
hr_kpi_section_name(hr_kpi_row_kind_t section)
{
    static const char  *names[] = { "personal", "trigger", "corporate",
                                    "budget", "personal", "personal" };

    return names[section];
}


static hr_rc_t
hr_kpi_load_file(hr_arena_t *arena, hr_kpi_t *kpi, const hr_kpi_input_t *input,
    hr_kpi_file_t *file, hr_findings_t *notes)
{
    hr_rc_t    rc;
    hr_diag_t  diag = { .line = 0 };

    file->name = hr_arena_str(arena, input->name);
    file->code = hr_kpi_file_code(file->name);
    file->code_key = hr_match_key(arena, file->code);

    if (file->name.data == NULL || file->code_key.data == NULL) {
        return HR_NOMEM;
    }

    if (input->bytes.data == NULL || !hr_utf8_valid(input->bytes)) {
        file->unreadable = true;
        hr_findings_add(notes, "kpi_file_unreadable", file->name,
                        "Файл %.*s не читается", (int) file->name.len,
                        file->name.data);
        return HR_OK;
    }

    rc = hr_kpi_table_parse(arena, &kpi->rules, file->name, file->code,
                            input->bytes, &file->table, notes, &diag);

    if (rc == HR_INVALID) {
        file->line = diag.line;
        file->reason = hr_arena_str(arena, hr_str_from_c(diag.text));
        hr_findings_add(notes, "kpi_parse_error", file->name, "%s", diag.text);
        return file->reason.data == NULL ? HR_NOMEM : HR_OK;
    }

    return rc;
}


static bool
hr_kpi_is_mapped(const hr_kpi_t *kpi, hr_arena_t *arena, hr_str_t code_key)
{
    for (size_t i = 0; i < kpi->rules.alias_count; i++) {
        if (hr_str_eq(hr_match_key(arena, kpi->rules.aliases[i].code),
                      code_key))
        {
            return true;
        }
    }

    return false;
}


static hr_rc_t
hr_kpi_load_files(hr_arena_t *arena, hr_kpi_t *kpi,
    const hr_kpi_sources_t *sources, hr_findings_t *notes)
{
    hr_rc_t         rc;
    hr_kpi_file_t  *file;

    if (sources->file_count > HR_KPI_FILES_MAX) {
        return HR_LIMIT;
    }

    kpi->files = hr_arena_calloc(arena, (sources->file_count + 1)
                                        * sizeof(hr_kpi_file_t));
    if (kpi->files == NULL) {
        return HR_NOMEM;
    }

    for (size_t i = 0; i < sources->file_count; i++) {

        if (hr_kpi_file_code(sources->files[i].name).data == NULL) {
            continue;
        }

        file = &kpi->files[kpi->file_count++];

        rc = hr_kpi_load_file(arena, kpi, &sources->files[i], file, notes);
        if (rc != HR_OK) {
            return rc;
        }

        if (!hr_kpi_is_mapped(kpi, arena, file->code_key)) {
            hr_findings_add(notes, "kpi_file_unused", file->name,
                            "Файл %.*s не закреплён ни за одним "
                            "подразделением", (int) file->name.len,
                            file->name.data);
        }
    }

    return HR_OK;
}


static hr_rc_t
hr_kpi_load_templates(hr_arena_t *arena, hr_kpi_t *kpi,
    const hr_kpi_sources_t *sources, hr_findings_t *notes)
{
    hr_rc_t                rc;
    const hr_kpi_input_t  *input;

    if (sources->template_count > HR_KPI_FILES_MAX) {
        return HR_LIMIT;
    }

    kpi->templates = hr_arena_calloc(arena, (sources->template_count + 1)
                                            * sizeof(hr_kpi_template_t));
    if (kpi->templates == NULL) {
        return HR_NOMEM;
    }

    for (size_t i = 0; i < sources->template_count; i++) {

        input = &sources->templates[i];
        rc = hr_kpi_template_parse(arena, input->name, input->bytes,
                                   &kpi->templates[kpi->template_count]);

        if (rc == HR_INVALID) {
            hr_findings_add(notes, "kpi_template_unreadable", input->name,
                            "Шаблон КПЭ %.*s не читается",
                            (int) input->name.len, input->name.data);
            continue;
        }

        if (rc != HR_OK) {
            return rc;
        }

        kpi->template_count++;
    }

    return HR_OK;
}


hr_rc_t
hr_kpi_load(hr_arena_t *arena, const hr_kpi_sources_t *sources,
    const hr_kpi_t **out, hr_findings_t *notes, hr_diag_t *diag)
{
    hr_rc_t    rc;
    hr_kpi_t  *kpi;

    *out = NULL;

    kpi = hr_arena_calloc(arena, sizeof(hr_kpi_t));
    if (kpi == NULL) {
        return HR_NOMEM;
    }

    rc = hr_kpi_rules_load(arena, sources->rules, &kpi->rules, diag);

    if (rc == HR_OK) {
        rc = hr_kpi_load_files(arena, kpi, sources, notes);
    }

    if (rc == HR_OK) {
        rc = hr_kpi_load_templates(arena, kpi, sources, notes);
    }

    if (rc == HR_OK) {
        *out = kpi;
    }

    return rc;
}


/* Stems of 4 letters or more; short names are compared by all their words. */
bool
hr_kpi_names(hr_arena_t *arena, hr_str_t name, hr_str_t entry)
{
    size_t    total = 0, found = 0, least = 4;
    hr_str_t  word;

    name = hr_match_key(arena, name);
    entry = hr_match_key(arena, entry);

    for ( ;; ) {

        for (size_t pos = 0; hr_word_next(name, &pos, &word); /* void */ ) {

            if (hr_utf8_count(word) < least) {
                continue;
            }

            total++;
            found += hr_contains_word_start(entry, word);
        }

        if (total > 0 || least == 1) {
            break;
        }

        least = 1;
    }

    /* found / total >= 0.8 without a fraction */
    return total > 0 && found * 10 >= total * 8;
}
