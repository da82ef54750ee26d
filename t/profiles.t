# GET /api/profiles/{id}, metadata, archive, restore, purge (api-profiles.md 3.3, 3.4,
# 3.6, 3.7).

use HR::Test 'no_plan';
use HR::Test::Profile;

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



=== TEST 4: P-27: an unknown profile is 404 with its id, P-06: in any case of its letters
--- hr_database: t/data/profiles.sql
--- login
--- request eval
["GET /api/profiles/cccccccc-0000-4000-8000-000000000001",
 "GET /api/profiles/BBBBBBBB-0000-4000-8000-000000000002"]
--- error_code eval
[404, 200]
--- json eval
["success = false
error.code = NOT_FOUND
error.details.resource = profile
error.details.resource_id = cccccccc-0000-4000-8000-000000000001
message = Профиль не найден
detail = Профиль не найден
path = /api/profiles/cccccccc-0000-4000-8000-000000000001",
 "profile_id = bbbbbbbb-0000-4000-8000-000000000002"]



=== TEST 5: P-06: every other spelling of an id is 400
--- hr_database: t/data/profiles.sql
--- login
--- request eval
[map { "GET /api/profiles/$_" } 'x', 'bbbbbbbb000040008000000000000002',
 '{bbbbbbbb-0000-4000-8000-000000000002}', 'urn:uuid:bbbbbbbb-0000-4000-8000-000000000002',
 'bbbbbbbb-0000-4000-8000-00000000000g']
