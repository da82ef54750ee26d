# GET /api/profiles/{id}/download/{format} (api-profiles.md 3.9, exports.md).

use HR::Test 'no_plan';
use HR::Test::Archive;
use HR::Test::Profile;

run_tests();

__DATA__

=== TEST 1: P-33, P-29: the JSON of the current version is the wrapper, made from the row
--- hr_database: t/data/profiles.sql
--- login
--- request
GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/download/json
--- response_headers
Content-Type: application/json
Cache-Control: private, no-cache
--- response_headers_like
Content-Disposition: attachment; filename="profile_\w+_b+\.json"; filename\*=UTF-8''profile_%.*n
ETag: "[0-9a-f]{24}-1json"
--- response_body_like eval
qr/^{\n  "success": true,\n  "profile": \{/
--- json
profile.position_title is string
metadata.llm.tokens.total = 49000
errors = ["нет поля"]
warnings = ["пустое поле"]



=== TEST 2: P-32: a version with a Cyrillic name is sent, the name is in both forms
--- hr_database: t/data/profiles.sql
--- login
--- request
GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/download/md?version=1
--- response_headers
Content-Type: text/markdown; charset=utf-8
--- response_headers_like
Content-Disposition: attachment; filename="profile_\w+_v1\.md"; filename\*=UTF-8''.*_v1\.md
--- response_body_like eval
qr{^# .*## .*\*\*Версия профиля\*\* \| v1}s



=== TEST 3: every format has its type and its name
--- hr_database: t/data/profiles.sql
--- login
--- request eval
[map { "GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000002/download/$_" } qw( json md docx xlsx )]
--- response_headers_like eval
my $office = 'application/vnd.openxmlformats-officedocument';
[map { my ($ext, $type) = @$_;
      "Content-Type: $type\nContent-Disposition: attachment; filename=\"profile_.*\\.$ext\"; .*\n" }
    ['json', 'application/json'], ['md', 'text/markdown; charset=utf-8'],
    ['docx', "$office.wordprocessingml.document"], ['xlsx', "$office.spreadsheetml.sheet"]]



=== TEST 4: P-33: nothing but the row is needed, for every shape of document and every status
--- hr_database: t/data/profiles.sql
--- login
--- request eval
[map { my $n = $_; map { "GET /api/profiles/bbbbbbbb-0000-4000-8000-00000000000$n/download/$_" }
       qw( json md docx xlsx ) } 1 .. 9]
--- error_code eval
[(200) x 36]
--- error_log



=== TEST 5: P-34: a document without an optional section has a DOCX that says so
--- hr_database: t/data/profiles.sql
--- login
--- request
GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000005/download/docx
--- response_body_filters eval
main::archive_of('word/document.xml')
--- response_body_like: Показатели эффективности не определены



=== TEST 6: X-09: the same version gives the same bytes, so a tag gives 304
--- hr_database: t/data/profiles.sql
--- setup
my @tags;
for my $format (qw( json md docx xlsx )) {
    my $url = '/api/profiles/' . profile_id(1) . "/download/$format";
    my ($one, $two) = map { answer_of(GET => $url) } 1 .. 2;
    die "$format differs" if $one->{body} ne $two->{body};
    die "$format: no tag" if $one->{headers}{etag} !~ /^"[\w-]+"$/;
    set("tag_$format" => $one->{headers}{etag});
}
--- login
--- more_headers eval
[(map { "If-None-Match: \"x\", {{tag_$_}}" } qw( json md docx xlsx )),
 "If-None-Match: {{tag_md}}", "If-None-Match: *"]
--- request eval
my $url = 'GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/download';
[(map { "$url/$_" } qw( json md docx xlsx )), "$url/json", "$url/md"]
--- error_code eval
[304, 304, 304, 304, 200, 304]



=== TEST 7: the tag of the gzip form is known too, and a prefix of a tag is none
--- hr_database: t/data/profiles.sql
--- setup
my $url = '/api/profiles/' . profile_id(1) . '/download/md';
my $tag = answer_of(GET => $url, headers => { 'Accept-Encoding' => 'gzip' })->{headers}{etag};
die $tag if $tag !~ /-gz"$/;
set(gzip => $tag, broken => $tag =~ s/-gz"/-xx"/r);
--- login
--- more_headers eval
["If-None-Match: {{gzip}}", "If-None-Match: {{broken}}"]
--- request eval
[("GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/download/md") x 2]
--- error_code eval
[304, 200]
--- response_body_like eval
["^\$", "^# "]



=== TEST 8: P-29: a download after an edit has the edit, a version stays what it was
--- hr_database: t/data/profiles.sql
--- login
--- setup
my $document = document_of(1);
$document =~ s/"position_title":"[^"]*"/"position_title":"Новое название"/ or die;
set(document => $document);
--- request eval
my $url = '/api/profiles/bbbbbbbb-0000-4000-8000-000000000001';
["GET $url/download/md", "PUT $url/content\n{\"profile_data\":{{document}}}", "GET $url/download/md",
 "GET $url/download/md?version=2", "GET $url/download/md?version=6"]
--- response_body_like eval
['^# (?!.*Новое название)', 'changed', '^# 📋 Новое название', '^# (?!.*Новое название)',
 '^# 📋 Новое название']



=== TEST 9: a version as JSON is the bare document, indented
--- hr_database: t/data/profiles.sql
--- login
--- request eval
my $url = 'GET /api/profiles/bbbbbbbb-0000-4000-8000-00000000000';
["${url}1/download/json?version=2", "${url}4/download/json?version=1"]
--- response_body_like eval
[("^\\{\n  \"position_title\": ") x 2]
--- json eval
[("success absent\nbasic_info absent\nquality_verification absent") x 2]



=== TEST 10: X-01: a version has its own metadata
--- hr_database: t/data/profiles.sql
--- login
--- request eval
my $url = 'GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/download/md';
[$url, "$url?version=5", "$url?version=1"]
--- response_body_like eval
["Модель LLM\\*\\* \\| synthetic/model", "Модель LLM\\*\\* \\| other/model",
 "^(?!.*Модель LLM)"]



=== TEST 11: what is not there is 404 with its name, what is no number 422
--- hr_database: t/data/profiles.sql
--- login
--- request eval
my $url = 'GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/download';
["GET /api/profiles/cccccccc-0000-4000-8000-000000000001/download/json", "$url/md?version=7",
 "$url/md?version=0", "$url/md?version=x", "$url/md?version=99999999999", "$url/pdf",
 "GET /api/profiles/none/download/md"]
--- error_code eval
[404, 404, 422, 422, 422, 404, 400]
--- json eval
my $bad = 'error.details.validation_errors[0]';
["error.details.resource = profile",
 "error.details.resource = profile_version
error.details.resource_id = bbbbbbbb-0000-4000-8000-000000000001/7",
 "$bad.type = greater_than_equal", "$bad.type = int_parsing", "$bad.type = int_parsing",
 "error.code = NOT_FOUND", "error.details.field = profile_id"]



=== TEST 12: P-31: the cookie of the login opens GET downloads, and nothing else
--- hr_database: t/data/profiles.sql
--- setup
set(cookie => HR::Test::State::token('admin'));
--- more_headers eval
[("Cookie: a=b; hr_download={{cookie}}") x 8, "Cookie: hr_download=nonsense", ""]
--- request eval
my $url = '/api/profiles/bbbbbbbb-0000-4000-8000-000000000001';
["GET $url/download/json?version=1", "GET $url/download/md", "GET $url/download/docx",
 "HEAD $url/download/xlsx", "GET $url", "GET /api/profiles/", "PUT $url\n{\"status\":\"failed\"}",
 "DELETE $url", "GET $url/download/md", "GET $url/download/md?token={{cookie}}"]
--- error_code eval
[200, 200, 200, 200, 401, 401, 401, 401, 401, 401]



=== TEST 13: P-32: hostile names change neither the header nor the file system of the client
--- hr_database: t/data/profiles.sql
--- sql
UPDATE profiles SET position = char(13, 10) || 'X-Evil: 1' || char(34, 59, 92) || '../' || char(0x202e)
WHERE id LIKE '%0001'
--- login
--- request
GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/download/md
--- response_headers
! X-Evil
--- response_headers_like
Content-Disposition: attachment; filename="profile_[A-Za-z0-9._-]+"; filename\*=UTF-8''[\w.%-]+



=== TEST 14: a part of a file, unless it has changed
--- hr_database: t/data/profiles.sql
--- setup
my $url = '/api/profiles/' . profile_id(1) . '/download/docx';
set(tag => answer_of(GET => $url)->{headers}{etag});
--- login
--- more_headers eval
["Range: bytes=0-1", "Range: bytes=0-1\nIf-Range: {{tag}}", "Range: bytes=0-1\nIf-Range: \"x\"",
 "Range: bytes=99999999-"]
--- request eval
[("GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/download/docx") x 4]
--- error_code eval
[206, 206, 200, 416]
--- response_body_like eval
['^PK$', '^PK$', '^PK.{100}', '"code":"RANGE_NOT_SATISFIABLE"']



=== TEST 15: I-39: what is not approved carries a draft mark, I-04: generic KPIs a notice
--- hr_database: t/data/profiles.sql
--- sql
UPDATE profiles SET approval_state = 'approved' WHERE id LIKE '%0001';
UPDATE profiles SET metadata_json = '{"data_sources": {"kpi_source": "template"}}'
WHERE id LIKE '%0002'
--- login
--- request eval
my $url = 'GET /api/profiles/bbbbbbbb-0000-4000-8000-00000000000';
["${url}1/download/md", "${url}2/download/md", "${url}1/download/md?version=1"]
--- response_body_like eval
["^(?!.*ЧЕРНОВИК)", "ЧЕРНОВИК.*шаблон", "ЧЕРНОВИК \\(не текущая версия\\)"]



=== TEST 16: I-43: each download leaves one line in the trail, a 304 none
--- hr_database: t/data/profiles.sql
--- login
--- request eval
my $url = '/api/profiles/bbbbbbbb-0000-4000-8000-000000000001/download';
["GET $url/md", "GET $url/docx?version=1", "GET $url/md?version=77", "HEAD $url/md"]
--- error_code eval
[200, 200, 404, 200]
--- db
SELECT count(*) FROM audit_log WHERE action = 'profile.download' AND object_id LIKE '%0001' => 2



=== TEST 17: X-16: every value of a document is once in each format, reasoning in none
--- hr_database: t/data/profiles.sql
--- login
--- setup
my %text;
for my $format (qw( md docx xlsx )) {
    my $url = '/api/profiles/' . profile_id(2) . "/download/$format";
    my $file = answer_of(GET => $url)->{body};
    $text{$format} = $format eq 'md' ? $file
        : join ' ', map { $_->{content} } grep { $_->{name} =~ /document\.xml|sharedStrings|sheet\d/ }
                    archive_entries($file);
}

open my $in, '<', 't/data/profiles/tokens.json' or die $!;
my %want = map { $_ => 1 } do { local $/; <$in> } =~ /\b(TOK\d+|RSN\d+)\b/g;
my @wrong;
for my $token (sort keys %want) {
    for my $format (sort keys %text) {
        my $n = () = $text{$format} =~ /\b$token\b/g;
        # title and unit stand in the header too, which the form has not
        my $most = $format ne 'xlsx' && $token =~ /TOK00[13]$/ ? 2 : 1;
        push @wrong, "$format:$token:$n" if $n != ($token =~ /^RSN/ ? 0 : $most);
    }
}
set(tokens => keys(%want) > 50 ? 'many' : scalar keys %want, wrong => "@wrong" || 'none');
--- request
GET /api/profiles/?department={{tokens}}&position={{wrong}}
--- json
filters_applied.department = many
filters_applied.position = none
