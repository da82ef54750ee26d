/*
 * The profile document: 24 members, sizes and enumerations as generation.md 9
 * asks for.  Facts of the prompt come first; what it does not say follows from
 * the hash of the request.  Enumerations are taken from the schema that the
 * request carries, so that a company with other words gets its own.
 */

#include "ngx_http_hr_simulator_domain.h"


#define NGX_HTTP_HR_SIM_ENUM_MAX    64
#define NGX_HTTP_HR_SIM_SEARCH_MAX  40      /* levels of a schema */

typedef struct {
    ngx_uint_t   count;
    const char  *items[NGX_HTTP_HR_SIM_ENUM_MAX];
} ngx_http_hr_sim_enum_t;

/* State while one document is built; failed: some node had no memory. */
typedef struct {
    ngx_http_hr_sim_request_t       *request;
    ngx_http_hr_sim_facts_t         *facts;
    const ngx_http_hr_sim_domain_t  *domain;
    uint32_t                         hash;
    ngx_uint_t                       manager;
    unsigned                         failed:1;
} ngx_http_hr_sim_maker_t;


static const char *const  ngx_http_hr_sim_categories[] = {
    "Специалист",
    "Линейный руководитель (группа, направление)",
    "Руководитель среднего уровня (отдел, управление)",
    "Руководитель высшего уровня (департамент, блок)", NULL
};

static const char *const  ngx_http_hr_sim_competencies[] = {
    "Инновационность и развитие", "Стратегическое видение и принятие решений",
    "Ориентация на результат и эффективность", "Клиентоориентированность",
    "Лидерство", "Эффективная коммуникация", "Работа в команде", NULL
};

static const char *const  ngx_http_hr_sim_qualities[] = {
    "аналитическое мышление", "системное мышление", "внимательность к деталям",
    "ответственность", "организованность", "инициативность",
    "ориентация на результат", "умение работать в команде", "обучаемость",
    "стрессоустойчивость", NULL
};

static const char *const  ngx_http_hr_sim_levels[] = {
    "Знание основ, опыт применения знаний и навыков на практике необязателен",
    "Существенные знания и регулярный опыт применения знаний на практике",
    "Существенные знания и опыт применения знаний в ситуациях повышенной"
        " сложности, в т.ч. в кризисных ситуациях",
    "Экспертные знания, должность подразумевает передачу знаний и опыта другим",
    NULL
};

static const char *const  ngx_http_hr_sim_packages[] = {
    "Стандартный пакет MS Office (Word, Excel, Outlook, PowerPoint)",
    "Корпоративный мессенджер", "Веб-браузер", NULL
};

static const char *const  ngx_http_hr_sim_education[] = {
    "Высшее", "Неоконченное высшее", "Среднее профессиональное", NULL
};

static const char *const  ngx_http_hr_sim_frequencies[] = {
    "Ежемесячно", "Ежеквартально", "Раз в полгода", "Ежегодно", NULL
};

static const char *const  ngx_http_hr_sim_blocks[] = { "Блок", NULL };


/* Every task has a noun in front and at least two concrete things. */
static const char *const  ngx_http_hr_sim_tasks[] = {
    "Подготовка %s, согласование с заказчиком и регистрация в системе",
    "Анализ %s и отчёт руководителю до пятого числа месяца",
    "Проверка %s: полнота, сроки, ответственные",
    "Учёт %s и обновление реестра каждую пятницу",
    "Планирование %s на квартал, уточнение графика раз в месяц",
    "Согласование %s с подрядчиками и смежными отделами за три рабочих дня",
    "Контроль %s по графику и бюджету, список отклонений к совещанию",
    "Анализ замечаний по составу %s и план исправлений со сроками",
};

#define NGX_HTTP_HR_SIM_TASKS                                                 \
    (sizeof(ngx_http_hr_sim_tasks) / sizeof(ngx_http_hr_sim_tasks[0]))


/* --- building blocks ------------------------------------------------------- */

