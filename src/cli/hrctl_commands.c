/* What there is to say: the table of commands, their options, the help. */

#include <stdio.h>

#include "hrctl.h"


/* ---- commands ---- */

#define HRCTL_NO_MORE  { NULL, NULL, NULL }

static const hrctl_option_t  hrctl_login_options[] = {
    { "password-file", "FILE", "the first line of FILE (mode 0600)" },
    { "remember", NULL, "a token that lasts longer" },
    HRCTL_NO_MORE
};

static const hrctl_option_t  hrctl_users_create_options[] = {
    { "full-name", "NAME", "shown in the client (default: the user name)" },
    { "role", "ROLE", "viewer, hr, head or admin (default: hr)" },
    { "password-file", "FILE", "the first line of FILE (mode 0600)" },
    HRCTL_NO_MORE
};

static const hrctl_option_t  hrctl_users_set_options[] = {
    { "full-name", "NAME", "" },
    { "role", "ROLE", "viewer, hr, head or admin" },
    { "active", "YES|NO", "no: cannot log in, tokens end at once" },
    HRCTL_NO_MORE
};

static const hrctl_option_t  hrctl_password_options[] = {
    { "password-file", "FILE", "the new password: the first line of FILE" },
    { "current-file", "FILE", "your current password (for your own account)" },
    HRCTL_NO_MORE
};

static const hrctl_option_t  hrctl_generate_options[] = {
    { "unit", "PATH", "all positions of a unit instead of one" },
    { "children", NULL, "with --unit: of the units below, too" },
    { "dry-run", NULL, "with --unit: only show what would be done" },
    { "again", NULL, "with --unit: also where a profile exists" },
    { "parallel", "N", "with --unit: tasks at one time, 1 to 50 (default 10)" },
    { "employee", "NAME", "name of the employee" },
    { "model", "MODEL", "instead of the server's choice" },
    { "no-wait", NULL, "print the id of the task and end" },
    { "output", "FILE", "the profile into FILE (.md .docx .xlsx .json)" },
    HRCTL_NO_MORE
};

static const hrctl_option_t  hrctl_list_options[] = {
    { "search", "TEXT", "in names of units, positions, employees" },
    { "department", "NAME", "" },
    { "position", "NAME", "" },
    { "status", "WORD", "completed, archived, failed, processing or all" },
    { "sort", "FIELD", "created_at, updated_at, department, position" },
    { "limit", "N", "rows, 1 to 100 (default 20)" },
    { "page", "N", "from 1" },
    HRCTL_NO_MORE
};

static const hrctl_option_t  hrctl_show_options[] = {
    { "full", NULL, "the document as Markdown" },
    HRCTL_NO_MORE
};

static const hrctl_option_t  hrctl_diff_options[] = {
    { "patch", NULL, "as JSON Patch (RFC 6902)" },
    HRCTL_NO_MORE
};

static const hrctl_option_t  hrctl_export_options[] = {
    { "format", "WORD", "md, docx, xlsx or json (default md)" },
    { "formats", "WORDS", "for an archive: several, with commas" },
    { "zip", NULL, "an archive (several ids: always)" },
    { "version", "N", "that version instead of the current one" },
    { "output", "FILE", "- is stdout (default: the name that the server gives)" },
    HRCTL_NO_MORE
};

static const hrctl_option_t  hrctl_import_options[] = {
    { "base-version", "N", "refuse when it is not the current version" },
    HRCTL_NO_MORE
};

static const hrctl_option_t  hrctl_check_options[] = {
    { "company", "DIR", "vocabularies (default: of the installation)" },
    { "prompts", "DIR", "prompts (default: of the installation)" },
    HRCTL_NO_MORE
};

static const hrctl_option_t  hrctl_lint_options[] = {
    { "company", "DIR", "vocabularies (default: of the installation)" },
    { "seal", NULL, "write the new hash into metadata.json" },
    HRCTL_NO_MORE
};

