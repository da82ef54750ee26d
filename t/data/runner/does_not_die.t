use Test::Nginx::Socket 'no_plan';

run_tests();

__DATA__

=== TEST 1: the configuration is good, yet nginx is to refuse it
--- config
location = /t { return 200 "hello\n"; }
--- must_die
