/*
 * The organisation: one immutable image made from structure.json, and
 * everything that is asked of it (data-files.md 2-6 and 11; api-core.md 1.14,
 * 2.3, 2.4).
 *
 * The image is one contiguous piece of memory with offsets instead of
 * pointers: it may be copied anywhere (shared memory, a file) at an address
 * that is a multiple of 8, and any number of threads and processes may read it
 * at the same time without a lock.  No function changes it.
 *
 * Units are numbered 0..units-1 in file order (depth first, parent before
 * children), slots (one title in one unit) 0..slots-1 in the order of their
 * units and, inside a unit, of the file.  A subtree is therefore one range of
 * units and one range of slots.  The texts that the functions hand out point
 * into the image and live as long as it does.
 */

#ifndef HR_ORG_H
#define HR_ORG_H

#include "hr_base.h"
#include "hr_gzip.h"
#include "hr_json.h"
#include "hr_time.h"


typedef struct hr_org_s  hr_org_t;      /* the image itself */

#define HR_ORG_NONE          UINT32_MAX /* no unit, slot, name or row */
#define HR_ORG_MAX_DEPTH     10         /* levels of units */
#define HR_ORG_MAX_NAME      300        /* code points of a name or a title */
#define HR_ORG_SUGGESTIONS   10
#define HR_ORG_CANDIDATES    16


/* --- building -------------------------------------------------------------- */

typedef struct {
    hr_str_t  levels;           /* bytes of levels.json; required */
    size_t    max_bytes;        /* of structure.json; 0: 16 MiB */
    size_t    max_units;        /* 0: 20,000 */
    size_t    max_slots;        /* 0: 200,000 */
} hr_org_opts_t;

/*
 * Validates structure.json by the rules of data-files.md 11 and builds the
 * image.  On success *image is malloc'ed (the caller free()s it) and *size is
 * its length in bytes.  On failure *image is NULL and diag says what is wrong,
 * with line, column and the path of the unit: HR_INVALID for the content,
 * HR_LIMIT for a size, HR_NOMEM for the heap.
 */
hr_rc_t hr_org_build(hr_str_t json, const hr_org_opts_t *opts,
    hr_diag_t *diag, hr_org_t **image, size_t *size);

/*
 * Tells whether size bytes at image are a whole, unchanged image of this
 * layout; HR_INVALID and a diagnostic when not.  Every other function takes
 * this for granted.
 */
hr_rc_t hr_org_check(const void *image, size_t size, hr_diag_t *diag);

/* Checks levels.json alone (for nginx -t). */
hr_rc_t hr_org_check_levels(hr_str_t levels, hr_diag_t *diag);


/* --- figures --------------------------------------------------------------- */

typedef struct {
    size_t    bytes;                    /* of the image */
    char      sha256[65];               /* of structure.json, lower-case hex */
    uint32_t  units;                    /* paths */
    uint32_t  units_with_positions;
    uint32_t  units_by_level[HR_ORG_MAX_DEPTH];
    uint32_t  depth;                    /* levels in use */
    uint32_t  leaves;
    uint32_t  units_own_headcount;      /* headcount_department = own name */
    uint32_t  units_inherited_headcount;
    uint32_t  names;                    /* distinct unit names */
    uint32_t  names_with_positions;     /* legacy: the last unit of the name has some */
    uint32_t  names_any_positions;      /* some unit of the name has some */
    uint32_t  names_repeated;           /* names of more than one unit */
    uint32_t  slots;                    /* "positions" of every counter */
    uint32_t  titles;                   /* distinct titles */
    uint32_t  ambiguous_pairs;          /* (unit name, title) in several units */
    uint32_t  ambiguous_slots;          /* slots of those pairs */
    uint32_t  duplicate_titles;         /* repeated inside one unit: worth a warning */
    uint32_t  position_id_collisions;   /* slots whose position_id is not unique */
    uint32_t  duplicate_numbers;        /* units that share a staff-table id */
} hr_org_info_t;

void hr_org_info(const hr_org_t *org, hr_org_info_t *info);
uint32_t hr_org_unit_count(const hr_org_t *org);
uint32_t hr_org_slot_count(const hr_org_t *org);

/* The organisation's share of the dashboard (api-core.md 2.5). */
typedef struct {
    uint32_t  departments_total;        /* distinct names */
    uint32_t  departments_with_positions;
    uint32_t  units_total;
    uint32_t  positions_total;
    double    average_positions;        /* positions / distinct names, 1 decimal */
    double    average_per_unit;         /* positions / units, 2 decimals */
} hr_org_figures_t;

