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



=== TEST 4: P-22: search folds Cyrillic case and ё, and knows no wildcards
--- hr_database: t/data/profiles.sql
--- login
--- request eval
my @words = ('АНАЛИТИК', 'ёлочный', 'ЕЛОЧНЫЙ', '100%25', '%25', 'отдел_к', '_', 'первый');
[map { "GET /api/profiles/?search=$_" } @words]
--- json eval
["pagination.total = 1\nprofiles[0].position = Ведущий аналитик",
 "pagination.total = 1\nprofiles[0].position = Елочный мастер", "pagination.total = 1",
 "pagination.total = 1\nprofiles[0].position = Архитектор 100%",
 "pagination.total = 1", "pagination.total = 1\nprofiles[0].department = Отдел_кадров",
 "pagination.total = 1", "pagination.total = 1\nprofiles[0].employee_name = Сотрудник Первый"]



=== TEST 5: P-23: words of SQL and HTML are searched for like any others
--- hr_database: t/data/profiles.sql
--- login
--- request eval
[map { "GET /api/profiles/?search=$_" } 'select', "'%20OR%201=1%20--", '%3Cscript%3E', 'DROP%20TABLE',
 'union%20all', '%00', '%FF%FE']
--- json eval
["pagination.total = 1\nprofiles[0].position = Специалист SELECT",
 ("pagination.total = 0\nprofiles = []") x 4, "profiles is array", "profiles is array"]



=== TEST 6: the filters are combined with AND, each on its column, and echoed trimmed
--- hr_database: t/data/profiles.sql
--- login
--- request eval
['GET /api/profiles/?department=%20%20закупок%20&position=менеджер&status=completed',
 'GET /api/profiles/?department=закупок', 'GET /api/profiles/?position=закупок',
 'GET /api/profiles/?department=%20&position=&search=%20%20&status=']