static cJSON *
ngx_http_hr_sim_keep(ngx_http_hr_sim_maker_t *m, cJSON *object,
    const char *name, cJSON *item)
{
    cJSON_bool  ok;

    if (item == NULL) {
        m->failed = 1;
        return NULL;
    }

    ok = name == NULL ? cJSON_AddItemToArray(object, item)
                      : cJSON_AddItemToObject(object, name, item);

    if (!ok) {
        cJSON_Delete(item);
        m->failed = 1;
        return NULL;
    }

    return item;
}


static void
ngx_http_hr_sim_string(ngx_http_hr_sim_maker_t *m, cJSON *object,
    const char *name, const char *text)
{
    (void) ngx_http_hr_sim_keep(m, object, name, cJSON_CreateString(text));
}


/* A text of the prompt: not NUL-terminated. */
static void
ngx_http_hr_sim_text(ngx_http_hr_sim_maker_t *m, cJSON *object,
    const char *name, const ngx_str_t *text)
{
    char  *copy;

    copy = cJSON_malloc(text->len + 1);

    if (copy == NULL) {
        m->failed = 1;
        return;
    }

    ngx_memcpy(copy, text->data, text->len);
    copy[text->len] = '\0';

    ngx_http_hr_sim_string(m, object, name, copy);
    cJSON_free(copy);
}


static cJSON *
ngx_http_hr_sim_object(ngx_http_hr_sim_maker_t *m, cJSON *parent,
    const char *name)
{
    return ngx_http_hr_sim_keep(m, parent, name, cJSON_CreateObject());
}


static cJSON *
ngx_http_hr_sim_array(ngx_http_hr_sim_maker_t *m, cJSON *parent,
    const char *name)
{
    return ngx_http_hr_sim_keep(m, parent, name, cJSON_CreateArray());
}


static void
ngx_http_hr_sim_number(ngx_http_hr_sim_maker_t *m, cJSON *object,
    const char *name, ngx_int_t n)
{
    (void) ngx_http_hr_sim_keep(m, object, name, cJSON_CreateNumber((double) n));
}


/* A list of texts; the list ends with NULL. */
static void
ngx_http_hr_sim_strings(ngx_http_hr_sim_maker_t *m, cJSON *parent,
    const char *name, const char *const *texts)
{
    cJSON  *array = ngx_http_hr_sim_array(m, parent, name);

    while (array != NULL && *texts != NULL) {
        ngx_http_hr_sim_string(m, array, NULL, *texts++);
    }
}


/* Numbers that follow from the request alone. */
static ngx_uint_t
ngx_http_hr_sim_draw(ngx_http_hr_sim_maker_t *m, ngx_uint_t n)
{
    m->hash = m->hash * 1664525 + 1013904223;

    return (m->hash >> 8) % n;
}


/* --- enumerations ---------------------------------------------------------- */

/* The first "name": {"enum": [...]} or {"items": {"enum": [...]}} below. */
static const cJSON *
ngx_http_hr_sim_find_enum(const cJSON *node, const char *name, ngx_uint_t depth)
{
    const cJSON  *child, *found, *values;

    if (depth > NGX_HTTP_HR_SIM_SEARCH_MAX) {
        return NULL;
    }

    cJSON_ArrayForEach(child, node) {

        if (child->string != NULL && strcmp(child->string, name) == 0) {

            found = cJSON_GetObjectItemCaseSensitive(child, "items");
            values = cJSON_GetObjectItemCaseSensitive(found != NULL ? found
                                                                    : child,
                                                      "enum");
            if (cJSON_IsArray(values)) {
                return values;
            }
        }

        if (child->child != NULL) {
            found = ngx_http_hr_sim_find_enum(child, name, depth + 1);

            if (found != NULL) {
                return found;
            }
        }
    }

    return NULL;
}


