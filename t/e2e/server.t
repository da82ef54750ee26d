# The real server of scripts/run: it starts, survives what it must, and ends.

use strict;
use warnings;

use lib 't/lib';
use HR::Client ();
use HR::Server ();
use Test::More;

# The model is never asked.
my $server = HR::Server->start(HR_LLM_URL => 'http://127.0.0.1:9/v1');
my $client = $server->client;

is($client->get('/api/auth/me')->{json}{username}, 'admin', 'the administrator logs in');
is(scalar $server->workers, 2, 'two workers');

# Every worker is asked: each new connection goes to whoever takes it first.
my @seen = HR::Client::parallel(8, sub {
    my $one = HR::Client->new(port => $server->port, token => $client->{token});
    return [map { $one->close; $one->get('/api/auth/me')->{status} } 1 .. 20];
});
is_deeply([grep { $_ != 200 } map { ref $_ eq 'ARRAY' ? @$_ : $_ } @seen], [],
          'a token of one worker is good in all');

my ($victim, $other) = $server->workers;
kill KILL => $victim;
ok(HR::Server::wait_until(5, sub {
    my @now = $server->workers;
    return @now == 2 && !grep { $_ == $victim } @now;
}), 'a worker that was killed is replaced');
$client->close;
is($client->get('/api/auth/me')->{status}, 200, 'the session outlives the worker');

$server->signal('HUP');
ok(HR::Server::wait_until(10, sub { !grep { $_ == $other } $server->workers }),
   'HUP replaces the workers');
is($client->get('/api/auth/me')->{status}, 200, 'the session outlives a reload');

$server->kill_all;
$server->up;
is($client->get('/api/auth/me')->{status}, 200, 'the session outlives the end of all');

is($client->post('/api/auth/logout')->{status}, 200, 'logout');
@seen = HR::Client::parallel(8, sub {
    my $one = HR::Client->new(port => $server->port, token => $client->{token});
    return [map { $one->close; $one->get('/api/auth/me')->{status} } 1 .. 20];
});
is_deeply([grep { $_ != 401 } map { ref $_ eq 'ARRAY' ? @$_ : $_ } @seen], [],
          'logout in one worker ends the token in all');

$server->log_is_clean('no alerts', qr/exited on signal 9/);
ok($server->stop, 'it ends in order');
is($server->master, undef, 'nothing is left');

done_testing();
