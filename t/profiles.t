# GET /api/profiles/{id}, metadata, archive, restore, purge (api-profiles.md 3.3, 3.4,
# 3.6, 3.7).

use HR::Test 'no_plan';

run_tests();

__DATA__

=== TEST 1: the detail has the document, its metadata and everything about the row
--- hr_database: t/data/profiles.sql
--- login
--- request
GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001
--- response_headers
Cache-Control: no-store
Content-Type: application/json
--- response_headers_like
ETag: "[0-9a-f]{24}"
--- json
profile_id = bbbbbbbb-0000-4000-8000-000000000001
profile.position_title is string
profile.responsibility_areas[0].area is array
profile.basic_info is object
metadata.llm.tokens.total = 49000
metadata.generation.duration = 29.5
created_at = 2025-09-01T10:00:00.000001Z
created_by_username = admin
created_by_name is string
actions.download_json = /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/download/json
actions.download_docx = /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/download/docx
department = Отдел разработки
position = Ведущий аналитик
employee_name = null
status = completed
current_version = 2
version_count = 3
approval.state = draft



=== TEST 2: P-25: no server path leaves, neither in metadata nor in the wrapper
--- hr_database: t/data/profiles.sql
--- login
--- request eval
["GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001",
 "GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000004",
 "GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/download/json"]
--- response_body_unlike eval
["saved_path", "saved_path", "saved_path"]



=== TEST 3: reasoning members stay inside, an administrator's technical view has them
--- hr_database: t/data/profiles.sql
--- users
anna
--- login eval
["admin", "admin", "anna", "admin"]
--- request eval
["GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001",
 "GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001?view=technical",
 "GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001?view=technical",
 "GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001?view=technical"]
--- json eval
["profile.quality_verification absent", "profile.quality_verification present",
 "profile.quality_verification absent", "profile.quality_verification present"]
