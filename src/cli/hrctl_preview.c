/* prompt preview: what the model would be asked for a position. */

#include <stdlib.h>
#include <string.h>

#include "hrctl.h"


/* The prompt alone, for a pager or a file. */
static void
hrctl_preview_text(const cJSON *root)
{
    const cJSON  *message;

    cJSON_ArrayForEach(message, hrctl_get(root, "request.messages")) {
        (void) printf("%s\n", hrctl_text(message, "content"));
    }
}


static void
hrctl_preview_facts(const cJSON *root)
{
    const cJSON  *item;

    hrctl_line("unit", hrctl_text(root, "unit_path"));
    hrctl_line("position", hrctl_text(root, "position"));
    hrctl_line("category", hrctl_text(root, "report.position_category"));
    hrctl_line("model", hrctl_text(root, "model"));
    hrctl_line("temperature", hrctl_text(root, "temperature"));
    hrctl_line("prompt version", hrctl_text(root, "prompt_version"));
    hrctl_line("characters", hrctl_text(root, "prompt_characters"));
    hrctl_line("tokens, about", hrctl_text(root, "estimated_input_tokens"));
    hrctl_line_printf("KPI", "%s of %s, %s", hrctl_text(root, "report.kpi.selected"),
                      hrctl_text(root, "report.kpi.rows"),
                      hrctl_text(root, "report.kpi.source"));
    hrctl_line("head count", hrctl_text(root, "report.headcount.value"));
    hrctl_line("IT systems", hrctl_text(root, "report.it_detail_level"));

    cJSON_ArrayForEach(item, hrctl_get(root, "report.flags")) {
        hrctl_line("remark", hrctl_text(item, "message"));
    }

    cJSON_ArrayForEach(item, hrctl_get(root, "warnings")) {
        hrctl_line("warning", hrctl_text(item, "message"));
    }
}


static int
hrctl_preview_show(hrctl_t *ctl, const cJSON *root)
{
    if (hrctl_option(ctl, "text") != NULL) {
        hrctl_preview_text(root);
    } else {
        hrctl_preview_facts(root);
    }

    return HRCTL_OK;
}


int
hrctl_prompt_preview(hrctl_t *ctl)
{
    int              rc;
    char            *body;
    hrctl_answer_t   answer;

    body = hrctl_generate_body(ctl, ctl->argv[0], ctl->argv[1]);
    if (body == NULL) {
        return HRCTL_FAILED;
    }

    rc = hrctl_call(ctl, "POST", "/api/generation/preview", body, &answer);
    free(body);

    return hrctl_show(ctl, rc, &answer, hrctl_preview_show, NULL);
}
