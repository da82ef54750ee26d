# A worker is killed after the last check: the [alert] of the master must be
# found when the server ends.

use Test::Nginx::Socket 'no_plan';

master_on();

add_test_cleanup_handler(sub {
    my $root = server_root();
    open my $in, '<', "$root/logs/nginx.pid" or die "$root: $!";
    chomp(my $master = <$in>);
    my ($worker) = split ' ', `pgrep -P $master`;
    kill KILL => $worker or die "no worker of $master";
    select undef, undef, undef, 0.3;
});

run_tests();

__DATA__

=== TEST 1: a worker dies later
--- config
location = /t { return 200 "hello\n"; }
--- request
GET /t
