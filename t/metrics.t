# /metrics: who may see it, its formats, and that it counts what happens.

use HR::Test 'no_plan';

use HR::Test::Metrics;

# A reading, by the administrator; %opt: accept.
sub figures {
    my (%opt) = @_;

    my $answer = HR::Test::State::client()->get('/metrics', headers => {
        Authorization => 'Bearer ' . HR::Test::State::token('admin'),
        $opt{accept} ? (Accept => $opt{accept}) : () });
    return HR::Test::Metrics->parse($answer->{body}, open => $opt{accept});
}

# What a worker tells the others comes twice a second.
sub settled {
    HR::Test::State::token('admin');
    select undef, undef, undef, 1.2;
    return figures();
}

# As numbers: gauges have a decimal point.
sub equal { my ($got, $want, $name) = @_; cmp_ok($got, '==', $want, $name) }

sub wrong { return join '; ', map { $_->faults } @_ }

run_tests();

__DATA__

=== TEST 1: only an administrator sees the figures, without a location of their own
--- users: anna:head
--- login eval
[undef, "anna", "admin"]
--- request eval
["GET /metrics", "GET /metrics", "GET /metrics"]
--- error_code eval
[401, 403, 200]
--- response_headers_like eval
["Content-Type: application/json", "Content-Type: application/json",
 "Content-Type: text/plain; version=0.0.4; charset=utf-8"]
--- response_body_like eval
["UNAUTHORIZED", "FORBIDDEN", '(?m)^hr_build_info\{version="1\.0\.0",nginx="[0-9.]+"\} 1$']



=== TEST 2: a location with hr_metrics asks for no token; allow and deny are its own affair
--- config
location = /figures { allow 127.0.0.1; deny all; hr_metrics; }
location = /closed { deny all; hr_metrics; }
--- request eval
["GET /figures", "HEAD /figures", "POST /figures\nx=1", "GET /closed"]
--- more_headers eval
["Host: elsewhere.example", "", "", ""]
--- error_code eval
[200, 200, 405, 403]
--- response_headers_like eval
["Cache-Control: no-store\nX-Request-ID: \\S+", "Content-Length: [1-9]\\d+", "Allow: GET, HEAD",
 "Content-Type: application/json"]



=== TEST 3: OpenMetrics when it is asked for
--- login
--- request eval
[("GET /metrics") x 3]
--- more_headers eval
["Accept: application/openmetrics-text; version=1.0.0, text/plain; version=0.0.4; q=0.5, */*; q=0.1",
 "Accept: application/openmetrics-text; q=0.1, text/plain",
 "Accept: */*"]
--- response_headers eval
["Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8",
 "Content-Type: text/plain; version=0.0.4; charset=utf-8",
 "Content-Type: text/plain; version=0.0.4; charset=utf-8"]
--- response_body_like eval
['# EOF\n\z', '\A# HELP', '\A# HELP']



=== TEST 4: both formats are right, after requests of every kind
--- users: anna:hr
--- setup
api(GET => '/api/organization/positions') for 1 .. 3;
api(GET => '/api/catalog/search?q=%20');
HR::Test::State::client()->get('/api/nothing');
HR::Test::State::client()->get('/api/profiles/');
set(wrong => wrong(figures(), figures(accept => 'application/openmetrics-text')) || 'nothing');
--- login
--- request eval
"GET /api/auth/me?{{wrong}}"
--- access_log
/api/auth/me?nothing



=== TEST 5: requests are counted by operation and class, durations likewise
--- setup
my $before = figures();
api(GET => '/api/organization/stats') for 1 .. 5;
HR::Test::State::client()->get('/api/organization/stats');
my $after = figures();

