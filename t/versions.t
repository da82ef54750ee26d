# Versions of a profile (api-profiles.md 4).

use HR::Test 'no_plan';
use HR::Test::Profile;

run_tests();

__DATA__

=== TEST 1: the list is by number, descending, with scores or null
--- hr_database: t/data/profiles.sql
--- login
--- request
GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/versions
--- response_headers
Cache-Control: no-store
--- json
versions has 3
versions[0].version_number = 5
versions[0].created_at = 2025-09-03T10:00:00Z
versions[0].created_by_username = System
versions[0].version_type = regenerated
versions[0].validation_score = null
versions[0].completeness_score = null
versions[0].is_current = false
versions[0].changes_summary = []
versions[0].note = null
versions[1].version_number = 2
versions[1].is_current = true
versions[1].validation_score = 0.1
versions[2].version_number = 1
current_version = 2
total_versions = 3



=== TEST 2: one version has its document in the read form and its own metadata
--- hr_database: t/data/profiles.sql
--- login
--- request eval
[map { "GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/versions/$_" } 5, 1, '%2B02.0']
--- json eval
["version_number = 5
profile_content.position_title is string
profile_content.basic_info is object
generation_metadata.llm.model = other/model
version_type = regenerated
is_current = false",
 "version_number = 1\ngeneration_metadata = null\nprofile_content.performance_metrics absent",
 "version_number = 2\nis_current = true\nprofile_content.quality_verification absent"]



=== TEST 3: a version's content is not unwrapped, and hides the server's path
--- hr_database: t/data/profiles.sql
--- login
--- request
GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000004/versions/1
--- json
profile_content.profile.position_title is string
profile_content.metadata.saved_path absent



=== TEST 4: P-04: numbers that are none, too small, too big, unknown
--- hr_database: t/data/profiles.sql
--- login
--- request eval
my $url = 'GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/versions/';
[(map { $url . $_ } 'x', '0', '-3', '3', '99999999999999999999', '1e2'),
 'GET /api/profiles/cccccccc-0000-4000-8000-000000000001/versions/1',
 'GET /api/profiles/none/versions/1', 'GET /api/profiles/none/versions',
 'GET /api/profiles/cccccccc-0000-4000-8000-000000000001/versions']
--- error_code eval
[422, 400, 400, 404, 404, 422, 404, 400, 400, 404]
--- json eval
my $bad = 'error.details.validation_errors[0]';
["$bad.field = path.version_number\n$bad.type = int_parsing\n$bad.input = x",
 'error.details = {"provided_value": 0, "field": "version_number"}',
 'error.details.provided_value = -3',
 'error.details = {"resource": "profile_version",'
 . ' "resource_id": "bbbbbbbb-0000-4000-8000-000000000001/3"}',
 'error.details.resource = profile_version',
 "$bad.type = int_parsing",
 'error.details.resource = profile', 'error.details.field = profile_id',
 'error.details.field = profile_id', 'error.details.resource = profile']



=== TEST 5: P-41: activating moves document, metadata and both scores
--- hr_database: t/data/profiles.sql
--- login
--- request eval
my $url = '/api/profiles/bbbbbbbb-0000-4000-8000-000000000001';
["GET $url", "PUT $url/versions/1/set-active", "GET $url", "GET $url/versions",
 "PUT $url/versions/1/set-active", "GET /api/profiles/?search=ведущий"]
--- json eval
["current_version = 2",
 "message is string
profile_id = bbbbbbbb-0000-4000-8000-000000000001
previous_version = 2
current_version = 1",
 "current_version = 1
profile.performance_metrics absent
validation_score = 0.5
completeness_score = 0.9411764705882353
metadata.llm.model = synthetic/model",
 "current_version = 1\nversions[2].is_current = true\nversions has 3",
 "previous_version = 1\ncurrent_version = 1",
 "profiles[0].validation_score = 0.5"]
--- db
SELECT validation_score, current_version FROM profiles WHERE id LIKE '%0001' => 0.5|1
SELECT count(*) FROM audit_log WHERE action = 'version.activate' => 2



