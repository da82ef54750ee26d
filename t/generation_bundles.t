# Two prompts side by side (improvements.md I-32): shares, results told apart by
# version, the preview of each.

use HR::Test 'no_plan';
use HR::Test::Generation;

use File::Copy qw( copy );
use JSON::PP ();

sub replace {
    my ($file, $change) = @_;

    open my $in, '<:raw', $file or die "$file: $!";
    my $text = do { local $/; <$in> };
    open my $out, '>:raw', $file or die "$file: $!";
    print $out $change->($text);
    close $out;
}

# A copy of conf/prompts in the state folder with a candidate, whose text is changed, or
# another file (from the folder of the copy).
sub bundles {
    my ($change, $file) = @_;

    my ($from, $to) = ("$ENV{TEST_NGINX_HR_TOP}/conf/prompts", "$ENV{TEST_NGINX_HR_STATE}/prompts");
    mkdir $_ for $to, "$to/production", "$to/candidate";
    copy("$from/$_", "$to/$_") for qw( schema.json models.json );
    for my $name (qw( prompt.txt config.json metadata.json )) {
        copy("$from/production/$name", "$to/production/$name");
        copy("$from/production/$name", "$to/candidate/$name") if $name ne 'metadata.json';
    }
    replace("$to/" . ($file // 'candidate/prompt.txt'), $change);
}

# A sentence of the candidate alone.
sub changed { bundles(sub { "$_[0]\nSecond text on trial.\n" }) }

# Titles so that each generation makes a profile of its own.
sub many {
    my ($n) = @_;

    my @ids = map { start(position => "Испытатель $_") } 1 .. $n;
    ended($_) for @ids;
}

run_tests();

__DATA__

=== TEST 1: half of the generations take the candidate, and every result says which it was
--- login
--- hr_config
hr_prompts $TEST_NGINX_HR_STATE/prompts;
hr_llm location=/llm model=simulator concurrency=4 timeout=5s candidate=50;
--- post_setup_server_root
package main;
changed();
--- setup
many(24);
my @versions = split /\n/, sql("SELECT DISTINCT prompt_version FROM generation_history ORDER BY 1");
is(scalar @versions, 2, 'two versions in the history');
like($_, qr/\Alocal:[0-9a-f]{12}\z/, 'by the hash of the text') for @versions;
is(sql("SELECT count(*) FROM profile_versions v JOIN profiles p ON p.id = v.profile_id"
       . q( WHERE v.prompt_version IS NOT json_extract(p.metadata_json, '$.llm.prompt_version'))),
   0, 'version and metadata agree');
is(sql("SELECT count(*) FROM generation_history h JOIN profile_versions v ON v.profile_id ="
       . " h.profile_id WHERE v.prompt_version IS NOT h.prompt_version"), 0, 'and so does the ledger');
--- request
GET /api/generation/usage?group=prompt
--- json
group = prompt
rows has 2
rows[0].key ~ ^local:
rows[0].succeeded > 2
rows[1].succeeded > 2
rows[0].quality.profiles > 2
rows[0].quality.validation_score > 0.5
rows[0].quality.rating is null
total.succeeded = 24
total.quality absent



=== TEST 2: without a share nothing takes it, with all of it everything does
--- login
--- hr_config
hr_prompts $TEST_NGINX_HR_STATE/prompts;
hr_llm location=/llm model=simulator concurrency=4 timeout=5s candidate=100;
--- post_setup_server_root
package main;
changed();
--- setup
many(4);
set(count => sql("SELECT count(DISTINCT prompt_version) FROM generation_history"));
set(version => sql("SELECT DISTINCT prompt_version FROM generation_history"));
utf8::decode(my $unit = 'Отдел разработки');
my ($one, $two) = map {
    api(POST => "/api/generation/preview?bundle=$_", { department => $unit, position => 'QA' })
} qw( candidate production );
is($one->{prompt_version}, sql("SELECT DISTINCT prompt_version FROM generation_history"),
   'the candidate was used');
isnt($two->{prompt_version}, $one->{prompt_version}, 'which is not the one in use');
like($one->{request}{messages}[0]{content}, qr/Second text on trial/, 'its text');
unlike($two->{request}{messages}[0]{content}, qr/Second text on trial/, 'is its own');
--- request
GET /api/generation/usage?group=prompt
--- json
rows has 1
rows[0].key = {{version}}



=== TEST 3: the preview of a candidate that is not there, or of another word, is refused
--- login
--- request eval
["POST /api/generation/preview?bundle=candidate
{\"department\":\"Отдел разработки\",\"position\":\"Программист\"}",
 "POST /api/generation/preview?bundle=other
{\"department\":\"Отдел разработки\",\"position\":\"Программист\"}",
 "POST /api/generation/preview?bundle=production
{\"department\":\"Отдел разработки\",\"position\":\"Программист\"}"]
--- error_code eval
[422, 422, 200]



=== TEST 4: a candidate that breaks the rules of a prompt is refused at the start
--- hr_config
hr_prompts $TEST_NGINX_HR_STATE/prompts;
hr_llm location=/llm model=simulator candidate=10;
--- post_setup_server_root
package main;
bundles(sub { "$_[0]\n{{no_such_variable}}\n" });
--- must_die
--- error_log
conf/prompts/candidate/prompt.txt



=== TEST 5: a share without a candidate is told at the start
--- hr_config
hr_llm location=/llm model=simulator candidate=10;
--- request
GET /health
--- error_log
"hr_llm candidate=10" has no effect



=== TEST 6: I-30: bundles that differ only in the temperature are two versions
--- login
--- hr_config
hr_prompts $TEST_NGINX_HR_STATE/prompts;
hr_llm location=/llm model=simulator concurrency=4 timeout=5s candidate=50;
--- post_setup_server_root
package main;
bundles(sub { $_[0] =~ s/"temperature": 0\.1/"temperature": 0.2/r }, 'candidate/config.json');
--- setup
utf8::decode(my $unit = 'Отдел разработки');
my ($one, $two) = map {
    api(POST => "/api/generation/preview?bundle=$_", { department => $unit, position => 'QA' })
} qw( candidate production );
is("$one->{request}{temperature} $two->{request}{temperature}", '0.2 0.1', 'two temperatures');
isnt($one->{prompt_version}, $two->{prompt_version}, 'two versions');
--- request
GET /health
--- json
status = healthy
components.generation = operational
generation.prompt_verified = true
generation.files_error is null



=== TEST 7: I-30: settings that are not those of the stated hash make health degraded
--- hr_config
hr_prompts $TEST_NGINX_HR_STATE/prompts;
hr_llm location=/llm model=simulator;
--- post_setup_server_root
package main;
bundles(sub { $_[0] =~ s/"temperature": 0\.1/"temperature": 0.2/r }, 'production/config.json');
--- request
GET /health
--- json
status = degraded
components.generation = degraded
generation.ready = true
generation.prompt_verified = false
generation.files_error ~ production/metadata\.json states another hash
--- error_log
production/metadata.json states another hash



=== TEST 8: I-30: so does a changed schema, and a bundle that states no hash does not
--- hr_config
hr_prompts $TEST_NGINX_HR_STATE/prompts;
hr_llm location=/llm model=simulator;
--- post_setup_server_root
package main;
bundles(sub { "$_[0]\n" }, 'schema.json');
--- setup
my $file = "$ENV{TEST_NGINX_HR_STATE}/prompts/production/metadata.json";
my $state = sub { api(GET => '/health', undef, user => undef)->{components}{generation} };
is($state->(), 'degraded', 'another schema');
replace($file, sub { $_[0] =~ s/ *"hash": "\w+",\n//r });
my $now;
for (1 .. 100) {
    Time::HiRes::sleep(0.1);
    last if ($now = $state->()) eq 'operational';
}
is($now, 'operational', 'no hash');
--- request
GET /health/live
