# Copies of the database, its care, the audit trail (improvements.md I-43, I-62).

use HR::Test 'no_plan';

our $backups = 'hr_database $TEST_NGINX_HR_STATE/profiles.db '
               . 'backups=$TEST_NGINX_HR_STATE/backups';

# Records as they would be after many actions.
our $many = "INSERT INTO audit_log (at, user_id, username, action, object_type, object_id,"
            . " result, hash) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
            . " WHERE i < 1200) SELECT '2026-01-0' || (1 + i % 3) || 'T10:00:00', 7, 'anna',"
            . " 'profile.' || CASE WHEN i % 2 THEN 'edit' ELSE 'download' END, 'profile',"
            . " 'object-' || (i % 10), 'ok', 'none' FROM n;";

sub lines_of { return scalar(() = $_[0] =~ /\n/g) . "\n" }

run_tests();

__DATA__

=== TEST 1: I-62: a copy is made, verified, counted, listed and on record
--- hr_config eval: $::backups
--- hr_database: t/data/profiles.sql
--- hr_files
>>> backups/hr-20200106-040000.db
early copy of a day
>>> backups/hr-20200106-050000.db
late copy of a day
>>> backups/hr-manual-20200106-030000.db
one that was asked for on this day
>>> backups/notes.txt
of somebody
--- login
--- request eval
['POST /api/admin/backup', 'GET /api/admin/backups']
--- response_headers eval
['Cache-Control: no-store', 'Cache-Control: no-store']
--- json eval
["success = true
message is string
data.name ~ ^hr-manual-[0-9]{8}-[0-9]{6}\\.db\$
data.created_at ~ Z\$
data.bytes > 4096
data.rows.users = 1
data.rows.profiles > 5
data.rows.versions > 5
data.rows.tasks = 0
data.removed = 1
data.seconds >= 0",
"data.backups has 3
data.backups[0].name ~ ^hr-manual-20[2-9][0-9]
data.backups[0].manual = true
data.backups[0].bytes > 4096
data.backups[0].created_at ~ Z\$
data.backups[1].name = hr-20200106-050000.db
data.backups[1].created_at = 2020-01-06T05:00:00Z
data.backups[1].bytes = 19
data.backups[1].manual = false
data.backups[2].name = hr-manual-20200106-030000.db
data.total_count = 3
data.kept.daily = 7
data.kept.weekly = 4
data.kept.manual = 20"]
--- db
SELECT action || ' ' || username || ' ' || result FROM audit_log WHERE object_type = 'backup' => backup.create admin ok



=== TEST 2: B-15: the copy is a database with the same rows, for its owner only
--- hr_config eval: $::backups
--- hr_database: t/data/profiles.sql
--- hr_files
>>> backups/empty
--- login
--- setup
my $copy = state_dir() . '/backups/' . api(POST => '/api/admin/backup')->{data}{name};
my $mode = sprintf '%04o', (stat $copy)[2] & 07777;
my $rows = join ' ', `sqlite3 -readonly '$copy' 'PRAGMA integrity_check; SELECT count(*) FROM profiles'`;
$rows =~ s/\s+/ /g;
set(mode => $mode, same => $rows eq 'ok ' . sql('SELECT count(*) FROM profiles') . ' ' ? 'yes' : $rows);
--- request
GET /api/auth/me?mode={{mode}}&same={{same}}
--- access_log: mode=0600&same=yes



=== TEST 3: without a folder nothing is copied, and the answer names the directive
--- login
--- request eval
['POST /api/admin/backup', 'GET /api/admin/backups']
--- more_headers
Accept-Language: en
--- error_code eval
[409, 409]
--- json eval
["error.code = CONFLICT\nmessage ~ backups=", "error.code = CONFLICT\nmessage ~ backups="]



=== TEST 4: a folder that is not there: 503, the reason is in the log only
--- hr_config: hr_database $TEST_NGINX_HR_STATE/profiles.db backups=$TEST_NGINX_HR_STATE/none
--- login
--- request
POST /api/admin/backup
--- error_code: 503
--- json
error.code = SERVICE_UNAVAILABLE
--- response_headers
Retry-After: 60
--- error_log eval: qr/hr: backup to ".*none": cannot write into the folder/
--- db
SELECT result FROM audit_log WHERE action = 'backup.create' => failed



=== TEST 17: nor can a missing folder be listed
--- hr_config: hr_database $TEST_NGINX_HR_STATE/profiles.db backups=$TEST_NGINX_HR_STATE/none
--- login
--- request
GET /api/admin/backups
--- error_code: 503
--- json
error.code = SERVICE_UNAVAILABLE
--- error_log eval: qr/hr: backups in ".*none": cannot read the folder/



=== TEST 5: one copy at a time, whichever process makes it
--- hr_config eval: $::backups
--- hr_files
>>> backups/.lock
--- login
--- setup
use Fcntl qw( :flock );
open our $held, '>', state_dir() . '/backups/.lock' or die;
flock $held, LOCK_EX or die;
--- request
POST /api/admin/backup
--- error_code: 409
--- json
error.code = CONFLICT



=== TEST 6: I-48: only an administrator
--- users: victor:viewer hanna:hr helen:head
--- login eval
[map { ($_) x 6 } 'victor', 'hanna', 'helen', undef]
--- request eval
[map { ('POST /api/admin/backup', 'GET /api/admin/backups', 'GET /api/admin/audit',
        'GET /api/admin/audit/verify', 'GET /api/admin/audit/export',
        "POST /api/admin/maintenance\n{\"action\":\"checkpoint\"}") } 1 .. 4]
--- error_code eval
[(403) x 18, (401) x 6]



=== TEST 7: care of the database
--- login
--- more_headers
Content-Type: application/json
Accept-Language: en
--- request eval
[map { "POST /api/admin/maintenance\n{\"action\":\"$_\"}" }
     qw( checkpoint optimize integrity_check )]
--- json eval
["data.action = checkpoint\ndata.ok = true\ndata.finding = null\ndata.seconds >= 0
message ~ moved into the file",
 "data.action = optimize\ndata.ok = true",
 "data.action = integrity_check\ndata.ok = true\nmessage ~ whole"]
--- db
SELECT count(*) FROM audit_log WHERE action = 'maintenance' AND result = 'ok' AND object_id IN ('checkpoint', 'optimize', 'integrity_check') => 3



=== TEST 8: a damaged file is a finding that says what to do
--- login
--- sql
PRAGMA foreign_keys = OFF; INSERT INTO profile_versions (profile_id, version_number, created_by_user_id, created_by_username, version_type, profile_content) VALUES ('nobody', 1, 1, 'System', 'generated', '{}');
--- more_headers
Content-Type: application/json
Accept-Language: en
--- request
POST /api/admin/maintenance
{"action":"integrity_check"}
--- json
data.ok = false
data.finding ~ profile_versions
message ~ restore a backup
--- error_log: hr: maintenance: integrity_check: a row of table profile_versions



=== TEST 9: an unknown action, none, no JSON
--- login
--- more_headers
Content-Type: application/json
--- request eval
["POST /api/admin/maintenance\n{\"action\":\"shrink\"}", "POST /api/admin/maintenance\n{}",
 "POST /api/admin/maintenance\n{\"action\":7}", "POST /api/admin/maintenance\n["]
--- error_code eval
[422, 422, 422, 422]
--- json eval
["error.details.validation_errors[0].field = body.action",
 "error.details.validation_errors[0].type = missing",
 "error.details.validation_errors[0].field = body.action",
 "error.code = VALIDATION_ERROR"]



=== TEST 10: I-43: the trail, newest first, page by page
--- login
--- sql eval: $::many
--- setup
my $first = api(GET => '/api/admin/audit?limit=1');
my $page = api(GET => '/api/admin/audit?action=profile.edit&limit=2');
set(cursor => $page->{data}{next_cursor});
--- request eval
['GET /api/admin/audit?action=profile.edit&limit=2',
 'GET /api/admin/audit?action=profile.edit&limit=2&cursor={{cursor}}',
 'GET /api/admin/audit?limit=1000&cursor=3',
 'GET /api/admin/audit']
--- json eval
["data.records has 2
data.records[0].seq = 1199
data.records[0].action = profile.edit
data.records[0].username = anna
data.records[0].user_id = 7
data.records[0].at = 2026-01-03T10:00:00Z
data.records[0].object_type = profile
data.records[0].object_id = object-9
data.records[0].result = ok
data.records[0].detail = null
data.records[0].address = null
data.records[0].hash = none
data.records[1].seq = 1197
data.next_cursor = \"1197\"
data.limit = 2",
"data.records[0].seq = 1195\ndata.records[1].seq = 1193",
"data.records has 2\ndata.records[1].seq = 1\ndata.next_cursor = null",
"data.records has 100\ndata.records[0].seq > 1200\ndata.records[0].action = login"]



=== TEST 11: conditions of the trail
--- login
--- sql eval: $::many
--- request eval
['GET /api/admin/audit?limit=1000&user_id=7&object_id=object-3',
 'GET /api/admin/audit?limit=1000&from=2026-01-02&to=2026-01-02',
 'GET /api/admin/audit?limit=1000&to=2026-01-01T09:59:59Z',
 'GET /api/admin/audit?limit=1000&to=2026-01-01T10:00:00Z',
 'GET /api/admin/audit?user_id=99', 'GET /api/admin/audit?action=none&user_id=']
--- json eval
["data.records has 120", "data.records has 400", "data.records has 0",
 "data.records has 400", "data.records has 0", "data.records has 0"]



=== TEST 12: conditions that are none
--- login
--- request eval
[map { "GET /api/admin/audit?$_" } 'limit=0', 'limit=1001', 'cursor=x', 'user_id=-1',
     'from=yesterday', 'to=2026-13-01']
--- error_code eval
[(422) x 6]
--- json eval
my $field = 'error.details.validation_errors[0].field = query.';
[map { $field . $_ } qw( limit limit cursor user_id from to )]



=== TEST 13: the trail as a file of JSON lines, in order, with what was asked for
--- login
--- sql eval: $::many
--- request eval
['GET /api/admin/audit/export?user_id=7', 'GET /api/admin/audit/export?after=1198&user_id=7',
 'GET /api/admin/audit/export?after=x', 'HEAD /api/admin/audit/export',
 'GET /api/admin/audit/export?action=audit.export&user_id=1']
--- error_code eval
[200, 200, 422, 200, 200]
--- response_headers_like eval
["Content-Type: application/x-ndjson\nContent-Disposition: attachment; filename=\"audit_\\d{4}-\\d\\d-\\d\\d\\.jsonl\".*",
 ('Content-Type: application/x-ndjson'), ('Content-Type: application/json'),
 ('Content-Type: application/x-ndjson') x 2]
--- response_body_filters eval
sub { my $text = shift; my @lines = split /\n/, $text;
      return @lines > 100 ? scalar(@lines) . " $lines[0]" : $text }
--- response_body_like eval
[qr/^12\d\d \{"seq":[12],"at":"2026-01-02T10:00:00Z","user_id":7,.*"hash":"none"\}$/,
 qr/^\{"seq":1199,.*\}\n\{"seq":1200,.*\}\n(?:\{.*\}\n)?$/,
 qr/validation_errors/, qr/^$/, qr/"action":"audit\.export".*records/]



=== TEST 14: the chain of an untouched trail is whole
--- login
--- request
GET /api/admin/audit/verify
--- json
data.valid = true
data.checked >= 1
data.first_bad_seq = null
data.last_seq >= 1
data.last_hash ~ ^[0-9a-f]{64}$



=== TEST 15: a changed record is found, told and logged
--- login
--- setup
api(GET => '/api/auth/me');
sql("DROP TRIGGER audit_log_no_update; UPDATE audit_log SET username = 'nobody' WHERE seq = 1");
--- more_headers
Accept-Language: en
--- request
GET /api/admin/audit/verify
--- json
data.valid = false
data.first_bad_seq = 1
message ~ tampered
--- error_log: the audit trail was changed from outside: record 1



=== TEST 16: the trail has no way to be changed
--- login
--- request eval
['DELETE /api/admin/audit', "POST /api/admin/audit\n{}", "PUT /api/admin/audit/export\n{}"]
--- error_code eval
[405, 405, 405]



=== TEST 17: I-33: after a change of the rules all scores are computed anew, in batches
--- hr_database: t/data/profiles.sql
--- setup
my $id = 'bbbbbbbb-0000-4000-8000-000000000001';
my $rescore = sub { api(POST => '/api/admin/maintenance', { action => 'rescore' })->{data} };
my $row = "FROM profiles p JOIN profile_versions v ON v.profile_id = p.id"
          . " AND v.version_number = p.current_version WHERE p.id = '$id'";
sql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120)"
    . " INSERT INTO profiles (id, department, position, profile_data, metadata_json, created_by,"
    . " created_at, updated_at, generation_time_seconds) SELECT printf('bbbbbbbb-0000-4000-9000-%012d', i), department,"
    . " position || i, profile_data, metadata_json, created_by, created_at, updated_at, 1"
    . " FROM profiles, n WHERE id = '$id'");
