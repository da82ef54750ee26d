# Planted secrets: whatever happens, no password, token, key, name of an employee or text
# of a prompt stands in a log, and none in an answer that does not exist to give it.
# The access log has the format of conf/nginx.conf, the error log the level "info".

use HR::Test 'no_plan';
use HR::Test::Generation;

our %PLANTED = (
    'a wrong password'         => 'planted-wrong-pass-71',
    'a new password'           => 'Planted-New-Passw0rd-72!',
    'the password of admin'    => password_of('admin'),
    'the signing secret'       => 'test-secret-that-is-used-nowhere-else',
    'the key of the model'     => 'sk-or-planted-key-73',
    'a broken token'           => 'planted.broken.token74',
    'a token in a cookie'      => 'planted.cookie.token75',
    'the name of an employee'  => 'PlantedEmployee76',
    'the same in an address'   => 'PlantedEmployee77',
    'the name in a referrer'   => 'PlantedEmployee78',
    'the text of a prompt'     => 'PlantedPrompt79',
    'the text of a profile'    => 'PlantedContent80',
);

our @seen;      # [what was asked, answer]

# Asks, remembers the answer; never dies.
sub ask_all (@) {
    my (@requests) = @_;

    for my $request (@requests) {
        my ($method, $url, %opt) = @$request;
        my $answer = HR::Test::State::client()->request($method, $url, %opt);
        push @seen, ["$method $url", $answer];
    }
}

sub text_of (@) {
    my ($path) = @_;

    open my $in, '<:raw', $path or return '';
    local $/;
    return scalar readline($in) // '';
}