static void
ngx_http_hr_sim_values(ngx_http_hr_sim_maker_t *m, const char *name,
    const char *const *fallback, ngx_http_hr_sim_enum_t *out)
{
    const cJSON  *format, *value;

    out->count = 0;

    format = cJSON_GetObjectItemCaseSensitive(m->request->root,
                                              "response_format");
    format = ngx_http_hr_sim_find_enum(format, name, 0);

    cJSON_ArrayForEach(value, format) {
        if (cJSON_IsString(value) && out->count < NGX_HTTP_HR_SIM_ENUM_MAX) {
            out->items[out->count++] = value->valuestring;
        }
    }

    for (/* void */; format == NULL && *fallback != NULL; fallback++) {
        out->items[out->count++] = *fallback;
    }

    if (out->count == 0) {
        out->items[out->count++] = "";
    }
}


/* The value that equals text, else the one at index. */
static void
ngx_http_hr_sim_choice(ngx_http_hr_sim_maker_t *m, cJSON *object,
    const char *name, const char *const *fallback, const ngx_str_t *text,
    ngx_uint_t index)
{
    ngx_uint_t              i;
    ngx_http_hr_sim_enum_t  values;

    ngx_http_hr_sim_values(m, name, fallback, &values);

    for (i = 0; text != NULL && i < values.count; i++) {
        if (ngx_strlen(values.items[i]) == text->len
            && ngx_memcmp(values.items[i], text->data, text->len) == 0)
        {
            index = i;
        }
    }

    ngx_http_hr_sim_string(m, object, name, values.items[index % values.count]);
}


/* --- members --------------------------------------------------------------- */

static void
ngx_http_hr_sim_reasoning(ngx_http_hr_sim_maker_t *m, cJSON *doc,
    const char *name, const char *const *members, const char *text)
{
    cJSON  *object;

    object = ngx_http_hr_sim_object(m, doc, name);

    while (object != NULL && *members != NULL) {
        ngx_http_hr_sim_string(m, object, *members++, text);
    }
}


static void
ngx_http_hr_sim_identity(ngx_http_hr_sim_maker_t *m, cJSON *doc)
{
    static const ngx_str_t   unknown = ngx_string("Требуется уточнение");
    static const char *const members[] = {
        "hierarchy_analysis", "management_status_reasoning",
        "functional_role_identification", "data_completeness_assessment", NULL
    };

    ngx_uint_t                n;
    ngx_str_t                 unit;
    ngx_http_hr_sim_enum_t    blocks;
    ngx_http_hr_sim_facts_t  *f = m->facts;

    ngx_http_hr_sim_reasoning(m, doc, "reasoning_context_analysis", members,
        "Место должности взято из структуры, функция из названия и показателей.");

    unit = f->unit.len > 0 ? f->unit : unknown;

    ngx_http_hr_sim_text(m, doc, "position_title",
                         f->position.len > 0 ? &f->position : &unknown);

    ngx_http_hr_sim_values(m, "department_broad", ngx_http_hr_sim_blocks,
                           &blocks);

    if (f->block.len > 0 && blocks.items[0] == ngx_http_hr_sim_blocks[0]) {
        ngx_http_hr_sim_text(m, doc, "department_broad", &f->block);

    } else {
        ngx_http_hr_sim_choice(m, doc, "department_broad",
                               ngx_http_hr_sim_blocks, &f->block,
                               ngx_http_hr_sim_draw(m, blocks.count));
    }

    ngx_http_hr_sim_text(m, doc, "department_specific", &unit);
    ngx_http_hr_sim_string(m, doc, "position_classification_reasoning",
        "Категория следует из названия и числа подчинённых.");

    n = m->manager ? 1 + (f->departments > 0) : 0;
    ngx_http_hr_sim_choice(m, doc, "position_category",
                           ngx_http_hr_sim_categories, &f->category, n);

    ngx_http_hr_sim_text(m, doc, "direct_manager",
                         f->manager.len > 0 ? &f->manager : &unknown);
}


