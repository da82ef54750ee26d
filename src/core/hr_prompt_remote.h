/*
 * Prompts of a registry (generation.md 5.1, 13): reading what Langfuse sends,
 * and the three files that keep a fetched bundle for the time when the registry
 * cannot be reached.  Bytes in, bytes out; fetching and writing are the
 * caller's.
 */

#ifndef HR_PROMPT_REMOTE_H
#define HR_PROMPT_REMOTE_H

#include "hr_prompt.h"
#include "hr_time.h"


#define HR_PROMPT_REMOTE_MAX  (1024u * 1024)    /* bytes of an answer */

/*
 * Body of GET /api/public/v2/prompts/{name}: {name, version, type, prompt,
 * config, labels, ...}.  The result is ready for hr_prompt_load(); its texts
 * are in the arena.  HR_INVALID: diag says what is missing.
 */
hr_rc_t hr_prompt_remote_parse(hr_arena_t *arena, hr_str_t body,
    hr_prompt_source_t *out, hr_diag_t *diag);

typedef struct {
    hr_str_t  text;             /* prompt.txt */
    hr_str_t  config;           /* config.json */
    hr_str_t  metadata;         /* metadata.json, with the bundle's hash */
} hr_prompt_files_t;

/*
 * The files of a source as hr_gen_load() reads them back.  environment is the
 * name of their folder ("production"), schema the one beside it.
 * HR_NOMEM, HR_LIMIT.
 */
hr_rc_t hr_prompt_remote_files(hr_arena_t *arena,
    const hr_prompt_source_t *source, const hr_schema_t *schema,
    hr_str_t environment, hr_instant_t saved, hr_prompt_files_t *out);

#endif /* HR_PROMPT_REMOTE_H */
