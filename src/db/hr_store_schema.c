/*
 * The schema.  The first part is the old service's own (database.md 3 to 5):
 * names, types, defaults and constraints are not to be touched, because that
 * service opens the same file.  The rest is additive: columns that are
 * nullable or have a constant default, plain column indexes, and tables of our
 * own.  Nothing here uses a function, collation or module that a stock SQLite
 * lacks in a place where the old service's statements would meet it
 * (database.md 8.4); the full-text table is kept by the program alone.
 */

#include "hr_store_sqlite.h"


const char *const  hr_store_base_schema[] = {

    "CREATE TABLE IF NOT EXISTS users (\n"
    "    id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "    username TEXT UNIQUE NOT NULL,\n"
    "    password_hash TEXT NOT NULL,\n"
    "    full_name TEXT NOT NULL,\n"
    "    is_active BOOLEAN DEFAULT TRUE,\n"
    "    created_at DATETIME DEFAULT CURRENT_TIMESTAMP,\n"
    "    last_login DATETIME\n"
    ")",

    "CREATE TABLE IF NOT EXISTS user_sessions (\n"
    "    id TEXT PRIMARY KEY,\n"
    "    user_id INTEGER NOT NULL,\n"
    "    created_at DATETIME DEFAULT CURRENT_TIMESTAMP,\n"
    "    expires_at DATETIME NOT NULL,\n"
    "    is_active BOOLEAN DEFAULT TRUE,\n"
    "    user_agent TEXT,\n"
    "    ip_address TEXT,\n"
    "    FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE\n"
    ")",

    "CREATE TABLE IF NOT EXISTS profiles (\n"
    "    id TEXT PRIMARY KEY,\n"
    "    department TEXT NOT NULL,\n"
    "    position TEXT NOT NULL,\n"
    "    employee_name TEXT,\n"
    "    profile_data TEXT NOT NULL,\n"
    "    metadata_json TEXT NOT NULL,\n"
    "    generation_time_seconds REAL NOT NULL,\n"
    "    input_tokens INTEGER DEFAULT 0,\n"
    "    output_tokens INTEGER DEFAULT 0,\n"
    "    total_tokens INTEGER DEFAULT 0,\n"
    "    validation_score REAL DEFAULT 0.0,\n"
    "    completeness_score REAL DEFAULT 0.0,\n"
    "    created_by INTEGER,\n"
    "    created_at DATETIME DEFAULT CURRENT_TIMESTAMP,\n"
    "    updated_at DATETIME DEFAULT CURRENT_TIMESTAMP,\n"
    "    status TEXT DEFAULT 'completed',\n"
    "    current_version INTEGER DEFAULT 1,\n"
    "    FOREIGN KEY (created_by) REFERENCES users(id)\n"
    ")",

    "CREATE TABLE IF NOT EXISTS profile_versions (\n"
    "    version_id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "    profile_id TEXT NOT NULL,\n"
    "    version_number INTEGER NOT NULL,\n"
    "    created_at DATETIME DEFAULT CURRENT_TIMESTAMP,\n"
    "    created_by_user_id INTEGER NOT NULL,\n"
    "    created_by_username TEXT NOT NULL,\n"
    "    version_type TEXT NOT NULL CHECK(version_type IN"
    " ('generated', 'regenerated', 'edited')),\n"
    "    profile_content TEXT NOT NULL,\n"
    "    validation_score REAL,\n"
    "    completeness_score REAL,\n"
    "    generation_metadata TEXT,\n"
    "    FOREIGN KEY (profile_id) REFERENCES profiles(id) ON DELETE CASCADE,\n"
    "    FOREIGN KEY (created_by_user_id) REFERENCES users(id),\n"
    "    UNIQUE(profile_id, version_number)\n"
    ")",

    "CREATE TABLE IF NOT EXISTS generation_tasks (\n"
    "    id TEXT PRIMARY KEY,\n"
    "    department TEXT NOT NULL,\n"
    "    position TEXT NOT NULL,\n"
    "    employee_name TEXT,\n"
    "    generation_params TEXT,\n"
    "    status TEXT DEFAULT 'pending',\n"
    "    progress INTEGER DEFAULT 0,\n"
    "    current_step TEXT,\n"
    "    result_profile_id TEXT,\n"
    "    error_message TEXT,\n"
    "    created_at DATETIME DEFAULT CURRENT_TIMESTAMP,\n"
    "    started_at DATETIME,\n"
    "    completed_at DATETIME,\n"
    "    created_by INTEGER,\n"
    "    FOREIGN KEY (result_profile_id) REFERENCES profiles(id),\n"
    "    FOREIGN KEY (created_by) REFERENCES users(id)\n"
    ")",

    "CREATE TABLE IF NOT EXISTS generation_history (\n"
    "    id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "    department TEXT NOT NULL,\n"
    "    position TEXT NOT NULL,\n"
    "    employee_name TEXT,\n"
    "    generation_type TEXT NOT NULL,\n"
    "    status TEXT NOT NULL,\n"
    "    generation_time_seconds REAL,\n"
    "    tokens_used INTEGER DEFAULT 0,\n"
    "    profile_id TEXT,\n"
    "    error_type TEXT,\n"
    "    created_by INTEGER,\n"
    "    created_at DATETIME DEFAULT CURRENT_TIMESTAMP,\n"
    "    FOREIGN KEY (profile_id) REFERENCES profiles(id),\n"
    "    FOREIGN KEY (created_by) REFERENCES users(id)\n"
    ")",

    "CREATE TABLE IF NOT EXISTS organization_cache (\n"
    "    id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "    cache_key TEXT UNIQUE NOT NULL,\n"
    "    cache_type TEXT NOT NULL,\n"
    "    data_json TEXT NOT NULL,\n"
    "    created_at DATETIME DEFAULT CURRENT_TIMESTAMP,\n"
    "    expires_at DATETIME,\n"
    "    access_count INTEGER DEFAULT 0,\n"
    "    last_accessed DATETIME DEFAULT CURRENT_TIMESTAMP\n"
    ")",

    "CREATE INDEX IF NOT EXISTS idx_profiles_department"
    " ON profiles(department)",
    "CREATE INDEX IF NOT EXISTS idx_profiles_position ON profiles(position)",
    "CREATE INDEX IF NOT EXISTS idx_profiles_created_at"
    " ON profiles(created_at)",
    "CREATE INDEX IF NOT EXISTS idx_profiles_status ON profiles(status)",
    "CREATE INDEX IF NOT EXISTS idx_profiles_created_by"
    " ON profiles(created_by)",
    "CREATE INDEX IF NOT EXISTS idx_tasks_status ON generation_tasks(status)",
    "CREATE INDEX IF NOT EXISTS idx_tasks_created_at"
    " ON generation_tasks(created_at)",
    "CREATE INDEX IF NOT EXISTS idx_tasks_created_by"
    " ON generation_tasks(created_by)",
    "CREATE INDEX IF NOT EXISTS idx_history_department"
    " ON generation_history(department)",
    "CREATE INDEX IF NOT EXISTS idx_history_created_at"
    " ON generation_history(created_at)",
    "CREATE INDEX IF NOT EXISTS idx_history_status"
    " ON generation_history(status)",
    "CREATE INDEX IF NOT EXISTS idx_sessions_user_id"
    " ON user_sessions(user_id)",
    "CREATE INDEX IF NOT EXISTS idx_sessions_expires_at"
    " ON user_sessions(expires_at)",
    "CREATE INDEX IF NOT EXISTS idx_sessions_is_active"
    " ON user_sessions(is_active)",
    "CREATE INDEX IF NOT EXISTS idx_cache_key"
    " ON organization_cache(cache_key)",
    "CREATE INDEX IF NOT EXISTS idx_cache_type"
    " ON organization_cache(cache_type)",
    "CREATE INDEX IF NOT EXISTS idx_cache_expires_at"
    " ON organization_cache(expires_at)",
    "CREATE INDEX IF NOT EXISTS idx_profile_versions_profile"
    " ON profile_versions(profile_id)",
    "CREATE INDEX IF NOT EXISTS idx_profile_versions_created"
    " ON profile_versions(created_at DESC)",

    "CREATE VIEW IF NOT EXISTS profile_details AS\n"
    "SELECT p.id, p.department, p.position, p.employee_name, p.profile_data,\n"
    "       p.metadata_json, p.generation_time_seconds, p.input_tokens,\n"
    "       p.output_tokens, p.total_tokens, p.validation_score,\n"
    "       p.completeness_score, p.created_by, p.created_at, p.updated_at,\n"
    "       p.status, p.current_version,\n"
    "       u.username AS created_by_username,\n"
    "       u.full_name AS created_by_full_name\n"
    "FROM profiles p LEFT JOIN users u ON p.created_by = u.id",

    "CREATE VIEW IF NOT EXISTS generation_stats AS\n"
    "SELECT DATE(created_at) AS date, department,\n"
    "       COUNT(*) AS total_generations,\n"
    "       COUNT(CASE WHEN status = 'completed' THEN 1 END)"
    " AS successful_generations,\n"
    "       AVG(CASE WHEN status = 'completed' THEN generation_time_seconds"
    " END) AS avg_generation_time,\n"
    "       SUM(total_tokens) AS total_tokens_used\n"
    "FROM profiles GROUP BY DATE(created_at), department\n"
    "ORDER BY date DESC, department",

    NULL
};