static const hrctl_option_t  hrctl_preview_options[] = {
    { "employee", "NAME", "name of the employee" },
    { "model", "MODEL", "instead of the server's choice" },
    { "text", NULL, "the prompt itself" },
    HRCTL_NO_MORE
};

static const hrctl_option_t  hrctl_bench_options[] = {
    { "connections", "N", "at one time, 1 to 200 (default 10)" },
    { "seconds", "N", "1 to 600 (default 5)" },
    HRCTL_NO_MORE
};

static const hrctl_option_t  hrctl_restore_options[] = {
    { "database", "FILE", "hr_database of the configuration (required)" },
    { "yes", NULL, "do not ask" },
    HRCTL_NO_MORE
};

static const hrctl_option_t  hrctl_audit_options[] = {
    { "user", "ID", "number of the account" },
    { "action", "WORD", "login, profile.edit, ..." },
    { "object", "ID", "id of the profile, task, ..." },
    { "from", "TIME", "a day or an instant" },
    { "to", "TIME", "a day or an instant, included" },
    { "limit", "N", "rows, 1 to 1000 (default 50)" },
    { "cursor", "N", "records before this number" },
    HRCTL_NO_MORE
};

static const hrctl_option_t  hrctl_trail_options[] = {
    { "after", "N", "records after this number" },
    { "output", "FILE", "- is stdout (default: the name that the server gives)" },
    HRCTL_NO_MORE
};

const hrctl_command_t  hrctl_commands[] = {
    { "login", "[USER]", 0, 1, hrctl_login, hrctl_login_options,
      "get a token and keep it" },
    { "logout", "", 0, 0, hrctl_logout, NULL,
      "end all sessions of the account, forget the token" },
    { "whoami", "", 0, 0, hrctl_whoami, NULL, "the account of the token" },

    { "users list", "", 0, 0, hrctl_users_list, NULL, "accounts" },
    { "users create", "USER", 1, 1, hrctl_users_create,
      hrctl_users_create_options, "make an account" },
    { "users set", "USER|ID", 1, 1, hrctl_users_set, hrctl_users_set_options,
      "change role, name, or switch on and off" },
    { "users passwd", "[USER|ID]", 0, 1, hrctl_users_passwd,
      hrctl_password_options, "a new password; without USER your own" },

    { "generate", "[DEPARTMENT POSITION]", 0, 2, hrctl_generate,
      hrctl_generate_options, "generate profiles and wait for them" },
    { "watch", "TASK", 1, 1, hrctl_watch, NULL, "progress of a task" },
    { "cancel", "TASK", 1, 1, hrctl_cancel, NULL, "stop a task" },
    { "tasks", "", 0, 0, hrctl_tasks, NULL, "your tasks of the last day" },

    { "profiles list", "", 0, 0, hrctl_profiles_list, hrctl_list_options,
      "profiles, newest first" },
    { "profiles show", "ID", 1, 1, hrctl_profiles_show, hrctl_show_options,
      "one profile" },
    { "profiles versions", "ID", 1, 1, hrctl_profiles_versions, NULL,
      "versions of a profile" },
    { "profiles diff", "ID V1 V2", 3, 3, hrctl_profiles_diff,
      hrctl_diff_options, "what changed between two versions" },
    { "profiles export", "ID...", 1, 1000, hrctl_profiles_export,
      hrctl_export_options, "files of profiles" },
    { "profiles import", "ID FILE", 2, 2, hrctl_profiles_import,
      hrctl_import_options, "a document (JSON) as a new version" },
    { "profiles archive", "ID...", 1, 1000, hrctl_profiles_archive, NULL,
      "take out of the list" },
    { "profiles restore", "ID...", 1, 1000, hrctl_profiles_restore, NULL,
      "bring back from the archive" },

    { "data check", "DIR", 1, 1, hrctl_data_check, hrctl_check_options,
      "structure.json, KPI and maps of a folder, without a server" },
    { "prompt lint", "DIR", 1, 1, hrctl_prompt_lint, hrctl_lint_options,
      "a folder of prompts, without a server" },
    { "prompt preview", "DEPARTMENT POSITION", 2, 2, hrctl_prompt_preview,
      hrctl_preview_options, "what the model would be asked" },

    { "backup create", "", 0, 0, hrctl_backup_create, NULL,
      "copy the database on the server" },
    { "backup list", "", 0, 0, hrctl_backup_list, NULL, "copies on the server" },
    { "backup verify", "FILE", 1, 1, hrctl_backup_verify, NULL,
      "check a copy, without a server" },
    { "backup restore", "FILE", 1, 1, hrctl_backup_restore,
      hrctl_restore_options, "put a copy in the place of the database" },

    { "audit list", "", 0, 0, hrctl_audit_list, hrctl_audit_options,
      "who did what, newest first" },
    { "audit verify", "", 0, 0, hrctl_audit_verify, NULL,
      "recompute the chain of the trail" },
    { "audit export", "", 0, 0, hrctl_audit_export, hrctl_trail_options,
      "the trail as JSON lines" },

    { "maintenance", "checkpoint|optimize|integrity_check|vacuum|rescore", 1, 1,
      hrctl_maintenance, NULL, "care of the database" },
    { "cache stats", "", 0, 0, hrctl_cache_stats, NULL,
      "hits and fill of the response cache" },
    { "health", "", 0, 0, hrctl_health, NULL, "is the service well?" },
    { "bench", "[PATH]", 0, 1, hrctl_bench, hrctl_bench_options,
      "how fast an address is answered" },

    { NULL, NULL, 0, 0, NULL, NULL, NULL }
};