void hr_org_figures(const hr_org_t *org, hr_org_figures_t *figures);
/* 100 * part / total with one decimal; 0.0 when total is 0. */
double hr_org_percent(size_t part, size_t total);


/* --- units, slots, titles -------------------------------------------------- */

typedef struct {
    hr_str_t  name;
    hr_str_t  path;                     /* names joined with "/" */
    hr_str_t  path_text;                /* names joined with " → " */
    hr_str_t  display_name;             /* of the search items */
    hr_str_t  json;                     /* the raw node with its children, compact */
    uint32_t  index;
    uint32_t  level;                    /* 0 for a block */
    uint32_t  parent;                   /* HR_ORG_NONE for a block */
    uint32_t  first_child;              /* HR_ORG_NONE for a leaf */
    uint32_t  next_sibling;             /* HR_ORG_NONE for the last one */
    uint32_t  children;                 /* direct ones */
    uint32_t  end;                      /* subtree: units index..end-1 */
    uint32_t  first_slot;               /* own: first_slot..first_slot+slots-1 */
    uint32_t  slots;
    uint32_t  end_slot;                 /* subtree: first_slot..end_slot-1 */
    uint32_t  head;                     /* slot of the head, HR_ORG_NONE without one */
    bool      has_number;
    bool      has_headcount;
    bool      headcount_own;            /* false: inherited from an ancestor */
    int64_t   number;                   /* staff-table id */
    int64_t   headcount;
    hr_str_t  headcount_source;         /* {0, NULL} for null */
    hr_str_t  headcount_department;
} hr_org_unit_t;

/* Level and category of a title (api-core.md 1.14, data-files.md 6.5). */
typedef struct {
    int       level;                    /* legacy table: what the API shows */
    hr_str_t  category;
    int       rank;                     /* new table: prompt and checks only */
    hr_str_t  rank_name;                /* senior, deputy, lead, middle, junior */
    hr_str_t  rank_category;
    bool      manager;                  /* the new category is one that leads people */
} hr_org_class_t;

typedef struct {
    hr_str_t        title;
    hr_str_t        position_id;
    uint32_t        index;
    uint32_t        unit;
    hr_org_class_t  class;
} hr_org_slot_t;

/* index must be below the count; otherwise everything is zero and NONE. */
void hr_org_unit(const hr_org_t *org, uint32_t index, hr_org_unit_t *unit);
void hr_org_slot(const hr_org_t *org, uint32_t index, hr_org_slot_t *slot);
/* The unit of the path at level (0 = block); HR_ORG_NONE below the unit. */
uint32_t hr_org_ancestor(const hr_org_t *org, uint32_t unit, uint32_t level);
/* True when inner is outer or lies below it. */
bool hr_org_within(const hr_org_t *org, uint32_t inner, uint32_t outer);
/* Any title, also one that no unit has. */
hr_rc_t hr_org_classify(const hr_org_t *org, hr_str_t title,
    hr_org_class_t *class);


/*
 * --- lookups (data-files.md 4.4, api-core.md D-29) --------------------------
 *
 * HR_OK, HR_NOT_FOUND (what was asked for is then HR_ORG_NONE), or HR_NOMEM:
 * only a text that is not spelt as in the file needs memory for its match key.
 */

typedef enum {
    HR_ORG_PATH_FULL = 0,       /* the whole path, exact text, then match keys */
    HR_ORG_PATH_SUFFIX          /* else the end of exactly one path (4.4 rule 2) */
} hr_org_path_mode_t;

/* "A/B/C", "A → B → C"; a single name is a block. */
hr_rc_t hr_org_find_path(const hr_org_t *org, hr_str_t path,
    hr_org_path_mode_t mode, uint32_t *unit);
/* Title of the unit itself, exact text, then match key. */
hr_rc_t hr_org_find_slot(const hr_org_t *org, uint32_t unit, hr_str_t title,
    uint32_t *slot);
/* The synthetic id of data-files.md 6.6, exact text. */
hr_rc_t hr_org_find_position_id(const hr_org_t *org, hr_str_t position_id,
    uint32_t *slot);

/* A catalogue entry: all units of a name, or one unit given by its full path. */
typedef struct {
    uint32_t  name;             /* HR_ORG_NONE: unit alone */
    uint32_t  unit;             /* the last visited unit of the name */
} hr_org_department_t;

/* Exact text first, then the match key. */
hr_rc_t hr_org_find_department(const hr_org_t *org, hr_str_t reference,
    hr_org_department_t *department);

/*
 * Units with that name (match key) in file order.  Returns their number, which
 * may be more than the max that were written.
 */
