# What one worker has acknowledged, the other knows at once: sessions, profiles,
# tasks.  The clients keep connections that are held by one worker each; every
# read follows the acknowledgement without a pause, after the reader's worker has
# warmed its caches with the state before.
#
# HR_E2E_ROUNDS=N   tries of each kind (25; hundreds for a long run)

use strict;
use utf8;
use warnings;

use lib 't/lib';
use HR::Client ();
use HR::Server ();
use Test::More;
use Time::HiRes qw( sleep time );

my $rounds = $ENV{HR_E2E_ROUNDS} || 25;

my $server = HR::Server->start;
my $admin  = $server->client;
my @pids   = $server->workers;
is(scalar @pids, 2, 'two workers');

my @at = map { $server->client_of($_, token => $admin->{token}) } @pids;

# Both ways in turn: [who writes, who reads].
sub turn { return @at[ $_[0] % 2, ($_[0] + 1) % 2 ] }

sub pinned {
    my ($name) = @_;
    is_deeply([map { $server->worker_of($_) } @at], \@pids, "$name: no connection moved");
}

sub none {
    my ($name, $tries, @violations) = @_;
    ok(!@violations, "$name: $tries tries, " . @violations . ' violations')
        or diag(join "\n", @violations > 10 ? @violations[0 .. 9] : @violations);
    pinned($name);
}


# Sessions

{
    my (@late, @lives, @refused);
    my $second = $admin->{token};

    for my $i (1 .. $rounds) {
        my ($one, $other) = turn($i);

        my $login = $one->post('/api/auth/login', { username => 'admin',
                                                    password => HR::Server::PASSWORD });
        my $token = $login->{json}{access_token} // die "login: $login->{status}\n";
        my %as = (headers => { Authorization => "Bearer $token" });

        my $me = $other->get('/api/auth/me', %as);
        push @late, "round $i: $me->{status}" if $me->{status} != 200;

        # Both know both sessions well before they end.
        $_->get('/api/auth/me', %as) for @at, @at;
        $_->get('/api/auth/me', headers => { Authorization => "Bearer $second" }) for @at;

        my $out = $one->post('/api/auth/logout', undef, %as);
        push @refused, "round $i: logout $out->{status}" if $out->{status} != 200;

        for ([other => $other], [same => $one]) {
            my ($which, $client) = @$_;
            $me = $client->get('/api/auth/me', %as);
            push @lives, "round $i: $which worker: $me->{status}" if $me->{status} != 401;
        }

        # Logout ends all sessions of the user (api-core.md 1.12).
        $me = $other->get('/api/auth/me', headers => { Authorization => "Bearer $second" });
        push @lives, "round $i: second session: $me->{status}" if $me->{status} != 401;
        $second = $one->post('/api/auth/login', { username => 'admin',
                      password => HR::Server::PASSWORD })->{json}{access_token};
    }

    none('a token made in one worker is good in the other at once', $rounds, @late);
    none('logout in one worker ends the token in the other at once', 3 * $rounds, @lives);
    is_deeply(\@refused, [], 'every logout was accepted');

    $admin->{token} = $second;
    $_->{token} = $second for @at;
}


# Generations: the profile that one worker has stored

my @names = map { "Сотрудник проверки $_" } map { chr(1040 + $_) } 0 .. 31;
my $profile;

sub position_of {
    my ($client) = @_;

    my $list = $client->get('/api/organization/positions')->{json};
    my ($item) = grep { $_->{position_name} eq 'Ведущий программист' }
                 @{ $list->{data}{items} };
    return $item;
}

{
    my (@unseen, @hidden);
    my $count = $at[0]->get('/api/profiles/?limit=1')->{json}{pagination}{total};
    my $tries = $rounds < 10 ? $rounds : int($rounds / 2);

    for my $i (1 .. $tries) {
        my ($one, $other) = turn($i);

        # The state before, in the caches of the reader.
        $_->get('/api/profiles/?limit=1') for $other, $other;
        $_->get('/api/dashboard/stats')   for $other, $other;
        position_of($other);

        my $start = $one->post('/api/generation/start', {
            department => 'Отдел разработки', position => 'Ведущий программист',
            employee_name => "Проверка номер $i" });
        my $id = $start->{json}{task_id} // die "start: $start->{status} $start->{body}\n";

        my $status = $other->get("/api/generation/$id/status");
        push @hidden, "round $i: $status->{status}" if $status->{status} != 200;

        my $deadline = time + 30;
        while (1) {
            $status = $one->get("/api/generation/$id/status")->{json}{task};
            last if $status->{status} !~ /\A(?:queued|processing)\z/;
            die "task $id does not end\n" if time > $deadline;
            sleep 0.01;
        }
        die "task $id: $status->{status}: $status->{error_message}\n"
            if $status->{status} ne 'completed';

        $profile = $status->{profile_id};
        $count++;
        my $list = $other->get('/api/profiles/?limit=1')->{json};
        push @unseen, "round $i: total $list->{pagination}{total}, not $count"
            if $list->{pagination}{total} != $count;
        push @unseen, "round $i: list begins with $list->{profiles}[0]{profile_id}"
            if $list->{profiles}[0]{profile_id} ne $profile;

        my $detail = $other->get("/api/profiles/$profile");
        push @unseen, "round $i: detail $detail->{status}" if $detail->{status} != 200;

        my $item = position_of($other);
        push @unseen, "round $i: position has no profile" if !$item->{profile_exists};

        my $other_status = $other->get("/api/generation/$id/status")->{json};
        push @unseen, "round $i: status $other_status->{task}{status}"
            if $other_status->{task}{status} ne 'completed' || !$other_status->{result};

        my $stats = $other->get('/api/dashboard/stats')->{json}{data};
        push @unseen, "round $i: dashboard $stats->{profiles}{rows_total}, not $count"
            if $stats->{profiles}{rows_total} != $count;
    }

    none('a task started in one worker is known in the other at once', $tries, @hidden);
    none('a profile stored by one worker is seen by the other at once', 6 * $tries, @unseen);
}


