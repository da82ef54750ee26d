/* prompt lint: a folder of prompts as the server would read it, without one. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hr_generation.h"
#include "hr_text.h"
#include "hrctl.h"


#define HRCTL_METADATA_MAX  (64u * 1024)
#define HRCTL_PROMPT_MAX    HR_PROMPT_TEXT_MAX


/* ---- lint ---- */


/* The bundle's metadata.json with its hash and the figures of its text. */
static int
hrctl_seal_render(const char *folder, const hr_prompt_info_t *info,
    hr_arena_t *arena, hr_buf_t *out)
{
    int          rc;
    char         path[4200], at[HR_TIME_MAX], *meta, *text;
    size_t       meta_len, text_len, i, lines;
    int64_t      version;
    hr_json_t   *root;

    meta = text = NULL;

    (void) snprintf(path, sizeof(path), "%s/prompt.txt", folder);
    rc = hrctl_read_file(path, HRCTL_PROMPT_MAX, &text, &text_len);

    if (rc == HRCTL_OK) {
        (void) snprintf(path, sizeof(path), "%s/metadata.json", folder);
        rc = hrctl_read_file(path, HRCTL_METADATA_MAX, &meta, &meta_len);
    }

    if (rc != HRCTL_OK) {
        free(text);
        return rc;
    }

    for (i = 0, lines = 0; i < text_len; i++) {
        lines += text[i] == '\n';
    }

    if (hr_json_parse(arena, hr_str(meta, meta_len), NULL, &root, NULL) != HR_OK
        || !hr_json_is(root, HR_JSON_OBJECT))
    {
        rc = hrctl_fail(HRCTL_FINDINGS, "%s: not a JSON object", path);

    } else {
        if (!hr_json_int(hr_json_get(root, "version"), &version)) {
            version = 0;
        }

        (void) hr_time_format(hr_time_now() / 1000000 * 1000000, HR_TIME_WIRE_Z, at);
        (void) hr_json_set(arena, root, "saved_at",
                           hr_json_new_str(arena, hr_str_from_c(at)));
        (void) hr_json_set(arena, root, "version",
                           hr_json_new_int(arena, version + 1));
        (void) hr_json_set(arena, root, "hash", hr_json_new_str(arena, info->hash));
        (void) hr_json_set(arena, root, "character_count",
                           hr_json_new_int(arena, (int64_t) hr_utf8_count(
                                                      hr_str(text, text_len))));
        (void) hr_json_set(arena, root, "line_count",
                           hr_json_new_int(arena, (int64_t) lines));

        rc = !hr_arena_failed(arena) && hr_json_write(root, HR_JSON_INDENT, out) == HR_OK
             ? HRCTL_OK : hrctl_no_memory();
    }

    free(meta);
    free(text);

    return rc;
}


static int
hrctl_seal(const char *prompts, const char *bundle, const hr_prompt_info_t *info)
{
    int          rc;
    char         folder[4096], path[4200], partial[4200];
    FILE        *file;
    hr_buf_t     out;
    hr_arena_t  *arena;

    (void) snprintf(folder, sizeof(folder), "%s/%s", prompts, bundle);
    (void) snprintf(path, sizeof(path), "%s/metadata.json", folder);
    (void) snprintf(partial, sizeof(partial), "%s/metadata.json.partial", folder);

    arena = hr_arena_create(4 * 1024 * 1024);
    if (arena == NULL) {
        return hrctl_no_memory();
    }

    hr_buf_init(&out, HRCTL_METADATA_MAX);
    rc = hrctl_seal_render(folder, info, arena, &out);

    if (rc == HRCTL_OK) {
        file = fopen(partial, "wb");

        if (file == NULL || fprintf(file, "%s\n", out.data) < 0 || fflush(file) != 0
            || fsync(fileno(file)) != 0 || rename(partial, path) != 0)
        {
            rc = hrctl_fail(HRCTL_FAILED, "%s: %s", path, strerror(errno));
        }

        if (file != NULL) {
            (void) fclose(file);
        }
    }

    hr_buf_release(&out);
    hr_arena_destroy(arena);

    return rc;
}


