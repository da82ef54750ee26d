# The plan counts what the blocks make.

use Test::Nginx::Socket;

repeat_each(2);
plan tests => repeat_each() * (blocks() * 2 + 1);
run_tests();

__DATA__

=== TEST 1: two tests
--- config
location = /t { return 200 "hello\n"; }
--- request
GET /t
--- response_body
hello



=== TEST 2: three tests
--- config
location = /t { return 200 "hello\n"; }
--- request
GET /t
--- response_body
hello
--- no_error_log
[error]
