package HR::Client;

# An HTTP/1.1 client that keeps its connection, for scenarios of many steps.
#
#   my $client = HR::Client->new(port => 8022);
#   $client->login('admin', $password);
#   my $answer = $client->get('/api/catalog/departments');
#   print $answer->{status}, $answer->{json}{data}{total_count};
#
# An answer is {status, reason, headers => {lower-case name => value}, body, json}
# (json only when the body is some); status 0 with {error} when there was none:
# refused, reset, silent.  Nothing is ever sent twice; a kept connection that the
# server has closed meanwhile is noticed before it is used.

use strict;
use warnings;

use IO::Select ();
use IO::Socket::INET ();
use JSON::PP ();
use Socket qw( IPPROTO_TCP TCP_NODELAY );
use Time::HiRes qw( time );

my $json = JSON::PP->new->utf8->allow_nonref->canonical;

# host, port, timeout (seconds for a whole answer), token, from (address of the client)
sub new {
    my ($class, %opt) = @_;
    return bless { host => '127.0.0.1', timeout => 30, %opt }, $class;
}


sub get    { my ($self, $url, %opt) = @_; return $self->request('GET', $url, %opt) }
sub delete { my ($self, $url, %opt) = @_; return $self->request('DELETE', $url, %opt) }

sub post {
    my ($self, $url, $body, %opt) = @_;
    return $self->request('POST', $url, %opt, body => $body);
}

sub put {
    my ($self, $url, $body, %opt) = @_;
    return $self->request('PUT', $url, %opt, body => $body);
}


# Keeps the token for the requests that follow; returns the answer.
sub login {
    my ($self, $user, $password) = @_;

    my $answer = $self->post('/api/auth/login',
                             { username => $user, password => $password });
    $self->{token} = ref $answer->{json} ? $answer->{json}{access_token} : undef;
    return $answer;
}


# body: a reference becomes JSON, text goes as it is; headers: {name => value}.
sub request {
    my ($self, $method, $url, %opt) = @_;

    my $bytes = $self->_bytes($method, $url, %opt);
    my $begin = time;
    my $answer = $self->_exchange($method, $bytes);
    $answer->{seconds} = time - $begin;
    return $answer;
}


sub _bytes {
    my ($self, $method, $url, %opt) = @_;

    my %headers = (Host => "$self->{host}:$self->{port}", %{ $opt{headers} || {} });
    my $body = $opt{body};

    if (ref $body) {
        $body = $json->encode($body);
        $headers{'Content-Type'} //= 'application/json';
    }

    $headers{'Content-Length'} //= length $body if defined $body;
    $headers{Authorization} //= "Bearer $self->{token}" if defined $self->{token};

    return join '', "$method $url HTTP/1.1\r\n",
                    map({ defined $headers{$_} ? "$_: $headers{$_}\r\n" : () }
                        sort keys %headers),
                    "\r\n", $body // '';
}


sub _exchange {
    my ($self, $method, $bytes) = @_;

    my $answer = eval {
        $self->_connect;
        $self->{deadline} = time + $self->{timeout};
        $self->_send($bytes);
        $self->_receive($method);
    };
    return $answer if $answer;

    (my $error = $@) =~ s/ at \S+ line \d+\.?\n\z//;
    $self->close;
    return { status => 0, reason => '', headers => {}, body => '', error => $error };
}


sub close {
    my ($self) = @_;

    close delete $self->{socket} if $self->{socket};
    $self->{in} = '';
}


sub _connect {
    my ($self) = @_;

    # Nothing is expected before a request: readable means closed.
    $self->close if $self->{socket} && IO::Select->new($self->{socket})->can_read(0);
    return if $self->{socket};

    $self->{socket} = IO::Socket::INET->new(
        PeerAddr => $self->{host}, PeerPort => $self->{port},
        Proto => 'tcp', Timeout => $self->{timeout},
        defined $self->{from} ? (LocalAddr => $self->{from}) : (),
    ) or die "connect: $!";
    $self->{socket}->setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);
    $self->{socket}->blocking(0);
    $self->{in} = '';
}


sub _send {
    my ($self, $bytes) = @_;

    local $SIG{PIPE} = 'IGNORE';
    while ($bytes ne '') {
        my $n = syswrite $self->{socket}, $bytes;

        if (defined $n) {
            substr($bytes, 0, $n) = '';
            next;
        }

        # The server answered before it read everything: read what it said.
        return if !$!{EAGAIN} && !$!{EINTR};
        $self->_wait('can_write');
    }
}


sub _wait {
    my ($self, $for) = @_;

    my $left = $self->{deadline} - time;
    die 'timeout' if $left <= 0 || !IO::Select->new($self->{socket})->$for($left);
}


# Reads more; false at the end of the stream.
sub _more {
    my ($self) = @_;

    while (1) {
        my $n = sysread $self->{socket}, $self->{in}, 262_144, length $self->{in};
        return $n if defined $n;
        die "read: $!" if !$!{EAGAIN} && !$!{EINTR};
        $self->_wait('can_read');
    }
}