=== TEST 6: set-active of an unknown version or profile, by a viewer, with a stale tag
--- hr_database: t/data/profiles.sql
--- users
vera:viewer
--- login eval
["admin", "admin", "vera", "admin"]
--- more_headers eval
["", "", "", "If-Match: \"00000000000000000\""]
--- request eval
my $url = '/api/profiles/bbbbbbbb-0000-4000-8000-000000000001';
["PUT $url/versions/4/set-active",
 "PUT /api/profiles/cccccccc-0000-4000-8000-000000000001/versions/1/set-active",
 "PUT $url/versions/1/set-active", "PUT $url/versions/1/set-active"]
--- error_code eval
[404, 404, 403, 412]



=== TEST 7: P-08: the current version is not deleted, and detail has the words the client needs
--- hr_database: t/data/profiles.sql
--- login
--- request
DELETE /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/versions/2
--- error_code: 400
--- json
error.code = VALIDATION_ERROR
detail ~ current active version
message ~ [а-я]
error.details.current_version = 2
error.details.requested_version = 2
error.details.hint is string
error.details.field = version_number



=== TEST 8: P-42: deletion checks in order, leaves the other numbers and never reuses one
--- hr_database: t/data/profiles.sql
--- login
--- setup
my $document = document_of(1);
$document =~ s/"position_title":"[^"]*"/"position_title":"Новое"/ or die;
set(document => $document);
--- request eval
my $url = '/api/profiles/bbbbbbbb-0000-4000-8000-000000000001';
["DELETE $url/versions/0", "DELETE /api/profiles/cccccccc-0000-4000-8000-000000000001/versions/1",
 "DELETE $url/versions/3", "GET $url", "DELETE $url/versions/5", "GET $url",
 "DELETE $url/versions/5", "PUT $url/content\n{\"profile_data\":{{document}}}"]
--- error_code eval
[400, 404, 404, 200, 200, 200, 404, 200]
--- json eval
["error.details.field = version_number", "error.details.resource = profile",
 "error.details.resource = profile_version", "version_count = 3",
 "message is string
profile_id = bbbbbbbb-0000-4000-8000-000000000001
deleted_version = 5
remaining_versions = 2",
 "version_count = 2", "error.code = NOT_FOUND", "version_number = 6"]
--- db
SELECT group_concat(version_number) FROM profile_versions WHERE profile_id LIKE '%0001' => 1,2,6
SELECT count(*) FROM audit_log WHERE action = 'version.delete' AND detail LIKE '%5%' => 1



=== TEST 9: two versions are compared by member, in words and as a patch
--- hr_database: t/data/profiles.sql
--- login
--- setup
my $document = document_of(1);
$document =~ s/"position_title":"[^"]*"/"position_title":"Новое"/ or die;
api(PUT => '/api/profiles/' . profile_id(1) . '/content', qq({"profile_data":$document}));
--- request eval
my $url = 'GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/versions/compare';
["$url?v1=2&v2=6", "$url?v1=2&v2=2", "$url?v1=2&v2=6&format=patch"]
--- json eval
["v1 = 2
v2 = 6
differences.added is array
differences.removed is array
differences.modified[0] = position_title
differences.summary[0].type = modified
differences.summary[0].field = position_title
differences.summary[0].new_value = Новое
readable[0].section = position_title
patch is array
coarse = false",
 "differences.modified = []\ndifferences.added = []\npatch = []\nreadable = []",
 "[0].op = replace"]



=== TEST 10: comparing needs both numbers and both versions
--- hr_database: t/data/profiles.sql
--- login
--- request eval
my $url = 'GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/versions/compare';
["$url", "$url?v1=1&v2=x", "$url?v1=1&v2=7",
 "GET /api/profiles/cccccccc-0000-4000-8000-000000000001/versions/compare?v1=1&v2=2"]
--- error_code eval
[422, 422, 404, 404]
--- json eval
["error.details.validation_errors has 2", "error.details.validation_errors[0].field = query.v2",
 "error.details.resource = profile_version", "error.details.resource = profile"]