# Changes of it

{
    my (@stale, @refused);
    my $url = "/api/profiles/$profile";
    my $document = $at[0]->get($url)->{json}{profile};

    my $change = sub {
        my ($i, $client, $method, $path, $body) = @_;
        my $answer = $client->request($method, $path, body => $body);
        push @refused, "round $i: $method $path: $answer->{status} $answer->{body}"
            if $answer->{status} != 200;
    };

    for my $i (1 .. $rounds) {
        my ($one, $other) = turn($i);
        my $name = 'Замена ' . $names[$i % @names] . ' ' . int($i / @names);
        my $title = "Должность номер $i";

        # Warm: the state before the change, plain and from the cache.
        for (1 .. 2) {
            $other->get($_) for $url, "$url/versions", "$url/download/md",
                                '/api/profiles/?limit=1', '/api/profiles/?status=archived';
        }

        $change->($i, $one, PUT => $url, { employee_name => $name });
        my $seen = $other->get($url)->{json}{employee_name};
        push @stale, "round $i: name $seen" if $seen ne $name;
        $seen = $other->get('/api/profiles/?limit=1')->{json}{profiles}[0]{employee_name};
        push @stale, "round $i: name in the list $seen" if $seen ne $name;

        $document->{position_title} = $title;
        $change->($i, $one, PUT => "$url/content", { profile_data => $document });
        $seen = $other->get($url)->{json}{profile}{position_title};
        push @stale, "round $i: title $seen" if $seen ne $title;
        my $md = $other->get("$url/download/md")->{body};
        utf8::decode($md);
        push @stale, "round $i: title in Markdown" if index($md, $title) < 0;
        my $version = $other->get($url)->{json}{current_version} // 0;
        $seen = position_of($other)->{current_version} // 0;
        push @stale, "round $i: version $seen of the position, not $version" if $seen != $version;

        $change->($i, $one, DELETE => $url);
        $seen = position_of($other)->{profile_id} // '';
        push @stale, "round $i: an archived profile at its position" if $seen eq $profile;
        $seen = $other->get('/api/profiles/?status=archived')->{json}{pagination}{total};
        push @stale, "round $i: $seen archived" if $seen != 1;

        $change->($i, $one, POST => "$url/restore");
        $seen = $other->get('/api/profiles/?status=archived')->{json}{pagination}{total};
        push @stale, "round $i: $seen archived after restore" if $seen != 0;
    }

    none('a change by one worker is seen by the other at once', 8 * $rounds, @stale);
    is_deeply(\@refused, [], 'every change was accepted');
}


# Writers and readers at the same time, each in both workers: what a reader gets
# is never older than what was acknowledged before it asked.

{
    my $url = "/api/profiles/$profile";
    my $seconds = $rounds > 100 ? 20 : 4;

    my @results = HR::Client::parallel(4, sub {
        my ($k) = @_;
        my ($one, $other) = map { $server->client_of($pids[($_ + $k) % 2],
                                                     token => $admin->{token}) } 0, 1;
        my ($n, @bad) = 0;
        my $end = time + $seconds;
        while (time < $end) {
            $n++;
            my $name = "Пара $k Номер $n";
            my $put = $one->put($url, { employee_name => $name });
            push @bad, "$put->{status} $put->{body}" if $put->{status} != 200;
            my $got = $other->get($url)->{json};

            # Another pair may have written since; an own older text is a violation.
            my ($pair, $number) = ($got->{employee_name} // '') =~ /(\d+)\D+(\d+)/;
            push @bad, "pair $k wrote $n, read $number"
                if !defined $pair || ($pair == $k && $number != $n);
        }
        return { n => $n, bad => [@bad] };
    });

    my @bad = map { $_->{died} // @{ $_->{bad} } } @results;
    my $tries = 0;
    $tries += $_->{n} // 0 for @results;
    none('four pairs of writers and readers', $tries, @bad);
    cmp_ok($tries, '>', 20, 'they had something to do');
}

$server->log_is_clean('no alerts');
ok($server->stop, 'it ends in order');

done_testing();
