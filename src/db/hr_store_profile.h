/*
 * Profiles and their versions (database.md 3.3, 3.4, 7.3, 7.4; api-profiles.md
 * 3 and 4).  Documents, metadata and lists of changes are JSON text that the
 * store carries and never reads.
 */

#ifndef HR_STORE_PROFILE_H
#define HR_STORE_PROFILE_H

#ifndef HR_STORE_H
#error "include hr_store.h"
#endif


/* NULL reads as completed; an unknown word as failed. */
typedef enum {
    HR_STORE_COMPLETED = 0,
    HR_STORE_ARCHIVED,
    HR_STORE_PROCESSING,
    HR_STORE_FAILED
} hr_store_status_t;

#define HR_STORE_STATUSES  4
#define HR_STORE_MASK(status)  (1u << (status))

const char *hr_store_status_name(hr_store_status_t status);     /* "completed" */
/* The four words only; aliases (decisions.md 26) are the API's business. */
bool hr_store_status_parse(hr_str_t text, hr_store_status_t *status);

/*
 * State of the approval of a version (improvements.md I-39); a profile has that
 * of its current version.  NULL and an unknown word read as draft.
 */
typedef enum {
    HR_STORE_DRAFT = 0,
    HR_STORE_HR_REVIEW,
    HR_STORE_HEAD_REVIEW,
    HR_STORE_LEGAL_REVIEW,
    HR_STORE_APPROVED,
    HR_STORE_REJECTED
} hr_store_stage_t;

#define HR_STORE_STAGES  6

const char *hr_store_stage_name(hr_store_stage_t stage);     /* "draft" */
bool hr_store_stage_parse(hr_str_t text, hr_store_stage_t *stage);

/* Everything about a profile but its document. */
typedef struct {
    hr_str_t            id;
    hr_str_t            department;     /* as requested */
    hr_str_t            position;
    hr_str_t            employee_name;  /* or absent */
    hr_str_t            unit_path;      /* full path joined with '/', or absent */
    hr_store_status_t   status;
    double              validation_score;       /* 0..1; NULL reads as 0 */
    double              completeness_score;
    double              generation_seconds;
    int64_t             input_tokens;
    int64_t             output_tokens;
    int64_t             total_tokens;
    int64_t             current_version;        /* NULL reads as 1 */
    int64_t             version_count;
    int64_t             revision;       /* counts the changes made by the store */
    int64_t             created_by;     /* 0: unknown */
    hr_str_t            created_by_username;    /* or absent */
    hr_str_t            created_by_name;        /* full name, or absent */
    hr_instant_t        created_at;
    hr_instant_t        updated_at;
    hr_str_t            created_at_text;        /* as stored, or absent */
    hr_str_t            approval_state;         /* or absent: draft */
    bool                kpi_review;     /* generic KPIs, not approved yet (I-04) */
    char                etag[17];       /* changes with every stored change */
} hr_store_card_t;

typedef struct {
    hr_store_card_t     card;
    hr_str_t            document;       /* as stored, wrapper objects included */
    hr_str_t            metadata;       /* as stored */
    hr_instant_t        version_at;     /* when the current version was made */
} hr_store_profile_t;

/* HR_NOT_FOUND / NO_PROFILE */
hr_rc_t hr_store_profile_get(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_str_t id, hr_store_profile_t *profile);
hr_rc_t hr_store_profile_card(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_str_t id, hr_store_card_t *card);

/*
 * The profile that a regeneration continues (P-18): not archived, same
 * position and employee name, same unit (by unit_path where the row has one,
 * else by department); the newest.  HR_NOT_FOUND when there is none.
 */
typedef struct {
    hr_str_t  unit_path;        /* or absent */
    hr_str_t  department;
    hr_str_t  position;
    hr_str_t  employee_name;    /* or absent */
} hr_store_slot_t;

hr_rc_t hr_store_profile_find(hr_store_conn_t *conn, hr_arena_t *arena,
    const hr_store_slot_t *slot, hr_store_card_t *card);


/* -- list -- */

typedef enum {
    HR_STORE_BY_CREATED = 0,
    HR_STORE_BY_UPDATED,
    HR_STORE_BY_DEPARTMENT,     /* folded text */
    HR_STORE_BY_POSITION,
    HR_STORE_BY_VALIDATION,
    HR_STORE_BY_COMPLETENESS
} hr_store_sort_t;

