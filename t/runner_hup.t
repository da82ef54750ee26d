# The runner in HUP mode and with a master: one server lives through the blocks
# and is reloaded for each.

use Test::Nginx::Socket 'no_plan';

our %masters;

use_hup();
master_on();
workers(2);
no_shuffle();

# The pid of the master is the same in all blocks.
add_test_cleanup_handler(sub {
    open my $in, '<', server_root() . '/logs/nginx.pid' or die $!;
    chomp(my $pid = <$in>);
    $masters{$pid}++;
});

run_tests();

is(scalar keys %masters, 1, 'one master served all blocks');

__DATA__

=== TEST 1: the first block starts the server
--- config
location = /t { return 200 "one"; }
--- request
GET /t
--- response_body chomp
one



=== TEST 2: the next configuration is loaded, with a new log
--- config
location = /t { return 200 "two"; }
location = /none { root $TEST_NGINX_SERVER_ROOT/html; }
--- request eval
["GET /t", "GET /none"]
--- error_code eval
[200, 404]
--- response_body eval
["two", qr/Not Found/]
--- grep_error_log eval
["No such file"]
--- grep_error_log_out eval
[qr/\A(No such file\n)?\z/]



=== TEST 3: a configuration that does not load leaves the one before
--- config
no_such_directive on;
--- request
GET /t
--- response_body chomp
two
--- reload_fails
--- error_log
unknown directive "no_such_directive"



=== TEST 4: nginx reloads after a failure
--- config
location = /t { return 200 "four"; }
--- request
GET /t
--- response_body chomp
four
--- no_error_log
[error]



=== TEST 5: files of the block are new, too
--- config
--- user_files
>>> a.txt
five
--- request
GET /a.txt
--- response_body
five



=== TEST 6: a worker that is killed is noticed where it is expected
--- config
location = /t { return 200 "six"; }
--- init
open my $in, '<', server_root() . '/logs/nginx.pid' or die $!;
chomp(my $master = <$in>);
my ($worker) = reverse split ' ', `pgrep -P $master`;
kill KILL => $worker;
select undef, undef, undef, 0.3;
--- request
GET /t
--- response_body chomp
six
--- error_log eval
qr/\[alert\] \S+ worker process \d+ exited on signal 9/
