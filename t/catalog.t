# /api/catalog (api-core.md 2.3): departments by name and their positions.

use HR::Test 'no_plan';

# A path or a name in an address.
sub in_url {
    my ($text) = @_;

    utf8::encode($text) if utf8::is_utf8($text);
    return $text =~ s/([^A-Za-z0-9_.~-])/sprintf '%%%02X', ord $1/ger;
}

run_tests();

__DATA__

=== TEST 1: departments: one for each name, sorted by code point, with everything that it is
--- login
--- request
GET /api/catalog/departments
--- response_headers
Content-Type: application/json
Cache-Control: private, no-cache
--- response_headers_like
ETag: "[0-9a-f]+"
--- json
success = true
message ~ 11
data.departments has 11
data.total_count = 11
data.cached = true
data.departments[0].name = Блок исполнительного директора
data.departments[0].display_name = Блок исполнительного директора
data.departments[0].id = Блок исполнительного директора
data.departments[0].positions_count = 1
data.departments[1].name = Блок операционного директора
data.departments[2].name ~ ^Группа №.1$
data.departments[4].name = Департамент закупок
data.departments[4].positions_count = 0
data.departments[10].name = Управление внутреннего аудита и контроля
data.departments[0].last_updated ~ ^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$
data.last_updated ~ Z$
--- response_body_like: ^\{"success":true,"timestamp":"[^"]+","message":"[^"]+","data":\{"depart



=== TEST 2: D-29: a name that occurs twice has the positions of all its units, and all its paths
--- login
--- request
GET /api/catalog/departments
--- json
data.departments[7].name = Отдел контроля
data.departments[7].positions_count = 3
data.departments[7].paths has 2
data.departments[7].path = Блок исполнительного директора → Управление «Север» → Отдел контроля
data.departments[7].id = Блок исполнительного директора/Управление «Север»/Отдел контроля



=== TEST 3: D-38: details of a department, with its positions and statistics
--- login
--- request eval
"GET /api/catalog/departments/" . main::in_url("Отдел контроля")
--- json
data.name = Отдел контроля
data.display_name = Отдел контроля
data.positions_count = 3
data.positions has 3
data.positions[0] is object
data.positions[0].name = Руководитель отдела
data.positions[0].level = 1
data.positions[0].category = management
data.positions[0].department = Отдел контроля
data.positions[0].last_updated ~ Z$
data.positions[1].name = Специалист
data.positions[2].name = Экономист
data.positions[2].category = finance
data.statistics.levels = {"1": 1, "4": 2}
data.statistics.categories = {"management": 1, "specialist": 1, "finance": 1}
data.paths has 2
--- response_body_like: "statistics":\{"levels":\{"1":1,"4":2\},"categories":\{"management":1,



=== TEST 4: D-29: a full path with %2F selects exactly that unit
--- login
--- request eval
my $it = 'Блок операционного директора/Департамент информационных технологий';
my @url = map { main::in_url($_) } "$it/Отдел контроля", "Управление «Север»";
["GET /api/catalog/departments/$url[0]", "GET /api/catalog/positions/$url[0]",
 "GET /api/catalog/positions/$url[1]"]
--- json eval
["data.positions has 2\ndata.path ~ ^Блок операц.* → Департамент информ.* → Отдел контроля\$",
 "data.total_count = 2", "data.total_count = 3"]



=== TEST 5: a department that does not exist has no details (404), and no positions (200)
--- login
--- request eval
["GET /api/catalog/departments/nowhere", "GET /api/catalog/positions/nowhere",
 "GET /api/catalog/departments/nowhere%2Felse", "GET /api/catalog/departments/nowhere/else"]
--- error_code eval
[404, 200, 404, 404]
--- json eval
["error.code = NOT_FOUND\ndetail ~ nowhere\nerror.details.resource_id = nowhere",
 "data = {\"department\": \"nowhere\", \"positions\": [], \"total_count\": 0, \"statistics\": "
 . "{\"levels\": {}, \"categories\": {}}, \"cached\": true, \"last_updated\": null}",
 "error.details.resource_id = nowhere/else", "error.code = NOT_FOUND"]



=== TEST 6: a name is found as it is written, then by its match key: blanks, case, yo
--- login
--- request eval
[map { "GET /api/catalog/positions/$_" }
 main::in_url("Группа №\xc2\xa01"), main::in_url("Группа № 1"), main::in_url(" отдел  КОНТРОЛЯ "),
 "%D0%9E+%D0%BA"]
--- json eval
["data.total_count = 2", "data.total_count = 2\ndata.department = Группа № 1",
    "data.total_count = 3",
 "data.total_count = 0\ndata.department = О+к"]



=== TEST 7: force_refresh only tells that the answer is fresh
--- users
anna
--- login: anna
--- request eval
["GET /api/catalog/departments?force_refresh=true",
    "GET /api/catalog/departments?force_refresh=NO",
 "GET /api/catalog/positions/x?force_refresh=1", "GET /api/catalog/departments?force_refresh=",
 "GET /api/catalog/departments?force_refresh=2",
     "GET /api/catalog/departments?force_refresh=true&force_refresh=off"]
--- error_code eval
[200, 200, 200, 422, 422, 200]
--- json eval
my $e = 'error.details.validation_errors[0]';
["data.cached = false", "data.cached = true", "data.cached = false",
 "$e.field = query.force_refresh\n$e.type = bool_parsing\n$e.input = \"\"",
 "$e.input = \"2\"", "data.cached = true"]



=== TEST 8: search: names and parts of paths, without case
--- login
--- request eval
[map { "GET /api/catalog/search?q=" . main::in_url($_) }
 'закуп', 'ЗАКУП', ' закуп ', 'север', 'группа', '%', '_']
--- json eval
["data.query = закуп\ndata.total_count = 2\ndata.departments has 2\ndata.positions = null\n"
 . "data.breakdown = null\ndata.department_filter = null\n"
 . "data.departments[0].name = Департамент закупок",
 "data.query = ЗАКУП\ndata.total_count = 2", "data.query = \" закуп \"\ndata.total_count = 2",
 "data.total_count = 2", "data.total_count = 2", "data.total_count = 0", "data.total_count = 0"]



=== TEST 9: D-39: the arrow of a path matches nothing, blanks match everything
--- login
--- request eval
["GET /api/catalog/search?q=%E2%86%92", "GET /api/catalog/search?q=%20",
    "GET /api/catalog/search?q=+%09"]
--- json eval
["data.total_count = 0\ndata.query = →", "data.total_count = 11\ndata.query = \" \"",
    "data.total_count = 11"]



=== TEST 10: D-39: a limit cuts the list and not the count
--- login
--- request eval
["GET /api/catalog/search?q=%20&limit=2", "GET /api/catalog/search?q=%20&limit=0",
 "GET /api/catalog/search?q=%20&limit=1001", "GET /api/catalog/search?q=%20&limit=many",
 "GET /api/catalog/search?q=%20&limit=1000"]
--- error_code eval
[200, 422, 422, 422, 200]
--- json eval
my $e = 'error.details.validation_errors[0]';
["data.departments has 2\ndata.total_count = 11", "$e.type = greater_than_equal\n$e.input = \"0\"",
 "$e.type = less_than_equal", "$e.type = int_parsing\n$e.field = query.limit",
     "data.departments has 11"]



=== TEST 11: q is needed, and not empty
--- login
--- request eval
["GET /api/catalog/search", "GET /api/catalog/search?q=", "GET /api/catalog/search?q",
 "GET /api/catalog/search/positions", "GET /api/catalog/search/positions?q=&limit=x",
 "GET /api/catalog/search?Q=x"]
--- error_code eval
[422, 422, 422, 422, 422, 422]
--- json eval
my $e = 'error.details.validation_errors';
["$e has 1\n$e\[0].field = query.q\n$e\[0].type = missing\n$e\[0].input = null",
 "$e\[0].type = string_too_short\n$e\[0].input = \"\"", "$e\[0].type = string_too_short",
 "$e\[0].type = missing", "$e has 2\n$e\[0].field = query.q\n$e\[1].field = query.limit",
 "$e\[0].type = missing"]



=== TEST 12: D-28: no word is forbidden in a search, no character is a wildcard
--- login
--- request eval
[map { "GET /api/catalog/search/positions?q=" . main::in_url($_) }
 "SELECT", "' OR 1=1 --", '<script>', 'UNION SELECT', 'QA/', '%', '"', '«', "\\"]
--- json eval
["data.total_count = 0", "data.total_count = 0", "data.total_count = 0", "data.total_count = 0",
 "data.total_count = 1", "data.total_count = 0", "data.total_count = 0", "data.total_count = 3",
 "data.total_count = 0"]



=== TEST 13: search for positions: name, department, level and category; breakdown
--- login
--- request eval
[map { "GET /api/catalog/search/positions?q=$_" }
 main::in_url('архитектор'), '3', 'finance', main::in_url('СЕВЕР'), '%20',
 main::in_url('специалист') . '&department=' . main::in_url('КОНТРОЛ'), 'x&department=',
 '%20&department=nowhere']
--- json eval
["data.total_count = 2\ndata.positions has 2\ndata.departments = null\n"
 . "data.positions[0].name = Ведущий архитектор\ndata.positions[1].name = Главный архитектор\n"
 . "data.breakdown.departments = {\"Департамент информационных технологий\": 2}\n"
 . "data.breakdown.levels = {\"3\": 2}\ndata.breakdown.categories = {\"technical\": 2}\n"
 . "data.department_filter = null",
 "data.total_count = 3", "data.total_count = 1\ndata.positions[0].name = Экономист",
 "data.total_count = 3", "data.total_count = 24",
 "data.total_count = 1\ndata.department_filter = КОНТРОЛ",
 "data.total_count = 0\ndata.department_filter = \"\"",
 "data.total_count = 0\ndata.department_filter = nowhere"]



=== TEST 14: D-30: cache/clear reads the file again, for administrators only; any type is accepted
--- users
anna boris:head
--- login eval
["admin", "admin", "admin", "anna", "boris", undef]
--- request eval
["POST /api/catalog/cache/clear", "POST /api/catalog/cache/clear?cache_type=positions",
 "POST /api/catalog/cache/clear?cache_type=" . 'x' x 500, "POST /api/catalog/cache/clear",
 "POST /api/catalog/cache/clear", "POST /api/catalog/cache/clear"]
--- error_code eval
[200, 200, 200, 403, 403, 401]
--- json eval
["success = true\nmessage ~ \\(all\\)\ndata_error absent", "message ~ \\(positions\\)",
 "message ~ \\(x{100}\\)", "error.code = FORBIDDEN\ndetail ~ прав", "error.code = FORBIDDEN",
 "error.code = UNAUTHORIZED"]
--- db
SELECT count(*) FROM audit_log WHERE action = 'cache.clear' AND username = 'admin' => 3



=== TEST 15: D-40: statistics: the legacy average stays, the one over units is beside it
--- login
--- request
GET /api/catalog/stats
--- json
data.departments = {"total_count": 11, "with_positions": 10}
data.positions.total_count = 26
data.positions.average_per_department = 2.36
data.positions.average_per_unit = 2.17
data.positions.levels_distribution = {"1": 13, "3": 3, "4": 9, "5": 1}
data.positions.categories_distribution.management = 13
data.cache_status.departments_cached = true
data.cache_status.positions_cached_count = 12
data.cache_status.centralized_cache = true
data.cache_status.cache_type = organization_cache (path-based)



=== TEST 16: every endpoint needs a token, and nothing more than a viewer's
--- users
clara:viewer
--- setup
for my $url (qw( departments departments/x positions/x search?q=x search/positions?q=x stats )) {
    is(ask(GET => "/api/catalog/$url")->{status}, 401, "$url without a token");
    isnt(ask(GET => "/api/catalog/$url", undef, user => 'clara')->{status}, 403,
        "$url as a viewer");
    is(ask(POST => "/api/catalog/$url", {}, user => 'clara')->{status}, 405, "$url by POST");
}
--- request
GET /health



=== TEST 17: I-18: the figures of the real shape: names, units, positions
--- hr_data: demo
--- hr_config
hr_zones sessions=1m data=32m;
hr_cache size=32m shards=1;
--- login
--- request eval
["GET /api/catalog/departments", "GET /api/catalog/stats", "GET /api/catalog/search?q=%20",
 "GET /api/catalog/search/positions?q=%20", "GET /api/catalog/search?q=%E2%86%92"]
--- json eval
["data.total_count = 510\ndata.departments has 510",
 "data.departments.total_count = 510\ndata.departments.with_positions = 488\n"
 . "data.positions.total_count = 1689\ndata.positions.average_per_department = 3.31\n"
 . "data.positions.average_per_unit = 2.98\ndata.cache_status.positions_cached_count = 567",
 "data.total_count = 510", "data.total_count = 1602", "data.total_count = 0"]
