use Test::Nginx::Socket 'no_plan';

run_tests();

__DATA__

=== TEST 1: two requests, one expectation
--- config
location = /t { return 200 "hello\n"; }
--- request eval
["GET /t", "GET /t"]
--- response_body
hello
