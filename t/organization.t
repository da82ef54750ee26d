# /api/organization (api-core.md 2.4): units by path, positions with their profiles.

use IO::Uncompress::Gunzip ();
use HR::Test 'no_plan';
use HR::Test::Generation;

# A row of profiles.
sub profile {
    my ($id, $department, $position, %more) = @_;

    my %row = (
        id => "'$id'", department => "'$department'", position => "'$position'",
        profile_data => "'{}'", metadata_json => "'{}'", generation_time_seconds => 1,
        (map { $_ => "'$more{$_}'" } keys %more),
    );
    my @names = sort keys %row;
    sql('INSERT INTO profiles (' . join(', ', @names) . ') VALUES ('
        . join(', ', @row{@names}) . ')');
}

# unit path, position => the item of /positions, as user admin.
sub items {
    my $data = api(GET => '/api/organization/positions')->{data};
    my %item;
    for my $item (@{ $data->{items} }) {
        my $key = "$item->{business_unit_id}|$item->{position_name}";
        utf8::encode($key);
        $item{$key} = $item;
    }
    return ($data, \%item);
}

our $ID = 'aaaaaaaa-0000-4000-8000-00000000000';
our $IT = 'Блок операционного директора/Департамент информационных технологий';
our $NORTH = 'Блок исполнительного директора/Управление «Север»';

run_tests();

__DATA__

=== TEST 1: D-41: search items: all units, with their hierarchy as a list
--- login
--- request
GET /api/organization/search-items
--- response_headers
Cache-Control: private, no-cache
--- json
data.items has 12
data.total_count = 12
data.source = path_based_indexing
data.includes_all_business_units = true
data.items[0].display_name = Блок исполнительного директора [31 чел.]
data.items[0].hierarchy = ["Блок исполнительного директора"]
data.items[0].positions = ["Директор исполнительный"]
data.items[0].level = 0
data.items[0].headcount = 31
data.items[0].headcount_source = Уровень 2
data.items[3].display_name = Департамент закупок (Блок операционного директора)
data.items[3].headcount = null
data.items[3].positions = []
data.items[6].display_name ~ ^Управление «Север» → Отдел контроля \[30 чел\.\]$|Отдел закупок
data.items[11].hierarchy has 4
data.items[11].hierarchy_text ~ →.*→.*→
data.items[11].positions_count = 2



=== TEST 2: positions: the list of the client, in its order, with all its members
--- login
--- request
GET /api/organization/positions
--- response_headers
Cache-Control: private, no-cache
--- response_headers_like
ETag: "[0-9a-f]+"
--- json
success = true
data.items has 26
data.total_count = 26
data.positions_with_profiles = 0
data.coverage_percentage = 0.0
data.items[0].position_id = Блок_исполнительного_директора_Директор_исполнительный
data.items[0].position_name = Директор исполнительный
data.items[0].business_unit_id = Блок исполнительного директора
data.items[0].business_unit_name = Блок исполнительного директора
data.items[0].department_id = null
data.items[0].department_name = Блок исполнительного директора
data.items[0].department_path = Блок исполнительного директора
data.items[0].profile_exists = false
data.items[0].profile_id = null
data.items[1].position_name = Директор операционный
data.items[2].position_name = Помощник директора
data.items[25].position_id ~ Инженер_QA_тестировщик$
data.items[25].department_path ~ → Группа №.2$
--- response_body_like: "coverage_percentage":0\.0\}



=== TEST 3: ids of positions are unique and stable
--- setup
my ($data) = items();
my %seen = map { $_->{position_id} => 1 } @{ $data->{items} };
is(scalar keys %seen, 26, 'unique');
my ($again) = items();
is_deeply([map { $_->{position_id} } @{ $again->{items} }],
          [map { $_->{position_id} } @{ $data->{items} }], 'stable');
--- request
GET /health



=== TEST 4: D-42: a row with the path of its unit belongs to that unit
--- setup
profile("${ID}1", 'Отдел контроля', 'Специалист', unit_path => "$NORTH/Отдел контроля");
select undef, undef, undef, 1;
my ($data, $item) = items();
is($data->{positions_with_profiles}, 1, 'one');
is($data->{coverage_percentage}, 3.8, '1 of 26');
is($item->{"$NORTH/Отдел контроля|Специалист"}{profile_id}, "${ID}1", 'this one');
is($item->{"$IT/Отдел контроля|Специалист"}{profile_id}, undef, 'and not its namesake');
--- request
GET /health



