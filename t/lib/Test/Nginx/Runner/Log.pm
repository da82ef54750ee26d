package Test::Nginx::Runner::Log;

# Reads a growing log file piece by piece.  Only whole lines are handed out: a
# line that is being written is seen by the next call.

use strict;
use warnings;

sub new {
    my ($class, $path) = @_;
    return bless { path => $path, pos => 0 }, $class;
}

# The next call of take() starts at the beginning, or at the present end.
sub rewind      { $_[0]{pos} = 0 }
sub skip_to_end { $_[0]{pos} = -s $_[0]{path} || 0 }

# The file was renamed; what was read so far stays read.
sub moved { $_[0]{path} = $_[1] }

# Returns the lines that came since the last call.
sub take {
    my ($self) = @_;

    my $size = -s $self->{path};
    return () if !$size;

    $self->{pos} = 0 if $size < $self->{pos};
    return () if $size == $self->{pos};

    open my $in, '<:raw', $self->{path} or return ();
    seek $in, $self->{pos}, 0;
    my @lines = <$in>;
    close $in;

    pop @lines if @lines && $lines[-1] !~ /\n\z/;
    $self->{pos} += length for @lines;

    return @lines;
}

1;
