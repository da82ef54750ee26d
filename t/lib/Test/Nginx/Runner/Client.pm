package Test::Nginx::Runner::Client;

# Sends the packets of a request, reads until the server closes, and takes the
# bytes apart.

use strict;
use warnings;

use Errno qw( EAGAIN EWOULDBLOCK EINTR );
use Exporter qw( import );
use IO::Select ();
use IO::Socket::INET ();
use Time::HiRes qw( sleep );
use Test::Nginx::Runner::Settings qw( %set );

our @EXPORT_OK = qw( exchange parse_response header );

# Sends and receives.  timeout is the longest silence in seconds.  Returns
# (bytes received, error text or undef, whether it was the timeout).
sub exchange {
    my ($packets, %opt) = @_;

    my $socket = IO::Socket::INET->new(
        PeerAddr => $opt{addr} || $set{addr},
        PeerPort => $set{client_port},
        Proto    => 'tcp',
        Timeout  => $opt{timeout},
    ) or return ('', "cannot connect to port $set{client_port}: $!", 0);

    $socket->blocking(0);
    local $SIG{PIPE} = 'IGNORE';

    my $out = { packets => [@$packets], buffer => '' };
    my $in  = '';

    while (1) {
        my $error = _write($socket, $out, %opt);
        return ($in, $error, 0) if defined $error;

        my $writing = $out->{buffer} ne '' || @{ $out->{packets} };
        my $select  = IO::Select->new($socket);
        my ($readable, $writable) =
            IO::Select->select($select, $writing ? $select : undef, undef,
                               $opt{timeout});

        return ($in, 'client socket timed out', 1)
            if !defined $readable && !defined $writable;
        next if !@{ $readable || [] };

        my $n = sysread $socket, $in, 65_536, length $in;
        return ($in, undef, 0) if defined $n && $n == 0;
        next if defined $n || $!{EAGAIN} || $!{EWOULDBLOCK} || $!{EINTR};

        # A reset after an answer is how an early refusal of a body looks.
        return ($in, $in eq '' ? "reading the answer: $!" : undef, 0);
    }
}


# Writes what the socket takes now.  Returns an error text or undef.
sub _write {
    my ($socket, $out, %opt) = @_;

    while ($out->{buffer} ne '' || @{ $out->{packets} }) {
        if ($out->{buffer} eq '') {
            my $packet = shift @{ $out->{packets} };
            my $delay  = $packet->{delay_before}
                         // ($out->{started}++ ? $opt{middle_delay} : 0);
            sleep $delay if $delay;
            $out->{buffer} = $packet->{value};
            next;
        }

        my $n = syswrite $socket, $out->{buffer};
        if (!defined $n) {
            return undef if $!{EAGAIN} || $!{EWOULDBLOCK} || $!{EINTR};

            # The server closed early; its answer may be waiting to be read.
            @$out{qw( packets buffer )} = ([], '');
            return undef;
        }

        substr($out->{buffer}, 0, $n) = '';
    }

    if (defined $opt{shutdown} && !$out->{shut}++) {
        shutdown $socket, $opt{shutdown} eq '' ? 1 : $opt{shutdown};
    }

    return undef;
}


# Returns {code, reason, raw_headers, headers => [[name, value], ...], body, rest,
# truncated} or {error}.  rest: bytes after the end of this response.
sub parse_response {
    my ($bytes, $is_head) = @_;

    my ($head, $rest) = $bytes =~ /\A(.*?\r\n)\r\n(.*)\z/s
        ? ($1, $2) : ($bytes, '');

    my ($status, @lines) = split /\r\n/, $head;
    my ($code, $reason) = ($status // '') =~ m{\AHTTP/\d\.\d (\d{3})(?: (.*))?};
    return { code => '', raw_headers => '', headers => [], body => $bytes }
        if !defined $code;

    my @headers = map { /\A([^:]+?)\s*:\s*(.*?)\s*\z/ ? [$1, $2] : () } @lines;
    my $response = { code => $code, reason => $reason, raw_headers => $head,
                     headers => \@headers, body => $rest };

    if ($is_head || $code == 304 || $code == 204 || $code < 200) {
        @$response{qw( body rest )} = ('', $rest);

    } elsif ((header($response, 'Transfer-Encoding') // '') =~ /\bchunked\b/i) {
        @$response{qw( body rest error )} = _dechunk($rest);

    } elsif ((header($response, 'Content-Length') // '') =~ /\A(\d+)\z/) {
        my $length = $1;
        $response->{truncated} = $length - length $rest if length $rest < $length;
        $response->{body} = substr $rest, 0, $length;
        $response->{rest} = length $rest > $length ? substr $rest, $length : '';
    }

    return $response;
}


# Returns (body, rest, error).
sub _dechunk {
    my ($raw) = @_;

    my $body = '';
    pos($raw) = 0;

    while ($raw =~ /\G[ \t]*([0-9A-Fa-f]+)[ \t]*(?:;[^\r\n]*)?\r\n/gc) {
        my $size = hex $1;

        if ($size == 0) {
            return ($body, substr($raw, pos $raw), undef)
                if $raw =~ /\G(?:[^\r\n]+\r\n)*\r\n/gc;
            return ($body, '', 'the last chunk does not end');
        }

        my $at = pos $raw;
        return ($body, '', 'a chunk is shorter than its size')
            if $at + $size + 2 > length $raw;
        $body .= substr $raw, $at, $size;
        return ($body, '', 'a chunk does not end in CRLF')
            if substr($raw, $at + $size, 2) ne "\r\n";
        pos($raw) = $at + $size + 2;
    }

    return ($body, '', 'no last chunk');
}


# The value of a header; several are joined with ", "; undef when absent.
sub header {
    my ($response, $name) = @_;

    my @values = map { $_->[1] } grep { lc $_->[0] eq lc $name }
                 @{ $response->{headers} };
    return @values ? join(', ', @values) : undef;
}

1;
