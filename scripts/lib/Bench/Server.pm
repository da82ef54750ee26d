package Bench::Server;

# The module under measurement: a server of scripts/run in a folder of its own.
#
#   my $server = Bench::Server->new(dir => $dir, profiles => 1000);
#   $server->start(HR_WORKERS => 2);
#   $server->api(GET => '/health');
#   $server->stop;

use strict;
use warnings;

use HR::Client ();
use IO::Socket::INET ();
use JSON::PP ();
use Time::HiRes qw( sleep time );

use constant PASSWORD => 'Bench-Passw0rd-1';

sub new {
    my ($class, %opt) = @_;

    my $self = bless { %opt, home => "$opt{dir}/home", port => free_port() }, $class;
    return $self if !$opt{profiles};

    # the account and the tables first, the rows straight into the file
    $self->start;
    $self->stop;
    my $begin = time;
    run_ok("$opt{top}/build/unit/bench_store", $self->database, $opt{profiles}, 'fill');
    run_ok('chown', '-R', 'www-data:www-data', $self->{home}) if $> == 0;
    printf STDERR "%d profiles made in %.0f s\n", $opt{profiles}, time - $begin;
    return $self;
}


sub free_port {
    my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1', ReuseAddr => 1)
        or die "bench: no port: $!\n";
    return $s->sockport;
}


sub run_ok {
    my (@command) = @_;
    system("@command >/dev/null") == 0 or die "bench: failed: @command\n";
}


sub database { return "$_[0]{home}/profiles.db" }
sub url      { return "http://127.0.0.1:$_[0]{port}" }
sub auth     { return "Authorization: Bearer $_[0]{token}" }

# Returns the seconds until it answered.
sub start {
    my ($self, %env) = @_;

    delete local $ENV{HR_LLM_URL};
    my %all = (HR_HOME => $self->{home}, HR_PORT => $self->{port}, HR_WORKERS => 1,
               HR_RATE_LIMITS => 'off', HR_ACCESS_LOG => 'off', HR_LLM_DELAY => 0,
               HR_ADMIN_PASSWORD => PASSWORD, %env);
    local @ENV{ keys %all } = values %all;
    my $begin = time;
    system("$self->{top}/scripts/run --background >$self->{dir}/run.log 2>&1"
           . " || { cat $self->{dir}/run.log >&2; false; }") == 0 or die "bench: no start\n";
    $self->{up} = 1;
    my $seconds = time - $begin;
    $self->{client} = HR::Client->new(port => $self->{port}, timeout => 60);
    $self->{client}->login('admin', PASSWORD);
    $self->{token} = $self->{client}{token} or die "bench: login failed\n";
    return $seconds;
}


sub stop {
    my ($self) = @_;

    return if !delete $self->{up};
    local $ENV{HR_HOME} = $self->{home};
    system("$self->{top}/scripts/stop >/dev/null 2>&1");
}


sub DESTROY { local $?; $_[0]->stop }

# A second address that speaks HTTP/2 without TLS (nginx 1.22 can not speak both on one);
# returns its beginning of an URL.
sub listen_http2 {
    my ($self) = @_;

    my $file = "$self->{home}/nginx.conf";
    my $port = free_port();
    open my $in, '<', $file or die "bench: $file: $!\n";
    my $conf = do { local $/; <$in> };
    $conf =~ s/^(\s*)(listen \S*\b$self->{port}\b[^;]*;)/$1$2\n$1listen 127.0.0.1:$port http2;/m
        or die "bench: $file has no listen\n";
    open my $out, '>', $file or die "bench: $file: $!\n";
    print $out $conf;
    close $out;

    open my $f, '<', "$self->{home}/nginx.pid" or die "bench: no pid: $!\n";
    chomp(my $master = <$f>);
    kill HUP => $master;
    for (1 .. 100) {
        return "http://127.0.0.1:$port"
            if IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port", Timeout => 1);
        sleep 0.1;
    }
    die "bench: nobody listens for HTTP/2\n";
}


sub api {
    my ($self, $method, $url, $body) = @_;

    my $answer = $self->{client}->request($method, $url, body => $body);
    die "bench: $method $url: $answer->{status} $answer->{body}\n" if $answer->{status} !~ /^2/;
    return $answer->{json} // $answer->{body};
}


# Profiles with a whole document of some 20 KB, made by the simulator.
sub documents {
    my ($self, $want) = @_;

    $self->{documents} //= [];
    my $items = $self->{positions} //= $self->api(GET => '/api/organization/positions')->{data}{items};
    my @tasks;
    while (@{ $self->{documents} } + @tasks < $want) {
        my $item = $items->[ $self->{next_position}++ ] or last;
        my $started = eval { $self->api(POST => '/api/generation/start', {
            department => $item->{business_unit_id}, position => $item->{position_name} }) } or next;
        push @tasks, $started->{task_id};
    }
    for my $task (@tasks) {
        for (1 .. 300) {
            my $status = $self->api(GET => "/api/generation/$task/status")->{task}{status};
            last if $status !~ /^(?:queued|processing|pending)$/;
            sleep 0.05;
        }
        my $result = eval { $self->api(GET => "/api/generation/$task/result") } or next;
        push @{ $self->{documents} }, $result->{profile_id} if $result->{profile_id};
    }
    return @{ $self->{documents} };
}


# Sum of a counter over all labels, or over those that contain a text.
sub metric {
    my ($self, $name, $label) = @_;

    my $text = $self->api(GET => '/metrics');
    my ($sum, $found) = (0, 0);
    while ($text =~ /^\Q$name\E(?:\{([^}]*)\})? ([\d.]+)/mg) {
        next if defined $label && index($1 // '', $label) < 0;
        $sum += $2;
        $found = 1;
    }
    die "bench: no metric $name\n" if !$found;
    return $sum;
}


sub workers {
    my ($self) = @_;

    open my $f, '<', "$self->{home}/nginx.pid" or die "bench: no pid: $!\n";
    chomp(my $master = <$f>);
    return grep { /^\d+$/ } split ' ', `pgrep -P $master`;
}


sub rss_mb {
    my ($pid) = @_;

    open my $f, '<', "/proc/$pid/smaps_rollup" or return 0;
    my %kb = map { /^(\w+):\s+(\d+) kB/ ? ($1 => $2) : () } <$f>;
    return (($kb{Private_Clean} // 0) + ($kb{Private_Dirty} // 0)) / 1024;
}

1;