sub _receive {
    my ($self, $method) = @_;

    my $answer = $self->_receive_head;

    # 100 Continue and the like come before the answer.
    $answer = $self->_receive_head while $answer->{status} =~ /\A1/;

    my $headers = $answer->{headers};
    my $length  = $headers->{'content-length'};

    if ($method eq 'HEAD' || $answer->{status} =~ /\A(?:204|304)\z/) {
        $answer->{body} = '';

    } elsif (($headers->{'transfer-encoding'} // '') =~ /chunked/i) {
        $answer->{body} = '';
        while (defined(my $chunk = $self->_chunk)) {
            $answer->{body} .= $chunk;
        }

    } elsif (defined $length) {
        $self->_take_until(sub { length $self->{in} >= $length });
        $answer->{body} = substr $self->{in}, 0, $length, '';

    } else {
        1 while $self->_more;
        $answer->{body} = $self->{in};
        $headers->{connection} = 'close';
    }

    $self->close if lc($headers->{connection} // '') eq 'close';
    $answer->{json} = eval { $json->decode($answer->{body}) }
        if ($headers->{'content-type'} // '') =~ m{\Aapplication/(?:\S+\+)?json}
           && ($headers->{'content-encoding'} // '') eq '';
    return $answer;
}


sub _take_until {
    my ($self, $enough) = @_;

    while (!$enough->()) {
        $self->_more or die "the connection was closed in the middle of an answer";
    }
}


sub _receive_head {
    my ($self) = @_;

    while ($self->{in} !~ /\r\n\r\n/) {
        $self->_more
            or die $self->{in} eq '' ? 'the connection was closed without an answer'
                                     : 'the connection was closed in the head';
    }

    $self->{in} =~ s/\A(.*?)\r\n\r\n//s;
    my ($status, @lines) = split /\r\n/, $1;
    my ($code, $reason) = $status =~ m{\AHTTP/1\.[01] (\d{3})(?: (.*))?\z}
        or die "not an answer: $status";

    my %headers;
    for my $line (@lines) {
        my ($name, $value) = $line =~ /\A([^:]+):\s*(.*?)\s*\z/ or die "bad header: $line";
        $name = lc $name;
        $headers{$name} = exists $headers{$name} ? "$headers{$name}, $value" : $value;
    }

    return { status => $code, reason => $reason // '', headers => \%headers };
}


# The next chunk; undef after the last one.
sub _chunk {
    my ($self) = @_;

    $self->_take_until(sub { $self->{in} =~ /\r\n/ });
    $self->{in} =~ s/\A([0-9A-Fa-f]+)[^\r\n]*\r\n// or die 'bad chunk';
    my $size = hex $1;

    if ($size == 0) {
        $self->_take_until(sub { $self->{in} =~ /\A(?:[^\r\n]+\r\n)*\r\n/ });
        $self->{in} =~ s/\A(?:[^\r\n]+\r\n)*\r\n//;
        return undef;
    }

    $self->_take_until(sub { length $self->{in} >= $size + 2 });
    my $chunk = substr $self->{in}, 0, $size, '';
    substr($self->{in}, 0, 2, '') eq "\r\n" or die 'bad end of chunk';
    return $chunk;
}


# Server-sent events: calls $each with {event, data, id} until it returns true, the
# stream ends or $seconds are over.  Returns the answer's head and the events.
sub events {
    my ($self, $url, $each, %opt) = @_;

    my (@events, $answer);
    my $text = '';

    my $ok = eval {
        $self->close;
        $self->_connect;
        $self->{deadline} = time + ($opt{seconds} // $self->{timeout});
        $self->_send($self->_bytes('GET', $url, headers => {
            Accept => 'text/event-stream', %{ $opt{headers} || {} } }));
        $answer = $self->_receive_head;

        my $chunked = ($answer->{headers}{'transfer-encoding'} // '') =~ /chunked/i;

        EVENT: while (1) {
            if ($chunked) {
                $text .= $self->_chunk // last;
            } else {
                $self->_more or last;
                $text .= substr $self->{in}, 0, length $self->{in}, '';
            }

            while ($text =~ s/\A(.*?)\n\n//s) {
                my $event = _event($1) or next;
                push @events, $event;
                last EVENT if $each && $each->($event);
            }
        }
        1;
    };

    $answer //= { status => 0, headers => {} };
    $answer->{error}  = $@ if !$ok;
    $answer->{events} = \@events;
    $self->close;
    return $answer;
}


# Comments (keep-alive lines) are no events.
sub _event {
    my ($text) = @_;

    my %event = (event => 'message', data => undef);
    for my $line (split /\n/, $text) {
        my ($field, $value) = $line =~ /\A(\w+): ?(.*)\z/ or next;
        $event{$field} = $field eq 'data' && defined $event{data}
                         ? "$event{data}\n$value" : $value;
    }

    return undef if !defined $event{data};
    $event{json} = eval { $json->decode($event{data}) };
    return \%event;
}


# Runs $code->($i) in $count processes at once; returns what they return (JSON
# values), in order.  A process that dies gives {died => text}.
sub parallel {
    my ($count, $code) = @_;

    my @children;
    for my $i (0 .. $count - 1) {
        my $pid = open(my $out, '-|') // die "fork: $!\n";

        if ($pid == 0) {
            $SIG{$_} = 'DEFAULT' for qw( INT TERM HUP __DIE__ );
            my $result;
            $result = { died => "$@" } if !eval { $result = $code->($i); 1 };
            binmode STDOUT;
            print STDOUT $json->encode($result);
            STDOUT->flush;
            require POSIX;
            POSIX::_exit(0);
        }

        push @children, $out;
    }

    return map {
        my $text = do { local $/; readline $_ };
        CORE::close $_;
        eval { $json->decode($text) } // { died => 'no result' };
    } @children;
}


# The p-th percentile (0..100) of numbers.
sub percentile {
    my ($p, @values) = @_;

    return undef if !@values;
    my @sorted = sort { $a <=> $b } @values;
    return $sorted[int($p / 100 * $#sorted + 0.5)];
}

1;
