use Test::Nginx::Socket 'no_plan';

run_tests();

__DATA__

=== TEST 1: the log has no such line
--- config
location = /t { return 200 "hello\n"; }
--- request
GET /t
--- error_log
a line that nginx never writes
