# Must pass: the other files here differ from it in the point that fails.

use Test::Nginx::Socket 'no_plan';

run_tests();

__DATA__

=== TEST 1: all is well
--- config
location = /t { return 200 "hello\n"; }
--- request
GET /t
--- response_body
hello
