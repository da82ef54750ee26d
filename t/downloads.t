# GET /api/profiles/{id}/download/{format} (api-profiles.md 3.9, exports.md).

use HR::Test 'no_plan';

run_tests();

__DATA__

=== TEST 1: P-33, P-29: the JSON of the current version is the wrapper, made from the row
--- hr_database: t/data/profiles.sql
--- login
--- request
GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/download/json
--- response_headers
Content-Type: application/json
Cache-Control: private, no-cache
--- response_headers_like
Content-Disposition: attachment; filename="profile_\w+_b+\.json"; filename\*=UTF-8''profile_%.*n
ETag: "[0-9a-f]{24}-1json"
--- response_body_like eval
qr/^{\n  "success": true,\n  "profile": \{/
--- json
profile.position_title is string
metadata.llm.tokens.total = 49000
errors = ["нет поля"]
warnings = ["пустое поле"]



=== TEST 2: P-32: a version with a Cyrillic name is sent, the name is in both forms
--- hr_database: t/data/profiles.sql
--- login
--- request
GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/download/md?version=1
--- response_headers
Content-Type: text/markdown; charset=utf-8
--- response_headers_like
Content-Disposition: attachment; filename="profile_\w+_v1\.md"; filename\*=UTF-8''.*_v1\.md
--- response_body_like eval
qr{^# .*## .*\*\*Версия профиля\*\* \| v1}s
