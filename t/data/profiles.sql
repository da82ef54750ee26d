-- Profiles of every shape for the tests of /api/profiles: no accounts (the server makes
-- its administrator, who has id 1), documents from t/data/profiles.  All synthetic.
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
    current_version INTEGER DEFAULT 1,
    FOREIGN KEY (created_by) REFERENCES users(id)
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

CREATE TEMP TABLE fixture (n INTEGER, file TEXT, department TEXT, position TEXT,
                           employee TEXT, status TEXT, at TEXT);

INSERT INTO fixture VALUES
(1, 'production', 'Отдел разработки', 'Ведущий аналитик', NULL, 'completed', '2025-09-01T10:00:00.000001'),
(2, 'tokens', 'Отдел закупок', 'Старший менеджер', 'Сотрудник Первый', 'completed', '2025-09-02T10:00:00'),
(3, 'editor', 'Отдел закупок', 'Менеджер', NULL, 'archived', '2025-09-03T10:00:00'),
(4, 'wrapped', 'Блок/Отдел закупок', 'Елочный мастер', 'Сотрудник Второй', 'completed', '2025-09-04T10:00:00'),
(5, 'sixteen', 'Бюро проектирования', 'Архитектор "ГИП"', NULL, 'failed', '2025-09-05T10:00:00'),
(6, 'first', 'Бюро проектирования', 'Архитектор 100%', NULL, 'completed', '2025-09-06T10:00:00'),
(7, 'odd', 'Отдел_кадров', 'Специалист SELECT', NULL, 'completed', '2025-09-06T10:00:00'),
(8, 'career_text', 'Отдел кадров', 'Инспектор', NULL, 'processing', '2025-09-07T10:00:00'),
(9, 'empty', 'Отдел кадров', 'Пустая', NULL, 'completed', '2025-09-08T10:00:00');

INSERT INTO profiles (id, department, position, employee_name, profile_data, metadata_json,
    generation_time_seconds, validation_score, completeness_score, created_by, created_at,
    updated_at, status)
SELECT 'bbbbbbbb-0000-4000-8000-00000000000' || n, department, position, employee,
    CAST(readfile('t/data/profiles/' || file || '.json') AS TEXT),
    json_object('generation', json_object('timestamp', at, 'duration', 29.5, 'temperature', 0.1),
        'llm', json_object('model', 'synthetic/model', 'tokens',
            json_object('input', 45000, 'output', 4000, 'total', 49000)),
        'validation', json_object('is_valid', json('false'), 'errors',
            json_array('нет поля'), 'warnings', json_array('пустое поле'),
            'completeness_score', 0.9),
        'saved_path', '/app/generated_profiles/secret/path.json'),
    29.5, n / 10.0, 1.0 - n / 10.0, 1, at, at, status
FROM fixture;

-- a damaged row of the old service
INSERT INTO profiles (id, department, position, profile_data, metadata_json,
    generation_time_seconds, validation_score, completeness_score, created_by, created_at,
    updated_at)
VALUES ('bbbbbbbb-0000-4000-8000-0000000000ff', 'Отдел кадров', 'Повреждённый', '{broken',
    '{broken', 1, NULL, NULL, NULL, '2024-01-01 10:00:00', '2024-01-01 10:00:00');

-- profile 1 has three versions, the second is current; profile 2 has one with broken NULLs
INSERT INTO profile_versions (profile_id, version_number, created_at, created_by_user_id,
    created_by_username, version_type, profile_content, validation_score, completeness_score,
    generation_metadata)
SELECT 'bbbbbbbb-0000-4000-8000-000000000001', 1, '2025-08-01T10:00:00', 1, 'System', 'generated',
    CAST(readfile('t/data/profiles/sixteen.json') AS TEXT), 0.5, 0.9411764705882353, NULL;
INSERT INTO profile_versions (profile_id, version_number, created_at, created_by_user_id,
    created_by_username, version_type, profile_content, validation_score, completeness_score,
    generation_metadata)
SELECT id, 2, '2025-09-01T10:00:00.000001', 1, 'System', 'edited', profile_data, 0.1, 0.9, metadata_json
FROM profiles WHERE id LIKE '%0001';
INSERT INTO profile_versions (profile_id, version_number, created_at, created_by_user_id,
    created_by_username, version_type, profile_content, validation_score, completeness_score,
    generation_metadata)
SELECT 'bbbbbbbb-0000-4000-8000-000000000001', 5, '2025-09-03T10:00:00', 1, 'System', 'regenerated',
    CAST(readfile('t/data/profiles/editor.json') AS TEXT), NULL, NULL,
    '{"llm": {"model": "other/model"}}';
UPDATE profiles SET current_version = 2 WHERE id LIKE '%0001';

COMMIT;
