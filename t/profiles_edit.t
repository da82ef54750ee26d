# PUT /api/profiles/{id}/content (api-profiles.md 3.5, profile-document.md 9).

use HR::Test 'no_plan';
use HR::Test::Profile;

run_tests();

__DATA__

=== TEST 1: P-28: an edit makes a version of type edited, current, with its author and scores
--- hr_database: t/data/profiles.sql
--- users
anna
--- login: anna
--- setup
my $document = document_of(1);
$document =~ s/"position_title":"[^"]*"/"position_title":"Новое название"/ or die;
set(document => $document, id => profile_id(1));
--- request eval
["PUT /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/content
{\"profile_data\":{{document}}, \"note\": \"по просьбе отдела\"}",
 "GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/versions",
 "GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001",
 "GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/download/json"]
--- json eval
["profile_id = bbbbbbbb-0000-4000-8000-000000000001
version_number = 6
changed = true
validation_score is number
completeness_score = 1
warnings is array
message is string",
 "versions has 4
versions[0].version_number = 6
versions[0].version_type = edited
versions[0].created_by_username = anna
versions[0].is_current = true
versions[0].note = по просьбе отдела
versions[0].changes_summary has 1
versions[0].completeness_score = 1
versions[2].is_current = false
current_version = 6
total_versions = 4",
 "profile.position_title = Новое название
current_version = 6
version_count = 4
metadata.edit.user = anna
metadata.edit.based_on_version = 2
metadata.validation.quality is object
completeness_score = 1
position = Ведущий аналитик",
 "profile.position_title = Новое название"]
--- db
SELECT typeof(profile_data), current_version FROM profiles WHERE id LIKE '%0001' => text|6
SELECT sum(profile_data = profile_content) FROM profiles, profile_versions WHERE note > '' => 1
SELECT profile_data ->> '$.quality_verification' IS NULL FROM profiles WHERE id LIKE '%01' => 0
SELECT object_id, result FROM audit_log WHERE action = 'profile.edit' => {{id}}|ok



=== TEST 2: what the detail returned, sent back, changes nothing and makes no version
--- hr_database: t/data/profiles.sql
--- login
--- setup
set("d$_" => document_of($_)) for 1 .. 5, 7, 8;
--- request eval
[map { "PUT /api/profiles/bbbbbbbb-0000-4000-8000-00000000000$_/content
{\"profile_data\":{{d$_}}}" } 1 .. 5, 7, 8]
--- json eval
["changed = false\nversion_number = 2",
 ("changed = false\nversion_number = 1\nupdated_at is string") x 6]
--- db
SELECT count(*) FROM profile_versions WHERE version_type = 'edited' => 1
SELECT count(*) FROM audit_log WHERE action = 'profile.edit' => 0



=== TEST 3: P-28: saves of one author within five minutes are one version, another author's is new
--- hr_database: t/data/profiles.sql
--- users
anna boris
--- setup
my $document = document_of(2);
for my $i (1 .. 3) {
    (my $text = $document) =~ s/"position_title":"[^"]*"/"position_title":"Правка $i"/ or die;
    set("d$i" => $text);
}
--- login eval
["anna", "anna", "boris", "anna"]
--- request eval
[(map { "PUT /api/profiles/bbbbbbbb-0000-4000-8000-000000000002/content
{\"profile_data\":{{d$_}}, \"note\":\"" . ("", "burst", "burst", "")[$_] . "\"}" } 1 .. 3),
 "GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000002/versions"]
--- json eval
["version_number = 2", "version_number = 2", "version_number = 3",
 "versions has 3
versions[0].created_by_username = boris
versions[1].created_by_username = anna
versions[2].created_by_username = System"]
--- db
SELECT profile_content ->> '$.position_title' FROM profile_versions WHERE note = 'burst' => Правка 2
SELECT generation_metadata ->> '$.edit.based_on_version' FROM profile_versions WHERE note > '' => 1



=== TEST 4: the checks come in the contract's order and the first one that fails is told
--- hr_database: t/data/profiles.sql
--- login
--- request eval
my $put = "PUT /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/content\n";
my $rest = '"professional_skills":[],"corporate_competencies":[],"personal_qualities":[],'
         . '"experience_and_education":{}';
[$put . '{}', $put . '{"profile_data":[]}', $put . '{"profile_data":{"position_title":"x"}}',
 $put . '{"profile_data":{"position_title":"","department_specific":"","responsibility_areas":1,'
      . $rest . '}}',
 $put . '{"profile_data":{"position_title":"x","department_specific":5,"responsibility_areas":1,'
      . $rest . '}}',
 $put . '{"profile_data":{"position_title":"x","department_specific":"y","responsibility_areas":1,'
      . $rest . '}}',
 $put . '[1]', $put . '{"profile_data":']
--- error_code eval
[(422) x 8]
--- json eval
my $errors = 'error.details.validation_errors';
["$errors has 1\n$errors\[0].field = body.profile_data\n$errors\[0].type = missing",
 "$errors\[0].field = body.profile_data\n$errors\[0].type = dict_type",
 "$errors\[0].field = body.profile_data\n$errors\[0].type = value_error
$errors\[0].message ~ department_specific.*experience_and_education\n$errors\[0].input = null",
 "$errors\[0].message ~ position_title", "$errors\[0].message ~ department_specific",
 "$errors\[0].message ~ responsibility_areas",
 "$errors\[0].type = model_attributes_type", "$errors\[0].type = json_invalid"]



=== TEST 5: P-30: a stale If-Match is 412, a stale base_version 409, without both the last one wins
--- hr_database: t/data/profiles.sql
--- users
anna boris
--- setup
my $document = document_of(1);
set(tag => answer_of(GET => '/api/profiles/' . profile_id(1))->{headers}{etag});
for my $i (1 .. 4) {
    (my $text = $document) =~ s/"position_title":"[^"]*"/"position_title":"Правка $i"/ or die;
    set("d$i" => $text);
}
--- login eval
["anna", "boris", "boris", "boris"]
--- more_headers eval
["If-Match: {{tag}}", "If-Match: {{tag}}", "", ""]
--- request eval
my $put = "PUT /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/content\n";
[$put . '{"profile_data":{{d1}}}', $put . '{"profile_data":{{d2}}}',
 $put . '{"profile_data":{{d3}},"base_version":2}', $put . '{"profile_data":{{d4}}}']
--- error_code eval
[200, 412, 409, 200]
--- json eval
["version_number = 6", "error.code = PRECONDITION_FAILED\nerror.details.current_version = 6",
 "error.code = CONFLICT\nerror.details = {\"current_version\": 6, \"base_version\": 2}",
 "version_number = 7"]



=== TEST 6: the tag of an answer is good for the next change, with its gzip suffix too
--- hr_database: t/data/profiles.sql
--- setup
my $document = document_of(1);
(my $one = $document) =~ s/"position_title":"[^"]*"/"position_title":"Раз"/ or die;
(my $two = $document) =~ s/"position_title":"[^"]*"/"position_title":"Два"/ or die;
my $url = '/api/profiles/' . profile_id(1);
my $first = answer_of(PUT => "$url/content", body => qq({"profile_data":$one}));
my $get = answer_of(GET => $url, headers => { 'Accept-Encoding' => 'gzip' });
die "$first->{headers}{etag} $get->{headers}{etag}"
    if $get->{headers}{etag} ne $first->{headers}{etag} =~ s/"$/-gz"/r;
