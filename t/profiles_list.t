# GET /api/profiles/ (api-profiles.md 3.2).

use HR::Test 'no_plan';

run_tests();

__DATA__

=== TEST 1: P-24: the list has the whole skeleton, both names of the page count
--- hr_database: t/data/profiles.sql
--- login
--- request
GET /api/profiles/?limit=3
--- response_headers
Cache-Control: no-store
--- json
profiles has 3
profiles[0].profile_id = bbbbbbbb-0000-4000-8000-000000000009
profiles[0].department = Отдел кадров
profiles[0].employee_name = null
profiles[0].status = completed
profiles[0].validation_score = 0.9
profiles[0].current_version = 1
profiles[0].version_count = 1
profiles[0].created_at = 2025-09-08T10:00:00Z
profiles[0].updated_at = 2025-09-08T10:00:00Z
profiles[0].created_by_username = admin
profiles[0].actions.download_md = /api/profiles/bbbbbbbb-0000-4000-8000-000000000009/download/md
pagination.page = 1
pagination.limit = 3
pagination.total = 10
pagination.total_pages = 4
pagination.pages = 4
pagination.has_next = true
pagination.has_prev = false
pagination.next_cursor is string
filters_applied = {"department": null, "position": null, "search": null, "status": null}



=== TEST 2: the path without the slash is served directly, archived rows are included
--- hr_database: t/data/profiles.sql
--- login
--- request
GET /api/profiles
--- json
profiles has 10
pagination.limit = 20
pagination.has_next = false
profiles[6].profile_id = bbbbbbbb-0000-4000-8000-000000000003
profiles[6].status = archived



=== TEST 3: equal times are ordered by a second key, so pages neither repeat nor lose
--- hr_database: t/data/profiles.sql
--- login
--- request eval
["GET /api/profiles/?limit=3&page=2", "GET /api/profiles/?limit=3&page=4",
 "GET /api/profiles/?limit=3&page=5"]
--- json eval
["profiles[0].created_at = 2025-09-06T10:00:00Z\npagination.has_prev = true",
 "profiles has 1\npagination.has_next = false",
 "profiles = []\npagination.has_next = false\npagination.has_prev = true"]