--- error_code eval
[(400) x 5]
--- json eval
[("error.code = VALIDATION_ERROR
error.details.format = UUID4
error.details.example ~ ^[0-9a-f-]{36}\$
error.details.field = profile_id") x 5]



=== TEST 6: P-01: without a token 401 asks for one, on every endpoint
--- hr_database: t/data/profiles.sql
--- request eval
my $url = '/api/profiles/bbbbbbbb-0000-4000-8000-000000000001';
["GET /api/profiles/", "GET $url", "PUT $url\n{}", "DELETE $url", "POST $url/restore",
 "PUT $url/content\n{}", "GET $url/versions", "PUT $url/versions/1/set-active",
 "DELETE $url/versions/1", "GET $url/download/json", "POST $url/purge"]
--- error_code eval
[(401) x 11]
--- response_headers eval
[("WWW-Authenticate: Bearer") x 11]



=== TEST 7: a document that cannot be read is 500 with a text for people, the list shows the row
--- hr_database: t/data/profiles.sql
--- login
--- request eval
my $url = '/api/profiles/bbbbbbbb-0000-4000-8000-0000000000ff';
["GET $url", "GET $url/download/md", "GET /api/profiles/?search=повреж"]
--- error_code eval
[500, 500, 200]
--- json eval
["error.code = DATABASE_ERROR\nerror.details = {\"operation\": \"read\", \"table\": \"profiles\"}
message ~ повреждён",
 "error.code = DATABASE_ERROR",
 "profiles[0].validation_score = 0\nprofiles[0].created_by_username = null"]



=== TEST 8: the detail is cached, and ends with a change in either worker
--- hr_database: t/data/profiles.sql
--- login
--- request eval
my $url = '/api/profiles/bbbbbbbb-0000-4000-8000-000000000002';
["GET $url", "GET $url", "PUT $url\n{\"employee_name\":\"Сотрудник Новый\"}", "GET $url",
 "DELETE $url", "GET $url", "POST $url/restore", "GET $url",
 "GET /api/profiles/?position=старший"]
--- json eval
["employee_name = Сотрудник Первый", "employee_name = Сотрудник Первый", "message is string",
 "employee_name = Сотрудник Новый\nstatus = completed", "status = archived",
 "status = archived", "status = completed", "status = completed",
 "profiles[0].employee_name = Сотрудник Новый"]



=== TEST 9: the tag of the detail gives 304, until something about the profile changes
--- hr_database: t/data/profiles.sql
--- setup
my $url = '/api/profiles/' . profile_id(1);
set(tag => answer_of(GET => $url)->{headers}{etag});
--- login
--- more_headers eval
[("If-None-Match: {{tag}}") x 4]
--- request eval
my $url = '/api/profiles/bbbbbbbb-0000-4000-8000-000000000001';
["GET $url", "HEAD $url", "DELETE $url/versions/5", "GET $url"]
--- error_code eval
[304, 304, 200, 200]



=== TEST 10: metadata: name and status, with the list item in the answer and in the trail
--- hr_database: t/data/profiles.sql
--- login
--- request
PUT /api/profiles/bbbbbbbb-0000-4000-8000-000000000003
{"employee_name": "  Сотрудник Третий ", "status": "generated", "profile_content": {}}
--- json
message is string
profile_id = bbbbbbbb-0000-4000-8000-000000000003
profile.employee_name = Сотрудник Третий
profile.status = completed
profile.current_version = 1
--- db
SELECT employee_name, status FROM profiles WHERE id LIKE '%0003' => Сотрудник Третий|completed
SELECT count(*) FROM profile_versions WHERE profile_id LIKE '%0003' => 1
SELECT detail FROM audit_log WHERE action = 'profile.update' => {"employee_name":true,"status":"completed"}



=== TEST 11: metadata: a blank name becomes NULL, null counts as absent
--- hr_database: t/data/profiles.sql
--- login
--- request eval
my $put = "PUT /api/profiles/bbbbbbbb-0000-4000-8000-000000000002\n";
[$put . '{"employee_name":"   "}', $put . '{"employee_name":null}', $put . '{}',
 $put . '{"status":null,"employee_name":null}']
--- error_code eval
[200, 400, 400, 400]
--- json eval
["profile.employee_name = null",
 ('error.details = {"valid_fields": ["employee_name", "status"]}') x 3]
--- db
SELECT employee_name IS NULL FROM profiles WHERE id LIKE '%0002' => 1



=== TEST 12: metadata: what is refused
--- hr_database: t/data/profiles.sql
--- login
--- request eval
my $put = "PUT /api/profiles/bbbbbbbb-0000-4000-8000-000000000002\n";
[$put . '{"employee_name":"X"}', $put . '{"employee_name":"<b> & (x)"}',
 $put . '{"employee_name":"' . ('я' x 201) . '"}', $put . '{"employee_name":5}',
 $put . '{"status":"unknown"}', $put . '{"status":"all"}', $put . '[]',
 "PUT /api/profiles/cccccccc-0000-4000-8000-000000000001\n{\"status\":\"failed\"}",
 $put . '{"employee_name":"a\\nb"}']
--- error_code eval
[400, 400, 422, 422, 422, 422, 422, 404, 400]
--- json eval
my $bad = 'error.details.validation_errors[0]';
["error.details.field = employee_name",
 'error.details = {"invalid_chars": ["<", ">", "(", ")", "&"], "field": "employee_name"}',
 "$bad.type = string_too_long\n$bad.field = body.employee_name",
 "$bad.type = string_type", "$bad.field = body.status\n$bad.type = value_error\n$bad.input = unknown",
 "$bad.type = value_error", "$bad.type = model_attributes_type",
 "error.details.resource = profile", "error.details.field = employee_name"]



=== TEST 13: a stale If-Match keeps a change of metadata, status or archive from happening
--- hr_database: t/data/profiles.sql
--- setup
my $url = '/api/profiles/' . profile_id(2);
set(tag => answer_of(GET => $url)->{headers}{etag});
api(PUT => $url, { employee_name => 'Other Name' });
--- login
--- more_headers eval
[("If-Match: {{tag}}") x 5]
--- request eval
my $url = '/api/profiles/bbbbbbbb-0000-4000-8000-000000000002';
["PUT $url\n{\"status\":\"failed\"}", "DELETE $url", "POST $url/restore", "POST $url/purge",
 "PUT $url/versions/1/set-active"]
--- error_code eval
[(412) x 5]
--- json eval
[("error.code = PRECONDITION_FAILED\nerror.details.current_version = 1") x 5]
--- db
SELECT status, employee_name FROM profiles WHERE id LIKE '%0002' => completed|Other Name



=== TEST 14: archive and restore answer as the wire says, and refuse a second time
--- hr_database: t/data/profiles.sql
--- login
--- request eval
my $url = '/api/profiles/bbbbbbbb-0000-4000-8000-000000000005';
["DELETE $url", "DELETE $url", "POST $url/restore", "POST $url/restore",
 "DELETE /api/profiles/cccccccc-0000-4000-8000-000000000001",
 "POST /api/profiles/cccccccc-0000-4000-8000-000000000001/restore"]
--- error_code eval
[200, 400, 200, 400, 404, 404]
--- json eval
["message is string\nprofile_id = bbbbbbbb-0000-4000-8000-000000000005\nstatus = archived",
 'error.details = {"current_status": "archived", "operation": "delete", "field": "status"}',
 "status = completed",
 'error.details = {"current_status": "completed", "operation": "restore", "field": "status"}',
 "error.details.resource = profile", "error.details.resource = profile"]
--- db
SELECT group_concat(action) FROM audit_log WHERE action LIKE 'p%' => profile.archive,profile.restore



=== TEST 15: an administrator purges a profile with all its versions and leaves a line
--- hr_database: t/data/profiles.sql
--- users
anna:hr boss:head
--- login eval
["anna", "boss", "admin", "admin", "admin", "admin"]
--- request eval
my $url = '/api/profiles/bbbbbbbb-0000-4000-8000-000000000001';
[("POST $url/purge") x 4, "GET $url", "GET $url/versions"]
--- error_code eval
[403, 403, 200, 404, 404, 404]
--- json eval
["success = false", "success = false",
 "message is string\nprofile_id = bbbbbbbb-0000-4000-8000-000000000001\ndeleted_versions = 3",
 "error.details.resource = profile", "success = false", "success = false"]
--- db
SELECT count(*) FROM profiles => 9
SELECT count(*) FROM profile_versions WHERE profile_id LIKE '%0001' => 0
SELECT object_id LIKE '%0001', detail FROM audit_log WHERE action = 'profile.purge' => 1|{"versions":3}



=== TEST 16: viewers read everything and change nothing (I-48)
--- hr_database: t/data/profiles.sql
--- users
vera:viewer
--- login: vera
--- request eval
my $url = '/api/profiles/bbbbbbbb-0000-4000-8000-000000000002';
["GET /api/profiles/", "GET $url", "GET $url/versions", "GET $url/download/md",
 "PUT $url\n{\"status\":\"failed\"}", "DELETE $url", "POST $url/restore",
 "DELETE $url/versions/1"]
--- error_code eval
[200, 200, 200, 200, 403, 403, 403, 403]



=== TEST 17: P-05: times are UTC with Z, or in the old layout by a directive
--- hr_database: t/data/profiles.sql
--- hr_config
hr_timestamps naive;
--- login
--- request
GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001
--- json
created_at = 2025-09-01T10:00:00.000001
updated_at = 2025-09-01T10:00:00.000001



=== TEST 18: P-02, P-03: another media type is 415, too much is 413, too deep is refused
--- hr_database: t/data/profiles.sql
--- login
--- more_headers eval
["Content-Type: text/plain", "", ""]
--- request eval
my $put = "PUT /api/profiles/bbbbbbbb-0000-4000-8000-000000000002/content\n";
[$put . 'x=1', $put . '{"profile_data":"' . ('x' x (1024 * 1024)) . '"}',
 $put . '{"profile_data":' . ('[' x 70) . (']' x 70) . '}']
--- error_code eval
[415, 413, 422]
--- json eval
["error.code = UNSUPPORTED_MEDIA_TYPE", "error.code = PAYLOAD_TOO_LARGE",
 "error.code = VALIDATION_ERROR"]



=== TEST 19: the quality report says why a profile has its scores
--- hr_database: t/data/profiles.sql
--- login
--- request eval
["GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000005/quality",
 "GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000009/quality",
 "GET /api/profiles/cccccccc-0000-4000-8000-000000000001/quality"]
--- error_code eval
[200, 200, 404]
--- json eval
["profile_id = bbbbbbbb-0000-4000-8000-000000000005
version_number = 1
completeness.score = 0.9411764705882353
completeness.filled = 16
completeness.members = 17
completeness.is_valid = false
completeness.errors[0].code = missing_field
validation_score is number
quality.metrics.p0_1_tasks.total_tasks >= 1
quality.summary.critical_issues is array",
 "completeness.score = 0\nvalidation_score = null", "error.details.resource = profile"]



=== TEST 20: M-10: a viewer that knows other members gets them by a directive, and no version
--- hr_database: t/data/profiles.sql
--- hr_config
hr_viewer_overlay on;
--- login
--- setup
set(document => document_of(1));
--- request eval
my $url = '/api/profiles/bbbbbbbb-0000-4000-8000-000000000001';
["GET $url", "PUT $url/content\n{\"profile_data\":{{document}}}", "GET $url/download/json"]
--- json eval
["profile.responsibilities[0].title is string\nprofile.skills is array\nprofile.competencies is object
profile.requirements is object",
 "changed = false", "profile.responsibilities absent\nprofile.skills absent"]



=== TEST 21: broken words of the company do not start, file and line are told
--- hr_config
hr_company $TEST_NGINX_HTML_DIR/company;
--- user_files
>>> company/document.json
{
  "version": "1",
  broken
}
--- must_die
--- error_log eval
qr{hr: ".*/company/document\.json" line 3 column \d+: }



=== TEST 22: missing rules of the quality score do not start, the directive is told
--- hr_config
hr_company $TEST_NGINX_HTML_DIR/company;
--- user_files eval
">>> company/document.json\n" . do { local (@ARGV, $/) = 'conf/company/document.json'; <> }
--- must_die
--- error_log eval
[qr{hr: cannot read ".*/company/quality\.json": "hr_company" must name the folder}]



=== TEST 23: P-26, P-40: the author is a login name everywhere, the full name stands beside it
--- hr_database: t/data/profiles.sql
--- users
anna
--- login: anna
--- setup
(my $document = document_of(2, user => 'anna')) =~ s/"position_title":"[^"]*"/"position_title":"Новая"/
    or die;
set(document => $document);
--- request eval
my $url = '/api/profiles/bbbbbbbb-0000-4000-8000-000000000002';
["PUT $url/content\n{\"profile_data\":{{document}}}", "GET $url", "GET /api/profiles/?position=старший",
 "GET $url/versions", "GET $url/versions/1", "GET $url/versions/2"]
--- json eval
["version_number = 2", "created_by_username = admin\ncreated_by_name is string\ncreated_by_name != admin",
 "profiles[0].created_by_username = admin\nprofiles[0].created_by_name != admin",
 "versions[0].created_by_username = anna\nversions[1].created_by_username = System",
 "created_by_username = System", "created_by_username = anna"]



=== TEST 24: P-07: an error shows what was wrong, never the whole of what was sent
--- hr_database: t/data/profiles.sql
--- login
--- request eval
my $url = '/api/profiles/bbbbbbbb-0000-4000-8000-000000000002';
["PUT $url\n{\"employee_name\":\"" . ('я' x 5000) . '"}', "PUT $url\n{\"employee_name\":{\"a\":\"secret\"}}",
 "PUT $url\n{\"status\":\"nonsense\"}", "PUT $url/content\n{\"profile_data\":\"personal\"}",
 "PUT $url/content\n{\"x\":\"personal\"}", "PUT $url\n[\"personal\"]", "PUT $url\n{\"personal\":",
 "GET /api/profiles/?page=" . ('9' x 4000)]
--- error_code eval
[(422) x 8]
--- json eval
my $problem = 'error.details.validation_errors[0]';
["$problem.type = string_too_long\n$problem.input ~ ^я{200}\$", "$problem.input = null",
 "$problem.input = nonsense", "$problem.input = personal", "$problem.input = null",
 "$problem.input = null", "$problem.type = json_invalid", "$problem.input ~ ^9{200}\$"]
--- response_body_unlike eval
['я{201}', 'secret', 'profile_data', 'zzz', '"x"', '"personal"', 'personal', '9{201}']