const hrctl_option_t  hrctl_global_options[] = {
    { "url", "URL", "address of the service ($HRCTL_URL)" },
    { "json", NULL, "the answer as it is, for programs" },
    { "quiet", NULL, "no remarks, no progress" },
    { "plain", NULL, "allow http:// to other machines" },
    { "cacert", "FILE", "certificates to trust" },
    { "timeout", "SECONDS", "without a byte from the server (default 120)" },
    { "lang", "ru|en", "texts of the server (default: of the locale)" },
    { "help", NULL, "this text" },
    { "version", NULL, "" },
    HRCTL_NO_MORE
};


/* ---- help ---- */


static void
hrctl_help_options(const hrctl_option_t *o)
{
    char  left[64];

    for ( ; o != NULL && o->name != NULL; o++) {
        (void) snprintf(left, sizeof(left), "--%s%s%s", o->name,
                        o->value == NULL ? "" : " ",
                        o->value == NULL ? "" : o->value);
        (void) printf("  %-24s %s\n", left, o->help);
    }
}


int
hrctl_help(const hrctl_command_t *command)
{
    const hrctl_command_t  *c;

    if (command != NULL) {
        (void) printf("hrctl %s %s\n%s\n\n", command->name, command->args,
                      command->help);
        hrctl_help_options(command->options);
        (void) puts("\nOptions of all commands:");
        hrctl_help_options(hrctl_global_options);
        return HRCTL_OK;
    }

    (void) puts("hrctl COMMAND [ARGUMENTS] [OPTIONS]\n");

    for (c = hrctl_commands; c->name != NULL; c++) {
        (void) printf("  %-18s %s\n", c->name, c->help);
    }

    (void) puts("\n\"hrctl COMMAND --help\" shows the arguments and options of one."
                "\n\nOptions of all commands:");
    hrctl_help_options(hrctl_global_options);

    return HRCTL_OK;
}


int
hrctl_list_words(void)
{
    const hrctl_option_t   *o;
    const hrctl_command_t  *c;

    for (c = hrctl_commands; c->name != NULL; c++) {
        (void) printf("%s\t\t\n", c->name);

        for (o = c->options; o != NULL && o->name != NULL; o++) {
            (void) printf("%s\t--%s\t%s\n", c->name, o->name,
                          o->value == NULL ? "" : o->value);
        }
    }

    for (o = hrctl_global_options; o->name != NULL; o++) {
        (void) printf("\t--%s\t%s\n", o->name, o->value == NULL ? "" : o->value);
    }

    return HRCTL_OK;
}
