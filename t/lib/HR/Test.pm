package HR::Test;

# Test::Nginx::Socket for the module: a .t file says only what it is about.
#
#   use HR::Test 'no_plan';
#   run_tests();
#   __DATA__
#
#   === TEST 1: who am I
#   --- login
#   --- request
#   GET /api/auth/me
#   --- json
#   username = admin
#
# Every block gets a server of its own with two workers, the data of t/data/small,
# a fresh database and the simulator as the model.  Sections of its own, beside
# those of Test::Nginx (t/README.md has examples):
#
#   hr_config       directives that replace or join those of HR::Test::Config;
#                   "! name" takes one away
#   hr_data         folder of the company's data (default t/data/small); "demo": the
#                   demo data, which have the shape of the real ones
#   hr_database     SQL file that makes the database before nginx starts
#   hr_files        ">>> name" and content: files in the state folder
#   users           "name" or "name:role" a word: accounts to make
#   login           who sends the requests (default admin); an array has one for
#                   each request, undef for nobody
#   sql             run on the database when the server is up
#   setup           Perl that runs before the requests: api(), ask(), set(), sql(),
#                   sign_token(), and the functions of Test::More
#   json            claims about the answer (HR::Test::Json); an array has one text
#                   for each request
#   db              "SELECT ... => value" lines: claims about the database after
#                   the last request
#
# {{name}} in requests, headers and expectations stands for what setup has set.

use File::Spec ();

BEGIN {
    # Read by Test::Nginx when it is loaded.  HR_TEST_BUILD: another build.
    my $build = $ENV{HR_TEST_BUILD} || 'build/nginx';
    $ENV{TEST_NGINX_LOAD_MODULES} ||= join ' ', map { File::Spec->rel2abs($_) }
                                                glob "$build/ngx_http_hr_*.so";
}

use Test::Nginx::Socket -Base;

use Cwd ();
use HR::Test::Config ();
use HR::Test::Json ();
use HR::Test::OpenApi ();
use HR::Test::State ();
use HR::Test::Token qw( sign_token claims_of good_claims );

our @EXPORT = qw( api ask set sql sign_token claims_of good_claims state_dir token_of password_of );

# Upstream leaves this to the test file.
$ENV{TEST_NGINX_HTML_DIR} //= html_dir();
$ENV{TEST_NGINX_HR_TOP}   //= Cwd::getcwd();

master_on();
workers(2);
worker_connections(256);
no_root_location();

# The folder of the database, the secret and the password.
sub state_dir ()      { return $ENV{TEST_NGINX_HR_STATE} }
sub password_of ($)   { return HR::Test::State::password_of(@_) }
sub sql ($)           { return HR::Test::State::sql(@_) }
sub token_of ($)      { return HR::Test::State::token(@_) }
sub api ($$;$%)       { return HR::Test::State::api(@_) }
sub ask ($$;$%)       { return HR::Test::State::ask(@_) }
sub set (%)           { return HR::Test::State::set(@_) }

add_block_preprocessor(sub {
    my ($block) = @_;

    $ENV{TEST_NGINX_HR_DATA} = _data_dir($block);
    HR::Test::State::begin($block, server_root());

    _prepend($block, main_config => HR::Test::Config::main_config());
    _prepend($block, http_config =>
             HR::Test::Config::http_config(scalar $block->hr_config));
    _prepend($block, config => HR::Test::Config::server_config());
    _prepend($block, post_setup_server_root =>
             'package main; HR::Test::State::make_files();');
    _prepend($block, init => 'package main; HR::Test::State::before_requests();');
});

add_response_body_check(sub {
    my ($block, $body, $index, $repeat, $dry_run) = @_;

    return if $dry_run;
    _check_described($block, $body, $index);
    _check_json($block, $body, $index);
    _check_db($block) if $index == HR::Test::State::last_index($block);
});


sub _data_dir (@) {
    my ($block) = @_;

    my $dir = $block->hr_data // 't/data/small';
    $dir =~ s/\s+\z//;
    return HR::Test::State::demo_data() if $dir eq 'demo';
    $dir =~ s/\$TEST_NGINX_(\w+)/$ENV{"TEST_NGINX_$1"}/g;
    return $dir =~ m{\A/} ? $dir : "$ENV{TEST_NGINX_HR_TOP}/$dir";
}

sub _prepend (@) {
    my ($block, $section, $text) = @_;

    $block->set_value($section, $text . "\n" . ($block->$section // ''));
}

# Every answer of the API must be as docs/openapi says; a test only when it is not.
sub _check_described (@) {
    my ($block, $body, $index) = @_;

    return if defined $block->response_body_filters || defined $block->error_code_like
              || $body =~ /\A\x1f\x8b/;
    my ($method, $url) = HR::Test::State::request_line($block, $index) or return;
    return if $method eq 'HEAD';

    my $status = $block->error_code // 200;
    $status = $status->[$index] if ref $status eq 'ARRAY';

    # The way to the right host is no answer of an operation, a file is none either.
    return if $status == 307 || $url =~ m{\A/static/};

    my @faults = HR::Test::OpenApi::answer_faults($method, $url, $status, $body) or return;
    ok(0, $block->name . " - the answer is as docs/openapi says (req $index)");
    diag(map { "  $method $url: $status: $_\n" } @faults);
}

# One test for each claim.
sub _check_json (@) {
    my ($block, $body, $index) = @_;

    my $text = $block->json // return;
    $text = $text->[$index] if ref $text eq 'ARRAY';

    my $document = HR::Test::Json::decode_json_text($body);
    for my $claim (HR::Test::Json::claims($text)) {
        my $why = $document ? HR::Test::Json::failed_claim($document, $claim)
                            : 'the body is not JSON: ' . substr $body // '', 0, 300;
        ok(!defined $why, $block->name . " - json: $claim (req $index)") or diag($why);
    }
}

sub _check_db (@) {
    my ($block) = @_;

    for my $line (HR::Test::Json::claims($block->db // '')) {
        my ($query, $want) = $line =~ /^\s*(.*?)\s*=>\s*(.*?)\s*$/
            or die "db: not \"SELECT ... => value\": $line\n";
        is(HR::Test::State::sql_until($query, $want), $want,
           $block->name . " - db: $query");
    }
}

1;
