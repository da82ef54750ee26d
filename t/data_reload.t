# Files of the company that change while the service runs (I-21, D-30): a good one is taken
# by all workers at once, a bad one is refused with file, place and reason, and the old
# data stays in use.

use HR::Test 'no_plan';
use File::Copy ();
use HR::Client ();
use JSON::PP ();
use Time::HiRes ();

add_block_preprocessor(sub {
    my ($block) = @_;

    $block->set_value(hr_data => '$TEST_NGINX_HTML_DIR/data');
    my $more = $block->hr_config // '';
    $block->set_value(hr_config => "hr_company \$TEST_NGINX_HTML_DIR/company\n$more"
        . ($more =~ /hr_data_watch/ ? '' : "\nhr_data_watch 100ms")
        # /health is kept for a second
        . ($more =~ /hr_cache/ ? '' : "\nhr_cache size=8m shards=4 enabled=off"));
    $block->set_value(config => "add_header X-Worker \$pid always;\n" . ($block->config // ''));
    $block->set_value(post_setup_server_root => 'package main; copy_files();'
        . ($block->post_setup_server_root // ''));
});

# Own copies of the company's files, below the html folder.
sub copy_files (@) {
    my $html = html_dir();
    mkdir $html;
    system('cp', '-r', 't/data/small', "$html/data") == 0 or die "data cannot be copied\n";
    system('cp', '-r', 'conf/company', "$html/company") == 0 or die "company cannot be copied\n";
    system('chmod', '-R', 'a+rX', $html);
}

sub path (@) { return html_dir() . "/$_[0]" }

sub read_file (@) {
    open my $in, '<:raw', path($_[0]) or die "$_[0]: $!\n";
    local $/;
    return readline $in;
}

# As an editor does it: a new file in the place of the old one.
sub put (@) {
    my ($name, $text) = @_;
    open my $out, '>:raw', path("$name.new") or die "$name: $!\n";
    print {$out} $text;
    close $out;
    rename path("$name.new"), path($name) or die "$name: $!\n";
}

# As a copy over it does it: in place.
sub overwrite (@) {
    my ($name, $text) = @_;
    open my $out, '>:raw', path($name) or die "$name: $!\n";
    print {$out} $text;
    close $out;
}

our $json = JSON::PP->new->utf8->canonical;

# The organisation with one more unit at its top.
sub with_unit (@) {
    my ($name, $unit) = @_;
    my $file = $json->decode(read_file('data/structure.json'));
    utf8::decode($name);
    $file->{organization}{$name} = $unit;
    return $json->encode($file);
}

sub wait_until (@) {
    my ($what, $test) = @_;
    my $end = time + 20;
    while (1) {
        my $value = $test->();
        return $value if $value;
        die "$what: it does not come\n" if time > $end;
        Time::HiRes::sleep(0.05);
    }
}

sub health (@) { return ask(GET => '/health')->{json} }

# Waits until /health has that error, and another one than before.
sub refused (@) {
    my ($pattern, $before) = @_;
    return wait_until("refusal $pattern", sub {
        my $now = health();
        my $error = $now->{data}{last_error} // '';
        return $error =~ $pattern && $error ne ($before // '') ? $now : undef;
    });
}

sub well (@) {
    return wait_until('health', sub {
        my $now = health();
        return $now->{status} eq 'healthy' && !exists $now->{data}{last_error} ? $now : undef;
    });
}

sub generation_of (@) { return health()->{data}{generation} }

# Waits for that generation of the data, as /health tells it.
sub taken (@) {
    my ($generation) = @_;
    return wait_until("generation $generation", sub {
        my $now = health();
        return $now->{data}{generation} >= $generation ? $now : undef;
    });
}

# A client for each worker.
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

sub log_text (@) {
    open my $in, '<:raw', server_root() . '/logs/error.log' or die "$!";
    local $/;
    return readline $in;
}

run_tests();

__DATA__

=== TEST 1: D-30: a new organisation is taken without a restart, by every worker at once
--- hr_config: hr_cache size=8m shards=4
--- setup
my @clients = clients();
my @urls = ('/api/organization/stats', '/api/organization/positions', '/api/catalog/departments',
            '/api/organization/search-items', '/api/dashboard/stats/minimal',
            '/api/catalog/search?q=%D0%BD%D0%BE%D0%B2%D1%8B%D0%B9');
my %tag;
for my $client (@clients) {
    $tag{$_} = $client->get($_)->{headers}{etag} for @urls;
}
put('data/structure.json', with_unit('Новый отдел', { positions => ['a', 'b'] }));
my $health = taken(2);
is($health->{data}{business_units}, 13, 'health has the new figures');
is($health->{data}{positions}, 28, 'and positions');
for my $client (@clients) {
    my %data = map { $_ => $client->get($_) } @urls;
    is($data{$urls[0]}{json}{data}{business_units}{total_count}, 13, 'units');
    is($data{$urls[1]}{json}{data}{total_count}, 28, 'positions');
    is($data{$urls[2]}{json}{data}{total_count}, 12, 'names');
    is($data{$urls[3]}{json}{data}{total_count}, 13, 'search items');
    is($data{$urls[4]}{json}{data}{positions_count}, 28, 'the dashboard');
    is($data{$urls[5]}{json}{data}{total_count}, 1, 'the search');
    is(scalar(grep { $data{$_}{headers}{etag} eq $tag{$_} } @urls), 0, 'every tag is a new one');
    is(scalar(grep { $client->get($_, headers => { 'If-None-Match' => $tag{$_} })->{status} != 200 }
              @urls), 0, 'no old copy is confirmed');
}
like(log_text(), qr/\[notice\].*hr: organisation reloaded, \d+ bytes, generation 2/,
    'it is logged');
--- request
GET /health/live



=== TEST 2: what was answered before the file came tells when it was read
--- setup
my $before = api(GET => '/api/catalog/departments')->{data}{last_updated};
Time::HiRes::sleep(1.1);
my $again = api(GET => '/api/catalog/departments?force_refresh=1')->{data}{last_updated};
is($again, $before, 'the time is that of the file, not of the call');
put('data/structure.json', with_unit('Новый отдел', { positions => ['a'] }));
taken(2);
cmp_ok(api(GET => '/api/catalog/departments')->{data}{last_updated}, 'gt', $before, 'a later one');
--- request
GET /health/live



=== TEST 3: I-21: a bad file is refused with its place and reason, and the old data stays
--- setup
my $good = read_file('data/structure.json');
my $deep = '{"organization":' . '{"u":{"children":' x 11 . '{"u":{}}' . '}}' x 11 . '}';
my %bad = (
    'cut' => [substr($good, 0, 2000), qr/^structure\.json line \d+ column \d+: /],
    'empty' => ['', qr/^structure\.json line 1 column 1: /],
    'no JSON' => ["{\n  \"organization\": {\n    \"a\": oops } }",
        qr/^structure\.json line 3 column 10: /],
    'a list' => ['[1, 2]', qr/^structure\.json (line \d+ column \d+: )?.*object/],
    'a repeated name' => ["{\"organization\":{\n\"a\":{},\n\"a\":{}}}",
                          qr/ line 3 column 1: a name is repeated among its siblings: "a"/],
    'a repeated name below' => ['{"organization":{"a":{"children":{"b":{},"b":{}}}}}',
                                qr/line 1 column \d+: .*repeated among its siblings: "b"/],
    'an empty name' => ['{"organization":{" ":{}}}',
        qr/line 1 column \d+: a unit has an empty name/],
    'a slash' => ["{\"organization\":{\n  \"a/b\":{}}}", qr/line 2 column 3: .*contains "\/"/],
    'a number for a title' => ['{"organization":{"a":{"positions":["x",7]}}}',
                               qr/line 1 column 40: a title is not a string: "a\/positions"/],
    'positions that are text' => ['{"organization":{"a":{"positions":"x"}}}',
                                  qr/positions is not a list: "a/],
    'a negative headcount' => ['{"organization":{"a":{"headcount":-1}}}',
        qr/headcount is not a whole/],
    'children that are a list' => ['{"organization":{"a":{"children":[]}}}',
        qr/line 1 column \d+: children/],
    'no UTF-8' => ["{\"organization\":{\"\xff\":{}}}", qr/line 1 column \d+: /],
    'nothing' => ['{"organization":{}}', qr/^structure\.json/],
    'too deep' => [$deep, qr/line 1 column \d+: more than 10 levels of units/],
);
my $before;
for my $name (sort keys %bad) {
    my ($text, $why) = @{ $bad{$name} };
    put('data/structure.json', $text);
    my $health = refused($why, $before);
    $before = $health->{data}{last_error};
    like($health->{data}{last_error}, $why, "$name: $health->{data}{last_error}");
    is($health->{status}, 'degraded', "$name: degraded");
    is($health->{components}{organization_data}, 'degraded', "$name: the component is named");
    is($health->{data}{business_units}, 12, "$name: the old data stays");
    is(api(GET => '/api/organization/stats')->{data}{positions}{total_count}, 26,
        "$name: and is served");
}
my $log = log_text();
my $lines = () = $log =~ /\[error\] .*hr: structure\.json .*; the old data stays in use/g;
is($lines, scalar keys %bad, 'each is logged once');
like($log, qr/hr: structure\.json line 3 column 1: a name is repeated among its siblings: "a"; the/,
    'with the same words');
overwrite('data/structure.json', $good);
my $health = well();
is($health->{data}{generation}, 1, 'the good file is what is in use: no new generation');
--- request
GET /health/live



=== TEST 4: a file that is away, or a folder, keeps the old data; one line in the log
--- setup
my $good = read_file('data/structure.json');
unlink path('data/structure.json');
like(refused(qr/cannot be read/)->{data}{last_error},
    qr/^structure\.json cannot be read: No such file/,
    'away');
Time::HiRes::sleep(0.5);
my $lines = () = log_text() =~ /structure\.json cannot be read/g;
is($lines, 1, 'said once, not at every look');
mkdir path('data/structure.json');
refused(qr/cannot be read: (?!No such)|not a regular|directory/i);
rmdir path('data/structure.json');
put('data/structure.json', $good);
well();
is(api(GET => '/api/organization/stats')->{data}{positions}{total_count}, 26,
    'served all the time');
--- request
GET /health/live



=== TEST 5: an error whose path is long is cut between characters
--- setup
my $name = 'Ж' x 290;
my $text = '{"organization":{"' . $name . '":{"children":{"' . $name . '":{"children":{"' . $name
    . '":{"positions":[1]}}}}}}}';
put('data/structure.json', $text);
my $answer = wait_until('refusal', sub {
    my $got = ask(GET => '/health');
    return $got->{body} =~ /last_error"/ ? $got : undef;
});
ok($answer->{json}, 'the answer is JSON');
my $copy = $answer->{body};
ok(utf8::decode($copy), 'and UTF-8');
like($answer->{json}{data}{last_error}, qr/a title is not a string: "\x{416}/,
    'with the beginning of the path');
--- request
GET /health/live



=== TEST 6: a file of the same content is no new generation, whatever its date
--- setup
my $good = read_file('data/structure.json');
my $tag = ask(GET => '/api/organization/stats', undef, user => 'admin')->{headers}{etag};
put('data/structure.json', $good);
utime 1, 1, path('data/structure.json');
Time::HiRes::sleep(0.5);
is(generation_of(), 1, 'the same generation');
put('data/structure.json', with_unit('Новый отдел', {}));
taken(2);
put('data/structure.json', $good);
is(taken(3)->{data}{business_units}, 12, 'back again: a new one');
--- request
GET /health/live



=== TEST 7: cache/clear looks at once and tells what is wrong with the file
--- hr_config
hr_data_watch 60s
--- setup
my $good = read_file('data/structure.json');
my $new = with_unit('Новый отдел', { positions => ['a'] });
put('data/structure.json', $new);
is(api(GET => '/api/organization/stats')->{data}{positions}{total_count}, 26, 'not yet');
my $said = api(POST => '/api/catalog/cache/clear');
is($said->{success}, JSON::PP::true, 'cleared');
is(api(GET => '/api/organization/stats')->{data}{positions}{total_count}, 27, 'read');
put('data/structure.json', '{');
my $answer = ask(POST => '/api/catalog/cache/clear', undef, user => 'admin');
like($answer->{body}, qr/structure\.json line 1 column 2/, 'the administrator is told');
is(api(GET => '/api/organization/stats')->{data}{positions}{total_count}, 27, 'the old data stays');
refused(qr/line 1 column 2/);
put('data/structure.json', $good);
api(POST => '/api/catalog/cache/clear');
is(well()->{status}, 'healthy', 'and well again');
--- request
GET /health/live



=== TEST 8: I-21: the rules of the generation are watched too, with file, line and reason
--- setup
my $good = read_file('company/kpi.json');
put('company/kpi.json', "{\n  \"oops\": ");
my $health = wait_until('refusal', sub {
    my $now = health();
    return $now->{generation}{files_error} ? $now : undef;
});
like($health->{generation}{files_error}, qr{kpi\.json.*line 2}, 'file and line');
is($health->{status}, 'degraded', 'degraded');
is($health->{components}{generation}, 'degraded', 'the component is named');
like(log_text(), qr{\[error\].*hr: .*kpi\.json.*line 2.*; the old rules stay in use}, 'in the log');
put('company/kpi.json', $good);
# each worker has rules of its own
wait_until('recovery', sub {
    my $lines = () = log_text() =~ /\[notice\].*hr: rules and prompts reloaded, version/g;
    return $lines >= 1 && !grep({ defined health()->{generation}{files_error} } 1 .. 8);
});
is(health()->{generation}{files_error}, undef, 'reloaded');
--- request
GET /health/live



=== TEST 9: a reload of nginx with a bad file keeps the old configuration
--- setup
put('data/structure.json', "{\n\"organization\": {\"a\": 1,}}");
refused(qr/line 2/);
open my $in, '<', server_root() . '/logs/nginx.pid'; my $pid = <$in>; close $in;
kill HUP => $pid;
wait_until('the refusal', sub { log_text() =~ /\[emerg\].*structure\.json" line 2 column/ });
is(api(GET => '/api/organization/stats')->{data}{positions}{total_count}, 26,
    'the old workers serve');
--- request
GET /health/live
--- error_log eval
qr/\[emerg\].*structure\.json" line 2 column \d+: /