static void
ngx_http_hr_sim_subordinates(ngx_http_hr_sim_maker_t *m, cJSON *doc)
{
    cJSON                    *object;
    ngx_int_t                 departments, reports;
    ngx_http_hr_sim_facts_t  *f = m->facts;

    departments = f->departments >= 0 ? f->departments : 0;
    reports = f->reports >= 0 ? f->reports
              : m->manager ? 2 + (ngx_int_t) ngx_http_hr_sim_draw(m, 5) : 0;

    object = ngx_http_hr_sim_object(m, doc, "subordinates");

    if (object != NULL) {
        ngx_http_hr_sim_number(m, object, "departments", departments);
        ngx_http_hr_sim_number(m, object, "direct_reports", reports);
    }
}


/* printf-like for one %s; texts of our tables only. */
static void
ngx_http_hr_sim_format(ngx_http_hr_sim_maker_t *m, cJSON *object,
    const char *name, const char *format, const char *value)
{
    u_char  buf[1024], *last;

    last = ngx_snprintf(buf, sizeof(buf) - 1, format, value);
    *last = '\0';

    ngx_http_hr_sim_string(m, object, name, (char *) buf);
}


/* Four areas of four or five tasks; no pair of work and object comes twice. */
static void
ngx_http_hr_sim_responsibilities(ngx_http_hr_sim_maker_t *m, cJSON *doc)
{
    cJSON       *areas, *area, *tasks;
    ngx_uint_t   i, j, n, start;

    ngx_http_hr_sim_format(m, doc, "primary_activity_type",
        "Организация работы по направлению «%s», чтобы обязательства компании"
        " выполнялись в срок", m->domain->areas[0]);
    ngx_http_hr_sim_string(m, doc, "responsibility_areas_reasoning",
        "Показатели разложены на цели, цели на задачи этой должности.");

    areas = ngx_http_hr_sim_array(m, doc, "responsibility_areas");
    start = ngx_http_hr_sim_draw(m, NGX_HTTP_HR_SIM_OBJECTS);
    n = 0;

    for (i = 0; areas != NULL && i < NGX_HTTP_HR_SIM_AREAS; i++) {

        area = ngx_http_hr_sim_object(m, areas, NULL);
        if (area == NULL) {
            return;
        }

        ngx_http_hr_sim_string(m, area, "area", m->domain->areas[i]);
        tasks = ngx_http_hr_sim_array(m, area, "tasks");

        for (j = 0; tasks != NULL && j < 4 + (i == 0); j++, n++) {
            ngx_http_hr_sim_format(m, tasks, NULL,
                ngx_http_hr_sim_tasks[n % NGX_HTTP_HR_SIM_TASKS],
                m->domain->objects[(start + n + n / NGX_HTTP_HR_SIM_OBJECTS * 3)
                                   % NGX_HTTP_HR_SIM_OBJECTS]);
        }
    }
}


static void
ngx_http_hr_sim_skills(ngx_http_hr_sim_maker_t *m, cJSON *doc)
{
    static const char *const  members[] = {
        "step1_responsibility_analysis", "step2_knowledge_vs_skills_separation",
        "step3_specificity_check", "step4_categorization_strategy",
        "step5_depth_by_level", "step6_relevance_filter",
        "step7_target_proficiency_determination",
        "step8_completeness_validation", NULL
    };

    cJSON                   *groups, *group, *skills, *skill;
    ngx_uint_t               i, j, level;
    ngx_http_hr_sim_enum_t   levels;

    ngx_http_hr_sim_reasoning(m, doc, "professional_skills_reasoning", members,
        "Навык нужен хотя бы одной задаче, уровень соответствует категории.");
    ngx_http_hr_sim_values(m, "proficiency_description", ngx_http_hr_sim_levels,
                           &levels);

    groups = ngx_http_hr_sim_array(m, doc, "professional_skills");

    for (i = 0; groups != NULL && i < 3; i++) {

        group = ngx_http_hr_sim_object(m, groups, NULL);
        if (group == NULL) {
            return;
        }

        ngx_http_hr_sim_format(m, group, "skill_category",
                               "Знания и умения в области %s",
                               m->domain->categories[i]);
        skills = ngx_http_hr_sim_array(m, group, "specific_skills");

        for (j = 0; skills != NULL && j < 4; j++) {

            skill = ngx_http_hr_sim_object(m, skills, NULL);
            if (skill == NULL) {
                return;
            }

            level = i == 0 ? 3 : 2;
            level += j == 0 && m->manager;

            ngx_http_hr_sim_string(m, skill, "skill_name",
                                   m->domain->skills[i * 4 + j]);
            ngx_http_hr_sim_number(m, skill, "proficiency_level",
                                   (ngx_int_t) level);
            ngx_http_hr_sim_string(m, skill, "proficiency_description",
                                   levels.items[(level - 1) % levels.count]);
        }
    }
}


