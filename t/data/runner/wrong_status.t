use Test::Nginx::Socket 'no_plan';

run_tests();

__DATA__

=== TEST 1: another status
--- config
location = /t { return 403; }
--- request
GET /t