#define HR_STORE_MAX_DEPARTMENTS  16

/*
 * All given conditions hold together.  Texts are substrings, compared by
 * hr_fold() on both sides; blank ones are absent (P-22, P-23).
 */
typedef struct {
    hr_str_t            search;         /* in employee, department or position */
    hr_str_t            department;
    hr_str_t            position;
    const hr_str_t     *departments;    /* any of these, beside department */
    size_t              ndepartments;
    unsigned            status_mask;    /* HR_STORE_MASK bits; 0: every status */
    bool                has_created_from, has_created_to;
    hr_instant_t        created_from;   /* included */
    hr_instant_t        created_to;     /* excluded */
    double              min_validation;         /* <= 0: no condition */
    double              min_completeness;
    int64_t             created_by;     /* 0: anybody */
    unsigned            stage_mask;    /* HR_STORE_MASK bits of hr_store_stage_t;
                                           0: every state */
    bool                kpi_review;     /* only those that need a look at KPIs */
    hr_str_t            unit_path;      /* this unit and those below it, exact;
                                           rows without a path by department */

    hr_store_sort_t     sort;
    bool                ascending;      /* default: descending */
    int64_t             page;           /* from 1; ignored with a cursor */
    size_t              limit;          /* 1..1000 */
    hr_str_t            cursor;         /* next_cursor of the page before */
    bool                no_total;       /* total = -1; saves the count */
} hr_store_filter_t;

typedef struct {
    hr_store_card_t    *items;
    size_t              count;
    int64_t             total;          /* all matches, independent of the page */
    bool                has_more;       /* rows follow the last one */
    hr_str_t            next_cursor;    /* absent when nothing follows */
} hr_store_list_t;

/* HR_INVALID / BAD_CURSOR, BAD_VALUE (limit, page) */
hr_rc_t hr_store_profiles_list(hr_store_conn_t *conn, hr_arena_t *arena,
    const hr_store_filter_t *filter, hr_store_list_t *list);


/* -- several at once; row() may stop with another code than HR_OK -- */

/*
 * The given ids in one query, in the order given (a repeated id once); unknown
 * ids are skipped.  At most 10,000 ids.  without_documents: only the cards.
 */
hr_rc_t hr_store_profiles_each(hr_store_conn_t *conn, const hr_str_t *ids,
    size_t count, bool without_documents,
    hr_rc_t (*row)(void *ctx, const hr_store_profile_t *profile), void *ctx);

/*
 * At most limit (1..10,000) ids of profiles in their order, those behind the
 * given one (absent: from the first).
 */
hr_rc_t hr_store_profile_ids(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_str_t after, size_t limit, hr_str_t **ids, size_t *count);

/*
 * Links of the position list (D-42..D-45): per unit_path or department, per
 * position and per status the newest row (greatest created_at, then the latest
 * inserted).  Rows whose id is no UUID are skipped.  mask: statuses wanted.
 */
typedef struct {
    hr_str_t            id;
    hr_str_t            department;
    hr_str_t            position;
    hr_str_t            unit_path;      /* or absent */
    hr_str_t            employee_name;  /* or absent */
    hr_store_status_t   status;
    hr_instant_t        created_at;
    double              validation_score;
    double              completeness_score;
    int64_t             current_version;
    int64_t             version_count;
    int64_t             slot;           /* of the folded copy */
    int64_t             seq;            /* order of insertion */
} hr_store_link_t;

hr_rc_t hr_store_links_each(hr_store_conn_t *conn, unsigned mask,
    hr_rc_t (*row)(void *ctx, const hr_store_link_t *link), void *ctx);
/* Those of the slots of one stripe. */
hr_rc_t hr_store_links_stripe(hr_store_conn_t *conn, unsigned mask,
    unsigned stripe, hr_rc_t (*row)(void *ctx, const hr_store_link_t *link),
    void *ctx);


/* -- versions -- */

typedef enum {
    HR_STORE_GENERATED = 0,
    HR_STORE_REGENERATED,
    HR_STORE_EDITED
} hr_store_version_type_t;