/* current_version stands alone: the old service adds it by a migration */
const hr_store_column_t  hr_store_base_columns[] = {
    { "users", "username", "TEXT" },
    { "users", "password_hash", "TEXT" },
    { "users", "full_name", "TEXT" },
    { "users", "is_active", "BOOLEAN" },
    { "users", "created_at", "DATETIME" },
    { "users", "last_login", "DATETIME" },
    { "user_sessions", "id", "TEXT" },
    { "user_sessions", "user_id", "INTEGER" },
    { "user_sessions", "created_at", "DATETIME" },
    { "user_sessions", "expires_at", "DATETIME" },
    { "user_sessions", "is_active", "BOOLEAN" },
    { "user_sessions", "user_agent", "TEXT" },
    { "user_sessions", "ip_address", "TEXT" },
    { "profiles", "department", "TEXT" },
    { "profiles", "position", "TEXT" },
    { "profiles", "employee_name", "TEXT" },
    { "profiles", "profile_data", "TEXT" },
    { "profiles", "metadata_json", "TEXT" },
    { "profiles", "generation_time_seconds", "REAL" },
    { "profiles", "input_tokens", "INTEGER" },
    { "profiles", "output_tokens", "INTEGER" },
    { "profiles", "total_tokens", "INTEGER" },
    { "profiles", "validation_score", "REAL" },
    { "profiles", "completeness_score", "REAL" },
    { "profiles", "created_by", "INTEGER" },
    { "profiles", "created_at", "DATETIME" },
    { "profiles", "updated_at", "DATETIME" },
    { "profiles", "status", "TEXT" },
    { "profile_versions", "profile_id", "TEXT" },
    { "profile_versions", "version_number", "INTEGER" },
    { "profile_versions", "created_at", "DATETIME" },
    { "profile_versions", "created_by_user_id", "INTEGER" },
    { "profile_versions", "created_by_username", "TEXT" },
    { "profile_versions", "version_type", "TEXT" },
    { "profile_versions", "profile_content", "TEXT" },
    { "profile_versions", "validation_score", "REAL" },
    { "profile_versions", "completeness_score", "REAL" },
    { "profile_versions", "generation_metadata", "TEXT" },
    { "generation_tasks", "id", "TEXT" },
    { "generation_tasks", "generation_params", "TEXT" },
    { "generation_tasks", "status", "TEXT" },
    { "generation_tasks", "progress", "INTEGER" },
    { "generation_tasks", "current_step", "TEXT" },
    { "generation_tasks", "result_profile_id", "TEXT" },
    { "generation_tasks", "error_message", "TEXT" },
    { "generation_tasks", "created_at", "DATETIME" },
    { "generation_tasks", "started_at", "DATETIME" },
    { "generation_tasks", "completed_at", "DATETIME" },
    { "generation_tasks", "created_by", "INTEGER" },
    { "generation_history", "generation_type", "TEXT" },
    { "generation_history", "generation_time_seconds", "REAL" },
    { "generation_history", "tokens_used", "INTEGER" },
    { "generation_history", "error_type", "TEXT" },
    { "generation_history", "created_at", "DATETIME" },
    { NULL, NULL, NULL }
};


