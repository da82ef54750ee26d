# A database file that the old service made is taken over, used through the API and given
# back (database.md 8): its rows are served, its statements still work, its schema is as
# it was but for columns and tables that were added.

use HR::Test 'no_plan';
use HR::Test::Generation;
use HR::Test::Profile;
use HR::Test::Routes ();

# database.md 3: columns as "name type[!][=default]"; ! is NOT NULL.
our %COLUMNS = (
    users => 'id INTEGER, username TEXT!, password_hash TEXT!, full_name TEXT!, is_active'
        . ' BOOLEAN=TRUE, created_at DATETIME=CURRENT_TIMESTAMP, last_login DATETIME',
    user_sessions => 'id TEXT, user_id INTEGER!, created_at DATETIME=CURRENT_TIMESTAMP,'
        . ' expires_at DATETIME!, is_active BOOLEAN=TRUE, user_agent TEXT, ip_address TEXT',
    profiles => q{id TEXT, department TEXT!, position TEXT!, employee_name TEXT,}
        . q{ profile_data TEXT!, metadata_json TEXT!, generation_time_seconds REAL!,}
        . q{ input_tokens INTEGER=0, output_tokens INTEGER=0, total_tokens INTEGER=0,}
        . q{ validation_score REAL=0.0, completeness_score REAL=0.0, created_by INTEGER,}
        . q{ created_at DATETIME=CURRENT_TIMESTAMP, updated_at DATETIME=CURRENT_TIMESTAMP,}
        . q{ status TEXT='completed', current_version INTEGER=1},
    profile_versions => 'version_id INTEGER, profile_id TEXT!, version_number INTEGER!,'
        . ' created_at DATETIME=CURRENT_TIMESTAMP, created_by_user_id INTEGER!,'
        . ' created_by_username TEXT!, version_type TEXT!, profile_content TEXT!,'
        . ' validation_score REAL, completeness_score REAL, generation_metadata TEXT',
    generation_tasks => q{id TEXT, department TEXT!, position TEXT!, employee_name TEXT,}
        . q{ generation_params TEXT, status TEXT='pending', progress INTEGER=0, current_step TEXT,}
        . q{ result_profile_id TEXT, error_message TEXT, created_at DATETIME=CURRENT_TIMESTAMP,}
        . q{ started_at DATETIME, completed_at DATETIME, created_by INTEGER},
    generation_history => 'id INTEGER, department TEXT!, position TEXT!, employee_name TEXT,'
        . ' generation_type TEXT!, status TEXT!, generation_time_seconds REAL,'
        . ' tokens_used INTEGER=0,'
        . ' profile_id TEXT, error_type TEXT, created_by INTEGER,'
        . ' created_at DATETIME=CURRENT_TIMESTAMP',
    organization_cache => 'id INTEGER, cache_key TEXT!, cache_type TEXT!, data_json TEXT!,'
        . ' created_at DATETIME=CURRENT_TIMESTAMP, expires_at DATETIME, access_count INTEGER=0,'
        . ' last_accessed DATETIME=CURRENT_TIMESTAMP',
);

# Foreign keys: "column table(column) action".
our %KEYS = (
    users => '', organization_cache => '',
    user_sessions => 'user_id users(id) CASCADE',
    profiles => 'created_by users(id) NO ACTION',
    profile_versions => 'created_by_user_id users(id) NO ACTION, profile_id profiles(id) CASCADE',
    generation_tasks => 'created_by users(id) NO ACTION, result_profile_id profiles(id) NO ACTION',
    generation_history => 'created_by users(id) NO ACTION, profile_id profiles(id) NO ACTION',
);

