# /api/dashboard (api-core.md 2.5).

use HR::Test 'no_plan';
use HR::Test::Generation;

# Rows of profiles: [number, department, position, {column => value}].
sub rows {
    for my $row (@_) {
        my ($n, $department, $position, $more) = @$row;
        my %value = (department => $department, position => $position, profile_data => '{}',
                     metadata_json => '{}', generation_time_seconds => 1,
                     id => "aaaaaaaa-0000-4000-8000-0000000000$n", %{ $more || {} });
        my @names = sort keys %value;
        sql('INSERT INTO profiles (' . join(', ', @names) . ') VALUES ('
            . join(', ', map { defined $value{$_} ? "'$value{$_}'" : 'NULL' } @names) . ')');
    }
    select undef, undef, undef, 2;       # workers look once a second
}

run_tests();

__DATA__

=== TEST 1: the numbers of an empty service
--- login
--- request eval
["GET /api/dashboard/stats", "GET /api/dashboard/stats/minimal",
    "GET /api/dashboard/stats/activity"]
--- response_headers eval
[("Cache-Control: private, no-cache\nContent-Type: application/json") x 3]
--- json eval
["data.summary = {\"departments_count\": 11, \"positions_count\": 26, \"profiles_count\": 0,"
 . " \"completion_percentage\": 0.0, \"active_tasks_count\": 0}\n"
 . "data.departments.total = 11\ndata.departments.with_positions = 10\n"
 . "data.departments.average_positions = 2.4\ndata.departments.average_per_unit = 2.17\n"
 . "data.departments.units_total = 12\ndata.positions.total = 26\n"
 . "data.positions.with_profiles = 0\n"
 . "data.positions.without_profiles = 26\ndata.positions.coverage_percent = 0.0\n"
 . "data.profiles.total = 0\ndata.profiles.percentage_complete = 0.0\ndata.active_tasks = []\n"
 . "data.metadata.last_updated ~ Z\$\ndata.metadata.data_sources = {\"catalog\": \"cached\","
 . " \"profiles\": \"database\", \"tasks\": \"memory\"}",
 "data.positions_count = 26\ndata.profiles_count = 0\ndata.completion_percentage = 0.0\n"
 . "data.active_tasks_count = 0\ndata.last_updated ~ Z\$",
 "data.active_tasks = []\ndata.recent_profiles = []\ndata.summary = {\"active_tasks_count\": 0,"
 . " \"recent_profiles_count\": 0, \"has_activity\": false}\ndata.last_updated ~ Z\$"]
--- response_body_like eval
[('^\{"success":true,"timestamp":"[^"]+","message":"[^"]+","data":\{') x 3]



=== TEST 2: D-49: positions with a completed profile count, not rows; the rows are told beside
--- setup
rows([10, 'Управление «Север»', 'Аналитик'], [11, 'Управление «Север»', 'Аналитик'],
     [12, 'Управление «Север»', 'Начальник управления', { status => 'archived' }],
     [13, 'Отдел контроля', 'Экономист', { status => 'failed' }],
     [14, 'Отдел контроля', 'Специалист'], [15, 'Нигде', 'Никто'],
     [16, 'Отдел контроля', 'Специалист', { status => 'processing' }]);
--- login
--- request eval
["GET /api/dashboard/stats", "GET /api/dashboard/stats/minimal", "GET /api/organization/positions"]
--- json eval
["data.summary.profiles_count = 2\ndata.summary.completion_percentage = 7.7\n"
 . "data.positions.with_profiles = 2\ndata.positions.without_profiles = 24\n"
 . "data.positions.coverage_percent = 7.7\ndata.profiles.total = 2\n"
 . "data.profiles.percentage_complete = 7.7\ndata.profiles.rows_total = 7\n"
 . "data.profiles.by_status = {\"completed\": 4, \"archived\": 1,"
 . " \"processing\": 1, \"failed\": 1}",
 "data.profiles_count = 2\ndata.completion_percentage = 7.7",
 "data.positions_with_profiles = 2\ndata.coverage_percentage = 7.7"]



=== TEST 3: D-48: tasks of all users that wait or run, oldest first, and their true number
--- hr_config
hr_llm location=/llm model=simulator/sim/slow:2 concurrency=1 timeout=10s;
--- users
anna
--- setup
my $first = start(position => 'Программист');
my $second = start(position => 'Ведущий программист', user => 'anna');
set(first => $first, second => $second);
--- login
--- request eval
["GET /api/dashboard/stats", "GET /api/dashboard/stats/minimal",
    "GET /api/dashboard/stats/activity"]
