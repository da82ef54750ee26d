use Test::Nginx::Socket 'no_plan';

no_shuffle();
run_tests();

__DATA__

=== TEST 1: fails, but is not run
--- config
location = /t { return 500; }
--- request
GET /t



=== TEST 2: runs alone
--- config
location = /t { return 200 "hello\n"; }
--- request
GET /t
--- ONLY
