# Several profiles at once: ZIP, status changes, the list as a table (api-profiles.md
# 3.10, exports.md 4).

use HR::Test 'no_plan';
use HR::Test::Archive;
use HR::Test::Profile;
use Socket qw( PF_INET SOCK_STREAM SOL_SOCKET SO_RCVBUF INADDR_LOOPBACK pack_sockaddr_in );

our @ids = map { profile_id($_) } 1 .. 9;
our $missing = 'cccccccc-0000-4000-8000-000000000001';

sub ids (@) { return '"profile_ids":[' . join(',', map { qq("$_") } @_) . ']' }
sub bulk ($$) { return "POST /api/profiles/$_[0]\n{$_[1]}" }

# Two hundred more profiles, copies of the second.
our @many = map { sprintf 'dddddddd-0000-4000-8000-%012d', $_ } 1 .. 200;
our $many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)"
    . " INSERT INTO profiles (id, department, position, profile_data, metadata_json,"
    . " generation_time_seconds) SELECT printf('dddddddd-0000-4000-8000-%012d', i), department,"
    . " position, profile_data, metadata_json, 1 FROM profiles, n WHERE profiles.id LIKE 'b%0001'";

# Asks for the archive of all of them with a small receive buffer; the head is read.
sub open_zip () {
    my $body = '{' . ids(@many) . '}';
    my $request = "POST /api/profiles/bulk-download HTTP/1.1\r\nHost: localhost\r\n"
        . "Connection: close\r\nAuthorization: Bearer " . HR::Test::State::token('admin')
        . "\r\nContent-Type: application/json\r\nContent-Length: " . length($body)
        . "\r\n\r\n$body";

    socket my $socket, PF_INET, SOCK_STREAM, 0 or die "socket: $!\n";
    setsockopt $socket, SOL_SOCKET, SO_RCVBUF, 16 * 1024 or die "SO_RCVBUF: $!\n";
    connect $socket, pack_sockaddr_in($ENV{TEST_NGINX_SERVER_PORT}, INADDR_LOOPBACK)
        or die "connect: $!\n";
    syswrite $socket, $request or die "write: $!\n";

    my $head = '';
    while ($head !~ /\r\n\r\n\z/) {
        sysread $socket, $head, 1, length $head or die "no answer: $head\n";
    }
    die "$head\n" if $head !~ m{^HTTP/1.1 200};
    return ($socket, $head);
}

sub unchunk ($) {
    my ($chunked) = @_;
    my $plain = '';

    while ($chunked =~ /\G([0-9a-f]+)\r\n/gc) {
        return $plain if hex $1 == 0;
        $plain .= substr $chunked, pos $chunked, hex $1;
        pos($chunked) += 2 + hex $1;
    }
    die "the last chunk is missing\n";
}

run_tests();

__DATA__

=== TEST 1: the archive has one entry for each profile, named by position and id
--- hr_database: t/data/profiles.sql
--- login
--- request eval
main::bulk('bulk-download', main::ids(@main::ids[0, 1, 3]) . ',"format":"json"')
--- response_headers
Content-Type: application/zip
Content-Disposition: attachment; filename="profiles_3.zip"; filename*=UTF-8''profiles_3.zip
X-Successful-Count: 3
X-Failed-Count: 0
Transfer-Encoding: chunked
! Content-Length
--- response_body_filters eval
\&main::archive_names
--- response_body
profile_Ведущий аналитик_bbbbbbbb.json
profile_Старший менеджер_bbbbbbbb.json
profile_Елочный мастер_bbbbbbbb.json
--- db
SELECT action, result FROM audit_log WHERE action LIKE '%bulk%' => profile.bulk_download|ok
SELECT detail ->> '$.found' FROM audit_log WHERE action LIKE '%bulk%' => 3
SELECT json_array_length(detail, '$.ids'), detail ->> '$.ids[2]', detail ->> '$.more' FROM audit_log WHERE action LIKE '%bulk%' => 3|bbbbbbbb-0000-4000-8000-000000000004|



=== TEST 2: P-36: docx is the default and is rendered, the same bytes as the download
--- hr_database: t/data/profiles.sql
--- login
--- setup
my $zip = answer_of(POST => '/api/profiles/bulk-download', body => '{' . ids(profile_id(2)) . '}');
my ($entry) = archive_entries($zip->{body});
my $one = answer_of(GET => '/api/profiles/' . profile_id(2) . '/download/docx');
set(same => $entry->{content} eq $one->{body} ? 'same' : 'different');
--- request
GET /api/profiles/?search={{same}}
--- json
filters_applied.search = same



