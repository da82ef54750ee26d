package Test::Nginx::Runner::Mock;

# The server behind tcp_listen: takes one connection, reads, replies, closes.  It
# runs in a child; what it read comes back through a file.

use strict;
use warnings;

use IO::Select ();
use IO::Socket::INET ();
use IO::Socket::UNIX ();
use POSIX ();
use Socket qw( SOCK_STREAM );
use Test::More ();
use Time::HiRes qw( sleep time );
use Test::Nginx::Runner::Check qw( is_text );
use Test::Nginx::Runner::Config qw( expand write_file );
use Test::Nginx::Runner::Settings qw( %set parse_time );

# Starts it; undef when the block wants none.
sub start {
    my ($class, $block, $ports) = @_;

    return undef if !defined $block->tcp_listen || $set{check_leak};

    my $self = bless {
        block  => $block,
        target => expand(scalar $block->tcp_listen, $ports),
        reply  => expand(scalar $block->tcp_reply, $ports),
        file   => "$set{root}/tcp_query",
    }, $class;

    die "tcp_listen without tcp_reply\n"
        if !defined $self->{reply} && !defined $block->tcp_shutdown;

    unlink $self->{file};
    $self->{socket} = $self->_listen;
    $self->{pid} = fork() // die "fork: $!\n";
    return $self if $self->{pid};

    $SIG{TERM} = $SIG{INT} = 'DEFAULT';
    eval { $self->_serve; 1 } or print STDERR "# tcp_listen: $@";
    POSIX::_exit(0);
}


sub _listen {
    my ($self) = @_;

    my $target = $self->{target};
    my $deadline = time + 5;

    while (1) {
        my $socket;
        if ($target =~ /\A\d+\z/) {
            $socket = IO::Socket::INET->new(
                LocalAddr => '127.0.0.1', LocalPort => $target,
                Proto => 'tcp', ReuseAddr => 1, Listen => 5);

        } elsif ($target =~ /\.sock\z/) {
            unlink $target;
            $socket = IO::Socket::UNIX->new(
                Local => $target, Type => SOCK_STREAM, Listen => 5);

        } else {
            die "tcp_listen takes a port or a path that ends in .sock, "
                . "not \"$target\"\n";
        }

        return $socket if $socket;
        die "tcp_listen: cannot listen on $target: $!\n" if time > $deadline;
        sleep 0.1;
    }
}


sub _serve {
    my ($self) = @_;

    my $block  = $self->{block};
    my $client = $self->{socket}->accept or die "accept: $!\n";
    local $SIG{PIPE} = 'IGNORE';

    my $shutdown = $block->tcp_shutdown;
    if (defined $shutdown) {
        sleep $block->tcp_shutdown_delay if $block->tcp_shutdown_delay;
        shutdown $client, $shutdown;
    }

    my $reads  = !defined $shutdown || $shutdown == 1;
    my $writes = !defined $shutdown || $shutdown == 0;
    my $query  = $reads ? $self->_read($client) : '';

    my $delay = parse_time(scalar $block->tcp_reply_delay);
    sleep $delay if $delay;

    $self->_write($client, $query) if $writes && defined $self->{reply};

    sleep 3600 while defined $block->tcp_no_close;
    close $client;
}


# Reads tcp_query_len bytes (by default the length of tcp_query), or until silence
# with tcp_query_auto_timeout, or what one read gives.
sub _read {
    my ($self, $client) = @_;

    my $block  = $self->{block};
    my $length = $block->tcp_query_len
                 // (ref $block->tcp_query ? undef
                     : defined $block->tcp_query ? length $block->tcp_query : undef);
    my $silence = $block->tcp_query_auto_timeout;
    $silence = 0.1 if defined $silence && $silence eq '';

    my $query  = '';
    my $select = IO::Select->new($client);

    while (1) {
        last if defined $silence && !$select->can_read($silence);

        my $n = sysread $client, $query, 65_536, length $query;
        last if !$n;

        # Renamed, so that the parent never sees half a file.
        write_file("$self->{file}.new", $query);
        rename "$self->{file}.new", $self->{file};

        last if !defined $silence && (!$length || length $query >= $length);
    }

    return $query;
}


sub _write {
    my ($self, $client, $query) = @_;

    my $reply = $self->{reply};
    $reply = $reply->($query) if ref $reply eq 'CODE';

    for my $part (ref $reply eq 'ARRAY' ? @$reply : ($reply)) {
        for (my $at = 0; $at < length $part; ) {
            my $n = syswrite $client, $part, length($part) - $at, $at;
            return if !$n;
            $at += $n;
        }
    }
}


# The tests of tcp_query and tcp_query_len.
sub check {
    my ($self, $name) = @_;

    my $block = $self->{block};
    return if !defined $block->tcp_query && !defined $block->tcp_query_len;

    my $want = $block->tcp_query_len
               // (ref $block->tcp_query ? 1 : length $block->tcp_query);
    my $deadline = time + $set{slowness};
    sleep 0.01 while (-s $self->{file} || 0) < $want && time < $deadline;

    my $query = '';
    if (open my $in, '<:raw', $self->{file}) {
        local $/;
        $query = <$in>;
    }

    is_text($query, $block->tcp_query, "$name - tcp_query ok")
        if defined $block->tcp_query;
    Test::More::is(length $query, $block->tcp_query_len,
                   "$name - TCP query length ok")
        if defined $block->tcp_query_len;
}


sub stop {
    my ($self) = @_;

    kill KILL => $self->{pid};
    waitpid $self->{pid}, 0;
    close $self->{socket};
    unlink $self->{target} if $self->{target} =~ /\.sock\z/;
}

1;