# Every planted text (and every token that was given out) against logs and answers.
sub nothing_leaked (@) {
    my ($name, %may) = @_;

    select undef, undef, undef, 0.3;
    my %secret = (%PLANTED, map { ("token of $_" => HR::Test::State::token($_)) } 'admin');
    my %log = map { $_ => text_of(server_root() . "/logs/$_") } qw( error.log hr.log );

    ok(length $log{$_}, "$name - $_ has lines") for sort keys %log;
    for my $what (sort keys %secret) {
        for my $file (sort keys %log) {
            my ($line) = grep { index($_, $secret{$what}) >= 0 } split /\n/, $log{$file};
            is($line, undef, "$name - $file: $what");
        }
        my ($where) = map { "$_->[0]: $_->[1]{body}" } grep {
            my $answer = $_->[1];
            !($may{$what} && $_->[0] =~ $may{$what})
            && index(join("\n", $answer->{body} // '', %{ $answer->{headers} }),
                     $secret{$what}) >= 0;
        } @seen;
        is($where, undef, "$name - answers: $what");
    }
    @seen = ();
}

# Logins, passwords, tokens: good, wrong, malformed.
sub account_flows () {
    my %admin = (headers => { Authorization => 'Bearer ' . HR::Test::State::token('admin') });
    my $login = '/api/auth/login';

    ask_all(
        [POST => $login, body => { username => 'admin', password => $PLANTED{'a wrong password'} }],
        [POST => $login, body => { username => 7, password => $PLANTED{'a wrong password'} }],
        [POST => $login, body => qq({"username":"admin","password":"$PLANTED{'a wrong password'}")],
        [POST => $login, body => "username=admin&password=$PLANTED{'a wrong password'}",
         headers => { 'Content-Type' => 'application/x-www-form-urlencoded' }],
        [POST => $login, body => { username => 'admin',
                                   password => $PLANTED{'a wrong password'} x 9_000 }],
        [PUT => '/api/auth/password', %admin, body => {
            current_password => $PLANTED{'a wrong password'},
            new_password => $PLANTED{'a new password'} }],
        [PUT => '/api/auth/password', %admin, body => {
            current_password => $PLANTED{'the password of admin'}, new_password => 'short' }],
        [POST => '/api/users', %admin, body => { username => 'admin', full_name => 'X',
            password => $PLANTED{'a new password'} }],
        [POST => '/api/users', %admin, body => { username => 'clara', full_name => 'Clara',
            password => $PLANTED{'a new password'}, role => 'nobody' }],
        [POST => '/api/users', %admin, body => { username => 'clara', full_name => 'Clara',
            password => $PLANTED{'a new password'}, role => 'hr' }],
        [GET => '/api/users', %admin], [GET => '/api/auth/me', %admin],
        [GET => '/api/auth/sessions', %admin], [GET => '/api/admin/audit', %admin],
        [GET => '/health'], [GET => '/'],
        (map { [GET => $_, headers => {
            Authorization => "Bearer $PLANTED{'a broken token'}",
            Cookie => "hr_download=$PLANTED{'a token in a cookie'}",
            Referer => "http://localhost/?q=$PLANTED{'the name in a referrer'}" }] }
            '/api/auth/me', '/api/nothing', "/api/profiles/x/download/md"),
        [GET => "/api/profiles/x/download/md", headers => {
            Cookie => "hr_download=$PLANTED{'a token in a cookie'}",
            Referer => "http://localhost/?q=$PLANTED{'the name in a referrer'}" }],
        [GET => "/api/profiles/?search=$PLANTED{'the same in an address'}&limit=5", %admin],
        [GET => "/api/profiles/?search=$PLANTED{'the same in an address'}&limit=x", %admin],
        [GET => "/api/nothing?name=$PLANTED{'the same in an address'}", %admin],
        [GET => "/api/profiles/?search=$PLANTED{'the same in an address'}"],
    );
}

# A generation, good or failing; what became of it is asked for.
sub generation_flows () {
    my %admin = (headers => { Authorization => 'Bearer ' . HR::Test::State::token('admin') });
    my $task = start(employee_name => "Иванов $PLANTED{'the name of an employee'}");
    my $status = ended($task, seconds => 15);

    ask_all([GET => "/api/generation/$task/status", %admin],
            [GET => "/api/generation/$task/result", %admin],
            [GET => '/api/dashboard/stats', %admin],
            [GET => '/api/admin/audit', %admin], [GET => '/health']);
    return $status;
}

# Where the name of an employee belongs.
our $OWN = qr{/generation/[^/]+/(?:status|result)|/profiles/|/dashboard/|/start};

run_tests();

__DATA__

=== TEST 1: accounts and tokens: logins, changes of passwords, searches, refused in every way
--- log_level: info
--- http_config eval: main::text_of('conf/nginx.conf') =~ /^(    log_format hr .*?;)$/ms ? $1 : ''
--- config: access_log logs/hr.log hr;
--- setup
account_flows();
nothing_leaked('accounts', 'the same in an address' => qr{limit=});
--- request
GET /health



=== TEST 2: a generation that succeeds, the edit of its profile, its downloads
--- log_level: info
--- http_config eval: main::text_of('conf/nginx.conf') =~ /^(    log_format hr .*?;)$/ms ? $1 : ''
--- config: access_log logs/hr.log hr;
--- setup
is(generation_flows(), 'completed', 'the generation succeeds');
my %admin = (headers => { Authorization => 'Bearer ' . HR::Test::State::token('admin') });
my $id = sql('SELECT id FROM profiles');
my $profile = api(GET => "/api/profiles/$id")->{profile};
$profile->{primary_activity_type} = $PLANTED{'the text of a profile'};
ask_all([PUT => "/api/profiles/$id/content", %admin, body => { profile_data => $profile }],
        [PUT => "/api/profiles/$id/content", %admin,
         body => { profile_data => $PLANTED{'the text of a profile'} }],
        [PUT => "/api/profiles/$id", %admin,
         body => { employee_name => $PLANTED{'the name of an employee'} . 'x' x 900 }]);
api(GET => "/api/profiles/$id/download/$_") for qw( md docx xlsx json );
nothing_leaked('success', 'the name of an employee' => $main::OWN,
               'the text of a profile' => qr{/profiles/|/audit});
--- request
GET /health



=== TEST 3: every failure of the model: what it echoes of key and prompt stays inside
--- log_level: info
--- http_config eval: main::text_of('conf/nginx.conf') =~ /^(    log_format hr .*?;)$/ms ? $1 : ''
--- hr_config
hr_llm location=/echo model=simulator concurrency=4 attempts=1 timeout=2s;
--- config
access_log logs/hr.log hr;
location = /echo {
    internal;
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/echo-upstream;
    proxy_set_header Authorization "Bearer sk-or-planted-key-73";
    proxy_set_header Accept-Encoding "";
    proxy_intercept_errors off;
    subrequest_output_buffer_size 1m;
}
location = /echo-upstream {
    client_max_body_size 8m;
    default_type application/json;
    return 401 '{"error":{"message":"bad key $http_authorization, PlantedPrompt79","code":401}}';
}
--- setup
is(generation_flows(), 'failed', 'the generation fails');
nothing_leaked('refused key', 'the name of an employee' => $main::OWN);
--- request
GET /health



=== TEST 4: a model that cannot be reached, with a key in its configuration
--- log_level: info
--- http_config eval: main::text_of('conf/nginx.conf') =~ /^(    log_format hr .*?;)$/ms ? $1 : ''
--- hr_config
hr_llm location=/nobody model=simulator concurrency=4 attempts=1 timeout=2s;
--- config
access_log logs/hr.log hr;
location = /nobody {
    internal;
    proxy_pass http://127.0.0.1:1/v1?key=sk-or-planted-key-73;
    proxy_set_header Authorization "Bearer sk-or-planted-key-73";
    proxy_intercept_errors off;
}
--- setup
is(generation_flows(), 'failed', 'the generation fails');
nothing_leaked('no upstream', 'the name of an employee' => $main::OWN);
--- request
GET /health



=== TEST 5: an answer of the model that is no document
--- log_level: info
--- http_config eval: main::text_of('conf/nginx.conf') =~ /^(    log_format hr .*?;)$/ms ? $1 : ''
--- hr_config
hr_llm location=/odd model=simulator concurrency=4 attempts=1 timeout=2s;
--- config
access_log logs/hr.log hr;
location = /odd {
    internal;
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/odd-upstream;
    proxy_set_header Accept-Encoding "";
    subrequest_output_buffer_size 1m;
}
location = /odd-upstream {
    client_max_body_size 8m;
    default_type application/json;
    return 200 '{"choices":[{"finish_reason":"stop","message":{"content":"PlantedPrompt79 {"}}]}';
}
--- setup
is(generation_flows(), 'failed', 'the generation fails');
nothing_leaked('no document', 'the name of an employee' => $main::OWN);
--- request
GET /health
