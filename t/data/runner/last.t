use Test::Nginx::Socket 'no_plan';

no_shuffle();
run_tests();

__DATA__

=== TEST 1: is the last
--- config
location = /t { return 200 "hello\n"; }
--- request
GET /t
--- LAST



=== TEST 2: fails, but is not run
--- config
location = /t { return 500; }
--- request
GET /t
