# nginx runs without a master and is killed during the block.

use Test::Nginx::Socket 'no_plan';

run_tests();

__DATA__

=== TEST 1: nginx dies during the test
--- config
location = /t { return 200 "hello\n"; }
--- request
GET /t
--- response_body_filters eval
sub {
    my $body = shift;
    open my $in, '<', "$ENV{TEST_NGINX_SERVER_ROOT}/logs/nginx.pid" or die $!;
    CORE::chomp(my $pid = <$in>);
    kill SEGV => $pid;
    select undef, undef, undef, 0.2;
    return $body;
}