=== TEST 5: D-42: a department with slashes is taken as a path
--- setup
profile("${ID}1", "$NORTH/Отдел контроля", 'Специалист');
select undef, undef, undef, 1;
my ($data, $item) = items();
is($item->{"$NORTH/Отдел контроля|Специалист"}{profile_id}, "${ID}1", 'that unit');
is($data->{positions_with_profiles}, 1, 'alone');
--- request
GET /health



=== TEST 6: D-42: of units of one name the first in the file gets the profile
--- setup
profile("${ID}1", 'Отдел контроля', 'Специалист');
profile("${ID}2", 'Отдел контроля', 'Экономист');
profile("${ID}3", 'Отдел контроля', 'Никто');
profile("${ID}4", 'Нигде', 'Специалист');
select undef, undef, undef, 1;
my ($data, $item) = items();
is($data->{positions_with_profiles}, 2, 'two positions');
is($item->{"$IT/Отдел контроля|Специалист"}{profile_id}, "${ID}1", 'the first unit');
is($item->{"$NORTH/Отдел контроля|Специалист"}{profile_id}, undef, 'not the second');
is($item->{"$NORTH/Отдел контроля|Экономист"}{profile_id}, "${ID}2", 'the only one that has it');
--- request
GET /health



=== TEST 7: D-43: a row whose id is no UUID is passed over
--- setup
profile('profile-7', 'Блок исполнительного директора', 'Директор исполнительный');
profile("${ID}1", 'Управление «Север»', 'Аналитик');
select undef, undef, undef, 1;
my ($data, $item) = items();
is($data->{positions_with_profiles}, 1, 'only the good one');
is($item->{"$NORTH|Аналитик"}{profile_id}, "${ID}1", 'linked');
--- request
GET /health



=== TEST 8: D-44: of several the latest is linked; only completed rows count
--- setup
my @of = ('Управление «Север»', 'Аналитик');
profile("${ID}1", @of, created_at => '2025-09-10T08:00:00.000001');
profile("${ID}2", @of, created_at => '2025-09-10 09:00:00');
profile("${ID}3", @of, created_at => '2025-09-10T08:59:59');
profile("${ID}4", @of, created_at => '2025-12-01T00:00:00', status => 'archived');
profile("${ID}5", @of, created_at => '2025-12-01T00:00:00', status => 'failed');
profile("${ID}6", @of, created_at => '2025-12-01T00:00:00', status => 'processing');
select undef, undef, undef, 1;
my ($data, $item) = items();
is($item->{"$NORTH|Аналитик"}{profile_id}, "${ID}2", 'the latest instant, whatever its layout');
is($data->{positions_with_profiles}, 1, 'counts once');
sql("UPDATE profiles SET created_at = '2025-01-01T00:00:00'");
select undef, undef, undef, 1;
($data, $item) = items();
is($item->{"$NORTH|Аналитик"}{profile_id}, "${ID}3", 'at equal times the last row');
--- request
GET /health



=== TEST 9: an archived profile is told when there is no completed one; null members are left out
--- setup
profile("${ID}1", 'Управление «Север»', 'Аналитик', status => 'archived');
profile("${ID}2", 'Управление «Север»', 'Начальник управления', validation_score => '0.75',
        created_at => '2025-09-10T08:00:00');
select undef, undef, undef, 1;
my ($data, $item) = items();
my $archived = $item->{"$NORTH|Аналитик"};
is("$archived->{profile_exists} $archived->{archived} $archived->{archived_profile_id}",
   "0 1 ${ID}1", 'archived');
my $linked = $item->{"$NORTH|Начальник управления"};
is($linked->{created_at}, '2025-09-10T08:00:00Z', 'when');
is($linked->{quality_score}, '0.75', 'how good');
ok(!exists $linked->{archived} && !exists $archived->{quality_score}, 'nothing that is null');
is($data->{positions_with_profiles}, 1, 'an archived one does not count');
--- request
GET /health



=== TEST 10: a generation that runs is shown at its position, and no longer when it has ended
--- setup
my $task = start(department => 'Управление «Север»', position => 'Аналитик',
                 model => 'simulator/sim/slow:1');
