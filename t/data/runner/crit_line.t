# The answer is as expected, but the log has a [crit] line that no section
# mentions: the folder for request bodies has gone.

use Test::Nginx::Socket 'no_plan';

run_tests();

__DATA__

=== TEST 1: a [crit] line
--- config
location = /t {
    client_body_in_file_only on;
    proxy_pass http://127.0.0.1:1;
}
--- init
rmdir "$ENV{TEST_NGINX_SERVER_ROOT}/client_body_temp" or die $!;
--- request
POST /t
body
--- error_code: 500
