/*
 * Faults of the text inside a message: first those of the document, then those
 * of its spelling.
 */

#include "ngx_http_hr_simulator.h"


/*
 * The 17 members that completeness counts (generation.md 7.3).  Those that a
 * service can fill in by itself come last, so that `missing:6` really leaves
 * 11 of them.
 */
static const char *const  ngx_http_hr_sim_rated[] = {
    "responsibility_areas", "professional_skills", "corporate_competencies",
    "personal_qualities", "experience_and_education", "careerogram",
    "workplace_provisioning", "performance_metrics", "additional_information",
    "primary_activity_type", "direct_manager", "position_category",
    "subordinates", "department_specific", "department_broad", "metadata",
    "position_title"
};

static const char  ngx_http_hr_sim_sentence[] =
    "Этот текст повторяется, чтобы ответ стал длиннее всех границ. ";


static void
ngx_http_hr_sim_replace(cJSON *object, const char *name, cJSON *item)
{
    if (item != NULL
        && !cJSON_ReplaceItemInObjectCaseSensitive(object, name, item))
    {
        cJSON_Delete(item);
    }
}


/* "area": "text" -> "area": ["text"] */
static void
ngx_http_hr_sim_area_array(cJSON *document)
{
    cJSON       *area, *array;
    const char  *text;

    cJSON_ArrayForEach(area, cJSON_GetObjectItemCaseSensitive(document,
                                                       "responsibility_areas"))
    {
        text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(area,
                                                                     "area"));
        array = text == NULL ? NULL : cJSON_CreateStringArray(&text, 1);
        ngx_http_hr_sim_replace(area, "area", array);
    }
}


static void
ngx_http_hr_sim_wrong_levels(cJSON *document)
{
    cJSON  *group, *skill;

    cJSON_ArrayForEach(group, cJSON_GetObjectItemCaseSensitive(document,
                                                        "professional_skills"))
    {
        cJSON_ArrayForEach(skill, cJSON_GetObjectItemCaseSensitive(group,
                                                           "specific_skills"))
        {
            ngx_http_hr_sim_replace(skill, "proficiency_description",
                                    cJSON_CreateString("Уверенное владение"));
        }
    }
}


/* Complete, and yet below the minima of a career map (I-06). */
static void
ngx_http_hr_sim_short_career(cJSON *document)
{
    cJSON  *career, *list;

    career = cJSON_GetObjectItemCaseSensitive(document, "careerogram");
    list = cJSON_GetObjectItemCaseSensitive(
               cJSON_GetObjectItemCaseSensitive(career, "source_positions"),
               "direct_predecessors");

    while (cJSON_GetArraySize(list) > 1) {
        cJSON_DeleteItemFromArray(list, 1);
    }

    ngx_http_hr_sim_replace(cJSON_GetObjectItemCaseSensitive(career,
                                                             "target_pathways"),
                            "vertical_growth", cJSON_CreateArray());
}


/* "nested": [[[...]]] */
static void
ngx_http_hr_sim_deep(cJSON *document, ngx_int_t levels)
{
    cJSON  *array, *outer;

    array = cJSON_CreateArray();

    while (array != NULL && levels-- > 1) {

        outer = cJSON_CreateArray();

        if (outer == NULL || !cJSON_AddItemToArray(outer, array)) {
            cJSON_Delete(outer);
            cJSON_Delete(array);
            return;
        }

        array = outer;
    }

    if (array != NULL && !cJSON_AddItemToObject(document, "nested", array)) {
        cJSON_Delete(array);
    }
}


static void
ngx_http_hr_sim_huge(cJSON *document, size_t bytes)
{
    char    *text, *p;
    cJSON   *parent;
    size_t   left, n = sizeof(ngx_http_hr_sim_sentence) - 1;

    text = cJSON_malloc(bytes + n + 1);
    if (text == NULL) {
        return;
    }

    p = text;

    for (left = bytes; left > 0; left -= ngx_min(left, n)) {
        p = (char *) ngx_cpymem(p, ngx_http_hr_sim_sentence, n);
    }

    *p = '\0';

    parent = cJSON_GetObjectItemCaseSensitive(document, "quality_verification");
    ngx_http_hr_sim_replace(parent, "inference_summary",
                            cJSON_CreateString(text));
    cJSON_free(text);
}


