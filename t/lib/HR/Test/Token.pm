package HR::Test::Token;

# Tokens of all kinds, good and bad, for the tests of the guard.
#
#   sign_token({ sub => '1', ... })                  by the key of the tests
#   sign_token($claims, key => ..., header => '{"alg":"none"}', mac => '')
#   claims_of($token)                                what it says, decoded

use strict;
use warnings;

use Digest::SHA qw( hmac_sha256 );
use Exporter qw( import );
use HR::Test::State ();
use JSON::PP ();
use MIME::Base64 qw( encode_base64url decode_base64url );

our @EXPORT_OK = qw( sign_token claims_of good_claims );

my $json = JSON::PP->new->canonical->ascii;

# Claims of a token that is accepted, for the session of another one.
sub good_claims {
    my ($token) = @_;

    my $now = time;
    return { sub => '1', username => 'admin', full_name => 'x', iat => $now - 1,
             exp => $now + 600, type => 'access_token',
             sid => claims_of($token)->{sid} };
}


# $claims: a reference, or the text of the payload.
sub sign_token {
    my ($claims, %opt) = @_;

    my $header = $opt{header} // '{"alg":"HS256","typ":"JWT"}';
    my $payload = ref $claims ? $json->encode($claims) : $claims;
    my $text = encode_base64url($header) . '.' . encode_base64url($payload);
    my $mac = $opt{mac} // hmac_sha256($text, $opt{key} // HR::Test::State::SECRET());
    return $text . '.' . encode_base64url($mac);
}


sub claims_of {
    my ($token) = @_;

    my (undef, $payload) = split /\./, $token;
    return $json->decode(decode_base64url($payload));
}

1;
