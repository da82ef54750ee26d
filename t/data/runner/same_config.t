# With TEST_NGINX_FORCE_RESTART_ON_TEST=0 blocks with equal configurations share
# a server; a block without one uses the server of the block before.

BEGIN { $ENV{TEST_NGINX_FORCE_RESTART_ON_TEST} = 0 }

use Test::Nginx::Socket 'no_plan';

our $pid;

no_shuffle();
run_tests();

__DATA__

=== TEST 1: starts a server
--- config
location = /t { return 200 "$pid"; }
--- request
GET /t
--- response_body_filters eval
sub { $main::pid = shift; "kept" }
--- response_body chomp
kept



=== TEST 2: has the same configuration
--- config
location = /t { return 200 "$pid"; }
--- request
GET /t
--- response_body_filters eval
sub { $_[0] == $main::pid ? "same" : "other" }
--- response_body chomp
same



=== TEST 3: has none
--- request
GET /t
--- response_body_filters eval
sub { $_[0] == $main::pid ? "same" : "other" }
--- response_body chomp
same



=== TEST 4: has another
--- config
location = /t { return 200 "$pid "; }
--- request
GET /t
--- response_body_filters eval
sub { $_[0] == $main::pid ? "same" : "other" }
--- response_body chomp
other
