# Who may do what: every route of src/api x every role, and own against foreign objects.
#
# The endpoints come from the route tables of the source; the rights from the rules of
# SECURITY.md ("Roles"), which @RULES repeats.  A route that was given other rights than
# its rule says fails, and so does one that no rule knows.

use HR::Test 'no_plan';
use HR::Test::Generation;
use HR::Test::Routes ();

my @ROLES = qw( anonymous viewer hr head admin );
my %RANK  = map { $ROLES[$_] => $_ } 0 .. $#ROLES;

# Method, path, least role; the first match counts.
my @RULES = (
    [qr/GET/,      qr{^/metrics$},                                     'admin'],
    [qr/GET/,      qr{^/(?!api/)},                                     'anonymous'],
    [qr/POST/,     qr{^/api/auth/login$},                              'anonymous'],
    [qr/./,        qr{^/api/auth/},                                    'viewer'],
    [qr/./,        qr{^/api/(?:users|audit|admin|backups?|system)\b},  'admin'],
    [qr/POST/,     qr{/purge$},                                        'admin'],
    [qr/POST/,     qr{^/api/catalog/cache/clear$},                     'admin'],
    [qr/POST/,     qr{^/api/generation/cleanup$},                      'admin'],
    [qr/POST/,     qr{^/api/generation/preview$},                      'admin'],
    [qr/GET/,      qr{^/api/generation/usage$},                        'hr'],
    [qr/GET/,      qr{.},                                              'viewer'],
    # reading with a body: a path, a list of identifiers, a draft that is only judged
    [qr/POST/,     qr{^/api/organization/},                            'viewer'],
    [qr/POST/,     qr{/(?:bulk-)?(?:download|export|validate|check|preview)\b},
                                                                       'viewer'],
    [qr/POST|PUT/, qr{/bulk-status$},            'head'],
    [qr/./,        qr{^/api/(?:profiles|generation)\b},                'hr'],
);

sub rule_of (@) {
    my ($route) = @_;

    for my $rule (@RULES) {
        return $rule->[2] if $route->{method} =~ $rule->[0] && $route->{path} =~ $rule->[1];
    }
    return 'that no rule knows';
}

my @routes = HR::Test::Routes::all();

is(scalar @routes, HR::Test::Routes::count(), 'the route tables were read whole');
is($_->{access}, rule_of($_), "$_->{method} $_->{path} is for " . rule_of($_)) for @routes;

