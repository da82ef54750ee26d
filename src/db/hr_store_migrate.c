/*
 * Numbered, additive migrations (database.md B-06): each is applied once and
 * recorded by its name in schema_migrations.  None of them takes away anything
 * that the old service knows.
 */

#include <stdio.h>

#include "hr_store_sqlite.h"


typedef struct {
    const char  *name;
    hr_rc_t    (*apply)(hr_store_conn_t *conn, const hr_store_config_t *config,
                        hr_store_report_t *report);
} hr_store_migration_t;


static hr_rc_t hr_store_apply_roles(hr_store_conn_t *conn,
    const hr_store_config_t *config, hr_store_report_t *report);
static hr_rc_t hr_store_apply_counters(hr_store_conn_t *conn,
    const hr_store_config_t *config, hr_store_report_t *report);
static hr_rc_t hr_store_apply_tokens(hr_store_conn_t *conn,
    const hr_store_config_t *config, hr_store_report_t *report);
static hr_rc_t hr_store_apply_stages(hr_store_conn_t *conn,
    const hr_store_config_t *config, hr_store_report_t *report);


/* In order; each is recorded by its name and applied once. */
static const hr_store_migration_t  hr_store_migrations[] = {
    { "0001-additive-columns", hr_store_apply_columns },
    { "0002-roles", hr_store_apply_roles },
    { "0003-version-counters", hr_store_apply_counters },
    { "0004-tokens-from-metadata", hr_store_apply_tokens },
    { "0005-stages-in-lists", hr_store_apply_stages },
    { "0006-estimated-costs", hr_store_apply_columns },
    { NULL, NULL }
};


hr_rc_t
hr_store_has_column(hr_store_conn_t *conn, const char *table,
    const char *column, bool *found)
{
    hr_rc_t  rc;
    int64_t  n;

    rc = hr_store_int(conn, &n, "SELECT count(*) FROM pragma_table_info(?1)"
                                " WHERE name = ?2", "cc", table, column);
    *found = n != 0;

    return rc;
}


hr_rc_t
hr_store_add_column(hr_store_conn_t *conn, const hr_store_column_t *column)
{
    bool     found;
    char     text[256];
    hr_rc_t  rc;

    rc = hr_store_has_column(conn, column->table, column->column, &found);
    if (rc != HR_OK || found) {
        return rc;
    }

    snprintf(text, sizeof(text), "ALTER TABLE %s ADD COLUMN %s %s",
             column->table, column->column, column->type);

    return hr_store_script(conn, text);
}


hr_rc_t
hr_store_apply_all(hr_store_conn_t *conn, const hr_store_config_t *config,
    hr_store_report_t *report)
{
    hr_rc_t                      rc;
    int64_t                      n;
    const hr_store_migration_t  *m;

    for (m = hr_store_migrations; m->name != NULL; m++) {

        rc = hr_store_int(conn, &n, "SELECT count(*) FROM schema_migrations"
                                    " WHERE name = ?1", "c", m->name);
        if (rc != HR_OK) {
            return rc;
        }

        if (n != 0) {
            continue;
        }

        rc = m->apply(conn, config, report);
        if (rc != HR_OK) {
            return rc;
        }

        rc = hr_store_run(conn, NULL, "INSERT INTO schema_migrations (name,"
                                      " applied_at) VALUES (?1, ?2)",
                          "c1", m->name, hr_time_now());
        if (rc != HR_OK) {
            return rc;
        }

        report->migrations++;
    }

    return HR_OK;
}


hr_rc_t
hr_store_apply_columns(hr_store_conn_t *conn, const hr_store_config_t *config,
    hr_store_report_t *report)
{
    hr_rc_t                   rc;
    int64_t                   tables;
    const hr_store_column_t  *c;

    (void) config;
    (void) report;

    for (c = hr_store_added_columns; c->table != NULL; c++) {
        rc = hr_store_int(conn, &tables, "SELECT count(*) FROM sqlite_master"
                                         " WHERE type = 'table' AND name = ?1",
                          "c", c->table);

        /* a table of our own that is still to be made has the column at once */
        if (rc == HR_OK && tables != 0) {
            rc = hr_store_add_column(conn, c);
        }

        if (rc != HR_OK) {
            return rc;
        }
    }

    return HR_OK;
}


/*
 * The old service knows no roles: whoever is called like its administrator is
 * one, everybody else works as HR did.
 */
static hr_rc_t
hr_store_apply_roles(hr_store_conn_t *conn, const hr_store_config_t *config,
    hr_store_report_t *report)
{
    hr_rc_t  rc;
    int64_t  admins;

    (void) report;

    rc = hr_store_run(conn, NULL, "UPDATE users SET role = CASE WHEN username"
                                  " = ?1 THEN 'admin' ELSE 'hr' END"
                                  " WHERE role IS NULL",
                      "c", config->admin_username == NULL
                           ? "admin" : config->admin_username);
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_int(conn, &admins, "SELECT count(*) FROM users"
                                     " WHERE role = 'admin'", "");
    if (rc != HR_OK || admins != 0) {
        return rc;
    }

    return hr_store_run(conn, NULL,
                        "UPDATE users SET role = 'admin' WHERE id ="
                        " (SELECT min(id) FROM users WHERE is_active = 1)", "");
}


/* Numbers are never reused (decisions.md 9): remember the greatest. */
static hr_rc_t
hr_store_apply_counters(hr_store_conn_t *conn, const hr_store_config_t *config,
    hr_store_report_t *report)
{
    (void) config;
    (void) report;

    return hr_store_run(conn, NULL,
        "UPDATE profiles SET version_counter = max(coalesce(current_version,"
        " 1), coalesce((SELECT max(version_number) FROM profile_versions v"
        " WHERE v.profile_id = profiles.id), 1))"
        " WHERE version_counter IS NULL", "");
}


/*
 * The old service stored 0 tokens always (P-43); the true figures stand in the
 * metadata.  Rows with broken metadata stay as they are.
 */
static hr_rc_t
hr_store_apply_tokens(hr_store_conn_t *conn, const hr_store_config_t *config,
    hr_store_report_t *report)
{
    (void) config;
    (void) report;

    return hr_store_run(conn, NULL,
        "UPDATE profiles SET"
        " input_tokens = coalesce(CAST(json_extract(metadata_json,"
        "  '$.llm.tokens.input') AS INTEGER), 0),"
        " output_tokens = coalesce(CAST(json_extract(metadata_json,"
        "  '$.llm.tokens.output') AS INTEGER), 0),"
        " total_tokens = coalesce(CAST(json_extract(metadata_json,"
        "  '$.llm.tokens.total') AS INTEGER), 0)"
        " WHERE coalesce(total_tokens, 0) = 0 AND"
        " CASE WHEN json_valid(metadata_json) THEN"
        "  json_type(metadata_json, '$.llm.tokens.total') IN"
        "  ('integer', 'real') ELSE 0 END", "");
}


/*
 * The folded copy has learnt the state of the approval and who needs a look at
 * the KPIs: rows that may have either count as stale, and the coming sync of
 * the copy enters them again.
 */
static hr_rc_t
hr_store_apply_stages(hr_store_conn_t *conn, const hr_store_config_t *config,
    hr_store_report_t *report)
{
    (void) config;
    (void) report;

    return hr_store_run(conn, NULL,
        "UPDATE search_profiles SET source_hash = ~source_hash"
        " WHERE profile_id IN (SELECT id FROM profiles WHERE"
        " approval_state IS NOT NULL OR instr(metadata_json, ?1))",
        "t", HR_STR(HR_STORE_KPI_SOURCE));
}