const hr_store_column_t  hr_store_added_columns[] = {

    /* full path of the unit: the only sound link of profile and position */
    { "profiles", "unit_path", "TEXT" },
    { "profiles", "revision", "INTEGER DEFAULT 0" },
    { "profiles", "version_counter", "INTEGER" },
    { "profiles", "approval_state", "TEXT" },

    { "users", "role", "TEXT" },

    { "user_sessions", "last_seen", "DATETIME" },
    { "user_sessions", "remember", "BOOLEAN DEFAULT 0" },

    { "profile_versions", "note", "TEXT" },
    { "profile_versions", "changes_summary", "TEXT" },
    { "profile_versions", "prompt_version", "TEXT" },
    { "profile_versions", "edited_leaves", "INTEGER" },
    { "profile_versions", "total_leaves", "INTEGER" },

    { "generation_tasks", "unit_path", "TEXT" },
    { "generation_tasks", "slot_key", "TEXT" },     /* folded unit and position */
    { "generation_tasks", "target_profile_id", "TEXT" },
    { "generation_tasks", "save_result", "BOOLEAN DEFAULT 1" },
    { "generation_tasks", "idempotency_key", "TEXT" },
    { "generation_tasks", "batch_id", "TEXT" },
    { "generation_tasks", "priority", "INTEGER DEFAULT 0" },
    { "generation_tasks", "attempt", "INTEGER DEFAULT 0" },
    { "generation_tasks", "released", "INTEGER DEFAULT 0" },
    { "generation_tasks", "lease_owner", "TEXT" },
    { "generation_tasks", "lease_until", "INTEGER" },   /* microseconds, UTC */
    { "generation_tasks", "not_before", "INTEGER" },    /* microseconds, UTC */
    { "generation_tasks", "paused", "BOOLEAN DEFAULT 0" },
    { "generation_tasks", "error_code", "TEXT" },
    { "generation_tasks", "result_version", "INTEGER" },
    { "generation_tasks", "result_json", "TEXT" },
    { "generation_tasks", "estimated_seconds", "INTEGER" },

    { "generation_history", "task_id", "TEXT" },
    { "generation_history", "batch_id", "TEXT" },
    { "generation_history", "unit_path", "TEXT" },
    { "generation_history", "attempt", "INTEGER" },
    { "generation_history", "model", "TEXT" },
    { "generation_history", "prompt_version", "TEXT" },
    { "generation_history", "tokens_in", "INTEGER" },
    { "generation_history", "tokens_out", "INTEGER" },
    { "generation_history", "cost_usd", "REAL" },
    { "generation_history", "error_code", "TEXT" },
    { "generation_history", "cost_estimated", "BOOLEAN DEFAULT 0" },

    { "search_profiles", "stage", "INTEGER NOT NULL DEFAULT 0" },
    { "search_profiles", "kpi_review", "INTEGER NOT NULL DEFAULT 0" },

    { NULL, NULL, NULL }
};