static void
ngx_http_hr_sim_personal(ngx_http_hr_sim_maker_t *m, cJSON *doc)
{
    cJSON                   *array, *object;
    ngx_uint_t               i, start;
    ngx_http_hr_sim_enum_t   values;

    ngx_http_hr_sim_values(m, "corporate_competencies",
                           ngx_http_hr_sim_competencies, &values);
    array = ngx_http_hr_sim_array(m, doc, "corporate_competencies");

    for (i = 0; array != NULL && i < values.count && i < 7; i++) {

        /* Without people to lead there is no leadership. */
        if (m->manager || strcmp(values.items[i], "Лидерство") != 0) {
            ngx_http_hr_sim_string(m, array, NULL, values.items[i]);
        }
    }

    ngx_http_hr_sim_values(m, "personal_qualities", ngx_http_hr_sim_qualities,
                           &values);
    array = ngx_http_hr_sim_array(m, doc, "personal_qualities");
    start = ngx_http_hr_sim_draw(m, values.count);

    for (i = 0; array != NULL && i < values.count && i < 6; i++) {
        ngx_http_hr_sim_string(m, array, NULL,
                               values.items[(start + i) % values.count]);
    }

    object = ngx_http_hr_sim_object(m, doc, "experience_and_education");
    if (object == NULL) {
        return;
    }

    ngx_http_hr_sim_string(m, object, "previous_position_experience",
                           m->manager ? "Опыт руководства людьми или проектами"
                                        " от двух лет"
                                      : "Опыт работы в своей функции от одного"
                                        " года");
    ngx_http_hr_sim_string(m, object, "total_work_experience",
                           m->manager ? "от 5 лет" : "от 2 лет");
    ngx_http_hr_sim_choice(m, object, "education_level",
                           ngx_http_hr_sim_education, NULL, 0);
    ngx_http_hr_sim_string(m, object, "field_of_study", m->domain->study);
    ngx_http_hr_sim_string(m, object, "additional_education", "не требуется");
}


/* --- career ---------------------------------------------------------------- */

typedef const ngx_http_hr_sim_list_t  *ngx_http_hr_sim_lists_t[3];

/* Title and path of entry n of the lists together; 0: there are fewer. */
static ngx_uint_t
ngx_http_hr_sim_place(ngx_http_hr_sim_lists_t lists, ngx_uint_t n,
    ngx_str_t *title, ngx_str_t *path)
{
    u_char      *tab;
    ngx_uint_t   i;

    for (i = 0; i < 3 && n >= lists[i]->count; i++) {
        n -= lists[i]->count;
    }

    if (i == 3) {
        return 0;
    }

    *title = lists[i]->items[n];
    tab = memchr(title->data, '\t', title->len);

    if (tab != NULL) {
        path->data = tab + 1;
        path->len = title->data + title->len - path->data;
        title->len = tab - title->data;
    }

    return 1;
}


