/*
 * The text of a model's message, all the way: whatever it is, there is a result
 * with metadata that is JSON; a document that is accepted is accepted again,
 * needs no further correction and stays the same byte for byte.
 * The same bytes are also tried as the title of a request.
 */

#include "hr_fuzz.h"
#include "hr_generation.h"
#include "hr_text.h"

#include <dirent.h>
#include <unistd.h>
#include <string.h>

#define ANSWERS  64

static hr_gen_t      *gen;
static hr_org_t      *org;
static hr_gen_file_t  files[HR_GEN_FILES_MAX];
static size_t         file_count;

static const char  structure[] =
    "{\"organization\":{\"A\":{\"positions\":[\"Директор\"],\"children\":{"
    "\"B\":{\"positions\":[\"Руководитель группы\",\"Инженер\"]},"
    "\"Отдел учёта\":{\"positions\":[\"Бухгалтер\"]}}}}}";


static hr_str_t
read_file(const char *root, const char *name)
{
    char   path[600];
    char  *data;
    FILE  *f;

    snprintf(path, sizeof(path), "%s/%s", root, name);
    f = fopen(path, "rb");
    HR_FUZZ_CHECK(f != NULL);
    data = calloc(1, 1 << 20);
    HR_FUZZ_CHECK(data != NULL);

    size_t  n = fread(data, 1, (1 << 20) - 1, f);

    fclose(f);
    return hr_str(data, n);
}


static void
add_file(const char *path, hr_str_t bytes)
{
    files[file_count].path = hr_str_from_c(strdup(path));
    files[file_count++].bytes = bytes;
}


static void
set_up(void)
{
    char            path[600];
    size_t          size;
    DIR            *dir;
    hr_diag_t       diag = { .text = "" };
    const char     *root = "conf";
    hr_org_opts_t   opts = { .max_units = 0 };

    dir = opendir(root);

    if (dir == NULL) {
        root = "../../conf";

    } else {
        closedir(dir);
    }

    for (size_t i = 0; i < hr_gen_input_count; i++) {
        if (hr_gen_inputs[i].root == HR_GEN_ROOT_CONF
            && strchr(hr_gen_inputs[i].pattern, '*') == NULL)
        {
            snprintf(path, sizeof(path), "%s/%s", root, hr_gen_inputs[i].pattern);
            if (!hr_gen_inputs[i].required && access(path, R_OK) != 0) {
                continue;
            }

            snprintf(path, sizeof(path), "conf/%s", hr_gen_inputs[i].pattern);
            add_file(path, read_file(root, hr_gen_inputs[i].pattern));
        }
    }

    add_file("conf/company/kpi-templates/GENERIC.md",
             read_file(root, "company/kpi-templates/GENERIC.md"));
    add_file("data/company_map.md", HR_STR("## Миссия\nСтроить.\n"));
    add_file("data/it_systems.md", HR_STR("# К\n### 1. Учёт\n- **С** - у\n"));

    opts.levels = read_file(root, "company/levels.json");

    if (hr_gen_load(files, file_count, NULL, &gen, &diag) != HR_OK
        || hr_org_build(HR_STR(structure), &opts, &diag, &org, &size) != HR_OK)
    {
        fprintf(stderr, "ERROR: %s\n", diag.text);
        abort();
    }

    free((char *) opts.levels.data);
}


static const hr_gen_timing_t  timing = { .at = 1900000000000000 };


static void
check_json(hr_str_t text)
{
    hr_json_t   *root;
    hr_arena_t  *arena = hr_arena_create(256 << 20);

    HR_FUZZ_CHECK(hr_json_parse(arena, text, NULL, &root, NULL) == HR_OK);
    hr_arena_destroy(arena);
}


static void
check_finish(hr_gen_job_t *job, hr_str_t text)
{
    hr_buf_t           kept;
    hr_answer_t        a;
    hr_gen_result_t    r;
    const hr_json_t   *fixes;

    memset(&a, 0, sizeof(a));
    a.content = text;

    HR_FUZZ_CHECK(hr_gen_finish(job, org, &a, &timing, true, &r) == HR_OK);
    HR_FUZZ_CHECK(r.success == (r.error == HR_GENERR_NONE));
    HR_FUZZ_CHECK(r.repair == (r.repair_text.len > 0));
    check_json(r.metadata);
    check_json(r.result);

    if (!r.success) {
        HR_FUZZ_CHECK(r.document.data == NULL && r.error_message.len > 0);
        return;
    }

    hr_buf_init(&kept, 8 << 20);
    (void) hr_buf_str(&kept, r.document);
    a.content = hr_buf_view(&kept);

    HR_FUZZ_CHECK(hr_gen_finish(job, org, &a, &timing, false, &r) == HR_OK);
    HR_FUZZ_CHECK(r.success);
    fixes = hr_json_path(r.metadata_tree, "validation.fixes");
    HR_FUZZ_CHECK(fixes != NULL && fixes->count == 0);
    HR_FUZZ_CHECK(hr_str_eq(r.document, hr_buf_view(&kept)));
    hr_buf_release(&kept);
}


/* Making a job costs far more than an answer: it serves some, as a repair does. */
static hr_gen_job_t *
shared_job(void)
{
    hr_generr_t        error;
    hr_gen_request_t   request;

    static hr_gen_job_t  *job;
    static unsigned       answers;

    if (job != NULL && ++answers < ANSWERS) {
        return job;
    }

    if (job != NULL) {
        hr_gen_job_destroy(job);
    }

    answers = 0;
    memset(&request, 0, sizeof(request));
    request.department = HR_STR("A/B");
    request.position = HR_STR("Руководитель группы");

    HR_FUZZ_CHECK(hr_gen_prepare(gen, NULL, org, &request, &job, &error)
                  == HR_OK && error == HR_GENERR_NONE);

    return job;
}


/* The same bytes as the title of a request; those of an answer begin with "{". */
static void
check_title(hr_str_t text)
{
    hr_generr_t        error;
    hr_gen_job_t      *job;
    hr_gen_body_t      body;
    hr_gen_attempt_t   attempt = { .max_tokens = 0 };
    hr_gen_request_t   request;

    if (text.len == 0 || text.len >= 300 || text.data[0] == '{'
        || !hr_utf8_valid(text))
    {
        return;
    }

    memset(&request, 0, sizeof(request));
    request.department = HR_STR("A");
    request.position = text;

    HR_FUZZ_CHECK(hr_gen_prepare(gen, NULL, org, &request, &job, &error)
                  == HR_OK && error == HR_GENERR_NONE);
    HR_FUZZ_CHECK(hr_gen_body(job, &attempt, &body) == HR_OK);
    hr_gen_job_destroy(job);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hr_str_t  text = hr_str((const char *) data, size);

    if (gen == NULL) {
        set_up();
    }

    check_finish(shared_job(), text);
    check_title(text);

    return 0;
}