const char *hr_store_version_type_name(hr_store_version_type_t type);

typedef struct {
    int64_t                   number;
    hr_store_version_type_t   type;
    hr_instant_t              created_at;
    int64_t                   created_by;
    hr_str_t                  created_by_username;
    double                    validation_score;       /* or HR_STORE_NO_SCORE */
    double                    completeness_score;
    bool                      is_current;
    hr_str_t                  note;                   /* or absent */
    hr_str_t                  changes;    /* JSON array of texts, or absent */
    hr_str_t                  document;   /* absent in lists */
    hr_str_t                  metadata;   /* absent in lists and when NULL */
} hr_store_version_t;

typedef struct {
    hr_store_version_t  *items;         /* by number, descending */
    size_t               count;
    int64_t              current_version;
    int64_t              total;
} hr_store_versions_t;

/* At most 1,000; NO_PROFILE. */
hr_rc_t hr_store_versions_list(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_str_t profile_id, hr_store_versions_t *list);
/* NO_PROFILE or NO_VERSION; card (of the profile) may be NULL. */
hr_rc_t hr_store_version_get(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_str_t profile_id, int64_t number, hr_store_version_t *version,
    hr_store_card_t *card);
/* The version without its document and metadata; NO_VERSION. */
hr_rc_t hr_store_version_card(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_str_t profile_id, int64_t number, hr_store_version_t *version);
/* The document alone; NO_VERSION. */
hr_rc_t hr_store_version_document(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_str_t profile_id, int64_t number, hr_str_t *document);


/* -- write -- */

/*
 * What the client believes to be current.  A given etag or a base_version
 * above 0 that does not match: HR_CONFLICT / STALE.
 */
typedef struct {
    hr_str_t   etag;            /* 16 characters, or absent */
    int64_t    base_version;    /* 0: not given */
} hr_store_expect_t;

/* What the metadata say of the KPIs (I-04). */
typedef enum {
    HR_STORE_KPI_UNREAD = 0,    /* the store looks into the metadata */
    HR_STORE_KPI_OWN,
    HR_STORE_KPI_GENERIC
} hr_store_kpi_t;

typedef struct {
    hr_str_t   document;
    hr_str_t   metadata;        /* append: absent keeps the profile's */
    hr_store_kpi_t   kpi;       /* append: of the metadata that are given */
    double     validation_score;
    double     completeness_score;
    double     generation_seconds;
    int64_t    input_tokens;
    int64_t    output_tokens;
    int64_t    total_tokens;
    int64_t    user_id;         /* must exist */
    hr_str_t   username;        /* login name */
    hr_str_t   note;            /* reason, or absent */
    hr_str_t   changes;         /* JSON array of texts, or absent */
    hr_str_t   prompt_version;  /* of a generation, or absent */
    int64_t    edited_leaves;   /* measure of an edit (I-44); -1: not known */
    int64_t    total_leaves;
} hr_store_content_t;

/* Profile and version 1 (database.md 7.4).  id: a new UUID by the caller. */
hr_rc_t hr_store_profile_insert(hr_store_conn_t *conn, hr_str_t id,
    const hr_store_slot_t *slot, const hr_store_content_t *content,
    hr_instant_t now);

/*
 * Appends a version (number = greatest ever + 1), makes it current and copies
 * document, metadata, scores to the profile; tokens and seconds too unless the
 * type is edited.  An edit by the author of the current edited version that is
 * younger than collapse_seconds overwrites that version (P-28); never when it
 * is older or another one is current.  The oldest other versions above
 * version_cap are removed.  NO_PROFILE, STALE.
 */
typedef struct {
    int64_t    number;
    bool       collapsed;
    int64_t    version_count;
    int64_t    trimmed;         /* versions removed by the cap */
    char       etag[17];
} hr_store_appended_t;

hr_rc_t hr_store_version_append(hr_store_conn_t *conn, hr_str_t profile_id,
    hr_store_version_type_t type, const hr_store_content_t *content,
    const hr_store_expect_t *expect, hr_instant_t now,
    hr_store_appended_t *appended);

/*
 * Pointer move (4.4): document, metadata (kept when the version has none) and
 * scores follow.  NO_PROFILE, NO_VERSION, STALE.
 */
