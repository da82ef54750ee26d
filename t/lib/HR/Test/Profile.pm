package HR::Test::Profile;

# Profiles in test blocks: the documents of t/data/profiles.sql as the client gets
# them and as it sends them back, byte for byte.

use strict;
use warnings;

use Exporter qw( import );
use HR::Test::State ();

our @EXPORT = qw( profile_id document_of answer_of );

# The fixture's profile with that number.
sub profile_id {
    my ($n) = @_;
    return sprintf 'bbbbbbbb-0000-4000-8000-%012d', $n;
}


# A whole answer: {status, headers, body, json}.  body, headers, user as in api().
sub answer_of {
    my ($method, $url, %opt) = @_;

    my %headers = %{ delete $opt{headers} || {} };
    $headers{Authorization} = 'Bearer ' . HR::Test::State::token(delete $opt{user} // 'admin');
    return HR::Test::State::client()->request($method, $url, headers => \%headers, %opt);
}


# The text of the member "profile" of the detail.
sub document_of {
    my ($n, %opt) = @_;

    my $answer = answer_of(GET => '/api/profiles/' . profile_id($n), %opt);
    my ($text) = $answer->{body} =~ /"profile":(\{.*\}),"metadata":\{/s
        or die "profile $n: status $answer->{status}: $answer->{body}\n";
    return $text;
}

1;
