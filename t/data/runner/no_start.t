use Test::Nginx::Socket 'no_plan';

run_tests();

__DATA__

=== TEST 1: nginx does not start
--- config
no_such_directive on;
--- request
GET /t
