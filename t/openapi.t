# The API description as it is served, and what it says compared with what the module
# does: methods, tokens, limits of bodies.  Every other file of the suite compares the
# answers that it sees with it (HR::Test::OpenApi).

use HR::Test 'no_plan';

use HR::Test::Metrics;
use HR::Test::OpenApi qw( operations );

# A path with something in its braces.
sub filled {
    my ($path) = @_;

    my %with = (profile_id => '6f1c1d3e-2b0a-4a3e-9c55-0d2f3b1a7e10', user_id => 999,
                version_number => 1, session_id => '6f1c1d3e-2b0a-4a3e-9c55-0d2f3b1a7e11');
    return $path =~ s/\{(\w+)\}/$with{$1} \/\/ 'x'/ger;
}

my (%methods, @secured, @big);
for my $operation (operations()) {
    push @{ $methods{ $operation->{path} } }, $operation->{method};
    push @secured, $operation if @{ $operation->{it}{security} };
    push @big, $operation     if $operation->{it}{requestBody};
}

our @paths = sort keys %methods;
our @allow = map {
    my @list = map { $_ eq 'GET' ? 'GET, HEAD' : $_ } @{ $methods{$_} };
    'Allow: ' . join('', map { "(?=.*$_)" } @list) . '.{' . length(join ', ', @list) . '}';
} @paths;
our @patch  = map { 'PATCH ' . filled($_) } @paths;
our @nobody = map { "$_->{method} " . filled($_->{path}) } @secured;

# No JSON, so that nothing happens with what is not too long.
sub with_body {
    my ($operation, $more) = @_;
    return "$operation->{method} " . filled($operation->{path}) . "\n"
           . 'x' x ($operation->{it}{'x-body-limit'} + $more);
}
our @full  = map { with_body($_, 0) } @big;
our @large = map { with_body($_, 1) } @big;

run_tests();

__DATA__

=== TEST 1: the description is served with an ETag
--- request
GET /openapi.json
--- response_headers
Content-Type: application/json
Cache-Control: private, no-cache
--- response_headers_like
ETag: "[0-9a-f]+"
--- json
openapi = 3.1.0
info.title = HR Profile Generator API
components.securitySchemes.HTTPBearer.scheme = bearer



=== TEST 2: a copy that is current is not sent again, compressed ones included
--- setup
my $answer = HR::Test::State::client()->get('/openapi.json',
                                            headers => { 'Accept-Encoding' => 'gzip' });
set(tag => $answer->{headers}{etag});
--- request
GET /openapi.json
--- more_headers
If-None-Match: {{tag}}
--- error_code: 304
--- response_body



=== TEST 3: it is compressed when the client can take it
--- request
GET /openapi.json
--- more_headers
Accept-Encoding: gzip
--- response_headers
Content-Encoding: gzip
Vary: Accept-Encoding, Accept-Language
--- response_body_like: \A\x1f\x8b



=== TEST 4: the pages have a policy without inline code and foreign hosts (D-11, D-34)
--- request eval
["GET /docs", "GET /redoc", "GET /docs/", "GET /docs/oauth2-redirect"]
--- response_headers_like eval
[("Content-Type: text/html; charset=utf-8
Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; [^*]*") x 4]
--- response_body_like eval
["page.js", "page.js", "page.js", "OAuth"]
--- response_body_unlike eval
[("https?://|<script>|style=") x 4]



=== TEST 5: script and style
--- request eval
["GET /docs/page.js", "GET /docs/page.css"]
--- response_headers eval
["Content-Type: text/javascript; charset=utf-8
X-Content-Type-Options: nosniff", "Content-Type: text/css; charset=utf-8
X-Content-Type-Options: nosniff"]



=== TEST 6: HEAD has the length and no body
--- request
HEAD /docs
--- response_headers_like
Content-Length: [1-9]\d+
--- response_body



=== TEST 7: without hr_docs there is no documentation (D-34)
--- hr_config
! hr_docs
--- request eval
["GET /openapi.json", "GET /docs", "GET /redoc", "GET /docs/page.js"]
--- error_code eval
[404, 404, 404, 404]
--- json eval
[("error.code = NOT_FOUND") x 4]



=== TEST 8: a folder that is missing is an error of the configuration
--- hr_config
hr_docs $TEST_NGINX_HTML_DIR/nowhere
--- must_die
--- error_log
"hr_docs": cannot read the directory



=== TEST 9: a file that is missing is an error that says what to do
--- hr_config
hr_docs $TEST_NGINX_HTML_DIR
--- must_die
--- error_log
openapi.json": "hr_docs" must name the folder that scripts/build makes



=== TEST 10: other methods than the described ones are 405, and Allow has the described ones
--- request eval
\@main::patch
--- error_code eval
[(405) x @main::patch]
--- response_headers_like eval
\@main::allow



=== TEST 11: every operation with a role wants a token
--- request eval
\@main::nobody
--- error_code eval
[(401) x @main::nobody]
--- response_headers eval
[("WWW-Authenticate: Bearer") x @main::nobody]



=== TEST 12: every body has the described limit
--- login
--- more_headers
Content-Type: application/json
--- request eval
\@main::large
--- error_code eval
[(413) x @main::large]



=== TEST 13: a body of exactly that size is read
--- login
--- more_headers
Content-Type: application/json
--- request eval
\@main::full
--- error_code eval
[(422) x @main::full]
--- json eval
[("error.details.validation_errors[0].type = json_invalid") x @main::full]



=== TEST 14: the routes of the module are the operations, with their names and roles
--- config
location = /figures { hr_metrics; }
--- setup
my $figures = HR::Test::Metrics->parse(HR::Test::State::client()->get('/figures')->{body});
my %route = map { ("$_->{method} $_->{route}" => "$_->{operation}, $_->{access}") }
            $figures->series('hr_route_info');
my %described = map {
    my $tail = length($_->{path}) + length($_->{method}) + 1;
    ("$_->{method} $_->{path}" => substr($_->{id}, 0, -$tail) . ", $_->{it}{'x-access'}");
} operations();
is_deeply(\%described, \%route, 'every route is described, and nothing else')
    or diag('docs/openapi needs the operations of new routes');
--- request
GET /health