size_t hr_org_units_of_name(const hr_org_t *org, hr_str_t name,
    uint32_t *units, size_t max);

typedef struct {
    uint32_t  unit;             /* what the reference names */
    uint32_t  position_unit;    /* where the title was found, else unit */
    uint32_t  slot;             /* HR_ORG_NONE: the title is not there */
    bool      position_not_in_structure;        /* warnings of the same name */
    bool      ambiguous_department;
    size_t    candidates_total;                 /* units that the name may mean */
    size_t    candidates_count;                 /* of them listed here */
    uint32_t  candidates[HR_ORG_CANDIDATES];    /* file order */
    size_t    suggestions_count;                /* only with HR_NOT_FOUND */
    uint32_t  suggestions[HR_ORG_SUGGESTIONS];  /* best first */
} hr_org_resolved_t;

/*
 * Resolves a unit reference and a title by data-files.md 4.4.  An empty
 * position asks for the unit only (no position warning).  HR_OK, HR_NOT_FOUND
 * (with suggestions), HR_NOMEM.
 */
hr_rc_t hr_org_resolve(const hr_org_t *org, hr_str_t department,
    hr_str_t position, hr_org_resolved_t *resolved);
/* The suggestions alone; returns their number. */
size_t hr_org_suggest(const hr_org_t *org, hr_str_t reference,
    uint32_t suggestions[HR_ORG_SUGGESTIONS]);


/* --- profiles and tasks of slots (api-core.md D-42, D-43, D-44) ------------- */

typedef struct {
    hr_str_t  id;
    hr_str_t  department;
    hr_str_t  position;
    hr_str_t  unit_path;        /* data NULL: the row has none */
    hr_str_t  status;           /* "completed" and "archived" count */
    hr_str_t  created_at;       /* any stored layout; unreadable sorts first */
    int64_t   rowid;
    bool      has_quality_score;
    double    quality_score;    /* 0.0..1.0 */
    int32_t   current_version;  /* 0: not shown */
    int32_t   version_count;    /* 0: not shown */
    bool      placed;           /* slot is known: hr_org_place_profile() */
    uint32_t  slot;
} hr_org_profile_t;

typedef struct {
    uint32_t  profile;          /* index of the completed row, or HR_ORG_NONE */
    uint32_t  archived;         /* index of the newest archived row, or HR_ORG_NONE */
} hr_org_link_t;

typedef struct {
    uint32_t  with_profiles;    /* slots with a completed profile */
    uint32_t  archived_only;    /* slots with an archived one and no completed one */
    size_t    skipped;          /* rows whose id is no UUID */
    size_t    unplaced;         /* completed or archived rows that fit no slot */
} hr_org_link_stats_t;

/*
 * The slot of one row, HR_ORG_NONE when it fits none: by unit_path when it has
 * one; else by the department as a path when that contains "/"; else by name
 * and position (several units qualify: the first in file order).
 */
uint32_t hr_org_slot_of(const hr_org_t *org, hr_str_t department,
    hr_str_t position, hr_str_t unit_path);
/* The same for a row that is linked many times: notes it in placed and slot. */
hr_rc_t hr_org_place_profile(const hr_org_t *org, hr_org_profile_t *profile);

/*
 * Fills links (hr_org_slot_count() elements) with the newest completed and the
 * newest archived row of each slot: greatest created_at, then greatest rowid.
 * stats may be NULL.
 */
hr_rc_t hr_org_link(const hr_org_t *org, const hr_org_profile_t *rows,
    size_t count, hr_org_link_t *links, hr_org_link_stats_t *stats);

typedef struct {
    hr_str_t  task_id;
    hr_str_t  department;
    hr_str_t  position;
    hr_str_t  unit_path;        /* data NULL: none */
    hr_str_t  status;           /* wire word */
    hr_str_t  current_step;     /* data NULL: left out */
    int       progress;         /* 0..100; below 0: left out */
} hr_org_task_t;

/*
 * by_slot (hr_org_slot_count() elements) gets the index of the task of each
 * slot or HR_ORG_NONE; of several tasks of a slot the first one counts.
 */
hr_rc_t hr_org_link_tasks(const hr_org_t *org, const hr_org_task_t *tasks,
    size_t count, uint32_t *by_slot);


/*
 * --- answers ---------------------------------------------------------------
 *
 * Each function writes the complete value of "data"; the caller owns the
 * envelope around it.  Errors of the buffer are sticky in w->out and returned.
 */

typedef struct {
    hr_str_t  last_updated;     /* wire text of the load time; data NULL: null */
    bool      cached;           /* api-core.md 2.3: not force_refresh */
    bool      ranked;           /* searches: best match first instead of by name */
    size_t    limit;            /* searches: 0 = all */
} hr_org_view_t;