# What ends the session of the caller comes last.
my @last  = (qr{/auth/sessions}, qr{/auth/refresh$}, qr{/auth/logout$});
my %order = map {
    my $route = $_;
    $route => (grep { $route->{path} =~ $last[$_] } 0 .. $#last)[0] // -1;
} @routes;
@routes = sort { $order{$a} <=> $order{$b} } @routes;

# Bodies that no handler takes, objects that do not exist: nothing changes.
sub matrix () {
    return [map { "$_->{method} " . HR::Test::Routes::url($_)
                  . ($_->{method} =~ /POST|PUT/ ? "\n[]" : '') } @routes];
}

sub allowed (@) {
    my ($role) = @_;

    return [map {
        $RANK{$role} >= $RANK{ $_->{access} } ? '^(?!401|403|5)\d\d\d$'
            : $role eq 'anonymous' ? '^401$' : '^403$'
    } @routes];
}

sub by (@) {
    my ($user) = @_;
    return [map { $user } @routes];
}

run_tests();

__DATA__

=== TEST 1: nobody in particular: the pages, health and login; everything else is 401
--- request eval: main::matrix()
--- error_code_like eval: main::allowed('anonymous')



=== TEST 2: a viewer reads
--- users: vera:viewer
--- login eval: main::by('vera')
--- request eval: main::matrix()
--- error_code_like eval: main::allowed('viewer')



=== TEST 3: hr, the role of every account of the old service, does the daily work
--- users: anna:hr
--- login eval: main::by('anna')
--- request eval: main::matrix()
--- error_code_like eval: main::allowed('hr')



=== TEST 4: a head does what hr does, and changes many at once
--- users: hanna:head
--- login eval: main::by('hanna')
--- request eval: main::matrix()
--- error_code_like eval: main::allowed('head')



=== TEST 5: an administrator may ask for everything
--- login eval: main::by('admin')
--- request eval: main::matrix()
--- error_code_like eval: main::allowed('admin')



=== TEST 6: the refusal names no object: a profile that exists and one that does not look alike
--- hr_database: t/data/profiles.sql
--- users: vera:viewer
--- login eval: ["vera", "vera"]
--- request eval
["DELETE /api/profiles/bbbbbbbb-0000-4000-8000-000000000001",
 "DELETE /api/profiles/bbbbbbbb-0000-4000-8000-00000000dead"]
--- error_code eval: [403, 403]
--- json eval
["error.code = FORBIDDEN", "error.code = FORBIDDEN"]
--- db
SELECT count(*) FROM profiles WHERE id LIKE 'bbbbbbbb-%001' AND status = 'completed' => 1



=== TEST 7: a task is its starter's: others neither see nor cancel it, administrators included
--- users
anna boris hanna:head vera:viewer
--- setup
use utf8;
set(task => api(POST => '/api/generation/start', { department => 'Отдел разработки',
    position => 'Программист', employee_name => 'Сотрудник Проверочный' },
    user => 'anna')->{task_id});
--- login eval
[qw( anna boris hanna vera admin boris hanna vera boris )]
--- request eval
[(map { "GET /api/generation/{{task}}/status" } 1 .. 5),
 (map { "DELETE /api/generation/{{task}}" } 1 .. 3),
 "GET /api/generation/{{task}}/result"]
--- error_code eval
[200, 403, 403, 403, 403, 403, 403, 403, 403]
--- response_body_unlike eval
["^\$", map { "Проверочн" } 2 .. 9]



=== TEST 8: the list of active tasks has one's own
--- users
anna boris
--- hr_config
hr_llm location=/llm model=simulator concurrency=1 timeout=5s total_timeout=20s
--- setup
use utf8;
api(POST => '/api/generation/start', { department => 'Отдел разработки',
    position => 'Программист', employee_name => 'Сотрудник Проверочный' }, user => 'anna');
--- login
boris
--- request
GET /api/generation/tasks/active
--- response_body_unlike
Проверочн



=== TEST 9: a session is its owner's: a foreign one is not found, and lives on
--- users
anna boris
--- setup
api(GET => '/api/auth/me', undef, user => 'boris');
set(session => sql("SELECT s.id FROM user_sessions s JOIN users u ON u.id = s.user_id"
                   . " WHERE u.username = 'boris'"));
--- login eval
[qw( anna anna boris )]
--- request eval
["DELETE /api/auth/sessions/{{session}}", "GET /api/auth/sessions", "GET /api/auth/me"]
--- error_code eval: [404, 200, 200]
--- response_body_unlike eval
["^\$", "{{session}}", "^\$"]



=== TEST 10: profiles belong to the company: hr edits, archives and restores what another made
--- hr_database: t/data/profiles.sql
--- users: anna
--- login eval
[("anna") x 4]
--- request eval
["PUT /api/profiles/bbbbbbbb-0000-4000-8000-000000000001\n"
 . "{\"employee_name\":\"Сотрудник Второй\"}",
 "DELETE /api/profiles/bbbbbbbb-0000-4000-8000-000000000001",
 "POST /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/restore",
 "POST /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/purge"]
--- error_code eval: [200, 200, 200, 403]



=== TEST 11: a role that was taken away ends at once, in every worker
--- users: anna hanna:admin
--- setup
api(GET => '/api/auth/me', undef, user => 'anna');
api(GET => '/api/users', undef, user => 'hanna');
my $id = sql("SELECT id FROM users WHERE username = 'hanna'");
api(PUT => "/api/users/$id", { role => 'viewer' });
--- login eval
[("hanna") x 6]
--- request eval
[("GET /api/users") x 6]
--- error_code_like eval
[("^40[13]\$") x 6]



=== TEST 12: what a token says about its owner counts for nothing: the account decides
--- users: anna
--- setup
require MIME::Base64; require Digest::SHA;
my $enc = sub { MIME::Base64::encode_base64url($_[0]) };
my $head = $enc->('{"alg":"HS256","typ":"JWT"}');
my $now = time;
my $claims = sub { $enc->(qq({"user_id":$_[0],"username":"$_[1]","role":"admin",)
    . qq("iat":$now,"exp":) . ($now + 600) . '}') };
my $id = sql("SELECT id FROM users WHERE username = 'anna'");
my $sign = sub { "$_[0]." . $enc->(Digest::SHA::hmac_sha256($_[0], $_[1])) };
set(none => $enc->('{"alg":"none","typ":"JWT"}') . '.' . $claims->(1, 'admin') . '.',
    bad  => $sign->("$head." . $claims->(1, 'admin'), 'some-other-secret-of-at-least-32-bytes'),
    sid  => $sign->("$head." . $claims->(1, 'admin'), HR::Test::State::SECRET()));
--- more_headers eval
["Authorization: Bearer {{none}}", "Authorization: Bearer {{bad}}",
 "Authorization: Bearer {{sid}}"]
--- request eval
[("GET /api/users") x 3]
--- error_code eval: [401, 401, 401]