--- json eval
["pagination.total = 1
profiles[0].profile_id = bbbbbbbb-0000-4000-8000-000000000002
filters_applied.department = закупок
filters_applied.position = менеджер
filters_applied.status = completed
filters_applied.search = null",
 "pagination.total = 3", "pagination.total = 0\npagination.total_pages = 0\nprofiles = []",
 "pagination.total = 10
filters_applied = {\"department\": null, \"position\": null, \"search\": null, \"status\": null}"]



=== TEST 7: M-03, M-04: every word that the client's filter knows is understood
--- hr_database: t/data/profiles.sql
--- login
--- request eval
[map { "GET /api/profiles/?status=$_" } qw( completed generated archived processing in_progress
 generating failed all not_generated )]
--- json eval
["pagination.total = 7", "pagination.total = 7", "pagination.total = 1", "pagination.total = 1",
 "pagination.total = 1", "pagination.total = 1", "pagination.total = 1",
 "pagination.total = 10\nfilters_applied.status = null",
 "pagination.total = 0\nprofiles = []\nfilters_applied.status = not_generated"]



=== TEST 8: an unknown status and too long a text are 400, bad numbers 422
--- hr_database: t/data/profiles.sql
--- login
--- request eval
['GET /api/profiles/?status=unknown', 'GET /api/profiles/?search=' . ('я' x 201),
 'GET /api/profiles/?department=' . ('x' x 201), 'GET /api/profiles/?search=' . ('я' x 200),
 'GET /api/profiles/?page=0&limit=101', 'GET /api/profiles/?page=x', 'GET /api/profiles/?limit=',
 'GET /api/profiles/?page=99999999999', 'GET /api/profiles/?page=2147483647&limit=100']
--- error_code eval
[400, 400, 400, 200, 422, 422, 422, 422, 200]
--- json eval
my $e = 'error.details.validation_errors';
["error.details.valid_values = [\"completed\", \"archived\", \"processing\", \"failed\"]
error.details.provided_value = unknown
error.details.field = status",
 "error.details.field = search", "error.details.field = department", "pagination.total = 0",
 "$e has 2\n$e\[0].field = query.page\n$e\[0].type = greater_than_equal
$e\[1].field = query.limit\n$e\[1].type = less_than_equal",
 "$e\[0].type = int_parsing\n$e\[0].input = x", "$e\[0].type = int_parsing",
 "$e\[0].type = int_parsing", "profiles = []\npagination.has_prev = true"]



=== TEST 9: lenient numbers and unknown parameters, the last of a repeated one wins
--- hr_database: t/data/profiles.sql
--- login
--- request
GET /api/profiles/?limit=99&limit=%2B0_2.0&page=%201%20&unknown=1
--- json
profiles has 2
pagination.limit = 2
pagination.page = 1



=== TEST 10: a cursor goes through all pages without a repeat or a gap
--- hr_database: t/data/profiles.sql
--- login
--- setup
my ($cursor, @seen) = ('');
for (1 .. 5) {
    my $page = api(GET => "/api/profiles/?limit=3&cursor=$cursor");
    push @seen, map { substr $_->{profile_id}, -2 } @{ $page->{profiles} };
    die "total $page->{pagination}{total}" if $page->{pagination}{total} != 10;
    $cursor = $page->{pagination}{next_cursor} // last;
}
my @all = map { substr $_->{profile_id}, -2 } @{ api(GET => '/api/profiles/')->{profiles} };
set(result => "@seen" eq "@all" ? 'same' : "@seen / @all");
--- request
GET /api/profiles/?search={{result}}
--- json
filters_applied.search = same



=== TEST 11: a cursor of another list is 400
--- hr_database: t/data/profiles.sql
--- login
--- setup
set(cursor => api(GET => '/api/profiles/?limit=3')->{pagination}{next_cursor});
--- request eval
["GET /api/profiles/?cursor=nonsense", "GET /api/profiles/?sort_by=position&cursor={{cursor}}"]
--- error_code eval
[400, 400]
--- json eval
[("error.details.field = cursor") x 2]



=== TEST 12: the list is sorted by what is asked for
--- hr_database: t/data/profiles.sql
--- login
--- request eval
[map { "GET /api/profiles/?$_" } 'sort_by=position&sort_order=asc', 'sort_by=validation_score',
 'sort_by=completeness_score&sort_order=asc', 'sort_by=created_at&sort_order=asc',
 'sort_by=nonsense', 'sort_order=up']
--- error_code eval
[200, 200, 200, 200, 400, 400]
--- json eval
['profiles[0].position = Архитектор "ГИП"', 'profiles[0].validation_score = 0.9',
 'profiles[0].completeness_score = 0', 'profiles[0].created_at = 2024-01-01T10:00:00Z',
 'error.details.field = sort_by', 'error.details.valid_values = ["asc", "desc"]']



=== TEST 13: by time, score, author and several departments
--- hr_database: t/data/profiles.sql
--- login
--- request eval
[map { "GET /api/profiles/?$_" } 'date_from=2025-09-06', 'date_from=2025-09-02&date_to=2025-09-03',
 'date_to=2025-09-02T10:00:00Z', 'min_validation_score=0.75', 'min_completeness_score=0.8',
 'created_by=1', 'created_by=admin', 'created_by=nobody',
 'departments=Бюро&departments=Отдел%20разработки', 'date_from=yesterday',
 'min_validation_score=2']
--- error_code eval
[(200) x 9, 400, 422]
--- json eval
["pagination.total = 4", "pagination.total = 2", "pagination.total = 3", "pagination.total = 2",
 "pagination.total = 2", "pagination.total = 9", "pagination.total = 9", "pagination.total = 0",
 "pagination.total = 3", "error.details.field = date_from",
 "error.details.validation_errors[0].field = query.min_validation_score"]



=== TEST 14: a page is cached and ends with any change
--- hr_database: t/data/profiles.sql
--- login
--- request eval
my $list = 'GET /api/profiles/?search=аналитик';
my $url = '/api/profiles/bbbbbbbb-0000-4000-8000-000000000001';
[$list, $list, "PUT $url\n{\"employee_name\":\"Сотрудник\"}", $list, "DELETE $url/versions/5", $list]
--- json eval
["profiles[0].employee_name = null", "profiles[0].version_count = 3", "message is string",
 "profiles[0].employee_name = Сотрудник", "remaining_versions = 2",
 "profiles[0].version_count = 2"]



=== TEST 15: rows of the old service that break rules do not break the page
--- hr_database: t/data/old-service.sql
--- users
anna
--- login: anna
--- request eval
["GET /api/profiles/", "GET /api/profiles/?status=failed"]
--- json eval
["profiles is array\npagination.total >= 5", "pagination.total = 2
profiles[0].created_at is string"]