static void
ngx_http_hr_sim_step(ngx_http_hr_sim_maker_t *m, cJSON *array, ngx_str_t *title,
    ngx_str_t *path, const char *rationale)
{
    cJSON                    *step, *bridge;
    static const char *const  strengthen[] = { "планирование работы команды",
                                               "подготовка решений", NULL };
    static const char *const  acquire[] = { "управление бюджетом направления",
                                            NULL };

    step = ngx_http_hr_sim_object(m, array, NULL);
    if (step == NULL) {
        return;
    }

    ngx_http_hr_sim_text(m, step, "target_position", title);
    ngx_http_hr_sim_text(m, step, "target_department", path);
    ngx_http_hr_sim_string(m, step, "rationale", rationale);

    bridge = ngx_http_hr_sim_object(m, step, "competency_bridge");

    if (bridge != NULL) {
        ngx_http_hr_sim_strings(m, bridge, "strengthen_skills", strengthen);
        ngx_http_hr_sim_strings(m, bridge, "acquire_skills", acquire);
    }
}


/* As many steps as the fallback has titles: these stand in for candidates. */
static void
ngx_http_hr_sim_steps(ngx_http_hr_sim_maker_t *m, cJSON *parent,
    const char *name, ngx_http_hr_sim_lists_t lists, ngx_uint_t first,
    const char *const *fallback, const char *rationale)
{
    cJSON       *array;
    ngx_str_t    title, path;
    ngx_uint_t   i;

    array = ngx_http_hr_sim_array(m, parent, name);

    for (i = 0; array != NULL && fallback[i] != NULL; i++) {
        ngx_str_set(&path, "Требуется уточнение");
        path = m->facts->path.len > 0 ? m->facts->path : path;

        if (!ngx_http_hr_sim_place(lists, first + i, &title, &path)) {
            title.data = (u_char *) fallback[i];
            title.len = ngx_strlen(fallback[i]);
        }

        ngx_http_hr_sim_step(m, array, &title, &path, rationale);
    }
}


/* Two different titles. */
static void
ngx_http_hr_sim_predecessors(ngx_http_hr_sim_maker_t *m, cJSON *parent)
{
    static const char *const  fallback[] = { "Стажёр", "Помощник специалиста",
                                             NULL };

    cJSON                    *array;
    ngx_str_t                 title, path, taken = ngx_null_string;
    ngx_uint_t                i, n = 0;
    ngx_http_hr_sim_lists_t   lists = { &m->facts->below, &m->facts->aside,
                                        &m->facts->aside };

    array = ngx_http_hr_sim_array(m, parent, "direct_predecessors");

    for (i = 0; array != NULL && n < 2
                && ngx_http_hr_sim_place(lists, i, &title, &path); i++)
    {
        if (n == 0 || title.len != taken.len
            || ngx_memcmp(title.data, taken.data, title.len) != 0)
        {
            ngx_http_hr_sim_text(m, array, NULL, &title);
            taken = title;
            n++;
        }
    }

    for (i = 0; array != NULL && n < 2; i++, n++) {
        ngx_http_hr_sim_string(m, array, NULL, fallback[i]);
    }
}