const char *const  hr_store_own_schema[] = {

    /*
     * Everything that a list shows, without the document: a profile row holds
     * 15 to 40 KB in an overflow chain that stands before status, times and
     * version, so reading those from the table costs ten pages a row.  Kept by
     * the engine, hence right whoever writes.
     */
    "CREATE INDEX IF NOT EXISTS idx_profiles_card ON profiles(id, department,"
    " position, employee_name, unit_path, status, validation_score,"
    " completeness_score, generation_time_seconds, input_tokens,"
    " output_tokens, total_tokens, current_version, revision, created_by,"
    " created_at, updated_at, approval_state, version_counter)",

    /* the same for versions, whose document stands before scores and notes */
    "CREATE INDEX IF NOT EXISTS idx_profile_versions_card"
    " ON profile_versions(profile_id, version_number, version_type,"
    " created_at, created_by_user_id, created_by_username, validation_score,"
    " completeness_score, note, changes_summary, prompt_version,"
    " edited_leaves, total_leaves)",
    "CREATE INDEX IF NOT EXISTS idx_profiles_updated_at"
    " ON profiles(updated_at)",
    "CREATE INDEX IF NOT EXISTS idx_profiles_approval"
    " ON profiles(approval_state)",
    "CREATE INDEX IF NOT EXISTS idx_sessions_live"
    " ON user_sessions(user_id, is_active, expires_at)",
    "CREATE INDEX IF NOT EXISTS idx_tasks_user"
    " ON generation_tasks(created_by, status, started_at)",
    "CREATE INDEX IF NOT EXISTS idx_tasks_queue"
    " ON generation_tasks(status, priority, created_at, created_by)",
    "CREATE INDEX IF NOT EXISTS idx_tasks_slot"
    " ON generation_tasks(slot_key, status)",
    "CREATE INDEX IF NOT EXISTS idx_tasks_target"
    " ON generation_tasks(target_profile_id, status)",
    "CREATE INDEX IF NOT EXISTS idx_tasks_idempotency"
    " ON generation_tasks(idempotency_key, created_by)",
    "CREATE INDEX IF NOT EXISTS idx_tasks_batch"
    " ON generation_tasks(batch_id, status)",
    "CREATE INDEX IF NOT EXISTS idx_tasks_completed"
    " ON generation_tasks(completed_at)",
    "CREATE INDEX IF NOT EXISTS idx_tasks_result"
    " ON generation_tasks(result_profile_id)",
    "CREATE INDEX IF NOT EXISTS idx_history_profile"
    " ON generation_history(profile_id)",
    "CREATE INDEX IF NOT EXISTS idx_history_usage"
    " ON generation_history(created_at, status, created_by, model, cost_usd)",

    "CREATE TABLE IF NOT EXISTS store_meta (\n"
    "    key TEXT PRIMARY KEY,\n"
    "    value INTEGER NOT NULL\n"
    ")",

    /* the folded copy; see hr_store_index.c */
    "CREATE TABLE IF NOT EXISTS search_terms (\n"
    "    id INTEGER PRIMARY KEY,\n"
    "    fold TEXT NOT NULL UNIQUE\n"
    ")",
    "CREATE VIRTUAL TABLE IF NOT EXISTS search_terms_fts USING fts5(fold,"
    " content='search_terms', content_rowid='id',"
    " tokenize='trigram case_sensitive 1')",
    "CREATE TABLE IF NOT EXISTS search_people (\n"
    "    id INTEGER PRIMARY KEY,\n"
    "    fold TEXT NOT NULL UNIQUE\n"
    ")",
    "CREATE VIRTUAL TABLE IF NOT EXISTS search_people_fts USING fts5(fold,"
    " content='search_people', content_rowid='id',"
    " tokenize='trigram case_sensitive 1')",
    "CREATE TABLE IF NOT EXISTS search_slots (\n"
    "    id INTEGER PRIMARY KEY,\n"
    "    department TEXT NOT NULL,\n"
    "    position TEXT NOT NULL,\n"
    "    unit_path TEXT NOT NULL,\n"       /* '': none */
    "    department_term INTEGER NOT NULL,\n"
    "    position_term INTEGER NOT NULL,\n"
    "    n0 INTEGER NOT NULL DEFAULT 0,\n"
    "    n1 INTEGER NOT NULL DEFAULT 0,\n"
    "    n2 INTEGER NOT NULL DEFAULT 0,\n"
    "    n3 INTEGER NOT NULL DEFAULT 0,\n"
    "    UNIQUE(position, department, unit_path)\n"
    ")",
    /* row 0 stands for all slots together; its names are no texts */
    "INSERT OR IGNORE INTO search_slots (id, department, position, unit_path,"
    " department_term, position_term) VALUES (0, x'', x'', x'', 0, 0)",
    "CREATE INDEX IF NOT EXISTS idx_search_slots_department"
    " ON search_slots(department_term)",
    "CREATE INDEX IF NOT EXISTS idx_search_slots_position"
    " ON search_slots(position_term)",
    "CREATE TABLE IF NOT EXISTS search_profiles (\n"
    "    seq INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "    profile_id TEXT NOT NULL UNIQUE,\n"
    "    source_hash INTEGER NOT NULL,\n"
    "    slot INTEGER NOT NULL,\n"
    "    employee INTEGER,\n"
    "    status INTEGER NOT NULL,\n"     /* hr_store_status_t; 4: no valid id */
    "    created_us INTEGER NOT NULL,\n"
    "    updated_us INTEGER NOT NULL,\n"
    "    validation REAL NOT NULL,\n"
    "    completeness REAL NOT NULL,\n"
    "    created_by INTEGER,\n"
    "    stage INTEGER NOT NULL DEFAULT 0,\n"      /* hr_store_stage_t */
    "    kpi_review INTEGER NOT NULL DEFAULT 0\n"   /* 1: generic, not approved */
    ")",
    /* seq stands in them by name, to be the second sort key */
    "CREATE INDEX IF NOT EXISTS idx_search_created"
    " ON search_profiles(created_us, seq, status, slot, employee, created_by,"
    " validation, completeness)",
    "CREATE INDEX IF NOT EXISTS idx_search_status"
    " ON search_profiles(status, created_us, seq, slot, employee)",
    "CREATE INDEX IF NOT EXISTS idx_search_slot"
    " ON search_profiles(slot, status, created_us, seq)",
    "CREATE INDEX IF NOT EXISTS idx_search_employee"
    " ON search_profiles(employee, status, slot)",
    "CREATE INDEX IF NOT EXISTS idx_search_creator"
    " ON search_profiles(created_by, created_us, seq, status)",
    "CREATE INDEX IF NOT EXISTS idx_search_updated"
    " ON search_profiles(updated_us, seq, status, slot, employee)",
    "CREATE INDEX IF NOT EXISTS idx_search_validation"
    " ON search_profiles(validation, seq, status, slot, employee)",
    "CREATE INDEX IF NOT EXISTS idx_search_completeness"
    " ON search_profiles(completeness, seq, status, slot, employee)",
    "CREATE INDEX IF NOT EXISTS idx_search_stage"
    " ON search_profiles(stage, created_us, seq, status, slot, employee)",
    "CREATE INDEX IF NOT EXISTS idx_search_kpi"
    " ON search_profiles(created_us, seq, status, slot, employee)"
    " WHERE kpi_review = 1",

    /* users who joined somebody else's task */
    "CREATE TABLE IF NOT EXISTS generation_task_watchers (\n"
    "    task_id TEXT NOT NULL,\n"
    "    user_id INTEGER NOT NULL,\n"
    "    PRIMARY KEY (task_id, user_id)\n"
    ") WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS idx_watchers_user"
    " ON generation_task_watchers(user_id)",

    "CREATE TABLE IF NOT EXISTS generation_batches (\n"
    "    id TEXT PRIMARY KEY,\n"
    "    created_by INTEGER,\n"
    "    params TEXT,\n"
    "    status TEXT NOT NULL DEFAULT 'active',\n"
    "    created_at DATETIME NOT NULL,\n"
    "    updated_at DATETIME NOT NULL,\n"
    "    completed_at DATETIME\n"
    ")",
    "CREATE INDEX IF NOT EXISTS idx_batches_user"
    " ON generation_batches(created_by, created_at)",
    "CREATE INDEX IF NOT EXISTS idx_batches_created"
    " ON generation_batches(created_at)",
    "CREATE TABLE IF NOT EXISTS generation_batch_items (\n"
    "    batch_id TEXT NOT NULL,\n"
    "    ordinal INTEGER NOT NULL,\n"
    "    department TEXT NOT NULL,\n"
    "    position TEXT NOT NULL,\n"
    "    unit_path TEXT,\n"
    "    employee_name TEXT,\n"
    "    state TEXT NOT NULL,\n"
    "    task_id TEXT,\n"
    "    profile_id TEXT,\n"
    "    error_code TEXT,\n"
    "    message TEXT,\n"
    "    PRIMARY KEY (batch_id, ordinal)\n"
    ") WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS idx_batch_items_task"
    " ON generation_batch_items(task_id)",
    "CREATE INDEX IF NOT EXISTS idx_batch_items_profile"
    " ON generation_batch_items(profile_id)",
    "CREATE INDEX IF NOT EXISTS idx_batch_items_state"
    " ON generation_batch_items(batch_id, state)",

    "CREATE TABLE IF NOT EXISTS profile_approvals (\n"
    "    id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "    profile_id TEXT NOT NULL,\n"
    "    version_number INTEGER NOT NULL,\n"
    "    from_state TEXT,\n"
    "    to_state TEXT NOT NULL,\n"
    "    user_id INTEGER,\n"
    "    comment TEXT,\n"
    "    created_at DATETIME NOT NULL\n"
    ")",
    "CREATE INDEX IF NOT EXISTS idx_approvals_profile"
    " ON profile_approvals(profile_id)",

    "CREATE TABLE IF NOT EXISTS profile_reviews (\n"
    "    id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "    profile_id TEXT NOT NULL,\n"
    "    version_number INTEGER NOT NULL,\n"
    "    user_id INTEGER NOT NULL,\n"
    "    section TEXT,\n"
    "    rating INTEGER NOT NULL,\n"
    "    comment TEXT,\n"
    "    created_at DATETIME NOT NULL\n"
    ")",
    "CREATE INDEX IF NOT EXISTS idx_reviews_profile"
    " ON profile_reviews(profile_id, version_number)",

    /* append-only: the two triggers concern this table of our own only */
    "CREATE TABLE IF NOT EXISTS audit_log (\n"
    "    seq INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "    at DATETIME NOT NULL,\n"
    "    user_id INTEGER,\n"
    "    username TEXT,\n"
    "    action TEXT NOT NULL,\n"
    "    object_type TEXT,\n"
    "    object_id TEXT,\n"
    "    result TEXT NOT NULL,\n"
    "    address TEXT,\n"
    "    request_id TEXT,\n"
    "    detail TEXT,\n"
    "    hash TEXT NOT NULL\n"
    ")",
    "CREATE INDEX IF NOT EXISTS idx_audit_at ON audit_log(at)",
    "CREATE INDEX IF NOT EXISTS idx_audit_user ON audit_log(user_id)",
    "CREATE INDEX IF NOT EXISTS idx_audit_object ON audit_log(object_id)",
    "CREATE TRIGGER IF NOT EXISTS audit_log_no_update"
    " BEFORE UPDATE ON audit_log"
    " BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
    "CREATE TRIGGER IF NOT EXISTS audit_log_no_delete"
    " BEFORE DELETE ON audit_log"
    " BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",

    NULL
};