static void
ngx_http_hr_sim_spoil(cJSON *document, const ngx_http_hr_sim_behaviour_t *b)
{
    ngx_int_t  i;

    if (ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_AREA_ARRAY)) {
        ngx_http_hr_sim_area_array(document);
    }

    if (ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_WRONG_LEVELS)) {
        ngx_http_hr_sim_wrong_levels(document);
    }

    if (ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_WRONG_TYPES)) {
        ngx_http_hr_sim_replace(document, "responsibility_areas",
                                cJSON_CreateNumber(4));
        ngx_http_hr_sim_replace(document, "professional_skills",
                                cJSON_CreateNumber(5));
    }

    if (ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_SHORT_CAREER)) {
        ngx_http_hr_sim_short_career(document);
    }

    if (ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_HUGE)) {
        ngx_http_hr_sim_huge(document, (size_t) b->arg[NGX_HTTP_HR_SIM_HUGE]);
    }

    if (ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_DEEP)) {
        ngx_http_hr_sim_deep(document, b->arg[NGX_HTTP_HR_SIM_DEEP]);
    }

    if (ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_MISSING)) {
        for (i = 0; i < b->arg[NGX_HTTP_HR_SIM_MISSING]; i++) {
            cJSON_DeleteItemFromObjectCaseSensitive(document,
                                                    ngx_http_hr_sim_rated[i]);
        }
    }
}


/* A new text before + text[from..] + after; the old one is freed. */
static char *
ngx_http_hr_sim_frame(char *text, const char *before, size_t from,
    const char *after)
{
    char    *framed, *p;
    size_t   b = ngx_strlen(before), a = ngx_strlen(after), n;

    if (text == NULL) {
        return NULL;
    }

    n = ngx_strlen(text) - from;

    framed = cJSON_malloc(b + n + a + 1);

    if (framed != NULL) {
        p = (char *) ngx_cpymem(framed, before, b);
        p = (char *) ngx_cpymem(p, text + from, n);
        p = (char *) ngx_cpymem(p, after, a);
        *p = '\0';
    }

    cJSON_free(text);

    return framed;
}


char *
ngx_http_hr_sim_content(cJSON *document, const ngx_http_hr_sim_behaviour_t *b)
{
    char  *text;

    if (ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_ERROR_CONTENT)) {
        text = cJSON_malloc(sizeof("{\"error\":\"Данных недостаточно\"}"));

        if (text != NULL) {
            ngx_memcpy(text, "{\"error\":\"Данных недостаточно\"}",
                       sizeof("{\"error\":\"Данных недостаточно\"}"));
        }

        return text;
    }

    ngx_http_hr_sim_spoil(document, b);

    text = cJSON_PrintUnformatted(document);

    if (ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_DUPLICATE_KEYS)) {
        text = ngx_http_hr_sim_frame(text, "{\"position_title\":\"Первое"
                                     " название\",", 1, "");
    }

    if (ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_SURROGATE)) {
        text = ngx_http_hr_sim_frame(text, "{\"remark\":\"\\ud83d\",", 1,
                                     "");
    }

    /* Balanced, so that it does not look like a text that was cut. */
    if (ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_INVALID_JSON)) {
        text = ngx_http_hr_sim_frame(text, "{,,", 1, "");
    }

    if (ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_FENCED)) {
        text = ngx_http_hr_sim_frame(text, "```json\n", 0, "\n```\n");
    }

    if (ngx_http_hr_sim_has(b, NGX_HTTP_HR_SIM_PROSE)) {
        text = ngx_http_hr_sim_frame(text, "Вот профиль должности:\n\n", 0,
                                     "\n\nЕсли нужно, уточню отдельные поля.\n");
    }

    return text;
}