/* total, where there is one, gets total_count and may be NULL */
hr_rc_t hr_org_write_departments(const hr_org_t *org,
    const hr_org_view_t *view, hr_jw_t *w);
hr_rc_t hr_org_write_department(const hr_org_t *org,
    const hr_org_department_t *department, const hr_org_view_t *view,
    hr_jw_t *w);
/* department NULL: unknown, an empty list; echo: the text of the request */
hr_rc_t hr_org_write_department_positions(const hr_org_t *org,
    const hr_org_department_t *department, hr_str_t echo,
    const hr_org_view_t *view, hr_jw_t *w, size_t *total);
hr_rc_t hr_org_write_search(const hr_org_t *org, hr_str_t query,
    const hr_org_view_t *view, hr_jw_t *w, size_t *total);
/* filter.data NULL: no filter; one with "/" is a full path of one unit */
hr_rc_t hr_org_write_search_positions(const hr_org_t *org, hr_str_t query,
    hr_str_t filter, const hr_org_view_t *view, hr_jw_t *w, size_t *total);
hr_rc_t hr_org_write_catalog_stats(const hr_org_t *org, hr_jw_t *w);

hr_rc_t hr_org_write_search_items(const hr_org_t *org, hr_jw_t *w);
/* echo: target_path of the request; unit: what hr_org_find_path() found */
hr_rc_t hr_org_write_structure(const hr_org_t *org, uint32_t unit,
    hr_str_t echo, hr_jw_t *w);
hr_rc_t hr_org_write_unit(const hr_org_t *org, uint32_t unit,
    const hr_org_view_t *view, hr_jw_t *w);
hr_rc_t hr_org_write_stats(const hr_org_t *org, hr_jw_t *w);

typedef struct {
    const hr_org_profile_t  *profiles;  /* what links point to */
    const hr_org_link_t     *links;     /* NULL: no profiles */
    const hr_org_task_t     *tasks;     /* what task_of_slot points to */
    const uint32_t          *task_of_slot;      /* NULL: no tasks */
    hr_time_layout_t         times;     /* of created_at on the wire */
    hr_gzip_cuts_t          *cuts;      /* NULL, or gets where each run of items begins */
} hr_org_positions_t;

/* The main answer of the client; positions may be NULL (nothing is linked). */
hr_rc_t hr_org_write_positions(const hr_org_t *org,
    const hr_org_positions_t *positions, hr_jw_t *w);

/* An array of full paths: candidates and suggestions of error details. */
void hr_org_write_paths(const hr_org_t *org, const uint32_t *units,
    size_t count, hr_jw_t *w);


/* --- reorganisation (improvements.md I-24) ---------------------------------- */

typedef enum {
    HR_ORG_UNIT_VANISHED,       /* before */
    HR_ORG_UNIT_ADDED,          /* after */
    HR_ORG_UNIT_MOVED,          /* same staff-table id, another path */
    HR_ORG_UNIT_CHANGED,        /* same path; fields says what */
    HR_ORG_SLOT_VANISHED,       /* before */
    HR_ORG_SLOT_ADDED           /* after */
} hr_org_change_kind_t;

#define HR_ORG_CHANGED_NUMBER      0x01u
#define HR_ORG_CHANGED_HEADCOUNT   0x02u
#define HR_ORG_CHANGED_HEAD        0x04u        /* title of the unit's head */
#define HR_ORG_CHANGED_SPELLING    0x08u        /* same match key, other text */

typedef struct {
    hr_org_change_kind_t  kind;
    uint32_t              before;       /* unit or slot of the old image, or NONE */
    uint32_t              after;        /* of the new image, or NONE */
    unsigned              fields;       /* of UNIT_CHANGED and UNIT_MOVED */
} hr_org_change_t;

/*
 * What differs between two images.  Units are paired by path (match keys),
 * the rest by a staff-table id that is unique on both sides; slots are
 * compared inside paired units.  Order: kinds as above, inside a kind file
 * order.  *changes belongs to the arena.
 */
hr_rc_t hr_org_diff(const hr_org_t *before, const hr_org_t *after,
    hr_arena_t *arena, hr_org_change_t **changes, size_t *count);
/* { units: {vanished, added, moved, changed}, positions: {vanished, added} } */
hr_rc_t hr_org_write_diff(const hr_org_t *before, const hr_org_t *after,
    const hr_org_change_t *changes, size_t count, hr_jw_t *w);

#endif /* HR_ORG_H */
