# HUP again and again under load: every request is answered with 2xx, no write that
# was acknowledged is lost, no generation is lost or interrupted, the old workers
# leave.
#
# Streams of events end with the worker that sends them; who comes back with
# Last-Event-ID misses nothing and hears nothing twice.
#
# HR_E2E_HUPS=N    reloads (10)
# HR_E2E_PAUSE=N   seconds between them (0.5)

use strict;
use utf8;
use warnings;

use lib 't/lib';
use HR::Client ();
use HR::Server ();
use Test::More;
use Time::HiRes qw( sleep time );

my $hups = $ENV{HR_E2E_HUPS} || 10;
my $pause = $ENV{HR_E2E_PAUSE} || 0.5;

my $server = HR::Server->start(HR_LLM_DELAY => 0.4);
my $token  = $server->client->{token};
my $done   = $server->home . '/done';

sub fresh { return HR::Client->new(port => $server->port, token => $token) }

# A kept connection may be closed by an old worker in the moment in which it is
# used: nothing was answered then, and every client asks again.  What can be asked
# twice, is; whatever is answered, counts.
sub ask {
    my ($client, $method, $url, $body, $log) = @_;

    my $kept = $client->{socket};
    my $answer = $client->request($method, $url, body => $body);

    if ($answer->{status} == 0 && $kept && $method ne 'POST') {
        $log->{again}++;
        $answer = $client->request($method, $url, body => $body);
    }

    $log->{n}++;
    push @{ $log->{bad} }, "$method $url: $answer->{status} "
                           . ($answer->{error} // substr $answer->{body}, 0, 200)
        if $answer->{status} !~ /\A2/ && @{ $log->{bad} // [] } < 10;
    return $answer;
}


# The events of a task until its end, over as many connections as that takes.
sub follow {
    my ($client, $id, $log) = @_;

    my ($last, $count, $ends) = (undef, 0, 0);
    for (1 .. 60) {
        my $stream = $client->events("/api/generation/$id/events", undef, seconds => 20,
            headers => defined $last ? { 'Last-Event-ID' => $last } : {});
        push @{ $log->{bad} }, "events $id: $stream->{status} " . ($stream->{error} // '')
            if $stream->{status} != 200;
        for my $event (@{ $stream->{events} }) {
            $log->{events}++;
            $last = $event->{id} // $last;
            $ends++ if $event->{event} eq 'end';
            next if $event->{event} ne 'section';
            push @{ $log->{bad} }, "events $id: section $event->{json}{count} after $count"
                if $event->{json}{count} != ++$count;
        }
        last if $ends || $stream->{status} != 200;
        $log->{streams}++;
    }
    push @{ $log->{bad} }, "events $id: $ends ends" if $ends != 1;
}


# Something to write to: a profile for each writer.
my @titles = ('Программист', 'Ведущий программист', 'Младший программист',
              'Руководитель отдела');
my @profiles = map {
    my $client = fresh();
    my $id = $client->post('/api/generation/start', {
        department => 'Отдел разработки', position => $_ })->{json}{task_id};
    my $task;
    HR::Server::wait_until(20, sub {
        $task = $client->get("/api/generation/$id/status")->{json}{task};
        $task->{status} =~ /completed|failed/;
    });
    $task->{profile_id} // die "no profile: $task->{error_message}\n";
} @titles;

my @before = $server->workers;
my %all = map { $_ => 1 } @before;

# 0..3 write, 4..5 read on kept connections, 6 on new ones, 7 starts generations,
# 8 and 9 start some and follow their events, 10 reloads.
my @results = HR::Client::parallel(11, sub {
    my ($k) = @_;
    my %log = (n => 0, again => 0, bad => []);
    my $client = fresh();

    if ($k < 4) {
        for (my $n = 1; !-e $done; $n++) {
            my $answer = ask($client, PUT => "/api/profiles/$profiles[$k]",
                             { employee_name => "Запись $n" }, \%log);
            $log{last} = $n if $answer->{status} == 200;
            sleep 0.005;
        }

    } elsif ($k < 7) {
        my @urls = ('/api/auth/me', '/api/profiles/', '/api/organization/positions',
                    "/api/profiles/$profiles[0]/download/md", '/api/dashboard/stats',
                    '/health');
        for (my $n = 0; !-e $done; $n++) {
            $client->close if $k == 6;
            ask($client, GET => $urls[$n % @urls], undef, \%log);
        }

    } elsif ($k == 7) {
        for (my $n = 1; !-e $done; $n++) {
            # on a new connection each, as it cannot be sent twice
            $client->close;
            my $answer = ask($client, POST => '/api/generation/start', {
                department => 'Отдел разработки', position => "Сменщик $n" }, \%log);
            push @{ $log{ids} }, $answer->{json}{task_id} if $answer->{status} == 200;
            sleep 0.1;
        }

    } elsif ($k < 10) {
        for (my $n = 1; !-e $done; $n++) {
            $client->close;
            my $answer = ask($client, POST => '/api/generation/start', {
                department => 'Отдел разработки', position => "Слушатель $k-$n",
                model => 'simulator/sim/slow:1.2' }, \%log);
            next if $answer->{status} != 200;
            push @{ $log{ids} }, $answer->{json}{task_id};
            follow($client, $answer->{json}{task_id}, \%log);
        }

    } else {
        for (1 .. $hups) {
            sleep $pause;
            my @old = $server->workers;
            $server->signal('HUP');
            $log{n}++;
            HR::Server::wait_until(10, sub { grep { !$all{$_} } $server->workers });
            $all{$_} = 1 for $server->workers;
        }
        sleep 0.5;
        open my $out, '>', $done;
        $log{workers} = scalar keys %all;
    }

    return \%log;
});

is_deeply([map { $_->{died} // () } @results], [], 'all came to their end');
is($results[10]{n}, $hups, "$hups reloads");
cmp_ok($results[10]{workers}, '>', $hups, 'each with new workers');

my @bad = map { @{ $_->{bad} } } @results;
my ($n, $again) = (0, 0);
$n += $_->{n}, $again += $_->{again} for @results[0 .. 9];
is_deeply(\@bad, [], "every one of $n requests is answered with 2xx");
is($results[6]{again}, 0, 'a new connection is always served');
diag("$again requests were asked again because a kept connection was closed");

is_deeply([map { fresh()->get("/api/profiles/$profiles[$_]")->{json}{employee_name} } 0 .. 3],
          [map { "Запись $results[$_]{last}" } 0 .. 3], 'no acknowledged write is lost');

my ($events, $streams) = (0, 0);
$events += $_->{events} // 0, $streams += $_->{streams} // 0 for @results[8, 9];
cmp_ok($events, '>', 0, "$events events, streams were cut $streams times");

my @ids = map { @{ $_->{ids} } } @results[7 .. 9];
my %ends;
for my $id (@ids) {
    my $task;
    my $client = fresh();
    HR::Server::wait_until(60, sub {
        $task = $client->get("/api/generation/$id/status")->{json}{task};
        $task->{status} !~ /queued|processing/;
    });
    $ends{ $task->{status} }++;
}
is_deeply(\%ends, { completed => scalar @ids }, scalar @ids . ' generations all complete');
# The simulator is reloaded as well, and may close a kept connection in the moment in
# which it is used: that attempt is repeated.
is_deeply([$server->sql("SELECT DISTINCT error_code FROM generation_history WHERE status <>"
                        . " 'success' AND error_code <> 'upstream_connect'")],
          [], 'none of them was interrupted');
is_deeply([$server->sql("SELECT count(*) FROM generation_history WHERE status = 'success'")],
          [[@ids + @titles]], 'each was made once');

ok(HR::Server::wait_until(30, sub { $server->workers == 2 }), 'the old workers leave');
$server->log_is_clean('no alerts');
ok($server->stop, 'it ends in order');

done_testing();