=== TEST 3: X-01, P-37: several formats go into folders, all from the database
--- hr_database: t/data/profiles.sql
--- login
--- request eval
main::bulk('bulk-download', main::ids(@main::ids[0, 4])
           . ',"formats":["md","json","docx","xlsx","md"]')
--- response_body_filters eval
\&main::archive_names
--- response_body
markdown/profile_Ведущий аналитик_bbbbbbbb.md
json/profile_Ведущий аналитик_bbbbbbbb.json
docx/profile_Ведущий аналитик_bbbbbbbb.docx
xlsx/profile_Ведущий аналитик_bbbbbbbb.xlsx
markdown/profile_Архитектор _ГИП_bbbbbbbb.md
json/profile_Архитектор _ГИП_bbbbbbbb.json
docx/profile_Архитектор _ГИП_bbbbbbbb.docx
xlsx/profile_Архитектор _ГИП_bbbbbbbb.xlsx



=== TEST 4: P-38: a repeated id is one entry, in any case of its letters
--- hr_database: t/data/profiles.sql
--- login
--- request eval
main::bulk('bulk-download', main::ids($main::ids[0], uc $main::ids[0], $main::ids[0])
           . ',"format":"md"')
--- response_headers
X-Successful-Count: 1
X-Failed-Count: 0
--- response_body_filters eval
\&main::archive_names
--- response_body
profile_Ведущий аналитик_bbbbbbbb.md



=== TEST 5: what is missing and why stands in errors.json
--- hr_database: t/data/profiles.sql
--- login
--- request eval
main::bulk('bulk-download', main::ids($main::missing, $main::ids[1],
           'bbbbbbbb-0000-4000-8000-0000000000ff') . ',"format":"md"')
--- response_headers
X-Successful-Count: 2
X-Failed-Count: 1
--- response_body_filters eval
main::archive_of('^errors\.json$')
--- json
requested = 3
failed = 2
errors[0].profile_id = cccccccc-0000-4000-8000-000000000001
errors[0].code = not_found
errors[0].message ~ [а-я]
errors[1].code = damaged



=== TEST 6: JSON entries are the bare document, indented, with raw Cyrillic
--- hr_database: t/data/profiles.sql
--- login
--- request eval
main::bulk('bulk-download', main::ids($main::ids[3]) . ',"format":"json"')
--- response_body_filters eval
main::archive_of('json$')
--- response_body_like eval
qr/^\{\n  "position_title": "[^"\\]+",\n/
--- json
success absent
position_title is string



=== TEST 7: nothing found is 404 with the ids
--- hr_database: t/data/profiles.sql
--- login
--- request eval
main::bulk('bulk-download', main::ids($main::missing))
--- error_code: 404
--- json
error.details.resource = profiles
error.details.resource_id = cccccccc-0000-4000-8000-000000000001



=== TEST 8: the body is checked: number of ids, UUIDs, formats
--- hr_database: t/data/profiles.sql
--- login
--- request eval
[main::bulk('bulk-download', '"profile_ids":[]'), main::bulk('bulk-download', '"format":"md"'),
 main::bulk('bulk-download', main::ids(('x') x 101)),
 main::bulk('bulk-download', main::ids($main::ids[0], 'none') . ',"format":"pdf"'),
 main::bulk('bulk-download', '"profile_ids":[5]'),
 main::bulk('bulk-download', main::ids($main::ids[0]) . ',"formats":[]'),
 main::bulk('bulk-download', main::ids($main::ids[0]) . ',"formats":["json","pdf"]'),
 'GET /api/profiles/bulk-download']
--- error_code eval
[(422) x 7, 405]
--- json eval
my $e = 'error.details.validation_errors';
["$e\[0].type = too_short", "$e\[0].type = missing\n$e\[0].field = body.profile_ids",
 "$e\[0].type = too_long",
 "$e has 2\n$e\[0].type = value_error\n$e\[0].message ~ none\n$e\[1].field = body.format",
 "$e\[0].type = string_type\n$e\[0].field = body.profile_ids.0", "$e\[0].type = too_short",
 "$e\[0].field = body.formats", "success = false"]



