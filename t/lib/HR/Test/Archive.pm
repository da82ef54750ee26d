package HR::Test::Archive;

# What is in a ZIP (and so in a DOCX or XLSX), read by its directory, as text for
# response_body.

use strict;
use warnings;

use Compress::Raw::Zlib qw( MAX_WBITS Z_STREAM_END crc32 );
use Exporter qw( import );

our @EXPORT = qw( archive_entries archive_names archive_of );

# {name, content, flags, method, time, date} of each entry; dies when anything is
# wrong with the archive.
sub archive_entries {
    my ($bytes) = @_;

    my $end = rindex $bytes, "PK\5\6";
    die "no ZIP: no end record\n" if $end < 0;
    my ($count, $size, $at) = unpack 'x10 v V V', substr $bytes, $end;
    die "the directory is not where it should be\n" if $at + $size != $end;

    my @entries;
    for my $n (1 .. $count) {
        my %e;
        (my $magic, @e{qw( flags method time date crc packed size )}, my @len)
            = unpack 'a4 x4 v v v v V V V v v v', substr $bytes, $at;
        die "broken directory\n" if $magic ne "PK\1\2";

        my $start = unpack 'V', substr $bytes, $at + 42, 4;
        $e{name} = substr $bytes, $at + 46, $len[0];
        $e{content} = _content($bytes, $start, \%e);
        push @entries, \%e;
        $at += 46 + $len[0] + $len[1] + $len[2];
    }
    die "rubbish behind the directory\n" if $at != $end || length $bytes != $end + 22;
    return @entries;
}


sub _content {
    my ($bytes, $start, $e) = @_;

    my ($magic, $name, $extra) = unpack 'a4 x22 v v', substr $bytes, $start;
    die "$e->{name}: no entry\n" if $magic ne "PK\3\4";

    my $packed = substr $bytes, $start + 30 + $name + $extra, $e->{packed};
    my $content = $packed;
    if ($e->{method} == 8) {
        my $inflate = Compress::Raw::Zlib::Inflate->new(-WindowBits => -MAX_WBITS());
        my $status = $inflate->inflate($packed, $content);
        die "$e->{name}: $status\n" if $status != Z_STREAM_END;
    }

    die "$e->{name}: wrong size or checksum\n"
        if length $content != $e->{size} || crc32($content) != $e->{crc};
    return $content;
}

# One name a line, in the order of the archive.
sub archive_names {
    my ($bytes) = @_;
    return join '', map { "$_->{name}\n" } archive_entries($bytes);
}

# archive_of('name pattern'): a filter that gives the content of that entry.
sub archive_of {
    my ($pattern) = @_;

    return sub {
        my ($bytes) = @_;
        my ($entry) = grep { $_->{name} =~ $pattern } archive_entries($bytes);
        return $entry ? $entry->{content} : "no entry $pattern";
    };
}

1;
