# What the store promises (database.md), seen from outside.  t/old_service.t has the schema,
# t/unit/test_store*.c the rest.

use HR::Test 'no_plan';
use HR::Test::Generation;
use HR::Test::Profile;
use HR::Client ();

our $ONE = 'bbbbbbbb-0000-4000-8000-000000000001';

# Jobs at the same time, each in a process of its own.
sub together (@) {
    my (@jobs) = @_;
    token_of('admin');
    return HR::Client::parallel(scalar @jobs, sub { return $jobs[ $_[0] ]->() });
}

run_tests();

__DATA__

=== TEST 1: B-01: readers do not wait for a writer, and see what was there before it
--- hr_database: t/data/profiles.sql
--- setup
token_of('admin');
my $shell = "sqlite3 -batch " . state_dir() . "/profiles.db";
open my $sqlite, '|-', $shell or die;
$sqlite->autoflush(1);
print {$sqlite} ".output /dev/null\nBEGIN IMMEDIATE;\nUPDATE profiles SET employee_name = 'x';\n";
select undef, undef, undef, 0.3;
my $before = time;
for my $url ("/api/profiles/$main::ONE", '/api/profiles/?limit=3', '/api/dashboard/stats',
             '/api/organization/positions') {
    my $got = ask(GET => $url, undef, user => 'admin');
    is($got->{status}, 200, "$url while another program writes");
    unlike($got->{body}, qr/"employee_name":"x"/, 'nothing of what is not committed');
}
cmp_ok(time - $before, '<', 3, 'at once');
print {$sqlite} "ROLLBACK;\n";
close $sqlite;
--- request
GET /health/live
--- error_code: 200



=== TEST 2: B-02: while a profile is stored nobody else's connection is closed
--- setup
my @got = together(
    sub { generate(position => 'Программист'); return { status => 200, bad => 0 } },
    (sub {
        my $client = HR::Client->new(port => server_port(), token => token_of('admin'));
        my $bad = 0;
        my $end = time + 2;
        while (time < $end) {
            $bad++ for grep { $client->get($_)->{status} != 200 }
                            '/api/profiles/', '/api/dashboard/stats/activity';
        }
        return { bad => $bad };
    }) x 2);
