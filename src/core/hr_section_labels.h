/*
 * Texts of a printed profile that are not the document's (exports.md 2).  Users
 * know them by heart, so the Russian set is wire text; another set is for
 * another language.
 */

#ifndef HR_SECTION_LABELS_H
#define HR_SECTION_LABELS_H

#include "hr_section.h"


struct hr_section_labels_s {
    hr_str_t  language;                 /* BCP 47: "ru-RU" */

    /* headings of the sections and what they say when there is nothing */
    hr_str_t  title_mark;
    hr_str_t  heading[HR_SECTION_COUNT];
    hr_str_t  missing[HR_SECTION_COUNT];

    hr_str_t  no_position, unspecified, unit, product, made_by;
    hr_str_t  yes, no;

    /* notices (I-39, I-04) */
    hr_str_t  draft, draft_text, kpi_notice;

    hr_str_t  parameter, value;         /* header of the two-column tables */

    hr_str_t  position, block, department, category, manager, activity;
    hr_str_t  subordinates, departments, people;

    hr_str_t  area;

    hr_str_t  unknown_category, skills, skill, level, description;
    hr_str_t  unknown_skill, level_unspecified, no_description, level_n;
    hr_str_t  levels[4];

    hr_str_t  quality, quality_mark, competency, competency_mark;

    hr_str_t  certificates, requirement;
    hr_str_t  edu_level, edu_field, edu_total, edu_previous, edu_relevant;
    hr_str_t  edu_specialties, edu_extra;

    hr_str_t  entry, predecessors, direct, cross;
    hr_str_t  pathways, vertical, horizontal, expert;
    hr_str_t  step_department, step_rationale, step_strengthen, step_acquire;
    hr_str_t  pathway_mark, pathway, pathway_entry, pathway_advance;
    hr_str_t  growth, priorities, mentoring, plan;

    hr_str_t  software, standard_package, specialized_tools;
    hr_str_t  hardware, workstation, equipment, devices, access;

    hr_str_t  methodology, frequency, success, quantitative, qualitative, plans;

    hr_str_t  conditions, schedule, remote, travel, risks, special;
    hr_str_t  promotion_terms, promotion_decision, kpi_metrics;

    hr_str_t  created, version, document_version, author;
    hr_str_t  generated, duration, seconds, model, tokens;
    hr_str_t  validation, valid, invalid, completeness;

    /* corporate form and sheets of the spreadsheet (exports.md 6) */
    hr_str_t  form_sheet, form_title;
    hr_str_t  form_basic, form_areas, form_skills, form_competencies;
    hr_str_t  form_qualities, form_education, form_career, form_workplace;
    hr_str_t  form_additional, form_metadata;
    hr_str_t  form_block, form_department, form_departments, form_people;
    hr_str_t  form_activity, form_area, form_tasks, form_category, form_skill;
    hr_str_t  form_level, form_previous, form_field, form_extra;
    hr_str_t  form_donors, form_targets, form_see, form_software;
    hr_str_t  form_equipment, form_terms, form_decision, form_author;
    hr_str_t  form_created;
    hr_str_t  sheet_career, sheet_workplace, sheet_metrics, sheet_additional;
    hr_str_t  sheet_metadata;
    hr_str_t  column_branch, column_position, column_section, column_item;

    /* page furniture */
    hr_str_t  page, of_pages, revision, page_draft;
};

#endif /* HR_SECTION_LABELS_H */