static void
ngx_http_hr_sim_careerogram(ngx_http_hr_sim_maker_t *m, cJSON *doc)
{
    static const char *const  entrants[] = { "Координатор проекта", NULL };
    static const char *const  up[] = { "Руководитель группы",
                                       "Руководитель отдела", NULL };
    static const char *const  side[] = { "Главный специалист",
                                         "Менеджер проекта", NULL };
    static const char *const  expert[] = { "Главный эксперт", NULL };

    cJSON                    *career, *object;
    ngx_http_hr_sim_facts_t  *f = m->facts;
    ngx_http_hr_sim_lists_t   above = { &f->above, &f->aside, &f->below };
    ngx_http_hr_sim_lists_t   aside = { &f->aside, &f->below, &f->above };

    ngx_http_hr_sim_string(m, doc, "careerogram_reasoning",
        "Переходы выбраны среди должностей своей и соседних функций.");

    career = ngx_http_hr_sim_object(m, doc, "careerogram");
    if (career == NULL) {
        return;
    }

    object = ngx_http_hr_sim_object(m, career, "source_positions");

    if (object != NULL) {
        ngx_http_hr_sim_predecessors(m, object);
        ngx_http_hr_sim_strings(m, object, "cross_functional_entrants",
                                entrants);
    }

    object = ngx_http_hr_sim_object(m, career, "target_pathways");
    if (object == NULL) {
        return;
    }

    ngx_http_hr_sim_steps(m, object, "vertical_growth", above, 0, up,
        "Задачи планирования и контроля готовят к руководству командой.");
    ngx_http_hr_sim_steps(m, object, "horizontal_growth", aside, 0, side,
        "Навыки работы с документами и сроками нужны и там.");
    ngx_http_hr_sim_steps(m, object, "expert_growth", aside, 2, expert,
        "Глубокое знание предмета позволяет учить других.");
}


/* --- the rest --------------------------------------------------------------- */

static void
ngx_http_hr_sim_workplace(ngx_http_hr_sim_maker_t *m, cJSON *doc)
{
    static const char *const  equipment[] = { "не требуется", NULL };

    cJSON                   *place, *object, *array;
    ngx_uint_t               i, start;
    ngx_http_hr_sim_enum_t   values;
    ngx_http_hr_sim_list_t  *systems = &m->facts->systems;

    place = ngx_http_hr_sim_object(m, doc, "workplace_provisioning");
    if (place == NULL) {
        return;
    }

    object = ngx_http_hr_sim_object(m, place, "software");
    array = ngx_http_hr_sim_array(m, object, "standard_package");
    ngx_http_hr_sim_values(m, "standard_package", ngx_http_hr_sim_packages,
                           &values);

    for (i = 0; array != NULL && i < values.count && i < 3; i++) {
        ngx_http_hr_sim_string(m, array, NULL, values.items[i]);
    }

    array = ngx_http_hr_sim_array(m, object, "specialized_tools");
    start = systems->count > 0 ? ngx_http_hr_sim_draw(m, systems->count) : 0;

    for (i = 0; array != NULL && i < 4 && i < systems->count; i++) {
        ngx_http_hr_sim_text(m, array, NULL,
                             &systems->items[(start + i) % systems->count]);
    }

    for (i = 0; array != NULL && systems->count == 0 && i < 3; i++) {
        ngx_http_hr_sim_string(m, array, NULL, m->domain->tools[i]);
    }

    object = ngx_http_hr_sim_object(m, place, "hardware");

    if (object != NULL) {
        ngx_http_hr_sim_string(m, object, "standard_workstation",
                               "Ноутбук и монитор");
        ngx_http_hr_sim_strings(m, object, "specialized_equipment", equipment);
    }
}


static void
ngx_http_hr_sim_metrics(ngx_http_hr_sim_maker_t *m, cJSON *doc)
{
    static const char *const  qualitative[] = {
        "Документы принимаются заказчиком с первого раза",
        "Смежные отделы получают ответ в обещанный срок",
        "Коллеги обращаются за советом по предмету", NULL
    };

    cJSON                   *object, *array;
    ngx_uint_t               i, n = 0;
    ngx_http_hr_sim_list_t  *kpis = &m->facts->kpis;

    ngx_http_hr_sim_string(m, doc, "performance_metrics_reasoning",
        "Взяты показатели раздела, качественные признаки видны руководителю.");

    object = ngx_http_hr_sim_object(m, doc, "performance_metrics");
    if (object == NULL) {
        return;
    }

    array = ngx_http_hr_sim_array(m, object, "quantitative_kpis");

    for (i = 0; array != NULL && i < kpis->count && i < 6; i++, n++) {
        ngx_http_hr_sim_text(m, array, NULL, &kpis->items[i]);
    }

    for (i = 0; array != NULL && n < 2; i++, n++) {
        ngx_http_hr_sim_string(m, array, NULL, m->domain->kpis[i]);
    }

    ngx_http_hr_sim_strings(m, object, "qualitative_indicators", qualitative);
    ngx_http_hr_sim_choice(m, object, "evaluation_frequency",
                           ngx_http_hr_sim_frequencies, NULL, 1);
}