is(join(' ', map { $_->{bad} // $_->{died} } @got), '0 0 0', 'every read was answered');
--- request
GET /health/live
--- db
SELECT count(*) FROM profiles => 1



=== TEST 3: B-07: percent and underscore of a search are characters, case and yo are folded
--- hr_database: t/data/profiles.sql
--- setup
sql("UPDATE profiles SET department = 'Отдел 100%' WHERE id LIKE '%0001';"
    . " UPDATE profiles SET department = 'Учёт_материалов' WHERE id LIKE '%0002'");
my $found = sub {
    my ($text, $want) = @_;
    my $total = '';
    my $end = time + 10;
    while ($total ne $want && time < $end) {
        $total = api(GET => "/api/profiles/?department=$text")->{pagination}{total};
        select undef, undef, undef, 0.05 if $total ne $want;
    }
    is($total, $want, "department=$text");
};
$found->('100%25', 1);
$found->('%25', 1);
$found->('_%D0%BC', 1);
$found->('%D0%A3%D0%A7%D0%95%D0%A2', 1);
$found->('%D1%83%D1%87%D1%91%D1%82', 1);
--- request
GET /health/live



=== TEST 4: B-08: the number of versions is that of each row, also after a deletion
--- hr_database: t/data/profiles.sql
--- setup
my %count = map { $_->{profile_id} => $_->{version_count} }
            @{ api(GET => '/api/profiles/?limit=100')->{profiles} };
for my $id (sort keys %count) {
    my $stored = sql("SELECT count(*) FROM profile_versions WHERE profile_id = '$id'");
    is($count{$id}, $stored || 1, "$id has $count{$id}");
}
api(DELETE => "/api/profiles/$main::ONE/versions/5");
%count = map { $_->{profile_id} => $_->{version_count} }
         @{ api(GET => '/api/profiles/?limit=100')->{profiles} };
is($count{$main::ONE}, 2, 'one less');
like(sql("EXPLAIN QUERY PLAN SELECT count(*) FROM profile_versions WHERE profile_id = 'x'"),
    qr/SEARCH .* USING COVERING INDEX/, 'counted in an index');
--- request
GET /health/live



=== TEST 5: B-09: a version without metadata becomes current, the profile keeps its own
--- hr_database: t/data/profiles.sql
--- setup
sql("UPDATE profile_versions SET generation_metadata = NULL WHERE profile_id = '$main::ONE'");
my $before = sql("SELECT metadata_json FROM profiles WHERE id = '$main::ONE'");
api(PUT => "/api/profiles/$main::ONE/versions/1/set-active");
is(sql("SELECT metadata_json FROM profiles WHERE id = '$main::ONE'"), $before, 'kept');
is(sql("SELECT current_version FROM profiles WHERE id = '$main::ONE'"), '1', 'current');
--- request
GET /health/live



=== TEST 6: B-11: what is checked and then written is one step: the last version stays
--- hr_database: t/data/profiles.sql
--- setup
my $url = "/api/profiles/$main::ONE";
my $job = sub {
    my (@steps) = @_;
    return sub {
        my $client = HR::Client->new(port => server_port(), token => token_of('admin'));
        return { statuses => join ' ', map { $client->request(@$_)->{status} } @steps };
    };
};
my @got = together(
    (map { $job->(['DELETE', "$url/versions/5"], ['DELETE', "$url/versions/2"],
                  ['DELETE', "$url/versions/1"]) } 1 .. 2),
    (map { $job->(['PUT', "$url/versions/1/set-active"], ['PUT', "$url/versions/2/set-active"]) }
     1 .. 2),
    (map { $job->(['DELETE', $url], ['POST', "$url/restore"]) } 1 .. 2));
unlike(join(' ', map { $_->{statuses} // $_->{died} } @got), qr/5\d\d|^0| 0/, 'no failure');
is(sql("SELECT count(*) FROM profiles p WHERE id = '$main::ONE' AND EXISTS (SELECT 1 FROM"
       . " profile_versions v WHERE v.profile_id = p.id AND v.version_number = p.current_version)"),
    '1', 'the current version exists');
is(sql("SELECT p.profile_data = v.profile_content FROM profiles p JOIN profile_versions v ON"
       . " v.profile_id = p.id AND v.version_number = p.current_version WHERE p.id = '$main::ONE'"),
    '1', 'and is what the profile shows');
--- request
GET /health/live



=== TEST 7: B-13: words and keys that the schema would take are refused by the program
--- hr_database: t/data/profiles.sql
--- login
--- request eval
["PUT /api/profiles/$main::ONE\n" . '{"status":"what"}',
    "PUT /api/profiles/$main::ONE\n" . '{"status":""}',
 "GET /api/profiles/?status=what", "POST /api/profiles/bulk-download\n" . '{"profile_ids":[null]}']
--- error_code eval
[422, 422, 400, 422]
--- json eval
[("success = false") x 4]
--- db
SELECT count(*) FROM profiles WHERE status = 'what' OR id IS NULL => 0



=== TEST 8: B-14: an administrator compacts the file: it shrinks, and everything is still there
--- hr_database: t/data/profiles.sql
--- setup
sql("CREATE TABLE much (text TEXT); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
    . " WHERE i < 3000) INSERT INTO much SELECT hex(randomblob(500)) FROM n; DROP TABLE much");
api(POST => '/api/admin/maintenance', { action => 'checkpoint' });
my $large = -s state_dir() . '/profiles.db';
my $list = api(GET => '/api/profiles/?limit=100')->{profiles};
my $done = api(POST => '/api/admin/maintenance', { action => 'vacuum' });
ok($done->{data}{ok}, 'done');
my $small = 0 + -s state_dir() . '/profiles.db';
my $end = time + 10;
while ($small > $large / 2 && time < $end) {
    api(POST => '/api/admin/maintenance', { action => 'checkpoint' });
    $small = -s state_dir() . '/profiles.db';
}
cmp_ok($small, '<', $large / 2, "from $large to $small bytes");
is_deeply(api(GET => '/api/profiles/?limit=100')->{profiles}, $list, 'the same list');
is(api(POST => '/api/admin/maintenance', { action => 'integrity_check' })->{data}{ok},
    JSON::PP::true,
    'the file is whole');
is(ask(GET => '/api/profiles/?search=%D0%B0%D1%80%D1%85%D0%B8%D1%82', undef,
    user => 'admin')->{status},
    200, 'the search works');
--- request
GET /health/live
--- db
SELECT result FROM audit_log WHERE action = 'maintenance' AND object_id = 'vacuum' => ok
