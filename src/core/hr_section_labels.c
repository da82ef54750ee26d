/* The Russian labels, byte for byte as exports.md 2 gives them. */

#include "hr_section_labels.h"


const hr_section_labels_t  hr_section_labels_ru = {
    .language = HR_STR_INIT("ru-RU"),

    .title_mark = HR_STR_INIT("📋"),

    .heading = {
        [HR_SECTION_BASIC] = HR_STR_INIT("📊 Основная информация"),
        [HR_SECTION_AREAS] = HR_STR_INIT("🎯 Области ответственности"),
        [HR_SECTION_SKILLS] = HR_STR_INIT("🛠️ Профессиональные навыки"),
        [HR_SECTION_QUALITIES] = HR_STR_INIT("👤 Личностные качества"),
        [HR_SECTION_COMPETENCIES] = HR_STR_INIT("🏢 Корпоративные компетенции"),
        [HR_SECTION_EDUCATION] = HR_STR_INIT("🎓 Образование и опыт работы"),
        [HR_SECTION_CAREER] = HR_STR_INIT("📈 Карьерограмма"),
        [HR_SECTION_WORKPLACE] = HR_STR_INIT("💻 Обеспечение рабочего места"),
        [HR_SECTION_METRICS] = HR_STR_INIT("📊 Показатели эффективности"),
        [HR_SECTION_ADDITIONAL] = HR_STR_INIT("ℹ️ Дополнительная информация"),
        [HR_SECTION_METADATA] = HR_STR_INIT("📋 Метаданные")
    },

    .missing = {
        [HR_SECTION_AREAS] =
            HR_STR_INIT("Области ответственности не определены"),
        [HR_SECTION_SKILLS] =
            HR_STR_INIT("Профессиональные навыки не определены"),
        [HR_SECTION_QUALITIES] =
            HR_STR_INIT("Личностные качества не определены"),
        [HR_SECTION_COMPETENCIES] =
            HR_STR_INIT("Корпоративные компетенции не определены"),
        [HR_SECTION_EDUCATION] =
            HR_STR_INIT("Требования к образованию не определены"),
        [HR_SECTION_CAREER] =
            HR_STR_INIT("Информация о карьерном развитии не определена"),
        [HR_SECTION_WORKPLACE] =
            HR_STR_INIT("Требования к обеспечению рабочего места не определены"),
        [HR_SECTION_METRICS] =
            HR_STR_INIT("Показатели эффективности не определены"),
        [HR_SECTION_ADDITIONAL] =
            HR_STR_INIT("Дополнительная информация отсутствует"),
        [HR_SECTION_METADATA] = HR_STR_INIT("Метаданные отсутствуют")
    },

    .no_position = HR_STR_INIT("Должность не указана"),
    .unspecified = HR_STR_INIT("Не указано"),
    .unit = HR_STR_INIT("Подразделение"),
    .product = HR_STR_INIT("A101 HR Profile Generator"),
    .made_by = HR_STR_INIT("Профиль должности создан системой"),
    .yes = HR_STR_INIT("да"),
    .no = HR_STR_INIT("нет"),

    .draft = HR_STR_INIT("ЧЕРНОВИК"),
    .draft_text = HR_STR_INIT("Документ не согласован и не может служить"
        " основанием для кадровых решений."),
    .kpi_notice = HR_STR_INIT("Показатели эффективности составлены по типовому"
        " шаблону, а не по утверждённым показателям подразделения. Проверьте их"
        " до согласования профиля."),

    .parameter = HR_STR_INIT("Параметр"),
    .value = HR_STR_INIT("Значение"),

    .position = HR_STR_INIT("Название должности"),
    .block = HR_STR_INIT("Блок"),
    .department = HR_STR_INIT("Департамент/Отдел"),
    .category = HR_STR_INIT("Категория должности"),
    .manager = HR_STR_INIT("Непосредственный руководитель"),
    .activity = HR_STR_INIT("Тип деятельности"),
    .subordinates = HR_STR_INIT("Подчиненные"),
    .departments = HR_STR_INIT("Департаментов"),
    .people = HR_STR_INIT("Человек"),

    .area = HR_STR_INIT("Область"),

    .unknown_category = HR_STR_INIT("Неизвестная категория"),
    .skills = HR_STR_INIT("Навыки"),
    .skill = HR_STR_INIT("Навык"),
    .level = HR_STR_INIT("Уровень"),
    .description = HR_STR_INIT("Описание"),
    .unknown_skill = HR_STR_INIT("Неизвестный навык"),
    .level_unspecified = HR_STR_INIT("Не указан"),
    .no_description = HR_STR_INIT("Описание отсутствует"),
    .level_n = HR_STR_INIT("Уровень"),
    .levels = {
        HR_STR_INIT("Базовый"), HR_STR_INIT("Средний"),
        HR_STR_INIT("Продвинутый"), HR_STR_INIT("Экспертный")
    },

    .quality = HR_STR_INIT("Качество"),
    .quality_mark = HR_STR_INIT("🔹"),
    .competency = HR_STR_INIT("Компетенция"),
    .competency_mark = HR_STR_INIT("🎯"),

    .certificates = HR_STR_INIT("Дополнительные сертификаты и курсы"),
    .requirement = HR_STR_INIT("Требование"),
    .edu_level = HR_STR_INIT("Уровень образования"),
    .edu_field = HR_STR_INIT("Область обучения"),
    .edu_total = HR_STR_INIT("Общий опыт работы"),
    .edu_previous = HR_STR_INIT("Опыт на аналогичной позиции"),
    .edu_relevant = HR_STR_INIT("Релевантный опыт"),
    .edu_specialties = HR_STR_INIT("Предпочтительные специальности"),
    .edu_extra = HR_STR_INIT("Дополнительное образование"),

    .entry = HR_STR_INIT("🚪 Входные позиции"),
    .predecessors = HR_STR_INIT("Предшествующие позиции"),
    .direct = HR_STR_INIT("Прямые предшественники"),
    .cross = HR_STR_INIT("Смежные переходы"),
    .pathways = HR_STR_INIT("🚀 Карьерные пути"),
    .vertical = HR_STR_INIT("⬆️ Вертикальный рост"),
    .horizontal = HR_STR_INIT("↔️ Горизонтальный рост"),
    .expert = HR_STR_INIT("🎯 Экспертный рост"),
    .step_department = HR_STR_INIT("Департамент"),
    .step_rationale = HR_STR_INIT("Обоснование"),
    .step_strengthen = HR_STR_INIT("Навыки для развития"),
    .step_acquire = HR_STR_INIT("Новые навыки"),
    .pathway_mark = HR_STR_INIT("🛤️"),
    .pathway = HR_STR_INIT("Карьерный путь"),
    .pathway_entry = HR_STR_INIT("Входные позиции"),
    .pathway_advance = HR_STR_INIT("Позиции продвижения"),
    .growth = HR_STR_INIT("🚀 Карьерный рост"),
    .priorities = HR_STR_INIT("🎯 Приоритеты развития"),
    .mentoring = HR_STR_INIT("👥 Возможности менторства"),
    .plan = HR_STR_INIT("📋 План развития"),

    .software = HR_STR_INIT("📱 Программное обеспечение"),
    .standard_package = HR_STR_INIT("Стандартный пакет"),
    .specialized_tools = HR_STR_INIT("Специализированные инструменты"),
    .hardware = HR_STR_INIT("🖥️ Аппаратное обеспечение"),
    .workstation = HR_STR_INIT("Стандартное рабочее место"),
    .equipment = HR_STR_INIT("Специализированное оборудование"),
    .devices = HR_STR_INIT("🖥️ Оборудование"),
    .access = HR_STR_INIT("🔐 Права доступа"),

    .methodology = HR_STR_INIT("Методология оценки"),
    .frequency = HR_STR_INIT("Частота оценки"),
    .success = HR_STR_INIT("🎯 Показатели успеха"),
    .quantitative = HR_STR_INIT("📈 Количественные показатели"),
    .qualitative = HR_STR_INIT("📋 Качественные показатели"),
    .plans = HR_STR_INIT("🚀 Планы развития"),

    .conditions = HR_STR_INIT("🏢 Условия работы"),
    .schedule = HR_STR_INIT("График работы"),
    .remote = HR_STR_INIT("Удаленная работа"),
    .travel = HR_STR_INIT("Командировки"),
    .risks = HR_STR_INIT("⚠️ Факторы риска"),
    .special = HR_STR_INIT("📋 Специальные требования"),
    .promotion_terms = HR_STR_INIT("📈 Условия повышения"),
    .promotion_decision = HR_STR_INIT("📋 Решение о повышении"),
    .kpi_metrics = HR_STR_INIT("📊 Показатели KPI"),

    .created = HR_STR_INIT("Дата создания профиля"),
    .version = HR_STR_INIT("Версия профиля"),
    .document_version = HR_STR_INIT("Версия документа"),
    .author = HR_STR_INIT("Автор профиля"),
    .generated = HR_STR_INIT("Дата генерации"),
    .duration = HR_STR_INIT("Время генерации"),
    .seconds = HR_STR_INIT(" сек"),
    .model = HR_STR_INIT("Модель LLM"),
    .tokens = HR_STR_INIT("Токены"),
    .validation = HR_STR_INIT("Статус валидации"),
    .valid = HR_STR_INIT("✅ Валиден"),
    .invalid = HR_STR_INIT("❌ Есть ошибки"),
    .completeness = HR_STR_INIT("Полнота профиля"),

    .form_sheet = HR_STR_INIT("Профиль должности"),
    .form_title = HR_STR_INIT("ПРОФИЛЬ ДОЛЖНОСТИ"),
    .form_basic = HR_STR_INIT("ОСНОВНАЯ ИНФОРМАЦИЯ"),
    .form_areas =
        HR_STR_INIT("ОБЛАСТИ ОТВЕТСТВЕННОСТИ / ДОЛЖНОСТНЫЕ ОБЯЗАННОСТИ"),
    .form_skills = HR_STR_INIT("ПРОФЕССИОНАЛЬНЫЕ ЗНАНИЯ И УМЕНИЯ"),
    .form_competencies = HR_STR_INIT("КОРПОРАТИВНЫЕ КОМПЕТЕНЦИИ"),
    .form_qualities = HR_STR_INIT("ЛИЧНОСТНЫЕ КАЧЕСТВА"),
    .form_education = HR_STR_INIT("ОБРАЗОВАНИЕ И ОПЫТ РАБОТЫ"),
    .form_career = HR_STR_INIT("КАРЬЕГРАММА"),
    .form_workplace = HR_STR_INIT("ПРОГРАММНОЕ И ТЕХНИЧЕСКОЕ ОБЕСПЕЧЕНИЕ"),
    .form_additional = HR_STR_INIT("ДОПОЛНИТЕЛЬНАЯ ИНФОРМАЦИЯ"),
    .form_metadata = HR_STR_INIT("МЕТАДАННЫЕ"),
    .form_block = HR_STR_INIT("Подразделение укрупненно"),
    .form_department = HR_STR_INIT("Подразделение"),
    .form_departments = HR_STR_INIT("Количество подразделений в подчинении"),
    .form_people = HR_STR_INIT("Количество человек в прямом подчинении"),
    .form_activity = HR_STR_INIT("Профильная/обеспечивающая деятельность"),
    .form_area = HR_STR_INIT("Область ответственности"),
    .form_tasks = HR_STR_INIT("Конкретные задачи"),
    .form_category = HR_STR_INIT("Категория навыка"),
    .form_skill = HR_STR_INIT("Конкретные навыки"),
    .form_level = HR_STR_INIT("Целевой уровень"),
    .form_previous = HR_STR_INIT("Опыт работы на предыдущей должности"),
    .form_field = HR_STR_INIT("Специальность"),
    .form_extra = HR_STR_INIT("Дополнительное профессиональное образование"),
    .form_donors = HR_STR_INIT("Позиции доноры"),
    .form_targets = HR_STR_INIT("Целевые позиции карьерного роста"),
    .form_see = HR_STR_INIT("см. лист"),
    .form_software = HR_STR_INIT("Специальное программное обеспечение"),
    .form_equipment = HR_STR_INIT("Специальное оборудование"),
    .form_terms = HR_STR_INIT("Условия повышения"),
    .form_decision = HR_STR_INIT("Решение о повышении"),
    .form_author = HR_STR_INIT("Подготовлено (ФИО ответственного)"),
    .form_created = HR_STR_INIT("Дата формирования"),
    .sheet_career = HR_STR_INIT("Карьерограмма"),
    .sheet_workplace = HR_STR_INIT("Рабочее место"),
    .sheet_metrics = HR_STR_INIT("Показатели эффективности"),
    .sheet_additional = HR_STR_INIT("Дополнительная информация"),
    .sheet_metadata = HR_STR_INIT("Метаданные"),
    .column_branch = HR_STR_INIT("Направление"),
    .column_position = HR_STR_INIT("Целевая позиция"),
    .column_section = HR_STR_INIT("Раздел"),
    .column_item = HR_STR_INIT("Показатель"),

    .page = HR_STR_INIT("Страница"),
    .of_pages = HR_STR_INIT("из"),
    .revision = HR_STR_INIT("Версия"),
    .page_draft = HR_STR_INIT("ЧЕРНОВИК — не согласовано")
};