# database.md 4.
our %INDEXES = (
    (map { ("idx_profiles_$_" => "profiles($_)") }
         qw( department position created_at status created_by )),
    (map { ("idx_tasks_$_" => "generation_tasks($_)") } qw( status created_at created_by )),
    (map { ("idx_history_$_" => "generation_history($_)") } qw( department created_at status )),
    (map { ("idx_sessions_$_" => "user_sessions($_)") } qw( user_id expires_at is_active )),
    idx_cache_key => 'organization_cache(cache_key)',
        idx_cache_type => 'organization_cache(cache_type)',
    idx_cache_expires_at => 'organization_cache(expires_at)',
    idx_profile_versions_profile => 'profile_versions(profile_id)',
    idx_profile_versions_created => 'profile_versions(created_at DESC)',
);

# Everything of database.md 3 to 5 is in the file, and nothing that would hinder the old
# service (8, 4).
sub schema_is_whole (@) {
    my ($name) = @_;

    for my $table (sort keys %COLUMNS) {
        my $has = sql("SELECT group_concat(name || ' ' || type || iif(\"notnull\", '!', '')"
            . " || coalesce('=' || dflt_value, ''), ', ') FROM"
            . " (SELECT * FROM pragma_table_info('$table') ORDER BY cid)");
        is(substr($has, 0, length $COLUMNS{$table}), $COLUMNS{$table},
            "$name: $table: its columns");

        my @added = grep { length } split /, /, substr $has, length $COLUMNS{$table};
        is(join(', ', grep { /!/ && !/=/ } @added), '',
            "$name: $table: what was added may be left out by INSERT");
        is(sql("SELECT coalesce(group_concat(k, ', '), '') FROM (SELECT \"from\" || ' ' ||"
               . " \"table\" || '(' || \"to\" || ') ' || on_delete AS k"
               . " FROM pragma_foreign_key_list('$table')"
               . " ORDER BY 1)"), $KEYS{$table}, "$name: $table: its references");
    }

    my %has = map { split /=/ } split /;/,
        sql("SELECT group_concat(i.name || '=' || i.tbl_name || '('"
        . " || (SELECT group_concat(x.name || iif(x.\"desc\", ' DESC', '')) FROM"
        . " pragma_index_xinfo(i.name) x WHERE x.key) || ')', ';') FROM sqlite_master i"
        . " WHERE i.type = 'index' AND i.name LIKE 'idx%'");
    is($has{$_}, $INDEXES{$_}, "$name: $_") for sort keys %INDEXES;

    is(sql("SELECT group_concat(sql, ';') FROM sqlite_master WHERE tbl_name IN ('"
           . join("','", keys %COLUMNS) . "') AND (type = 'trigger' OR type = 'index' AND"
           . " (sql LIKE '% WHERE %' OR sql LIKE '%(%(%'))"), '',
        "$name: no trigger, no partial index, no index of an expression");
    is(sql("SELECT count(*) FROM sqlite_master WHERE tbl_name IN ('" . join("','", keys %COLUMNS)
           . "') AND sql LIKE '% AS (%'"), '0', "$name: no generated column");
    like(sql("SELECT sql FROM sqlite_master WHERE name = 'profile_versions'"),
        qr/CHECK\s*\(\s*version_type\s+IN\s*\('generated',\s*'regenerated',\s*'edited'\)/i,
        "$name: the check of version types");
    my $unique = sql("SELECT group_concat(m.name || '.' || (SELECT group_concat(name) FROM"
        . " pragma_index_info(i.name)), ';') FROM sqlite_master m, pragma_index_list(m.name) i"
        . " WHERE m.type = 'table' AND i.origin = 'u'");
    like($unique, qr/\b$_(;|$)/, "$name: unique $_")
        for 'users.username', 'organization_cache.cache_key',
            'profile_versions.profile_id,version_number';
    like(sql('SELECT group_concat(name) FROM sqlite_sequence'), qr/users/,
        "$name: ids count upwards")
        if sql('SELECT count(*) FROM users') > 0;

    is(sql("SELECT group_concat(name) FROM (SELECT name FROM pragma_table_info('generation_stats')"
           . " ORDER BY cid)"), 'date,department,total_generations,successful_generations,'
        . 'avg_generation_time,total_tokens_used', "$name: the view of statistics");
    my $details = sql("SELECT group_concat(name) FROM (SELECT name FROM"
        . " pragma_table_info('profile_details') ORDER BY cid)");
    my $columns = join ',', map { /^(\w+)/ } split /, /, $COLUMNS{profiles};
    like($details, qr/^$columns,(\w+,)*created_by_username,created_by_full_name$/,
        "$name: the view of details");
    is(sql('PRAGMA user_version') . sql('PRAGMA application_id'), '00',
        "$name: the numbers of the header");
    is(sql('PRAGMA integrity_check'), 'ok', "$name: integrity");
    is(sql('PRAGMA foreign_key_check'), '', "$name: references");
    is(sql('SELECT count(*) FROM organization_cache'), '0',
        "$name: organization_cache stays empty (B-04)");
}

# Stored values have the types that the old service expects (database.md 2).
sub values_are_right (@) {
    my ($name) = @_;

    my %time = (users => [qw( created_at last_login )],
        user_sessions => [qw( created_at expires_at )],
                profiles => [qw( created_at updated_at )], profile_versions => ['created_at'],
                generation_tasks => [qw( created_at started_at completed_at )],
                generation_history => ['created_at']);
    for my $table (sort keys %time) {
        is(sql("SELECT count(*) FROM $table WHERE typeof($_) NOT IN ('text', 'null')"), '0',
            "$name: $table.$_ is text") for @{ $time{$table} };
    }
    is(sql("SELECT count(*) FROM $_ WHERE typeof(is_active) NOT IN ('integer', 'null')"), '0',
        "$name: $_.is_active is an integer") for 'users', 'user_sessions';

    my $t1 = "GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9] [0-9][0-9]:[0-9][0-9]:[0-9][0-9]'";
    is(sql("SELECT count(*) FROM users WHERE NOT (last_login IS NULL OR last_login $t1)"), '0',
        "$name: B-03: last_login has its layout");
    is(sql("SELECT count(*) FROM user_sessions WHERE expires_at LIKE '%T%' OR"
           . " expires_at LIKE '%Z'"),
        '0', "$name: B-03: the end of a session keeps its blank");
}

sub ask_as (@) {
    my ($token, $method, $url, $body) = @_;
    return ask($method => $url, $body, token => $token);
}

sub login_as (@) {
    my ($name, $password) = @_;
    return ask(POST => '/api/auth/login', { username => $name, password => $password });
}

run_tests();

__DATA__

=== TEST 1: B-05: the old file is served: both schemes, sessions, every GET, broken rows
--- hr_database: t/data/old-service.sql
--- setup
my $login = login_as('admin', 'admin123');
is($login->{status}, 200, 'the administrator logs in (B-05: nobody is seeded)');
my $token = $login->{json}{access_token};
is(login_as('hr', 'legacy-pass')->{status}, 200, 'so does an account of the old scheme');
is(login_as('hr', 'legacy-pass')->{status}, 200, 'and once more, with the rewritten hash');
is(login_as('timeless', 'admin123')->{status}, 200, 'and one without a time of creation');
is(login_as('former', 'admin123')->{status}, 401, 'an inactive one does not');
my $old = sign_token({ sub => '1', username => 'admin', full_name => 'x', iat => time - 10,
                       exp => time + 600, type => 'access_token' });
is(ask_as($old, GET => '/api/auth/me')->{status}, 200, 'a token of the old service is accepted');

my @ids = map { "aaaaaaaa-0000-4000-8000-00000000000$_" } 1 .. 6;
push @ids, 'profile-7', 'aaaaaaaa-0000-4000-8000-0000000000ff';
my ($asked, %seen) = (0);
for my $route (HR::Test::Routes::all()) {
    next if $route->{method} ne 'GET' || $route->{path} =~ /events$|^\/metrics/;
    for my $id ($route->{path} =~ /\{profile_id\}/ ? @ids : '') {
        my $url = HR::Test::Routes::url({ %$route,
            path => $route->{path} =~ s/\{profile_id\}/$id/r });
        my $got = ask_as($token, GET => $url);
        $asked++;
        my ($code) = $got->{body} =~ /\A\{"success":false,"error":\{"code":"(\w+)"/;

        # a document of which nothing is left is told as such
        $got->{status} = 200 if $id =~ /5$/ && ($code // '') eq 'DATABASE_ERROR'
                                && $got->{body} =~ /документ профиля повреждён/;
        like($got->{status}, qr/^(200|400|404|409|422)$/, "GET $url: $got->{status}")
            or diag($got->{body});
        $seen{ $got->{status} }++;
    }
}
cmp_ok($seen{200}, '>', 40, "$asked answers");
--- request
GET /health
--- no_error_log
[alert]
--- json
status = healthy



=== TEST 2: B-03, B-10, B-12: every kind of write, and the schema is as it was
--- hr_database: t/data/old-service.sql
--- setup
my $untouched = "SELECT group_concat(quote(profile_data) || quote(metadata_json) ||"
    . " quote(created_at) || quote(updated_at) || quote(status), ';') FROM"
    . " (SELECT * FROM profiles WHERE id NOT LIKE '%0001' AND id NOT LIKE '%0002' AND rowid <= "
    . sql('SELECT max(rowid) FROM profiles') . " ORDER BY rowid)";
my $before = sql($untouched);
my $token = login_as('admin', 'admin123')->{json}{access_token};
my $one = '/api/profiles/aaaaaaaa-0000-4000-8000-000000000001';
my $two = '/api/profiles/aaaaaaaa-0000-4000-8000-000000000002';
my $id;
my $good = sub {
    my ($method, $url, $body, $want) = @_;
    for my $text (ref $body ? values %$body : ()) {
        utf8::decode($text) if !ref $text && !utf8::is_utf8($text);
    }
    my $got = ask_as($token, $method => $url, $body);
    is($got->{status}, $want // 200, "$method $url") or diag($got->{body});
    return $got->{json};
};
$good->(PUT => $one, { employee_name => 'Сотрудник Второй' });
$good->(DELETE => $one);
$good->(POST => "$one/restore");
$good->(POST => "$two/restore");
my $document = $good->(GET => $one)->{profile};
utf8::decode($document->{primary_activity_type} = 'Анализ');
$good->(PUT => "$one/content", { profile_data => $document });
$good->(PUT => "$two/versions/1/set-active");
$good->(DELETE => "$two/versions/5");
$good->(POST => '/api/users', { username => 'boris', full_name => 'Тест', role => 'hr',
                                password => 'A long and good 7 password' });
my $task = $good->(POST => '/api/generation/start', { department => 'Отдел разработки',
                                                       position => 'Программист' })->{task_id};
my ($status, $end) = ('', time + 20);
while ($status !~ /completed|failed/ && time < $end) {
    $status = ask_as($token, GET => "/api/generation/$task/status")->{json}{task}{status};
    select undef, undef, undef, 0.05;
}
is($status, 'completed', 'a generation');
$good->(POST => '/api/auth/refresh');
$good->(POST => '/api/admin/maintenance', { action => 'optimize' });
is(sql($untouched), $before, 'rows that nobody touched have the bytes that they had');
is(sql("SELECT group_concat(name) FROM (SELECT name FROM sqlite_master WHERE name IN"
       . " ('users', 'user_sessions', 'profiles', 'profile_versions', 'generation_tasks',"
       . " 'generation_history', 'organization_cache') ORDER BY 1)"), 'generation_history,'
    . 'generation_tasks,organization_cache,profile_versions,profiles,user_sessions,users',
        'seven tables');
schema_is_whole('after use');
values_are_right('after use');
is(sql("SELECT count(*) FROM profiles p WHERE id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM"
       . " profile_versions v WHERE v.profile_id = p.id)"), '0', 'every profile has a version');
my $written = "profile_id = 'aaaaaaaa-0000-4000-8000-000000000001' AND version_number ="
    . " (SELECT max(version_number) FROM profile_versions WHERE profile_id ="
    . " 'aaaaaaaa-0000-4000-8000-000000000001')";
is(sql("SELECT version_type FROM profile_versions WHERE $written"), 'edited',
    'B-10: the edit made one');
isnt(sql("SELECT created_by_username FROM profile_versions WHERE $written"), 'System',
    'B-12: with the name of its author');
is(sql("SELECT p.profile_data = v.profile_content FROM profiles p JOIN profile_versions v ON"
       . " v.profile_id = p.id AND v.version_number = p.current_version WHERE"
       . " p.id = 'aaaaaaaa-0000-4000-8000-000000000001'"), '1', 'the same content in both places');
--- request
GET /health
--- json
status = healthy



=== TEST 3: the statements of the old service still work, and what they write is served
--- hr_database: t/data/old-service.sql
--- setup
my $token = login_as('admin', 'admin123')->{json}{access_token};
ask_as($token, GET => $_) for '/api/profiles/', '/api/dashboard/stats', '/api/auth/me';
my $id = 'eeeeeeee-0000-4000-8000-000000000001';
sql("PRAGMA foreign_keys = ON; BEGIN;"
    . " INSERT INTO users (username, password_hash, full_name) VALUES ('later',"
    . " '\$2b\$12\$abcdefghijklmnopqrstuuRWTRlIP0pN4IuQpTffQVR9bmcKoMgIa', 'Новый');"
    . " INSERT INTO user_sessions (id, user_id, expires_at, is_active, user_agent, ip_address)"
    . " VALUES"
    . " ('eeeeeeee-0000-4000-8000-0000000000aa', (SELECT id FROM users WHERE username = 'later'),"
    . " '2099-01-01 00:00:00.5', TRUE, 'unknown', '127.0.0.1');"
    . " INSERT INTO profiles (id, department, position, employee_name, profile_data, metadata_json,"
    . " generation_time_seconds, input_tokens, output_tokens, total_tokens, validation_score,"
    . " completeness_score, created_by, created_at, updated_at, current_version) VALUES ('$id',"
    . " 'Отдел разработки', 'Программист', NULL, '{\"position_title\": \"Программист\"}',"
    . " '{}', 30.5,"
    . " 0, 0, 0, 0.0, 0.9, 1, '2030-01-01T00:00:00.5', '2030-01-01T00:00:00.5', 1);"
    . " INSERT INTO profile_versions (profile_id, version_number, created_at, created_by_user_id,"
    . " created_by_username, version_type, profile_content, validation_score, completeness_score,"
    . " generation_metadata) VALUES ('$id', 1, '2030-01-01T00:00:00.5', 1, 'System', 'generated',"
    . " '{\"position_title\": \"Программист\"}', 0.0, 0.9, '{}');"
    . " UPDATE users SET last_login = CURRENT_TIMESTAMP WHERE id = 1;"
    . " UPDATE profiles SET status = 'archived', updated_at = '2030-01-02T00:00:00' WHERE id ="
    . " 'aaaaaaaa-0000-4000-8000-000000000001'; COMMIT;");
my ($count, $end) = (0, time + 10);
while (!$count && time < $end) {
    select undef, undef, undef, 0.05;
    $count = ask_as($token, GET => '/api/dashboard/stats/minimal')->{json}{data}{profiles_count};
}
is($count, 1, 'it is counted');
my $got = ask_as($token, GET => "/api/profiles/$id");
is($got->{json}{profile}{position_title} // '',
    "\x{41f}\x{440}\x{43e}\x{433}\x{440}\x{430}\x{43c}\x{43c}"
    . "\x{438}\x{441}\x{442}", 'the profile is served');
is(ask_as($token, GET => '/api/profiles/?limit=1')->{json}{profiles}[0]{profile_id}, $id,
    'it is the first of the list');
is(ask_as($token, GET => '/api/profiles/?search=%D0%BF%D1%80%D0%BE%D0%B3%D1%80%D0%B0%D0%BC%D0%BC')
    ->{json}{pagination}{total}, 1, 'and found');
my $archived = ask_as($token, GET => '/api/profiles/aaaaaaaa-0000-4000-8000-000000000001');
like($archived->{body}, qr/"status":"archived"/, 'what it has archived is archived');
is(login_as('later', 'admin123')->{status}, 200, 'its account logs in');

# what the old service asks about our rows
is(sql("SELECT count(*) > 0 FROM user_sessions WHERE user_id = 1 AND is_active = TRUE"
       . " AND expires_at > CURRENT_TIMESTAMP"), '1',
           'a login of ours is a live session of its rule');
my $sid = claims_of($token)->{sid};
is(ask_as($token, POST => '/api/auth/logout')->{status}, 200, 'logout');
is(sql("SELECT is_active FROM user_sessions WHERE id = '$sid'"), '0', 'ends it there too');
is(sql("SELECT count(*) FROM profile_details WHERE created_by_username = 'admin'") > 0, 1,
    'the view works');
is(sql('SELECT count(*) > 0 FROM generation_stats'), '1', 'so does the other');
schema_is_whole('after both');
--- request
GET /health



=== TEST 4: B-01, B-04, B-06, B-12: a file of the module alone has all objects of the old service
--- setup
generate();
api(PUT => '/api/auth/password', { current_password => password_of('admin'),
                                   password => 'Another good 8 password' });
schema_is_whole('a new file');
values_are_right('a new file');
is(sql('SELECT count(*) > 0 FROM schema_migrations'), '1',
    'migrations are on record in a table of their own');
is(sql('PRAGMA journal_mode'), 'wal', 'B-01: write-ahead log');
is(sql('SELECT count(*) FROM generation_history'), '1', 'B-04: history has a row for the attempt');
is(sql('SELECT status FROM generation_tasks'), 'completed', 'B-04: the queue is in the database');
cmp_ok(sql('SELECT total_tokens FROM profiles'), '>', 0, 'B-12: tokens are the real ones');
is(sql('SELECT created_by_username FROM profile_versions'), 'admin',
    'B-12: the name of the author');
--- request
GET /health



=== TEST 5: an older file without versions gets its table, its column and a version for each profile
--- hr_database: t/data/old-service.sql
--- hr_config
hr_database $TEST_NGINX_HR_STATE/older.db;
--- post_setup_server_root
my $state = $ENV{TEST_NGINX_HR_STATE};
system("sqlite3 -batch $state/older.db '.read t/data/old-service.sql' 'DROP TABLE profile_versions'"
       . " 'DROP VIEW profile_details' 'ALTER TABLE profiles DROP COLUMN current_version'") == 0
           or die;
--- setup
my $older = state_dir() . '/older.db';
my $ask = sub { my $out = `sqlite3 -batch $older "$_[0]"`; chomp $out; $out };
is($ask->("SELECT dflt_value FROM pragma_table_info('profiles') WHERE name = 'current_version'"),
    '1',
    'the column');
is($ask->("SELECT count(*) FROM profiles p WHERE id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM"
          . " profile_versions v WHERE v.profile_id = p.id AND v.version_number = 1)"), '0',
    'a version for each');
is($ask->("SELECT DISTINCT version_type || created_by_username FROM profile_versions"),
    'generatedSystem',
    'as the old service makes it');
is(login_as('admin', 'admin123')->{status}, 200, 'and it works');
--- request
GET /health
--- json
status = healthy
