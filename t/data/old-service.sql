-- A database as the old service leaves it: its own schema, accounts with both hash
-- schemes, sessions, profiles of every status and shape, rows that break rules.
-- All data are synthetic.
PRAGMA foreign_keys = OFF;
BEGIN;

CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT UNIQUE NOT NULL,
    password_hash TEXT NOT NULL,
    full_name TEXT NOT NULL,
    is_active BOOLEAN DEFAULT TRUE,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
    last_login DATETIME
);

CREATE TABLE profiles (
    id TEXT PRIMARY KEY,
    department TEXT NOT NULL,
    position TEXT NOT NULL,
    employee_name TEXT,
    profile_data TEXT NOT NULL,
    metadata_json TEXT NOT NULL,
    generation_time_seconds REAL NOT NULL,
    input_tokens INTEGER DEFAULT 0,
    output_tokens INTEGER DEFAULT 0,
    total_tokens INTEGER DEFAULT 0,
    validation_score REAL DEFAULT 0.0,
    completeness_score REAL DEFAULT 0.0,
    created_by INTEGER,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME DEFAULT CURRENT_TIMESTAMP,
    status TEXT DEFAULT 'completed',
    FOREIGN KEY (created_by) REFERENCES users(id)
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
    created_by INTEGER,
    FOREIGN KEY (result_profile_id) REFERENCES profiles(id),
    FOREIGN KEY (created_by) REFERENCES users(id)
);

CREATE TABLE user_sessions (
    id TEXT PRIMARY KEY,
    user_id INTEGER NOT NULL,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
    expires_at DATETIME NOT NULL,
    is_active BOOLEAN DEFAULT TRUE,
    user_agent TEXT,
    ip_address TEXT,
    FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);

CREATE TABLE generation_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    department TEXT NOT NULL,
    position TEXT NOT NULL,
    employee_name TEXT,
    generation_type TEXT NOT NULL,
    status TEXT NOT NULL,
    generation_time_seconds REAL,
    tokens_used INTEGER DEFAULT 0,
    profile_id TEXT,
    error_type TEXT,
    created_by INTEGER,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
    FOREIGN KEY (profile_id) REFERENCES profiles(id),
    FOREIGN KEY (created_by) REFERENCES users(id)
);