my %got = map {
    my $code = $_;
    $code => $after->value('hr_http_requests_total', operation => 'get_organization_stats',
                           code => $code)
           - $before->value('hr_http_requests_total', operation => 'get_organization_stats',
                            code => $code);
} qw( 2xx 3xx 4xx 5xx );
is_deeply(\%got, { '2xx' => 5, '3xx' => 0, '4xx' => 1, '5xx' => 0 }, 'requests by class');
equal($after->value('hr_http_request_duration_seconds_count',
                 operation => 'get_organization_stats'), 6, 'durations');
cmp_ok($after->value('hr_http_request_duration_seconds_sum',
                     operation => 'get_organization_stats'), '>', 0, 'their sum');
cmp_ok($after->value('hr_http_sent_bytes_total', operation => 'get_organization_stats'),
       '>', 1000, 'bytes');
is_deeply([$after->fallen_since($before)], [], 'no counter has fallen');
--- login
--- request
GET /api/auth/me



=== TEST 6: an operation is described once, with its method, path and role
--- setup
my ($login) = grep { $_->{operation} eq 'login' } figures()->series('hr_route_info');
is_deeply($login, { operation => 'login', method => 'POST', route => '/api/auth/login',
                    access => 'public', value => 1 }, 'login');
--- login
--- request
GET /api/auth/me



=== TEST 7: caches, sessions, logins
--- hr_config: hr_cache size=8m shards=4
--- setup
my $client = HR::Test::State::client();
$client->post('/api/auth/login', { username => 'admin', password => 'wrong' });
api(GET => '/api/organization/stats') for 1 .. 4;
my $f = figures();
equal($f->value('hr_logins_total', result => 'ok'), 1, 'logins');
equal($f->value('hr_logins_total', result => 'failed'), 1, 'failed logins');
cmp_ok($f->value('hr_session_lookups_total', result => 'hit'), '>=', 2, 'sessions from the cache');

my ($hits, $stores, $entries, $size) = (0) x 4;
for my $shard (0 .. 3) {
    $hits    += $f->value('hr_cache_hits_total', shard => $shard);
    $stores  += $f->value('hr_cache_stores_total', shard => $shard);
    $entries += $f->value('hr_cache_entries', shard => $shard);
    $size    += $f->value('hr_cache_size_bytes', shard => $shard);
}
equal($hits, 3, 'hits');
equal($stores, 1, 'stores');
equal($entries, 1, 'entries');
equal($size, 8 * 1024 * 1024, 'size of all shards');
--- login
--- request
GET /api/auth/me



=== TEST 8: database, group commit, event loops, workers
--- users: anna:hr
--- setup
my $before = settled();
my $id = api(GET => '/api/users')->{data}{users}[1]{id};
api(PUT => "/api/users/$id", { full_name => "Test $_" }) for 1 .. 3;
my $after = settled();

# those of the queue of generations may join them
my $writes = $after->value('hr_database_operations_total', kind => 'write')
             - $before->value('hr_database_operations_total', kind => 'write');
my $shared = $after->value('hr_database_transactions_total')
             - $before->value('hr_database_transactions_total');
ok($writes >= 3 && $writes <= 8, "writes: $writes");
ok($shared >= 1 && $shared <= $writes, "transactions: $shared");
cmp_ok($after->value('hr_database_busy_seconds_total'), '>',
       $before->value('hr_database_busy_seconds_total'), 'time in the database');
cmp_ok($after->value('hr_event_loop_turn_seconds_count'), '>',
       $before->value('hr_event_loop_turn_seconds_count'), 'turns');
equal($after->value('hr_workers'), 2, 'workers');
equal($after->value('hr_database_up'), 1, 'the database is up');
cmp_ok($after->value('hr_database_size_bytes'), '>', 4096, 'its size');
cmp_ok($after->value('hr_database_disk_free_bytes'), '>', 0, 'room on its disk');
equal($after->value('hr_data_generation'), 1, 'generation of the data');
equal($after->value('hr_data_refused'), 0, 'and no newer one was refused');
equal($after->value('hr_data_positions'), 26, 'positions');
is_deeply([$after->fallen_since($before)], [], 'no counter has fallen');
--- login
--- request
GET /api/auth/me