/* A candidate need not state a hash; one that it states must be right. */
static int
hrctl_seal_all(hrctl_t *ctl, const hrctl_gen_t *gen, const hr_prompt_info_t *info)
{
    int                 rc;
    bool                candidate;
    hr_prompt_info_t    other;

    rc = HRCTL_OK;
    candidate = false;

    if (hr_gen_candidate(gen) != NULL) {
        hr_prompt_info(hr_gen_candidate(gen), &other);
        candidate = other.mismatch;
    }

    if (!info->verified) {
        rc = hrctl_seal(ctl->argv[0], "production", info);
    }

    if (rc == HRCTL_OK && candidate) {
        rc = hrctl_seal(ctl->argv[0], "candidate", &other);
    }

    if (rc == HRCTL_OK && (candidate || !info->verified)) {
        hrctl_note(ctl, "sealed: metadata.json has the new hash; the server takes "
                        "the prompt up within seconds");
    }

    return rc;
}


static int
hrctl_lint_json(const hr_prompt_info_t *info)
{
    hr_jw_t   jw;
    hr_buf_t  buf;

    hr_buf_init(&buf, 64 * 1024);
    hr_jw_init(&jw, &buf);
    hr_jw_object(&jw);
    hr_jw_kstr(&jw, "name", info->name);
    hr_jw_kstr(&jw, "version", info->version);
    hr_jw_kstr(&jw, "hash", info->hash);
    hr_jw_kbool(&jw, "verified", info->verified);
    hr_jw_kstr(&jw, "model", info->model);
    hr_jw_kdouble(&jw, "temperature", info->temperature);
    hr_jw_kint(&jw, "max_tokens", info->max_tokens);
    hr_jw_kint(&jw, "instruction_characters", (int64_t) info->instructions);
    hr_jw_end_object(&jw);

    if (buf.err != HR_OK) {
        hr_buf_release(&buf);
        return hrctl_no_memory();
    }

    (void) puts(buf.data);
    hr_buf_release(&buf);

    return HRCTL_OK;
}


static void
hrctl_lint_text(const hr_prompt_info_t *info)
{
    hrctl_line_printf("prompt", "%.*s", (int) info->name.len, info->name.data);
    hrctl_line_printf("version", "%.*s", (int) info->version.len, info->version.data);
    hrctl_line_printf("hash", "%.*s%s", (int) info->hash.len, info->hash.data,
                      info->verified ? ""
                      : info->mismatch ? " (metadata.json has another one)"
                                       : " (metadata.json has none)");
    hrctl_line_printf("model", "%.*s", (int) info->model.len, info->model.data);
    hrctl_line_printf("temperature", "%g", info->temperature);
    hrctl_line_printf("max tokens", "%lld", (long long) info->max_tokens);
    hrctl_line_printf("instructions", "%zu of %d characters", info->instructions,
                      HR_PROMPT_INSTRUCTIONS_MAX);
}


int
hrctl_prompt_lint(hrctl_t *ctl)
{
    int                 rc;
    bool                seal;
    char                company[4096];
    hrctl_gen_t        *gen;
    hr_prompt_info_t    info;

    seal = hrctl_option(ctl, "seal") != NULL;

    rc = hrctl_conf_dir(ctl, "company", "company", company);
    if (rc == HRCTL_OK) {
        rc = hrctl_load(company, ctl->argv[0], NULL, seal, &gen);
    }

    if (rc != HRCTL_OK) {
        return rc;
    }

    if (hr_gen_prompt(gen) == NULL) {
        hr_gen_destroy(gen);
        return hrctl_fail(HRCTL_FINDINGS, "%s: no production/prompt.txt with its "
                          "config.json", ctl->argv[0]);
    }

    hr_prompt_info(hr_gen_prompt(gen), &info);

    if (ctl->json) {
        rc = hrctl_lint_json(&info);
    } else {
        hrctl_lint_text(&info);
    }

    if (rc == HRCTL_OK && seal) {
        rc = hrctl_seal_all(ctl, gen, &info);
    }

    hr_gen_destroy(gen);

    return rc;
}