=== TEST 9: hr_bulk_max raises the number of profiles
--- hr_database: t/data/profiles.sql
--- hr_config
hr_bulk_max 300;
--- login
--- request eval
main::bulk('bulk-download', main::ids($main::ids[0],
           map { sprintf 'cccccccc-0000-4000-8000-%012d', $_ } 1 .. 250) . ',"format":"md"')
--- response_headers
X-Successful-Count: 1
X-Failed-Count: 250
--- response_body_filters eval
main::archive_of('errors')
--- json
errors has 250



=== TEST 10: the archive needs a token in the header, the cookie does not count
--- hr_database: t/data/profiles.sql
--- setup
set(cookie => HR::Test::State::token('admin'));
--- more_headers
Cookie: hr_download={{cookie}}
--- request eval
main::bulk('bulk-download', main::ids($main::ids[0]))
--- error_code: 401



=== TEST 11: archiving many is one transaction, told one by one, with a line in the trail each
--- hr_database: t/data/profiles.sql
--- login
--- request eval
[main::bulk('bulk-archive', main::ids(@main::ids[0, 2, 3], $main::missing)),
 'GET /api/profiles/?status=archived']
--- json eval
["success = true
message is string
total = 4
changed = 2
unchanged = 1
not_found = 1
results[0] = {\"profile_id\": \"$main::ids[0]\", \"result\": \"changed\", \"status\": \"archived\"}
results[1].result = unchanged
results[3] = {\"profile_id\": \"$main::missing\", \"result\": \"not_found\", \"status\": null}",
 "profiles has 3"]
--- db
SELECT count(*) FROM audit_log WHERE action = 'profile.archive' => 2



=== TEST 12: restoring many takes only archived ones
--- hr_database: t/data/profiles.sql
--- login
--- request eval
main::bulk('bulk-restore', main::ids(@main::ids[2, 4]))
--- json
changed = 1
unchanged = 1
results[0].status = completed
results[1].status = failed
--- db
SELECT status FROM profiles WHERE id LIKE '%0003' => completed
SELECT status FROM profiles WHERE id LIKE '%0005' => failed



=== TEST 13: any status for many, aliases included
--- hr_database: t/data/profiles.sql
--- login
--- request eval
[main::bulk('bulk-status', main::ids(@main::ids[0, 4]) . ',"status":"in_progress"'),
 main::bulk('bulk-status', main::ids($main::ids[0]) . ',"status":"all"'),
 main::bulk('bulk-status', main::ids($main::ids[0])),
 main::bulk('bulk-status', main::ids($main::missing) . ',"status":"failed"')]
--- error_code eval
[200, 422, 422, 404]
--- json eval
["changed = 2", "error.details.validation_errors[0].field = body.status",
 "error.details.validation_errors[0].type = missing", "error.details.resource = profiles"]
--- db
SELECT count(*) FROM profiles WHERE status = 'processing' => 3



=== TEST 14: a viewer downloads and changes nothing
--- hr_database: t/data/profiles.sql
--- users
vera:viewer
--- login: vera
--- request eval
[main::bulk('bulk-archive', main::ids($main::ids[0])),
 main::bulk('bulk-status', main::ids($main::ids[0]) . ',"status":"failed"'),
 main::bulk('bulk-restore', main::ids($main::ids[0])),
 main::bulk('bulk-download', main::ids($main::ids[0]) . ',"format":"md"')]
--- error_code eval
[403, 403, 403, 200]



=== TEST 15: the list as CSV, with the conditions and the order of the list
--- hr_database: t/data/profiles.sql
--- login
--- request
GET /api/profiles/export?search=%D0%B0%D1%80%D1%85%D0%B8%D1%82%D0%B5%D0%BA%D1%82%D0%BE%D1%80
--- response_headers
Content-Type: text/csv; charset=utf-8
--- response_headers_like
Content-Disposition: attachment; filename="profiles_20\d\d-\d\d-\d\d\.csv"; filename.*
--- response_body_like eval
qr{^\x{ef}\x{bb}\x{bf}Идентификатор,Подразделение,"Путь подразделения",Должность,[^\r]*\r
bbbbbbbb-0000-4000-8000-000000000006,"Бюро проектирования",,"Архитектор 100%",,Готов,0.6,[^\r]*\r
bbbbbbbb-0000-4000-8000-000000000005,"Бюро проектирования",,"Архитектор ""ГИП""",,Ошибка,[^\r]*\r
$}
--- db
SELECT detail FROM audit_log WHERE action = 'profile.list_export' => {"format":"csv","rows":2}



=== TEST 16: the list as XLSX, and bad words for the format
--- hr_database: t/data/profiles.sql
--- login
--- request eval
["GET /api/profiles/export?format=xlsx", "GET /api/profiles/export?format=pdf",
 "GET /api/profiles/export?status=nonsense", "GET /api/profiles/export?status=not_generated"]
--- error_code eval
[200, 422, 400, 200]
--- response_headers_like eval
["Content-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "", "", ""]
--- response_body_filters eval
[[main::archive_of('sheet1')], [], [], []]
--- response_body_like eval
['<sheetData>.*<row r="11"', 'query.format', 'valid_values', "^\xef\xbb\xbf[^\n]*\n\$"]



=== TEST 17: P-39: the archive is streamed, a client that reads slowly gets the whole of it
--- hr_database: t/data/profiles.sql
--- hr_config
hr_bulk_max 300;
--- sql eval: $main::many
--- login
--- setup
my ($socket, $head) = open_zip();
my $got = '';
while (sysread $socket, my $piece, 64 * 1024) {
    $got .= $piece;
    select undef, undef, undef, 0.01 if length $got < 2_000_000;
}
my @entries = archive_entries(unchunk($got));
set(count => scalar @entries, length => length($got) > 2_500_000 ? 'long' : length $got);
--- request
GET /api/profiles/?department={{count}}&position={{length}}
--- json
filters_applied.department = "200"
filters_applied.position = long
--- db
SELECT result FROM audit_log WHERE action LIKE '%bulk%' => ok



=== TEST 18: the pace may be nginx's own
--- hr_database: t/data/profiles.sql
--- config
limit_rate 400k;
--- login
--- request eval
main::bulk('bulk-download', main::ids(@main::ids) . ',"formats":["md","docx","xlsx"]')
--- response_body_filters eval
sub { scalar main::archive_entries($_[0]) }
--- response_body chomp
27
--- timeout: 20



=== TEST 19: a client that leaves ends the work, and others go on
--- hr_database: t/data/profiles.sql
--- hr_config
hr_bulk_max 300;
--- sql eval: $main::many
--- login
--- setup
for (1 .. 3) {
    my ($socket) = open_zip();
    sysread $socket, my $piece, 1000;
    close $socket;
}
--- request
GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001
--- json
profile_id = bbbbbbbb-0000-4000-8000-000000000001
--- db
SELECT count(*) FROM audit_log WHERE action LIKE '%bulk%' AND result = 'aborted' => 3



=== TEST 20: a client that stops reading is cut off after send_timeout
--- hr_database: t/data/profiles.sql
--- hr_config
hr_bulk_max 300;
--- config
send_timeout 1s;
--- sql eval: $main::many
--- login
--- setup
my ($socket) = open_zip();
sleep 3;
my $got = '';
1 while sysread $socket, $got, 64 * 1024, length $got;
set(end => eval { unchunk($got) } ? 'whole' : 'cut');
--- request
GET /api/profiles/?department={{end}}
--- json
filters_applied.department = cut
--- db
SELECT result FROM audit_log WHERE action LIKE '%bulk%' => aborted



=== TEST 21: a table of many pages has every row once, in its order
--- hr_database: t/data/profiles.sql
--- sql eval: $main::many =~ s/i < 200/i < 1300/r
--- login
--- setup
for (1 .. 100) {
    last if api(GET => '/api/profiles/?limit=1')->{pagination}{total} == 1310;
    select undef, undef, undef, 0.1;
}
for my $sort (qw( created_at position )) {
    my $csv = api(GET => "/api/profiles/export?sort_by=$sort&sort_order=asc");
    my @ids = $csv =~ /^([0-9a-f-]{36}),/mg;
    my %seen = map { $_ => 1 } @ids;
    set($sort => @ids == 1310 && keys %seen == 1310 ? 'whole' : scalar @ids);
}
my $xlsx = api(GET => '/api/profiles/export?format=xlsx');
my ($sheet) = grep { $_->{name} =~ /sheet1/ } archive_entries($xlsx);
set(xlsx => $sheet->{content} =~ /<row r="1311"/ ? 'whole' : 'cut');
--- request
GET /api/profiles/?department={{created_at}}&position={{position}}&search={{xlsx}}
--- json
filters_applied.department = whole
filters_applied.position = whole
filters_applied.search = whole