=== TEST 9: profiles by status
--- hr_database: t/data/profiles.sql
--- setup
my %rows = map { split /\|/ } split /\n/, sql('SELECT status, count(*) FROM profiles GROUP BY 1');
my $f = figures();
is_deeply({ map { $_->{value} ? ($_->{status} => $_->{value}) : () } $f->series('hr_profiles') },
          \%rows, 'as the database has them');
--- login
--- request
GET /api/auth/me



=== TEST 10: the number of series is bounded: no text of the data is a label
--- setup
my $before = figures()->count;
api(GET => "/api/catalog/search?q=$_") for 'a' .. 'z';
api(GET => '/api/catalog/departments/%D0%9E%D1%82%D0%B4%D0%B5%D0%BB%20%D1%80%D0%B0%D0%B7%D1%80%D0%B0%D0%B1%D0%BE%D1%82%D0%BA%D0%B8');
my $f = figures();
# the histograms of two operations that had none, and of /metrics itself
cmp_ok($f->count - $before, '<=', 3 * 18, 'only new operations add series');
is_deeply([grep { /[^\x20-\x7e]/ } map { values %$_ } map { $f->series($_) }
           keys %{ $f->{series} }], [], 'labels are plain');
cmp_ok($f->count, '<', 4000, 'fewer than 4,000');
--- login
--- request
GET /api/auth/me



=== TEST 11: a database that fails is a figure, not an error
--- config
location = /figures { hr_metrics; }
--- setup
sql('ALTER TABLE search_slots RENAME TO gone');
--- request
GET /figures
--- response_body_like: (?m)^hr_database_up 0\.0$



=== TEST 12: compressed when the client can take it
--- login
--- request
GET /metrics
--- more_headers
Accept-Encoding: gzip
--- response_headers
Content-Encoding: gzip



=== TEST 13: a scrape makes no log line of its own and leaves nothing behind
--- config
location = /figures { access_log off; hr_metrics; }
--- request eval
[("GET /figures") x 20]
--- no_access_log eval
[("/figures") x 20]



=== TEST 14: hr_watchdog tells a long turn of the event loop: what ran, and how long
--- hr_config
hr_watchdog 1ms
--- setup
# a body is parsed in the loop; this one has tens of thousands of small members, fewer than a body may have
my $body = '{' . join(',', map { qq("$_":"") } 1 .. 60_000) . '}';
my $log = '';
for (1 .. 100) {
    is(ask(POST => '/api/organization/structure', $body, user => 'admin')->{status}, 400,
        'no path in it');
    $log = do { local (@ARGV, $/) = server_root() . '/logs/error.log'; <> };
    last if $log =~ /slow turn .* the longest get_organization_structure_with_target/;
}
my ($turn, $cpu, $longest) = $log =~ /\bhr: slow turn of the event loop: (\d+) us, (\d+) us of CPU, blocked \d+ times, \d+ steps, the longest get_organization_structure_with_target (\d+) us/;
ok(defined $turn, 'what ran is named');
cmp_ok($turn, '>=', 1000, 'longer than the limit');
cmp_ok($longest, '<=', $turn, 'the longest step is a part of the turn');
cmp_ok(figures()->value('hr_event_loop_slow_turns_total'), '>=', 1, 'it is counted');
--- request
GET /health/live



=== TEST 15: a turn below the limit is not told
--- hr_config
hr_watchdog 600s
--- setup
ask(GET => $_, undef, user => 'admin') for '/api/organization/positions', '/api/dashboard/stats';
equal(figures()->value('hr_event_loop_slow_turns_total'), 0, 'none counted');
my $log = do { local (@ARGV, $/) = server_root() . '/logs/error.log'; <> };
unlike($log, qr/turn of the event loop/, 'none told');
--- request
GET /health/live
