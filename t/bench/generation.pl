#!/usr/bin/perl
# What the server adds to the model's own time, what a generation costs it, and what
# waiting ones hold.
#
#   perl -It/lib t/bench/generation.pl overhead [SECONDS]   50 at once, model of 1 s
#   perl -It/lib t/bench/generation.pl rate [COUNT]         model that answers at once
#   perl -It/lib t/bench/generation.pl memory [COUNT]       all wait in one worker for a
#                                                           model that is silent
#
#   HR_BENCH_DIR   where the state goes (/dev/shm: without the disk's fsync)
#   HR_BENCH_DATA  company data (t/data/small; scripts/demo-data makes the real shape)
#
# Overhead: from the arrival of the start's request to the commit of the profile, less
# the call of the model, as the server's log says for each generation.

use strict;
use utf8;
use warnings;

use HR::Client ();
use HR::Model ();
use HR::Server ();
use POSIX ();
use Time::HiRes qw( sleep time );

my ($what, $size) = @ARGV;
$ENV{TMPDIR} = $ENV{HR_BENCH_DIR} if $ENV{HR_BENCH_DIR};

my %run = (overhead => \&overhead, rate => \&rate, memory => \&memory);
my $code = $run{ $what // '' } or die "usage: generation.pl overhead|rate|memory [N]\n";
$code->($size);

sub up {
    my ($delay, %env) = @_;

    my $model  = HR::Model->start(delay => $delay);
    my $server = HR::Server->start(
        HR_LLM_URL => $model->url, HR_LLM_CONCURRENCY => 2000, HR_LLM_MODEL => 'vendor/model',
        HR_LLM_OPTIONS => 'timeout=120s', HR_ACCESS_LOG => 'off',
        $ENV{HR_BENCH_DATA} ? (HR_DATA => $ENV{HR_BENCH_DATA}) : (), %env);
    return ($model, $server, $server->client);
}

# Units and titles of the data, in turn; a number makes each title its own, because a
# position is generated once at a time.
sub slots {
    my ($client) = @_;

    my $items = $client->get('/api/organization/positions')->{json}{data}{items};
    return map { [$_->{business_unit_id}, $_->{position_name}] } @$items;
}

sub start {
    my ($client, $slot, $n) = @_;

    my $answer = $client->post('/api/generation/start', {
        department => $slot->[0], position => "$slot->[1] $n" });
    die "start: $answer->{status} $answer->{body}\n" if $answer->{status} != 200;
}

sub open_tasks {
    my ($server) = @_;

    return ($server->sql("SELECT count(*) FROM generation_tasks"
                         . " WHERE status NOT IN ('completed', 'failed')"))[0][0];
}

# [total, prompt, model, answer, database] in ms, of each generation after the first $skip.
sub lines {
    my ($server, $skip) = @_;

    my $number = qr/([\d.]+)/;
    my @all = $server->error_log =~ m{stored\ after\ $number\ ms:\ prompt\ $number,
        \ model\ $number,\ answer\ $number,\ database\ $number}xg;
    my @rows;
    push @rows, [splice @all, 0, 5] while @all;
    splice @rows, 0, $skip;
    return @rows;
}

sub table {
    my ($server, @rows) = @_;

    my %column = (
        'overhead' => [map { $_->[0] - $_->[2] } @rows],
        'prompt'   => [map { $_->[1] } @rows],
        'answer'   => [map { $_->[3] } @rows],
        'database' => [map { $_->[4] } @rows],
        'the rest' => [map { $_->[0] - $_->[1] - $_->[2] - $_->[3] - $_->[4] } @rows],
        'model'    => [map { $_->[2] } @rows],
    );
    printf "%-10s %9s %9s %9s %9s\n", 'ms', 'p50', 'p90', 'p99', 'max';
    for my $name ('overhead', 'prompt', 'answer', 'database', 'the rest', 'model') {
        printf "%-10s %9.3f %9.3f %9.3f %9.3f\n", $name,
            map { HR::Client::percentile($_, @{ $column{$name} }) } 50, 90, 99, 100;
    }
}

# user + system seconds of the workers
sub cpu {
    my ($server) = @_;

    my $ticks = 0;
    for my $pid ($server->workers) {
        open my $in, '<', "/proc/$pid/stat" or next;
        my @field = split ' ', (<$in> =~ s/\A.*\) //r);
        $ticks += $field[11] + $field[12];
    }
    return $ticks / POSIX::sysconf(POSIX::_SC_CLK_TCK());
}

sub overhead {
    my $seconds = $_[0] || 20;

    my ($model, $server, $client) = up(1);
    my @slots = slots($client);
    my ($n, $begin, $cpu) = (0, time, 0);

    # fifty a second, of a second each: fifty at once
    for my $i (0 .. 50 * ($seconds + 2) - 1) {
        my $at = $begin + $i / 50;
        sleep $at - time if $at > time;
        $cpu = cpu($server) if $i == 100;
        start($client, $slots[$i % @slots], $i);
        $n++;
    }
    HR::Server::wait_until(30, sub { !open_tasks($server) });
    my @rows = lines($server, 100);
    printf "%d generations, fifty at once; %.1f ms of CPU for each\n", scalar @rows,
        1e3 * (cpu($server) - $cpu) / @rows;
    table($server, @rows);
}

sub rate {
    my $count = $_[0] || 500;

    my ($model, $server, $client) = up(0, HR_LLM_CONCURRENCY => 50);
    my @slots = slots($client);
    start($client, $slots[$_ % @slots], $_) for 1 .. 20;
    HR::Server::wait_until(30, sub { !open_tasks($server) });

    my $cpu = cpu($server);
    my $begin = time;
    start($client, $slots[$_ % @slots], 100 + $_) for 1 .. $count;
    sleep 0.05 while open_tasks($server);
    my $seconds = time - $begin;
    printf "%d generations in %.2f s: %.0f a second, %.1f ms of CPU for each\n", $count,
        $seconds, $count / $seconds, 1e3 * (cpu($server) - $cpu) / $count;
    table($server, lines($server, 20));
}

sub memory {
    my $count = $_[0] || 1000;

    my ($model, $server, $client) = up(0, HR_WORKERS => 1, HR_LLM_MODEL => 'vendor/model/sim/hang');
    my ($worker) = $server->workers;
    my @slots = slots($client);
    start($client, $slots[$_ % @slots], $_) for 1 .. 20;
    sleep 1;

    my $idle = gets($client, 2);
    my $before = HR::Server::memory_kb($worker)->{private};
    start($client, $slots[$_ % @slots], 100 + $_) for 1 .. $count;
    HR::Server::wait_until(20, sub {
        ($server->sql("SELECT count(*) FROM generation_tasks WHERE status = 'processing'"))[0][0]
            >= $count });
    sleep 1;
    my ($running) = ($server->sql(
        "SELECT count(*) FROM generation_tasks WHERE status = 'processing'"))[0][0];
    my $after = HR::Server::memory_kb($worker)->{private};
    my $busy = gets($client, 3);
    printf "%d wait in one worker: %.1f KB for each (%d KB before, %d KB after)\n", $running,
        ($after - $before) / $count, $before, $after;
    printf "cached GET, p99: %.2f ms idle, %.2f ms then\n", $idle, $busy;
}

# p99 of a cached answer over some seconds, in ms
sub gets {
    my ($client, $seconds) = @_;

    my @times;
    my $until = time + $seconds;
    while (time < $until) {
        # gzip: the client does not look into it
        my $answer = $client->get('/api/catalog/departments',
                                  headers => { 'Accept-Encoding' => 'gzip' });
        die "GET: $answer->{status}\n" if $answer->{status} != 200;
        push @times, 1e3 * $answer->{seconds};
        sleep 0.002;
    }
    return HR::Client::percentile(99, @times);
}