CREATE TABLE organization_cache (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    cache_key TEXT UNIQUE NOT NULL,
    cache_type TEXT NOT NULL,
    data_json TEXT NOT NULL,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
    expires_at DATETIME,
    access_count INTEGER DEFAULT 0,
    last_accessed DATETIME DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE profile_versions (
    version_id INTEGER PRIMARY KEY AUTOINCREMENT,
    profile_id TEXT NOT NULL,
    version_number INTEGER NOT NULL,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
    created_by_user_id INTEGER NOT NULL,
    created_by_username TEXT NOT NULL,
    version_type TEXT NOT NULL CHECK (version_type IN ('generated', 'regenerated', 'edited')),
    profile_content TEXT NOT NULL,
    validation_score REAL,
    completeness_score REAL,
    generation_metadata TEXT,
    FOREIGN KEY (profile_id) REFERENCES profiles(id) ON DELETE CASCADE,
    FOREIGN KEY (created_by_user_id) REFERENCES users(id),
    UNIQUE (profile_id, version_number)
);

CREATE INDEX idx_profiles_department ON profiles(department);
CREATE INDEX idx_profiles_position ON profiles(position);
CREATE INDEX idx_profiles_created_at ON profiles(created_at);
CREATE INDEX idx_profiles_status ON profiles(status);
CREATE INDEX idx_profiles_created_by ON profiles(created_by);
CREATE INDEX idx_tasks_status ON generation_tasks(status);
CREATE INDEX idx_tasks_created_at ON generation_tasks(created_at);
CREATE INDEX idx_tasks_created_by ON generation_tasks(created_by);
CREATE INDEX idx_history_department ON generation_history(department);
CREATE INDEX idx_history_created_at ON generation_history(created_at);
CREATE INDEX idx_history_status ON generation_history(status);
CREATE INDEX idx_sessions_user_id ON user_sessions(user_id);
CREATE INDEX idx_sessions_expires_at ON user_sessions(expires_at);
CREATE INDEX idx_sessions_is_active ON user_sessions(is_active);
CREATE INDEX idx_cache_key ON organization_cache(cache_key);
CREATE INDEX idx_cache_type ON organization_cache(cache_type);
CREATE INDEX idx_cache_expires_at ON organization_cache(expires_at);
CREATE INDEX idx_profile_versions_profile ON profile_versions(profile_id);
CREATE INDEX idx_profile_versions_created ON profile_versions(created_at DESC);

CREATE VIEW profile_details AS
SELECT p.*, u.username AS created_by_username, u.full_name AS created_by_full_name
FROM profiles p LEFT JOIN users u ON p.created_by = u.id;

CREATE VIEW generation_stats AS
SELECT DATE(created_at) AS date, department, COUNT(*) AS total_generations,
    COUNT(CASE WHEN status = 'completed' THEN 1 END) AS successful_generations,
    AVG(CASE WHEN status = 'completed' THEN generation_time_seconds END) AS avg_generation_time,
    SUM(total_tokens) AS total_tokens_used
FROM profiles GROUP BY DATE(created_at), department ORDER BY date DESC, department;

ALTER TABLE profiles ADD COLUMN current_version INTEGER DEFAULT 1;

-- passwords: admin123 in the new scheme, legacy-pass in the old one
INSERT INTO users (username, password_hash, full_name, is_active, created_at, last_login) VALUES
('admin', '$2b$12$abcdefghijklmnopqrstuuRWTRlIP0pN4IuQpTffQVR9bmcKoMgIa', 'Администратор системы', 1, '2025-09-07 14:38:37', '2025-09-08 10:00:00'),
('hr', '$2b$12$abcdefghijklmnopqrstuub2GfIXWzY.sKJFJfFh/XrwDlCVHYH2m', 'Специалист по кадрам', 1, '2025-09-07 14:38:37', NULL),
('former', 'no hash at all', 'Бывший пользователь', 0, '2025-09-07 14:38:38', NULL),
('timeless', '$2b$12$abcdefghijklmnopqrstuuRWTRlIP0pN4IuQpTffQVR9bmcKoMgIa', 'Без даты', 1, NULL, NULL);

INSERT INTO user_sessions (id, user_id, created_at, expires_at, is_active, user_agent, ip_address) VALUES
('11111111-0000-4000-8000-000000000001', 1, '2025-09-08 14:38:37', '2099-09-08 14:38:37.194483', 1, 'Mozilla/5.0', '127.0.0.1'),
('11111111-0000-4000-8000-000000000002', 1, '2025-09-07 14:38:37', '2025-09-08 14:38:37', 1, 'unknown', NULL),
('11111111-0000-4000-8000-000000000003', 2, '2025-09-07 14:38:37', '2099-09-08 14:38:37.1', 0, NULL, NULL),
('11111111-0000-4000-8000-000000000004', 3, '2025-09-07 14:38:37', '2099-09-08 14:38:37.1', 1, NULL, NULL);

INSERT INTO profiles (id, department, position, employee_name, profile_data, metadata_json,
 generation_time_seconds, validation_score, completeness_score, created_by, created_at,
 updated_at, status, current_version) VALUES
('aaaaaaaa-0000-4000-8000-000000000001', 'Отдел анализа', 'Ведущий аналитик', NULL, '{"position_title": "Ведущий аналитик", "department_specific": "Отдел анализа", "responsibility_areas": [], "professional_skills": [], "corporate_competencies": [], "personal_qualities": [], "experience_and_education": {}}', '{"generation": {"department": "Отдел анализа", "duration": 29.1}, "llm": {"model": "m", "tokens": {"input": 45000, "output": 4000, "total": 49000}}, "validation": {"is_valid": true}}', 29.1, 0.0, 0.95, 1, '2025-09-09T18:47:26.337714', '2025-09-09T18:47:26.337714', 'completed', 1),
('aaaaaaaa-0000-4000-8000-000000000002', 'Отдел анализа', 'Ведущий аналитик', 'Сотрудник Первый', '{
  "success": true,
  "profile": {
    "position_title": "Ведущий аналитик",
    "department_specific": "Отдел анализа",
    "responsibility_areas": [],
    "professional_skills": [],
    "corporate_competencies": [],
    "personal_qualities": [],
    "experience_and_education": {}
  },
  "metadata": {},
  "errors": [],
  "warnings": []
}', '{"generation": {"department": "Отдел анализа", "duration": 29.1}, "llm": {"model": "m", "tokens": {"input": 45000, "output": 4000, "total": 49000}}, "validation": {"is_valid": true}}', 29.1, 0.0, 0.9, 2, '2025-09-10T08:00:00', '2025-09-11T08:00:00.000001', 'archived', 2),
('aaaaaaaa-0000-4000-8000-000000000003', 'Отдел закупок', 'Менеджер', NULL, '{"position_title": "Ведущий аналитик", "department_specific": "Отдел анализа", "responsibility_areas": [], "professional_skills": [], "corporate_competencies": [], "personal_qualities": [], "experience_and_education": {}}', '{}', 29.1, NULL, NULL, NULL, '2025-09-10 07:59:59', '2025-09-10 07:59:59', 'failed', NULL),
('aaaaaaaa-0000-4000-8000-000000000004', 'Отдел закупок', 'Менеджер', NULL, '{"position_title": "Ведущий аналитик", "department_specific": "Отдел анализа", "responsibility_areas": [], "professional_skills": [], "corporate_competencies": [], "personal_qualities": [], "experience_and_education": {}}', '{"generation": {"department": "Отдел анализа", "duration": 29.1}, "llm": {"model": "m", "tokens": {"input": 45000, "output": 4000, "total": 49000}}, "validation": {"is_valid": true}}', 29.1, 0.5, 0.9, 1, '2025-09-10T07:59:58.5', '2025-09-10T08:00:00', 'processing', 9),
('aaaaaaaa-0000-4000-8000-000000000005', 'Блок/Отдел закупок', 'Старший менеджер', NULL, '{broken json', '{broken', 29.1, 0.5, 7.5, 1, NULL, '2025-09-12T00:00:00', 'in_progress', 1),
('aaaaaaaa-0000-4000-8000-000000000006', 'Отдел закупок', 'Без статуса', NULL, '{"position_title": "Ведущий аналитик", "department_specific": "Отдел анализа", "responsibility_areas": [], "professional_skills": [], "corporate_competencies": [], "personal_qualities": [], "experience_and_education": {}}', 'null', 29.1, 0.5, 0.9, 4, 'when?', NULL, NULL, 1),
('profile-7', 'Отдел закупок', 'Не UUID', NULL, '{"position_title": "Ведущий аналитик", "department_specific": "Отдел анализа", "responsibility_areas": [], "professional_skills": [], "corporate_competencies": [], "personal_qualities": [], "experience_and_education": {}}', '{"generation": {"department": "Отдел анализа", "duration": 29.1}, "llm": {"model": "m", "tokens": {"input": 45000, "output": 4000, "total": 49000}}, "validation": {"is_valid": true}}', 29.1, 0.5, 0.9, 1, '2025-09-12T00:00:00', '2025-09-12T00:00:00', 'completed', 1),
('AAAAAAAA-0000-4000-8000-0000000000FF', 'Отдел закупок', 'Верхний регистр', NULL, '{"position_title": "Ведущий аналитик", "department_specific": "Отдел анализа", "responsibility_areas": [], "professional_skills": [], "corporate_competencies": [], "personal_qualities": [], "experience_and_education": {}}', '{"generation": {"department": "Отдел анализа", "duration": 29.1}, "llm": {"model": "m", "tokens": {"input": 45000, "output": 4000, "total": 49000}}, "validation": {"is_valid": true}}', 29.1, 0.5, 0.9, 1, '2025-09-12T00:00:00', '2025-09-12T00:00:00', 'completed', 1),
(NULL, 'Отдел закупок', 'Без номера', NULL, '{"position_title": "Ведущий аналитик", "department_specific": "Отдел анализа", "responsibility_areas": [], "professional_skills": [], "corporate_competencies": [], "personal_qualities": [], "experience_and_education": {}}', '{"generation": {"department": "Отдел анализа", "duration": 29.1}, "llm": {"model": "m", "tokens": {"input": 45000, "output": 4000, "total": 49000}}, "validation": {"is_valid": true}}', 29.1, 0.5, 0.9, 1, '2025-09-12T00:00:00', '2025-09-12T00:00:00', 'completed', 1);

INSERT INTO profile_versions (profile_id, version_number, created_at, created_by_user_id,
 created_by_username, version_type, profile_content, validation_score, completeness_score,
 generation_metadata) VALUES
('aaaaaaaa-0000-4000-8000-000000000001', 1, '2025-09-09T18:47:26.337714', 1, 'System', 'generated', '{"position_title": "Ведущий аналитик", "department_specific": "Отдел анализа", "responsibility_areas": [], "professional_skills": [], "corporate_competencies": [], "personal_qualities": [], "experience_and_education": {}}', 0.0, 0.95, '{"generation": {"department": "Отдел анализа", "duration": 29.1}, "llm": {"model": "m", "tokens": {"input": 45000, "output": 4000, "total": 49000}}, "validation": {"is_valid": true}}'),
('aaaaaaaa-0000-4000-8000-000000000002', 1, '2025-09-10T08:00:00', 1, 'System', 'generated', '{
  "success": true,
  "profile": {
    "position_title": "Ведущий аналитик",
    "department_specific": "Отдел анализа",
    "responsibility_areas": [],
    "professional_skills": [],
    "corporate_competencies": [],
    "personal_qualities": [],
    "experience_and_education": {}
  },
  "metadata": {},
  "errors": [],
  "warnings": []
}', 0.0, 0.9, '{"generation": {"department": "Отдел анализа", "duration": 29.1}, "llm": {"model": "m", "tokens": {"input": 45000, "output": 4000, "total": 49000}}, "validation": {"is_valid": true}}'),
('aaaaaaaa-0000-4000-8000-000000000002', 2, '2025-09-11T08:00:00.000001', 1, 'System', 'edited', '{"position_title": "Ведущий аналитик", "department_specific": "Отдел анализа", "responsibility_areas": [], "professional_skills": [], "corporate_competencies": [], "personal_qualities": [], "experience_and_education": {}}', NULL, NULL, NULL),
('aaaaaaaa-0000-4000-8000-000000000002', 5, '2025-09-10 09:00:00', 1, 'System', 'regenerated', '{"position_title": "Ведущий аналитик", "department_specific": "Отдел анализа", "responsibility_areas": [], "professional_skills": [], "corporate_competencies": [], "personal_qualities": [], "experience_and_education": {}}', 0.1, 0.8, '{"generation": {"department": "Отдел анализа", "duration": 29.1}, "llm": {"model": "m", "tokens": {"input": 45000, "output": 4000, "total": 49000}}, "validation": {"is_valid": true}}'),
('aaaaaaaa-0000-4000-8000-000000000004', 1, '2025-09-10T07:59:58.5', 1, 'System', 'generated', '{"position_title": "Ведущий аналитик", "department_specific": "Отдел анализа", "responsibility_areas": [], "professional_skills": [], "corporate_competencies": [], "personal_qualities": [], "experience_and_education": {}}', 0.5, 0.9, '{"generation": {"department": "Отдел анализа", "duration": 29.1}, "llm": {"model": "m", "tokens": {"input": 45000, "output": 4000, "total": 49000}}, "validation": {"is_valid": true}}');

COMMIT;
