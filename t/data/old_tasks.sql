-- Tasks that ended long ago, one that ended an hour ago, one that waits; all synthetic.
-- The times are those of the start, so that they grow old with the test.
CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT UNIQUE NOT NULL,
    password_hash TEXT NOT NULL,
    full_name TEXT NOT NULL,
    is_active BOOLEAN DEFAULT TRUE,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
    last_login DATETIME
);

CREATE TABLE generation_tasks (
    id TEXT PRIMARY KEY,
    department TEXT NOT NULL,
    position TEXT NOT NULL,
    employee_name TEXT,
    generation_params TEXT,
    status TEXT DEFAULT 'pending',
    progress INTEGER DEFAULT 0,
    current_step TEXT,
    result_profile_id TEXT,
    error_message TEXT,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
    started_at DATETIME,
    completed_at DATETIME,
    created_by INTEGER
);

INSERT INTO generation_tasks (id, department, position, status, created_at, completed_at)
VALUES ('11111111-1111-4111-8111-000000000001', 'А', 'Б', 'completed',
        datetime('now', '-3 days'), datetime('now', '-2 days')),
       ('11111111-1111-4111-8111-000000000002', 'А', 'Б', 'failed',
        datetime('now', '-3 days'), datetime('now', '-25 hours')),
       ('11111111-1111-4111-8111-000000000003', 'А', 'Б', 'cancelled',
        datetime('now', '-3 days'), datetime('now', '-1 hours'));