typedef struct {
    int64_t    previous;
    int64_t    current;
    char       etag[17];
} hr_store_activated_t;

hr_rc_t hr_store_version_activate(hr_store_conn_t *conn, hr_str_t profile_id,
    int64_t number, const hr_store_expect_t *expect, hr_instant_t now,
    hr_store_activated_t *activated);

/*
 * Checks in the order of 4.5: NO_PROFILE, VERSION_CURRENT, NO_VERSION,
 * VERSION_LAST.  deleted is filled with what is known also on HR_CONFLICT.
 */
typedef struct {
    int64_t    current_version;
    int64_t    remaining;       /* after a deletion; before it on HR_CONFLICT */
} hr_store_deleted_t;

hr_rc_t hr_store_version_delete(hr_store_conn_t *conn, hr_str_t profile_id,
    int64_t number, hr_instant_t now, hr_store_deleted_t *deleted);

/*
 * Scores of the current version and of the profile, computed anew (I-33): no
 * version is made and no time changes, the etag does.  NO_PROFILE, STALE.
 */
typedef struct {
    double     validation;      /* 0..1, or HR_STORE_NO_SCORE */
    double     completeness;    /* 0..1 */
    hr_str_t   metadata;        /* absent: stays */
} hr_store_scores_t;

hr_rc_t hr_store_rescore(hr_store_conn_t *conn, hr_str_t profile_id,
    const hr_store_scores_t *scores, const hr_store_expect_t *expect);

#define HR_STORE_SET_EMPLOYEE  1u
#define HR_STORE_SET_STATUS    2u
#define HR_STORE_SET_UNIT      4u

typedef struct {
    unsigned            fields;
    hr_str_t            employee_name;  /* absent: NULL */
    hr_store_status_t   status;
    hr_str_t            unit_path;      /* absent: NULL */
} hr_store_meta_t;

/* NO_PROFILE, STALE; no version is made.  expect and card may be NULL. */
hr_rc_t hr_store_profile_update(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_str_t id, const hr_store_meta_t *meta, const hr_store_expect_t *expect,
    hr_instant_t now, hr_store_card_t *card);

/*
 * One conditional update.  HR_CONFLICT / STATUS: already archived, or (restore)
 * not archived; *status is then what the row has.  NO_PROFILE.
 */
hr_rc_t hr_store_profile_archive(hr_store_conn_t *conn, hr_str_t id,
    hr_instant_t now, hr_store_status_t *status);
hr_rc_t hr_store_profile_restore(hr_store_conn_t *conn, hr_str_t id,
    hr_instant_t now, hr_store_status_t *status);

/* Sets the status of many; result[i]: HR_OK, HR_CONFLICT (has it), HR_NOT_FOUND. */
hr_rc_t hr_store_profiles_set_status(hr_store_conn_t *conn, const hr_str_t *ids,
    size_t count, hr_store_status_t status, hr_instant_t now, hr_rc_t *results,
    int64_t *changed);

/* An administrator's removal for good: versions go, references become NULL. */
hr_rc_t hr_store_profile_purge(hr_store_conn_t *conn, hr_str_t id);


/*
 * Approval of the current version (I-39).  Which step may follow which is the
 * caller's table; the store changes the state only if it is still `from`, and
 * keeps who, when and why.  A later version is a draft again; one that is made
 * current brings its own state.  NO_PROFILE; HR_CONFLICT / STATUS.
 */
hr_rc_t hr_store_approval_set(hr_store_conn_t *conn, hr_str_t profile_id,
    hr_store_stage_t from, hr_store_stage_t to, int64_t user_id,
    hr_str_t comment, hr_instant_t now);

/* -- read -- */

typedef struct {
    int64_t             version;
    hr_store_stage_t   from;
    hr_store_stage_t   to;
    hr_str_t            comment;        /* or absent */
    hr_str_t            username;       /* or absent */
    int64_t             user_id;
    hr_instant_t        at;
} hr_store_approval_t;

/* Newest first, at most 1,000. */
hr_rc_t hr_store_approvals_list(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_str_t profile_id, hr_store_approval_t **items, size_t *count);

#endif /* HR_STORE_PROFILE_H */
