# Ready-made answers (api-core.md 1.1, D-01, D-30, D-45; I-66): made once for all workers,
# confirmed by their tag, in both codings, and gone with every write that they depend on.

use HR::Test 'no_plan';
use HR::Test::Generation;
use HR::Client ();
use IO::Uncompress::Gunzip ();

add_block_preprocessor(sub {
    my ($block) = @_;

    $block->set_value(config => "add_header X-Cache \$hr_cache always;\n"
        . "add_header X-Worker \$pid always;\n" . ($block->config // ''));
});

# Whatever the rest of the suite runs with: what is said here is about a cache.
our $CACHE = "hr_cache size=8m shards=4\n";

our @READ = qw( /api/organization/search-items /api/organization/positions /api/organization/stats
                /api/catalog/departments /api/catalog/stats /api/catalog/search?q=%D0%BE%D1%82
                /api/catalog/search/positions?q=%D0%BE /api/dashboard/stats
                /api/dashboard/stats/minimal /api/dashboard/stats/activity );

# A client for each worker, logged in.
sub clients (@) {
    my %of;
    for (1 .. 500) {
        my $client = HR::Client->new(port => server_port(), timeout => 20,
                                     token => token_of('admin'));
        my $worker = $client->get('/api/auth/me')->{headers}{'x-worker'};
        $of{$worker} //= $client;
        return values %of if keys %of == 2;
    }
    die "one worker takes all connections\n";
}

sub gunzip (@) {
    my ($bytes) = @_;
    IO::Uncompress::Gunzip::gunzip(\$bytes => \my $text) or die 'no gzip';
    return $text;
}

# What is left of an answer when the moment in which it was made is taken out.
sub content (@) {
    my ($answer) = @_;
    return $answer->{body} =~ s/"timestamp":"[^"]*",?//gr;
}

# $write changes what $url says: no worker says the old thing after it.
sub changes (@) {
    my ($name, $url, $write, @clients) = @_;

    my ($one, $other) = @clients;
    my $before;
    for my $client (@clients) {
        $client->get($url) for 1 .. 2;          # both workers know it
        $before = content($client->get($url));
    }
    $write->($one);
    for my $client ($one, $other) {
        my $after = $client->get($url);
        is($after->{status}, 200, "$name: $url answers");
        ok(content($after) ne $before, "$name: and $url does not say what it said before");
    }
}

run_tests();

__DATA__

=== TEST 1: D-45: an answer is made once, for both workers
--- hr_config eval: $main::CACHE
--- setup
my @clients = clients();
for my $url (@main::READ) {
    my $first = $clients[0]->get($url);
    my @next = map { $_->get($url) } @clients;
    is($first->{status}, 200, $url);
    is(join(' ', map { $_->{headers}{'x-cache'} } @next), 'HIT HIT', "$url: then from the cache");
    is($_->{body}, $first->{body}, "$url: the same bytes") for @next;
    is($_->{headers}{etag}, $first->{headers}{etag}, "$url: the same tag") for @next;
}
--- request
GET /health/live



=== TEST 2: a strong tag; whoever has it gets 304, whatever the form in which the tag is told
--- setup
for my $url (@main::READ) {
    my $answer = ask(GET => $url, undef, user => 'admin');
    my $tag = $answer->{headers}{etag};
    like($tag, qr/^"[0-9a-f]{24}"$/, "$url: a strong tag");
    is($answer->{headers}{'cache-control'}, 'private, no-cache', "$url: to be asked for again");
    next if ($ENV{HR_TEST_CACHE} // 'on') ne 'on';
    my $gz = $tag =~ s/"\z/-gz"/r;
    for my $list ($tag, "W/$tag", "\"x\", $tag", "\"x\" ,W/\"y\",$gz", '*') {
        my $got = ask(GET => $url, undef, user => 'admin', headers => { 'If-None-Match' => $list });
        is($got->{status}, 304, "$url: $list");
        is($got->{body}, '', 'no body');
        is($got->{headers}{etag}, $tag, 'the tag');
        is($got->{headers}{'cache-control'}, 'private, no-cache', 'the rule');
        is($got->{headers}{vary}, $answer->{headers}{vary}, 'what it depends on');
        ok(!exists $got->{headers}{'content-type'}, 'no type');
        ok(exists $got->{headers}{'x-request-id'}, 'its own id');
    }
    for my $list ('"x"', 'x', '""', "\"x$tag", substr($tag, 0, -2) . '"', $tag =~ s/"//gr) {
        my $got = ask(GET => $url, undef, user => 'admin', headers => { 'If-None-Match' => $list });
        is($got->{status}, 200, "$url: $list is another one");
    }
    is(ask(HEAD => $url, undef, user => 'admin', headers => { 'If-None-Match' => $tag })->{status},
        304, "$url: HEAD too");
}
--- request
GET /health/live



=== TEST 3: D-01: compressed for who can take it, and only then; the same text, another tag
--- hr_config eval: $main::CACHE
--- setup
my %gzip = ('gzip' => 1, 'gzip, deflate, br' => 1, 'GZIP' => 1, 'deflate, gzip;q=0.5' => 1,
            'br;q=1.0, gzip;q=0.001' => 1, 'x-gzip' => 1, 'gzip;q=0' => 0, 'gzip; q=0.000' => 0,
            'identity' => 0, 'gzipped' => 0, 'deflate' => 0, 'gzip;q=nonsense' => 0);
for my $url ('/api/organization/positions', '/api/organization/search-items',
             '/api/catalog/departments') {
    my $plain = ask(GET => $url, undef, user => 'admin');
    is($plain->{headers}{vary}, 'Accept-Encoding, Accept-Language', "$url: what it depends on");
    ok(!exists $plain->{headers}{'content-encoding'}, "$url: plain for who asks for nothing");
    for my $wish (sort keys %gzip) {
        my $got = ask(GET => $url, undef, user => 'admin',
            headers => { 'Accept-Encoding' => $wish });
        is($got->{headers}{'content-encoding'} // '', $gzip{$wish} ? 'gzip' : '', "$url: $wish");
        is($got->{headers}{vary}, $plain->{headers}{vary}, 'depends on the same');
        is($got->{headers}{'content-length'}, length $got->{body}, 'its own length');
        is($gzip{$wish} ? gunzip($got->{body}) : $got->{body}, $plain->{body}, 'the same text');
        my $tag = $plain->{headers}{etag};
        $tag =~ s/"\z/-gz"/ if $gzip{$wish};
        is($got->{headers}{etag}, $tag, 'the tag of its form');
    }
    my $head = ask(HEAD => $url, undef, user => 'admin',
        headers => { 'Accept-Encoding' => 'gzip' });
    my $get = ask(GET => $url, undef, user => 'admin', headers => { 'Accept-Encoding' => 'gzip' });
    is($head->{headers}{'content-length'}, $get->{headers}{'content-length'},
        "$url: HEAD: its length");
    is($head->{headers}{'content-encoding'}, 'gzip', "$url: HEAD: its coding");
}
is(ask(GET => '/api/dashboard/stats/minimal', undef, user => 'admin',
       headers => { 'Accept-Encoding' => 'gzip' })->{headers}{'content-encoding'}, undef,
    'below 1 KiB nothing is compressed');
--- request
GET /health/live



=== TEST 4: compressed once: the bytes of the second answer are those of the first
--- hr_config eval: $main::CACHE
--- setup
my @clients = clients();
my %wish = (headers => { 'Accept-Encoding' => 'gzip' });
my $first = $clients[0]->get('/api/organization/positions', %wish);
for my $client (@clients, @clients) {
    my $next = $client->get('/api/organization/positions', %wish);
    is($next->{headers}{'x-cache'}, 'HIT', 'from the cache');
    is($next->{body}, $first->{body}, 'the same bytes');
}
cmp_ok(length $first->{body}, '<', length(gunzip($first->{body})) / 3, 'less than a third');
--- request
GET /health/live



=== TEST 5: every write of a profile ends what is said about profiles, in both workers
--- setup
my @clients = clients();
generate();
my $id = api(GET => '/api/profiles/')->{profiles}[0]{profile_id};
my $get = "/api/profiles/$id";
my $send = sub {
    my ($client, $method, $url, $body, %headers) = @_;
    my $got = $client->request($method, $url, body => $body, headers => \%headers);
    die "$method $url: $got->{status} $got->{body}\n" if $got->{status} !~ /^2/;
};
my $name = 0;
my $rename = sub { $send->($_[0], PUT => $get, { employee_name => 'Сотрудник ' . ++$name }) };
for my $url ($get, '/api/profiles/', '/api/profiles/?limit=5', '/api/dashboard/stats/activity') {
    changes('a new name', $url, $rename, @clients);
    @clients = reverse @clients;
}
for my $url ($get, '/api/profiles/', '/api/organization/positions', '/api/dashboard/stats',
             '/api/dashboard/stats/minimal') {
    changes('archive', $url, sub { $send->($_[0], DELETE => $get) }, @clients);
    @clients = reverse @clients;
    changes('restore', $url, sub { $send->($_[0], POST => "$get/restore") }, @clients);
}
--- request
GET /health/live



=== TEST 6: a generation ends what is said about tasks, when it starts and when it ends
--- setup
my @clients = clients();
for my $url ('/api/organization/positions', '/api/dashboard/stats', '/api/dashboard/stats/minimal',
             '/api/dashboard/stats/activity', '/api/profiles/') {
    changes('a new profile', $url, sub { generate(force => \1) }, @clients);
    @clients = reverse @clients;
}
--- request
GET /health/live



=== TEST 7: what another program writes is seen within a second or so, in both workers
--- setup
my @clients = clients();
my $insert = "INSERT INTO profiles (id, department, position, profile_data, metadata_json,"
    . " generation_time_seconds) VALUES ('aaaaaaaa-0000-4000-8000-000000000001',"
    . " 'Отдел разработки', 'Программист', '{}', '{}', 1)";
for my $url ('/api/organization/positions', '/api/dashboard/stats/minimal') {
    $_->get($url) for @clients, @clients;
}
sql($insert);
for my $client (@clients) {
    my $end = time + 10;
    my $count = 0;
    while (!$count && time < $end) {
        $count = $client->get('/api/dashboard/stats/minimal')->{json}{data}{profiles_count};
        select undef, undef, undef, 0.05 if !$count;
    }
    is($count, 1, 'the dashboard');
    is($client->get('/api/organization/positions')->{json}{data}{positions_with_profiles}, 1,
        'the positions');
}
--- request
GET /health/live



=== TEST 8: cache/clear ends everything
--- hr_config eval: $main::CACHE
--- setup
my @clients = clients();
for my $client (@clients) { $client->get($_) for @main::READ }
is(join(' ', map { $clients[0]->get($_)->{headers}{'x-cache'} } @main::READ),
    join(' ', ('HIT') x @main::READ), 'before');
is($clients[1]->post('/api/catalog/cache/clear')->{status}, 200, 'cleared by the other worker');
is(join(' ', map { $clients[0]->get($_)->{headers}{'x-cache'} } @main::READ),
    join(' ', ('MISS') x @main::READ), 'after');
--- request
GET /health/live



=== TEST 9: a query is a query: parameters tell answers apart, their spelling too
--- setup
my %count;
for my $query (qw( q=%D0%BE q=%D0%BE%D1%82 q=%D0%BE&limit=1 q=%D0%BE&limit=2 q=x )) {
    for (1, 2) {
        my $data = api(GET => "/api/catalog/search?$query")->{data};
        push @{ $count{$query} }, "$data->{total_count}/" . @{ $data->{departments} };
    }
}
is($count{$_}[0], $count{$_}[1], "$_: the same twice") for keys %count;
isnt($count{'q=%D0%BE'}[0], $count{'q=%D0%BE%D1%82'}[0], 'another text');
like($count{'q=%D0%BE&limit=1'}[0], qr{/1$}, 'a limit');
like($count{'q=%D0%BE&limit=2'}[0], qr{/2$}, 'another limit');
--- request
GET /health/live



=== TEST 10: nothing of an account is kept by a cache on the way
--- login
--- request eval
["GET /api/auth/me", "GET /api/auth/validate", "GET /api/auth/sessions", "GET /api/profiles/",
 "GET /api/auth/nowhere"]
--- error_code eval
[200, 200, 200, 200, 404]
--- response_headers eval
[("Cache-Control: no-store\n! ETag") x 3, "Cache-Control: no-store", "Cache-Control: no-store"]



=== TEST 11: a new name ends no list of positions and no dashboard; what those tell does, at once
--- hr_config eval: $main::CACHE
--- setup
my @clients = clients();
generate();
my $id = api(GET => '/api/profiles/')->{profiles}[0]{profile_id};
my $get = "/api/profiles/$id";
my @urls = ('/api/organization/positions', '/api/dashboard/stats', '/api/dashboard/stats/minimal');
my $write = sub {
    my ($method, $url, $body) = @_;
    for my $client (@clients) { $client->get($_) for @urls }
    @clients = reverse @clients;
    my $got = $clients[0]->request($method, $url, body => $body);
    is($got->{status}, 200, "$method $url");
};
my $said = sub {
    my ($name, $want) = @_;
    for my $client (@clients) {
        my $plain = $client->get($urls[0]);
        my ($item) = grep { ($_->{profile_id} // $_->{archived_profile_id} // '') eq $id }
                     @{ $plain->{json}{data}{items} };
        is(join('/', map { $_ // '-' } @$item{qw( profile_exists current_version version_count )}),
            $want, "$name: the position");
        is($client->get($urls[2])->{json}{data}{profiles_count}, $want =~ /^1/ ? 1 : 0,
            "$name: the dashboard");
        my $gzip = $client->get($urls[0], headers => { 'Accept-Encoding' => 'gzip' });
        ok(gunzip($gzip->{body}) eq $plain->{body}, "$name: the same, compressed");
    }
};
$write->(PUT => $get, { employee_name => 'Сотрудник новый' });
for my $client (@clients) {
    is($client->get($_)->{headers}{'x-cache'}, 'HIT', "a new name: $_ stays") for @urls;
}
$said->('a new name', '1/1/1');
my $document = api(GET => $get)->{profile};
$document->{position_title} = 'Должность другая';
$write->(PUT => "$get/content", { profile_data => $document });
$said->('another text', '1/2/2');
$write->(PUT => "$get/versions/1/set-active");
$said->('the first version again', '1/1/2');
$write->(DELETE => "$get/versions/2");
$said->('one version less', '1/1/1');
$write->(PUT => $get, { status => 'archived' });
$said->('archived by its status', '0/-/-');
$write->(POST => "$get/restore");
$said->('restored', '1/1/1');
--- request
GET /health/live