my (undef, $item) = items();
my $shown = $item->{"$NORTH|Аналитик"};
is($shown->{task_id}, $task, 'its task');
like($shown->{task_status}, qr/^(?:queued|processing)$/, 'its state');
ok(exists $shown->{progress}, 'its progress');
is(scalar(grep { exists $_->{task_id} } values %$item), 1, 'at one position');
ended($task);
(undef, $item) = items();
$shown = $item->{"$NORTH|Аналитик"};
ok($shown->{profile_exists} && !exists $shown->{task_id}, 'now there is a profile');
--- request
GET /health



=== TEST 11: D-46, D-47: the structure without its wrapper; the target and its ancestors marked
--- setup
my $path = "$IT/Отдел контроля";
utf8::decode($path);
my $data = api(POST => '/api/organization/structure', { target_path => $path })->{data};
is($data->{target_path}, $path, 'echoed');
is($data->{total_business_units}, 12, 'all units');
is(scalar keys %{ $data->{structure} }, 3, 'all blocks');
my $node = { children => $data->{structure} };
for my $name (split m{/}, $path) {
    $node = $node->{children}{$name};
    is("$node->{is_target} $node->{name}", "1 $name", 'marked');
}
is($node->{is_target_exact}, 1, 'the target itself');
is($node->{children}, undef, 'a leaf has null');
my ($block) = map { $data->{structure}{$_} } (split m{/}, $path)[0];
is($block->{is_target_exact}, JSON::PP::false(), 'an ancestor is not it');
my @marked = grep { $_->{is_target} } map { values %{ $_->{children} } }
    values %{ $data->{structure}{ (split m{/}, $path)[0] }{children} };
is(scalar @marked, 1, 'no other unit beside it');
--- login
--- request
GET /health



=== TEST 12: D-47: a sibling whose name begins like the target's is not marked
--- hr_data: $TEST_NGINX_HTML_DIR/data
--- user_files
>>> data/structure.json
{"organization": {"A": {"number": 1, "positions": [], "headcount": null,
 "headcount_source": null, "headcount_department": null, "children": {
  "Unit": {"number": 2, "positions": ["x"], "headcount": null, "headcount_source": null,
           "headcount_department": null},
  "Unit two": {"number": 3, "positions": ["y"], "headcount": null, "headcount_source": null,
               "headcount_department": null}}}}, "metadata": {}}
--- login
--- request
POST /api/organization/structure
{"target_path":"A/Unit two"}
--- json
data.structure.A.is_target = true
data.structure.A.children.Unit.is_target = false
data.structure.A.children["Unit two"].is_target = true



=== TEST 13: a unit: the raw node, its place, its positions with level and category
--- login
--- request
POST /api/organization/unit
{"unit_path":"Блок операционного директора/Департамент закупок"}
--- response_body_like: ^\{"success":true,"timestamp":"[^"]+","message":"[^"]*Депар[^"]*","data":\{
--- json
data.name = Департамент закупок
data.path = Блок операционного директора/Департамент закупок
data.level = 1
data.positions = []
data.headcount = null
data.hierarchy_path = ["Блок операционного директора", "Департамент закупок"]
data.parent_path = Блок операционного директора
data.enriched_positions = []
data.data.number = null
data.data.children["Отдел закупок материалов"].number = 24000037
data.data.children["Отдел закупок материалов"].positions has 2



=== TEST 14: ... of a block
--- login
--- request
POST /api/organization/unit
{"unit_path":"Блок операционного директора"}
--- json
data.parent_path = null
data.level = 0
data.headcount = 60
data.headcount_source = Уровень 2
data.enriched_positions has 2
data.enriched_positions[0].name = Директор операционный
data.enriched_positions[0].level = 1
data.enriched_positions[0].category = management
data.enriched_positions[0].department = Блок операционного директора
data.enriched_positions[0].full_path = Блок операционного директора
data.enriched_positions[0].last_updated ~ Z$
data.enriched_positions[1].name = Помощник директора
data.enriched_positions[1].level = 1
timestamp present



=== TEST 15: a path that is missing, empty, unknown, or ends with a slash
--- login
--- request eval
map { my $url = $_; map { "POST /api/organization/$url->[0]\n" . sprintf $_, $url->[1] }
      '{}', '{"%s":""}', '{"%s":"Нигде/Никто"}', '{"other":"x"}' }
    ['structure', 'target_path'], ['unit', 'unit_path']
