#!/usr/bin/perl
# Logins from outside: what can be told apart by time, and what an attack does to others.
#
#   perl -It/lib t/bench/login.pl times [ROUNDS]     medians of a wrong password, an unknown
#                                                    and a locked account, interleaved (40)
#   perl -It/lib t/bench/login.pl attack [LOGINS]    that many against one account (10000),
#                                                    from 200 addresses, with the limits of
#                                                    the defaults and hr_watchdog 5ms
#
# Exit code 1: medians differ by more than 5 %, more passwords were checked than the
# limits allow, somebody else was hindered, or the event loop stood still.

use strict;
use warnings;

use HR::Client ();
use HR::Server ();
use Time::HiRes qw( sleep time );

use constant { GOOD => 'A long and good 7 password', PROCESSES => 8, ADDRESSES => 200,
               A_MINUTE => 20, TOLERANCE => 0.05 };

my ($what, $count) = @ARGV;
my %jobs = (times => \&times, attack => \&attack);
my $job = $jobs{ $what // '' } or die "usage: login.pl times|attack [count]\n";
exit($job->($count) ? 0 : 1);


sub make_user {
    my ($admin, $name, %change) = @_;

    my $answer = $admin->post('/api/users', { username => $name, full_name => "Test $name",
                                              role => 'hr', password => GOOD });
    my $id = $answer->{json}{data}{id} // die "no user: $answer->{body}\n";
    $admin->put("/api/users/$id", \%change) if %change;
}

sub try_login {
    my ($client, $name, $password) = @_;
    return $client->post('/api/auth/login', { username => $name, password => $password });
}

sub spread {
    my ($name, @values) = @_;
    return sprintf '%-18s p50 %9.3f ms   p99 %9.3f ms   max %9.3f ms   (%d)', $name,
        map({ 1000 * HR::Client::percentile($_, @values) } 50, 99, 100), scalar @values;
}

sub times {
    my ($rounds) = @_;

    my $server = HR::Server->start(HR_RATE_LIMITS => 'off');
    my $client = $server->client;
    make_user($client, 'locked', is_active => \0);
    my %case = ('wrong password' => ['admin', 'not the password'],
                'unknown account' => ['nobody', 'not the password'],
                'locked account' => ['locked', GOOD]);

    my (%seconds, %answer);
    for my $round (0 .. ($rounds || 40)) {
        # a start in turn, so that none of them always follows the same other one
        my @names = sort keys %case;
        for my $name (@names[map { ($_ + $round) % 3 } 0 .. 2]) {
            my $got = try_login($client, @{ $case{$name} });
            (my $body = $got->{body}) =~ s/"(timestamp|request_id)":"[^"]*"/"$1":""/g;
            my $headers = join "\n", sort grep { !/^(?:date|x-request-id|x-process-time)$/ }
                                          keys %{ $got->{headers} };
            $answer{"$got->{status}\n$headers\n$body"}{$name} = 1;
            push @{ $seconds{$name} }, $got->{seconds} if $round > 0;
        }
    }
    $server->stop;

    print spread($_, @{ $seconds{$_} }), "\n" for sort keys %seconds;
    my @medians = sort { $a <=> $b } map { HR::Client::percentile(50, @$_) } values %seconds;
    my $difference = $medians[-1] / $medians[0] - 1;
    printf "medians differ by %.2f %%, the answers are %s\n", 100 * $difference,
        keys %answer == 1 ? 'the same' : 'DIFFERENT';
    return $difference <= TOLERANCE && keys %answer == 1;
}

# One process of the attack: statuses and how long they took.
sub attacker {
    my ($port, $number, $logins) = @_;

    my (%status, @refused);
    my $each = ADDRESSES / PROCESSES;
    my @clients = map { HR::Client->new(port => $port,
                                        from => '127.0.2.' . ($number * $each + $_)) } 1 .. $each;
    for my $i (1 .. $logins) {
        my $got = try_login($clients[$i % @clients], 'victim', "guess $number $i");
        $status{ $got->{status} }++;
        push @refused, $got->{seconds} if $got->{status} == 429;
    }

    return { status => \%status, seconds => \@refused };
}

# Somebody else: asks, and logs in, until the attack is over.
sub other {
    my ($port, $name, $end_file) = @_;

    my $client = HR::Client->new(port => $port, from => '127.0.3.1');
    my (%status, @me, @login);
    my $token = try_login($client, $name, GOOD)->{json}{access_token};

    while (!-e $end_file) {
        for (1 .. 50) {
            my $got = $client->get('/api/auth/me', headers => { Authorization => "Bearer $token" });
            $status{"me $got->{status}"}++;
            push @me, $got->{seconds};
            sleep 0.002;
        }
        my $got = try_login($client, $name, GOOD);
        $status{"login $got->{status}"}++;
        push @login, $got->{seconds};
    }

    return { status => \%status, me => \@me, login => \@login };
}

sub attack {
    my ($logins) = @_;

    my $server = HR::Server->start(HR_RATE_LIMITS => 'on', HR_WATCHDOG => '5ms');
    my $admin = $server->client;
    make_user($admin, $_) for 'victim', 'anna';
    my $end_file = $server->home . '/over';

    my $begin = time;
    my @results = HR::Client::parallel(PROCESSES + 1, sub {
        my ($number) = @_;
        return other($server->port, 'anna', $end_file) if $number == PROCESSES;
        my $result = attacker($server->port, $number, ($logins || 10_000) / PROCESSES);
        open my $out, '>', "$end_file.$number";
        close $out;
        my @ended = glob "$end_file.*";
        if (@ended == PROCESSES) { open my $all, '>', $end_file }
        return $result;
    });
    my $seconds = time - $begin;

    my ($slow) = $admin->get('/metrics')->{body} =~ /^hr_event_loop_slow_turns_total (\d+)/m;
    my @stalls = grep { /turn/ && /\[(?:warn|error)\]/ } split /\n/, $server->error_log;
    my $other = pop @results;
    die "$_->{died}\n" for grep { $_->{died} } @results, $other;

    my (%status, @refused);
    for my $result (@results) {
        $status{$_} += $result->{status}{$_} for keys %{ $result->{status} };
        push @refused, @{ $result->{seconds} };
    }
    my $allowed = A_MINUTE * (2 + int $seconds / 60);

    printf "%d logins against one account in %.1f s from %d addresses: %s\n",
        scalar map({ @{ $_->{seconds} } } @results) + ($status{401} // 0), $seconds, ADDRESSES,
        join ', ', map { "$_: $status{$_}" } sort keys %status;
    printf "passwords that were checked: %d (%d a minute are allowed)\n", $status{401} // 0,
        A_MINUTE;
    print spread('refused logins', @refused), "\n", spread("another's me", @{ $other->{me} }), "\n",
        spread("another's login", @{ $other->{login} }), "\n",
        'another: ',
        join(', ', map { "$_: $other->{status}{$_}" } sort keys %{ $other->{status} }), "\n",
        'turns of the event loop above 5 ms: ', $slow // 'unknown', "\n", map { "$_\n" } @stalls;
    $server->stop;

    return ($status{401} // 0) <= $allowed && !grep({ !/ 200$/ } keys %{ $other->{status} })
           && defined $slow && $slow == 0;
}