static void
ngx_http_hr_sim_additional(ngx_http_hr_sim_maker_t *m, cJSON *doc)
{
    static const char *const  requirements[] = {
        "Соблюдение правил обращения с документами", NULL };
    static const char *const  risks[] = {
        "Сжатые сроки в конце отчётного периода", NULL };
    static const char *const  sources[] = {
        "Структура компании", "Показатели", "Карта ИТ-систем", NULL };

    cJSON  *object, *conditions;

    object = ngx_http_hr_sim_object(m, doc, "additional_information");
    conditions = ngx_http_hr_sim_object(m, object, "working_conditions");

    if (conditions != NULL) {
        ngx_http_hr_sim_string(m, conditions, "work_schedule",
                               "Пятидневная неделя, восемь часов");
        ngx_http_hr_sim_string(m, conditions, "remote_work_options",
                               "Требуется уточнение");
        ngx_http_hr_sim_string(m, conditions, "business_travel",
                               "Выезды на объекты по плану работ");
    }

    ngx_http_hr_sim_strings(m, object, "special_requirements", requirements);
    ngx_http_hr_sim_strings(m, object, "risk_factors", risks);

    object = ngx_http_hr_sim_object(m, doc, "quality_verification");

    if (object != NULL) {
        ngx_http_hr_sim_string(m, object, "completeness_check",
                               "Все поля заполнены");
        ngx_http_hr_sim_string(m, object, "consistency_verification",
                               "Задачи, навыки и показатели согласованы");
        ngx_http_hr_sim_string(m, object, "confidence_level",
                               m->facts->kpis.count > 0 ? "high" : "medium");
        ngx_http_hr_sim_string(m, object, "inference_summary",
                               "Условия работы не описаны в данных");
    }

    object = ngx_http_hr_sim_object(m, doc, "metadata");

    if (object != NULL) {
        ngx_http_hr_sim_string(m, object, "profile_author", "Симулятор модели");
        ngx_http_hr_sim_string(m, object, "creation_date", "2026-01-01");
        ngx_http_hr_sim_strings(m, object, "data_sources", sources);
    }
}


cJSON *
ngx_http_hr_sim_profile(ngx_http_hr_sim_request_t *request,
    ngx_http_hr_sim_facts_t *facts)
{
    cJSON                    *doc;
    ngx_http_hr_sim_maker_t   m;

    doc = cJSON_CreateObject();
    if (doc == NULL) {
        return NULL;
    }

    ngx_memzero(&m, sizeof(ngx_http_hr_sim_maker_t));
    m.request = request;
    m.facts = facts;
    m.hash = request->hash;
    m.domain = ngx_http_hr_sim_domain(facts);
    m.manager = facts->reports > 0 || facts->departments > 0
                || (facts->reports < 0
                    && ngx_http_hr_sim_mentions(&facts->position,
                                       "руководитель|директор|начальник"));

    /* The order of the members is the order of the schema. */
    ngx_http_hr_sim_identity(&m, doc);
    ngx_http_hr_sim_subordinates(&m, doc);
    ngx_http_hr_sim_responsibilities(&m, doc);
    ngx_http_hr_sim_skills(&m, doc);
    ngx_http_hr_sim_personal(&m, doc);
    ngx_http_hr_sim_careerogram(&m, doc);
    ngx_http_hr_sim_workplace(&m, doc);
    ngx_http_hr_sim_metrics(&m, doc);
    ngx_http_hr_sim_additional(&m, doc);

    if (m.failed) {
        cJSON_Delete(doc);
        return NULL;
    }

    return doc;
}