--- error_code eval
[400, 400, 404, 400, 400, 400, 404, 400]
--- json eval
[("error.code = BAD_REQUEST\ndetail ~ путь", "error.code = BAD_REQUEST",
  "error.code = NOT_FOUND\ndetail ~ Нигде/Никто\nerror.details.resource_id = Нигде/Никто",
  "error.code = BAD_REQUEST") x 2]



=== TEST 16: every value of the body must be text, also of keys that mean nothing
--- login
--- request eval
['POST /api/organization/unit' . "\n" . '{"b":1,"unit_path":["x"],"a":null,"c":"text"}',
 "POST /api/organization/unit\n[]", "POST /api/organization/unit\nnull",
 "POST /api/organization/unit", "POST /api/organization/structure\n\"x\"",
 'POST /api/organization/unit' . "\n" . '{"' . 'ж' x 200 . '":1}',
 'POST /api/organization/unit' . "\n"
     . '{"unit_path":1,"unit_path":"Блок операционного директора"}']
--- error_code eval
[422, 422, 422, 422, 422, 422, 200]
--- json eval
my $e = 'error.details.validation_errors';
["$e has 3\n$e\[0].field = body.b\n$e\[0].type = string_type\n$e\[0].input = 1\n"
 . "$e\[1].field = body.unit_path\n$e\[1].input = null\n$e\[2].field = body.a\n$e\[2].input = null",
 "$e\[0].field = body\n$e\[0].type = dict_type", "$e\[0].field = body\n$e\[0].type = missing",
 "$e\[0].type = missing\n$e\[0].input = null", "$e\[0].type = dict_type\n$e\[0].input = x",
 "$e\[0].field ~ ^body.ж{50}\$", "data.level = 0"]



=== TEST 17: statistics over units
--- login
--- request
GET /api/organization/stats
--- json
data.business_units.total_count = 12
data.business_units.with_positions = 11
data.business_units.by_levels = {"0": 3, "1": 3, "2": 4, "3": 2}
data.positions = {"total_count": 26, "average_per_unit": 2.17}
data.indexing_method = path_based
data.data_completeness = 100%
data.source = organization_cache
--- response_body_like: "by_levels":\{"0":3,"1":3,"2":4,"3":2\}



=== TEST 18: D-45, D-01: the figures of the real shape; two megabytes compress to next to nothing
--- hr_data: demo
--- hr_config
hr_zones sessions=1m data=32m;
hr_cache size=32m shards=1;
--- setup
my ($data) = items();
is($data->{total_count}, 1689, 'positions');
my %seen = map { $_->{position_id} => 1 } @{ $data->{items} };
is(scalar keys %seen, 1689, 'ids are unique');
my $plain = ask(GET => '/api/organization/positions', undef, user => 'admin');
my $gzip = ask(GET => '/api/organization/positions', undef, user => 'admin',
               headers => { 'Accept-Encoding' => 'gzip' });
ok(length $plain->{body} > 1_000_000, 'plain: ' . length $plain->{body});
ok(length $gzip->{body} < length($plain->{body}) / 10, 'gzip: ' . length $gzip->{body});
my $again = IO::Uncompress::Gunzip::gunzip(\$gzip->{body} => \my $text);
is($text, $plain->{body}, 'the same text');
--- login
--- request eval
["GET /api/organization/stats", "GET /api/organization/search-items"]
--- json eval
["data.business_units.total_count = 567\ndata.business_units.with_positions = 545\n"
 . "data.business_units.by_levels = {\"0\": 9, \"1\": 27, \"2\": 91, \"3\": 177,"
 . " \"4\": 171, \"5\": 92}\n"
 . "data.positions = {\"total_count\": 1689, \"average_per_unit\": 2.98}",
 "data.items has 567\ndata.total_count = 567"]



=== TEST 19: every endpoint needs a token, and nothing more than a viewer's
--- users
clara:viewer
--- setup
for my $call (['GET', 'search-items'], ['GET', 'positions'], ['GET', 'stats'],
              ['POST', 'unit'], ['POST', 'structure'])
{
    my ($method, $name) = @$call;
    my $url = "/api/organization/$name";
    my $body = $method eq 'POST' ? {} : undef;
    is(ask($method, $url, $body)->{status}, 401, "$name without a token");
    isnt(ask($method, $url, $body, user => 'clara')->{status}, 403, "$name as a viewer");
    is(ask(PUT => $url, {}, user => 'clara')->{status}, 405, "$name by PUT");
}
--- request
GET /health