set(tag => $get->{headers}{etag}, document => $two);
--- login
--- more_headers eval
["If-Match: W/\"0123456789abcdef\", {{tag}}", "If-Match: *", "If-Match: {{tag}}"]
--- request eval
my $put = "PUT /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/content\n";
[map { $put . '{"profile_data":{{document}}}' } 1 .. 3]
--- error_code eval
[200, 200, 412]



=== TEST 7: an unknown profile is 404, an id that is none is 400, a viewer may not edit
--- hr_database: t/data/profiles.sql
--- users
vera:viewer
--- setup
set(document => document_of(1));
--- login eval
["admin", "admin", "vera"]
--- request eval
my $body = '/content' . "\n" . '{"profile_data":{{document}}}';
["PUT /api/profiles/cccccccc-0000-4000-8000-000000000001$body", "PUT /api/profiles/none$body",
 "PUT /api/profiles/bbbbbbbb-0000-4000-8000-000000000001$body"]
--- error_code eval
[404, 400, 403]
--- json eval
["error.details.resource = profile\nerror.details.resource_id ~ ^c{8}-0000",
 "error.details.field = profile_id\nerror.details.format = UUID4", "error.code = FORBIDDEN"]



=== TEST 8: an edit of a damaged document mends it
--- hr_database: t/data/profiles.sql
--- login
--- setup
set(document => document_of(1));
--- request eval
["GET /api/profiles/bbbbbbbb-0000-4000-8000-0000000000ff",
 "PUT /api/profiles/bbbbbbbb-0000-4000-8000-0000000000ff/content\n{\"profile_data\":{{document}}}",
 "GET /api/profiles/bbbbbbbb-0000-4000-8000-0000000000ff"]
--- error_code eval
[500, 200, 200]
--- json eval
["error.code = DATABASE_ERROR\nerror.details.table = profiles", "version_number = 2",
 "profile.position_title is string"]



=== TEST 9: P-30: If-Match takes a list of any length, never a weak tag, never a part of one
--- hr_database: t/data/profiles.sql
--- login
--- setup
my $url = '/api/profiles/' . profile_id(2);
my $tag = answer_of(GET => $url)->{headers}{etag};
my $many = join ', ', map { sprintf '"%016x"', $_ } 1 .. 40;
my $put = sub {
    my ($match) = @_;
    return ask(PUT => $url, { status => 'completed' }, user => 'admin',
               headers => { 'If-Match' => $match })->{status};
};
is($put->("W/$tag"), 412, 'weak');
is($put->(substr($tag, 0, 10) . '"'), 412, 'a part');
is($put->($tag =~ s/"//gr), 412, 'without quotes');
is($put->($many), 412, 'a list without it');
is($put->(''), 412, 'nothing');
is($put->("$many,W/\"x\" ,\t$tag"), 200, 'the last of a long list');
is($put->($tag), 412, 'the tag of before');
is($put->('*'), 200, 'any');
is(ask(PUT => '/api/profiles/' . profile_id(77), { status => 'completed' }, user => 'admin',
       headers => { 'If-Match' => '*' })->{status}, 404, 'any of nothing');
--- request
GET /api/profiles/