--- json eval
["data.summary.active_tasks_count = 2\ndata.active_tasks has 2\n"
 . "data.active_tasks[0].task_id = {{first}}\ndata.active_tasks[0].position = Программист\n"
 . "data.active_tasks[0].department = Отдел разработки\n"
 . "data.active_tasks[0].status ~ ^(queued|processing)\$\n"
 . "data.active_tasks[0].progress >= 0\ndata.active_tasks[0].created_at ~ Z\$\n"
 . "data.active_tasks[1].task_id = {{second}}\ndata.active_tasks[1].status = queued",
 "data.active_tasks_count = 2",
 "data.active_tasks has 2\ndata.summary.active_tasks_count = 2\ndata.summary.has_activity = true"]



=== TEST 4: D-48: numbers are current after a generation ended
--- setup
my $before = api(GET => '/api/dashboard/stats')->{data}{summary};
generate();
my $after = api(GET => '/api/dashboard/stats')->{data}{summary};
is($after->{profiles_count}, $before->{profiles_count} + 1, 'one more');
is($after->{active_tasks_count}, 0, 'nothing runs');
is($after->{completion_percentage}, 3.8, '1 of 26');
my $activity = api(GET => '/api/dashboard/stats/activity')->{data};
is($activity->{recent_profiles}[0]{created_by}, 'admin', 'who made it');
is($activity->{recent_profiles}[0]{status}, 'completed', 'its state');
--- request
GET /health



=== TEST 5: D-50: a row without a creator or a time breaks nothing
--- setup
rows([10, 'a', 'no creator', { created_at => '2025-09-03T00:00:00', created_by => undef }],
     [11, 'a', 'no time', { created_at => undef, updated_at => '2025-09-02T00:00:00.5',
                            created_by => 1, employee_name => 'Сотрудник' }],
     [12, 'a', 'nothing', { created_at => undef, updated_at => undef, status => 'what' }]);
--- login
--- request
GET /api/dashboard/stats/activity
--- json
data.recent_profiles has 3
data.recent_profiles[0] has 6
data.recent_profiles[0].position = no creator
data.recent_profiles[0].employee_name = null
data.recent_profiles[0].created_at = 2025-09-03T00:00:00Z
data.recent_profiles[0].created_by = null
data.recent_profiles[1].created_at = 2025-09-02T00:00:00.500000Z
data.recent_profiles[1].created_by = admin
data.recent_profiles[1].employee_name = Сотрудник
data.recent_profiles[2].created_at = null
data.summary.recent_profiles_count = 3
data.summary.has_activity = true



=== TEST 6: D-51: the latest by the instant, whatever the layout; at most ten
--- setup
rows(map({ [$_, 'a', "older $_", { created_at => "2025-09-01T00:00:$_" }] } 10 .. 20),
     [21, 'a', 'blank, later', { created_at => '2025-09-02 12:00:01' }],
     [22, 'a', 'T, earlier', { created_at => '2025-09-02T12:00:00.999999' }],
     [23, 'a', 'equal, later row', { created_at => '2025-09-02 12:00:01' }]);
--- login
--- request
GET /api/dashboard/stats/activity
--- json
data.recent_profiles has 10
data.recent_profiles[0].position = equal, later row
data.recent_profiles[1].position = blank, later
data.recent_profiles[2].position = T, earlier
data.recent_profiles[3].position = older 20
data.recent_profiles[9].position = older 14



=== TEST 7: the figures of the real shape
--- hr_data: demo
--- hr_config
hr_zones sessions=1m data=32m;
hr_cache size=32m shards=1;
--- login
--- request
GET /api/dashboard/stats
--- json
data.summary.departments_count = 510
data.summary.positions_count = 1689
data.departments.with_positions = 488
data.departments.average_positions = 3.3
data.departments.average_per_unit = 2.98
data.departments.units_total = 567



=== TEST 8: every endpoint needs a token, and nothing more than a viewer's; HEAD works
--- users
clara:viewer
--- setup
for my $url ('', '/minimal', '/activity') {
    is(ask(GET => "/api/dashboard/stats$url")->{status}, 401, "$url without a token");
    is(ask(GET => "/api/dashboard/stats$url", undef, user => 'clara')->{status}, 200, 'a viewer');
    is(ask(HEAD => "/api/dashboard/stats$url/", undef, user => 'clara')->{status}, 200, 'HEAD');
    is(ask(POST => "/api/dashboard/stats$url", {}, user => 'clara')->{status}, 405, 'POST');
}
--- request
GET /health
