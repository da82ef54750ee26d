package Test::Nginx::Runner::Request;

# The sections that describe requests, as bytes to send.
#
# A request is a list of packets {value, delay_before}; every packet becomes one
# write.  The text of a section is "METHOD [URL [VERSION]]", then the body.

use strict;
use warnings;

use Exporter qw( import );
use Test::Nginx::Runner::Config qw( expand );
use Test::Nginx::Runner::Settings qw( %set );

our @EXPORT_OK = qw( requests );

# Returns a reference to the list of requests of a block.
sub requests {
    my ($block, $ports) = @_;

    my $raw = $block->raw_request;
    if (defined $raw) {
        my @packets = ref $raw eq 'ARRAY' ? @$raw : ($raw);
        return [[map { { value => expand($_, $ports) } } @packets]];
    }

    if (defined $block->pipelined_requests) {
        return [_pipelined($block, $ports)];
    }

    my $request = $block->request // die "no request section\n";
    return [_one($block, $request, 0, 'close', $ports)] if !ref $request;

    die "request must be text or an array\n" if ref $request ne 'ARRAY';
    return [map { _one($block, $request->[$_], $_, 'close', $ports) }
            0 .. $#$request];
}


# All requests in one packet on one connection, which the last one closes.
sub _pipelined {
    my ($block, $ports) = @_;

    my $list = $block->pipelined_requests;
    die "pipelined_requests must be an array\n" if ref $list ne 'ARRAY';

    my $bytes = '';
    for my $i (0 .. $#$list) {
        my $connection = $i == $#$list ? 'close' : 'keep-alive';
        my $packets = _one($block, $list->[$i], $i, $connection, $ports);
        $bytes .= $_->{value} for @$packets;
    }

    return [{ value => $bytes }];
}


sub _one {
    my ($block, $request, $index, $connection, $ports) = @_;

    my @packets = map { ref $_ eq 'HASH' ? { %$_ } : { value => $_ } }
                  ref $request eq 'ARRAY' ? @$request : ($request);
    die "a request must be text or an array of packets\n"
        if grep { !defined $_->{value} || ref $_->{value} } @packets;

    $_->{value} = expand($_->{value}, $ports) for @packets;
    $packets[0]{value} =~ s/\A(?:\s*#[^\n]*\n)*\s*//;

    return _build(\@packets, _headers($block, $index, $ports), $connection);
}


# more_headers is text for every request, or an array with one text for each.
sub _headers {
    my ($block, $index, $ports) = @_;

    my $text = $block->more_headers // '';
    if (ref $text eq 'ARRAY') {
        $text = $text->[$index] // die "more_headers has no entry $index\n";
    }

    my $out = '';
    for my $line (split /\r?\n/, expand($text, $ports)) {
        next if $line !~ /\S/ || $line =~ /^\s*#/;
        my ($name, $value) = split /:\s*/, $line, 2;
        $out .= "$name: " . ($value // '') . "\r\n";
    }

    return $out;
}


# Turns the short form into a whole request and cuts it where the packets were
# cut: a cut in the first line stays at its byte, a cut in the body too.
sub _build {
    my ($packets, $headers, $connection) = @_;

    my $text = join '', map { $_->{value} } @$packets;
    my ($line, $body) = split /\r?\n/, $text, 2;
    my $body_start = length($text) - length($body // '');

    my ($method, $url, $version) = split ' ', $line // '';
    die "the request line is empty\n" if !defined $method;
    $url     //= '/';
    $version //= 'HTTP/1.1';
    $body    //= '';

    my $given = $headers =~ /^(?:Content-Length|Transfer-Encoding):/mi;
    if (!$given) {
        $body_start += length $1 if $body =~ s/\A(\s+)//;
        $body =~ s/\s+\z//;
    }

    my $head = "$method $url $version\r\n";
    $head .= "Host: $set{server_name}\r\n"     if $headers !~ /^Host:/mi;
    $head .= "Connection: $connection\r\n"     if $headers !~ /^Connection:/mi;
    $head .= $headers;
    $head .= 'Content-Length: ' . length($body) . "\r\n"
        if !$given && $body ne '';
    $head .= "\r\n";

    my $bytes = $head . $body;
    my ($from, $seen, @out) = (0, 0);

    for my $packet (@$packets) {
        $seen += length $packet->{value};
        my $to = $packet == $packets->[-1] ? length $bytes
               : $seen < length $line      ? $seen
               : length($head) + $seen - $body_start;
        $to = length $bytes if $to > length $bytes;
        $to = $from         if $to < $from;

        push @out, { %$packet, value => substr $bytes, $from, $to - $from };
        $from = $to;
    }

    return \@out;
}

1;
