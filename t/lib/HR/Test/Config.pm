package HR::Test::Config;

# The configuration under which the module is tested: the one place that knows
# the names of its directives.  Paths are $TEST_NGINX_* variables, so that the text
# is the same in every block.

use strict;
use warnings;

use Exporter qw( import );

our @EXPORT_OK = qw( main_config http_config server_config );

# HR_TEST_CACHE: the whole suite without a cache, or with one that holds next to nothing.
sub _cache {
    my $mode = $ENV{HR_TEST_CACHE} // 'on';

    return { on => 'size=8m shards=4', tiny => 'size=1m shards=1',
             off => 'size=8m shards=4 enabled=off' }->{$mode}
        // die "HR_TEST_CACHE=$mode is neither on, off nor tiny\n";
}

# Small, fast, without limits that a test has not asked for.
my @DIRECTIVES = (
    'hr_data $TEST_NGINX_HR_DATA',
    'hr_company $TEST_NGINX_HR_TOP/conf/company',
    'hr_prompts $TEST_NGINX_HR_TOP/conf/prompts',
    'hr_docs $TEST_NGINX_HR_TOP/build/docs',
    'hr_database $TEST_NGINX_HR_STATE/profiles.db',
    'hr_jwt_secret_file $TEST_NGINX_HR_STATE/secret',
    'hr_admin password_file=$TEST_NGINX_HR_STATE/admin',
    'hr_bcrypt_cost 4',
    'hr_cache ' . _cache(),
    'hr_zones sessions=1m data=8m',
    'hr_limits login=10000 login_address=10000 login_account=10000 api=0 starts=10000',
    'hr_llm location=/llm model=simulator concurrency=4 timeout=5s total_timeout=20s',
);

sub main_config {
    return <<'EOT';
thread_pool hr_read threads=2 max_queue=256;
thread_pool hr_write threads=1 max_queue=256;
thread_pool hr_cpu threads=2 max_queue=256;
EOT
}


# $changes: lines "directive value;" that replace the one above of the same name or
# are added, and lines "! directive" that take it away.
sub http_config {
    my ($changes) = @_;

    my (@added, %replaced);
    for my $line (grep { /\S/ && !/^\s*#/ } split /\n/, $changes // '') {
        $line =~ s/^\s+|\s*;?\s*$//g;

        if ($line =~ /^!\s*(\S+)/) {
            $replaced{$1} = 1;

        } else {
            my ($name) = $line =~ /^(\S+)/;
            $replaced{$name} = 1;
            push @added, $line;
        }
    }

    my @kept = grep { !$replaced{ (split ' ')[0] } } @DIRECTIVES;
    return join '', map { "    $_;\n" } @kept, @added;
}


# The places that the module answers, the upstream of the model, the simulator: as
# in conf/demo.
sub server_config {
    my ($simulator, $stats) = $ENV{TEST_NGINX_LOAD_MODULES} =~ /simulator/
        ? ('hr_llm_simulator on; hr_llm_simulator_delay 0;', 'hr_llm_simulator_stats;')
        : ('return 503;', 'return 503;');

    return <<'EOT' . <<"EOT";
error_page 400 403 404 405 408 413 414 416 495 496 497
           500 501 502 503 504 505 /hr-error;
error_page 494 =431 /hr-error;

location = /hr-error {
    internal;
    hr_error_page;
}

location / {
    client_max_body_size 2m;
    client_body_buffer_size 1m;
    hr_api;
}

location ^~ /static/ {
    root $TEST_NGINX_HTML_DIR;
    include $TEST_NGINX_HR_TOP/conf/static.conf;
}

location = /llm {
    internal;
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/simulator;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Accept-Encoding "";
    proxy_set_header Content-Type application/json;
    proxy_ignore_client_abort on;
    proxy_intercept_errors off;
    subrequest_output_buffer_size 1m;
}

EOT
location = /simulator {
    client_max_body_size 8m;
    client_body_buffer_size 2m;
    $simulator
}
location = /simulator/stats {
    $stats
}
EOT
}

1;