my $end = time + 10;
my $known = sub { sql('SELECT count(*) FROM search_profiles WHERE status < 4') };
select undef, undef, undef, 0.1 while $known->() < 121 && time < $end;
my $text = sql("SELECT p.updated_at, count(*), sum(length(w.profile_content)) FROM profiles p"
               . " JOIN profile_versions w ON w.profile_id = p.id WHERE p.id = '$id'");

my $first = $rescore->();
is($first->{profiles}{looked_at}, $known->(), 'every profile is looked at');
cmp_ok($first->{profiles}{changed}, '>', 120, 'scores that were none are stored');
is($first->{profiles}{skipped}, 1, 'a damaged document keeps its scores');
is($first->{finding}, 'documents that cannot be read: 1, the first is that of profile'
   . ' bbbbbbbb-0000-4000-8000-0000000000ff', 'and is named');
is($rescore->()->{profiles}{changed}, 0, 'a second run finds nothing to do');

my $right = api(GET => "/api/profiles/$id/quality");
my $read = api(GET => "/api/profiles/$id");
is($read->{validation_score}, $right->{validation_score}, 'the score is that of the report');
is_deeply($read->{metadata}{validation}{quality}, $right->{quality}, 'so is the record');
like($read->{metadata}{validation}{quality}{rule_version}, qr{/}, 'with the version of the rules');

sql("UPDATE profiles SET validation_score = 0.123 WHERE id = '$id'");
my $last = $rescore->();
is($last->{profiles}{changed}, 1, 'a wrong score is one change');
is(api(GET => "/api/profiles/$id")->{validation_score}, $right->{validation_score},
   'and right again, no cached answer stays');
is(sql("SELECT p.validation_score = v.validation_score AND p.metadata_json ="
       . " v.generation_metadata AND p.completeness_score = v.completeness_score $row"), 1,
   'in the version as well');
is(sql("SELECT p.updated_at, count(*), sum(length(w.profile_content)) FROM profiles p"
       . " JOIN profile_versions w ON w.profile_id = p.id WHERE p.id = '$id'"), $text,
   'no version is made and no text changed');
--- request
GET /health/live
--- db
SELECT count(*), sum(detail ->> 'skipped'), min(detail ->> 'changed') FROM audit_log WHERE action = 'maintenance' AND object_id = 'rescore' => 3|3|0
--- error_log: hr: maintenance: rescore: documents that cannot be read: 1
