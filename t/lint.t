# Rules of the code that a program can check.  One test for each rule; what breaks
# it is listed with file and line.

use strict;
use warnings;

use File::Find;
use Test::More;

use constant { COLUMNS => 100, FILE_LINES => 1_000, FUNCTION_LINES => 200,
               CLOCK => 'src/core/hr_time.c' };

plan skip_all => 'about our own sources' if $ENV{TEST_NGINX_UPSTREAM};

# What a folder of src may include, beside itself (docs: the house).
my %MAY_INCLUDE = (
    core      => [],
    db        => [qw( core )],
    shm       => [qw( core )],
    http      => [qw( shm core )],
    job       => [qw( http shm db core )],
    api       => [qw( http job shm db core )],
    cli       => [qw( db core )],
    simulator => [qw( core )],
);

# A name that needs another way, and the way.
my %BANNED = (
    (map { $_ => 'a bounded copy' } qw( strcpy strcat stpcpy sprintf vsprintf gets )),
    (map { $_ => 'a parser that reports errors' } qw( atoi atol atoll atof )),
    (map { $_ => 'no shell' } qw( system popen )),
    (map { $_ => 'no state between calls' } qw( strtok )),
    (map { $_ => 'an error to the caller' } qw( assert abort )),
    (map { $_ => 'a bound' } qw( alloca )),
);

# The domain library does no I/O and reads no environment or locale; the clock only
# in the file about time.
my @NOT_IN_CORE = qw( fopen freopen fdopen open openat read pread write pwrite fread
    fwrite fgets fputs fclose printf fprintf vfprintf puts putchar perror socket connect
    send recv fork execve exit getenv setenv time gettimeofday clock_gettime setlocale
    rand srand random );

my $PREFIX = qr/\A(?:hr_|hrctl_|ngx_http_hr_|ngx_modules?\z|ngx_module_(?:names|order)\z|main\z)/;

my (%lines, %code);     # path => lines as they are; without comments and strings

sub sources {
    my ($pattern, @dirs) = @_;

    my @found;
    find({ no_chdir => 1, wanted => sub {
        $File::Find::prune = 1 if m~/servroot|/corpus|/regression~;
        push @found, $_ if -f && $_ =~ $pattern;
    } }, grep { -d } @dirs);
    return sort @found;
}

sub slurp_lines {
    my ($path) = @_;

    open my $in, '<:encoding(UTF-8)', $path or die "$path: $!";
    return [<$in>];
}

# Blanks out comments and the insides of strings; line numbers stay.
sub code_of {
    my ($text) = @_;

    $text =~ s{ ( /\*.*?\*/ | //[^\n]* ) | " ( (?:[^"\\\n]|\\.)* ) " | '((?:[^'\\\n]|\\.)+)' }
              { my ($comment, $string) = ($1, $2);
                defined $comment ? "\n" x ($comment =~ tr/\n//) : '""' }gesx;
    return [split /(?<=\n)/, $text];
}

# Keeps the include lines, whose file names stand in quotes.
sub rule {
    my ($name, @broken) = @_;

    my $shown = @broken > 30 ? 30 : @broken;
    ok(!@broken, $name)
        or diag(map({ "  $_\n" } @broken[0 .. $shown - 1]),
                $shown < @broken ? '  and ' . (@broken - $shown) . " more\n" : ());
}

# Every line of every file that a test on it says true about.
sub lines_that {
    my ($set, $paths, $test) = @_;

    my @found;
    for my $path (@$paths) {
        my $number = 0;
        for my $line (@{ $set->{$path} }) {
            $number++;
            my $why = $test->($line, $path) or next;
            push @found, "$path:$number: $why";
        }
    }
    return @found;
}

my @c     = (glob('*.c'), sources(qr/\.[ch]\z/, 'src'));
my @tests = sources(qr/\.(?:[ch]|t|pm|pl|blocks)\z/, 't');
my @other = sources(qr/./, 'scripts', '.ci');
my @texts = sources(qr/\.(?:conf|json|txt|md)\z/, 'conf', 'docs', 'debian');

for my $path (@c, @tests, @other, @texts) {
    $lines{$path} = slurp_lines($path);
    $code{$path}  = code_of(join '', @{ $lines{$path} }) if $path =~ /\.[ch]\z/;
}

my @all_c = grep { /\.[ch]\z/ } @c, @tests;

# Layout

# Bytes that a block sends or expects cannot be wrapped.
my %wrappable = map {
    my $text = join '', @{ $lines{$_} };
    $text =~ s/^__DATA__\n.*//ms;
    $_ => [split /(?<=\n)/, $text];
} keys %lines;

rule('no line is longer than ' . COLUMNS . ' columns',
     lines_that(\%wrappable, [@c, grep { !m{t/data/} } @tests], sub {
         (my $line = $_[0]) =~ s/\n\z//;
         length $line > COLUMNS && length($line) . ' columns';
     }));

rule('no tabs, no blanks at the end of a line',
     lines_that(\%lines, [@c, grep { !m{t/data/} } @tests, @other], sub {
         $_[0] =~ /\t/ ? 'a tab' : $_[0] =~ /[ \r]\n?\z/ ? 'blanks at the end' : '';
     }));

rule('no file is longer than ' . FILE_LINES . ' lines',
     map { "$_: " . @{ $lines{$_} } . ' lines' }
     grep { @{ $lines{$_} } > FILE_LINES } @c, grep { !m{t/data/} } @tests, @other);

rule('every file ends with one newline',
     grep { my $last = $lines{$_}[-1] // "x\n"; $last !~ /\S.*\n\z/ } @c, @tests, @other);

# Words

my $unfinished = join '|', map { "$_->[0]$_->[1]" }
                 ['TO', 'DO'], ['FIX', 'ME'], ['X', 'XX'], ['HA', 'CK'];
rule('nothing is marked as unfinished',
     lines_that(\%lines, [@c, @tests, @other, @texts], sub {
         $_[0] =~ /\b($unfinished)\b(?!: \{)/ ? $1
         : $_[0] =~ /\bfor no[w]\b[,.]/         ? 'unfinished' : '';
     }));

my $machine = join '|', map { "/$_/" } 'wo' . 'rk', 'ho' . 'me/\w+', 'ro' . 'ot';
rule('no path of somebody\'s machine',
     lines_that(\%lines, [@c, @tests, @other, @texts], sub {
         $_[0] =~ m~(?<![\w.\x7D\$])($machine)~ ? $1 : '';
     }));

# A path in the file would come before that of another runner.
rule('t/*.t leave the library path to prove',
     lines_that(\%lines, [grep { m{^t/[^/]+\.t\z} } @tests], sub {
         $_[0] =~ /^\s*use lib\b/ ? 'use lib' : '';
     }));

# Calls

my $banned = join '|', sort keys %BANNED;
rule('no call that is banned',
     lines_that(\%code, \@c, sub {
         $_[0] =~ /(?<![\w.>])($banned)\s*\(/ ? "$1: $BANNED{$1}" : '';
     }));

my @core = grep { m{^src/core/} } @c;
my $not_in_core = join '|', @NOT_IN_CORE;
rule('src/core does no I/O',
     lines_that(\%code, \@core, sub {
         my ($line, $path) = @_;
         my ($name) = $line =~ /(?<![\w.>*])($not_in_core)\s*\(/ or return '';
         return $name eq 'clock_gettime' && $path eq CLOCK ? '' : $name;
     }));

rule('src/core does not know nginx',
     lines_that(\%code, \@core, sub { $_[0] =~ /\b(ngx_\w+)/i ? $1 : '' }));

# Arrows between the folders

my %folder_of = map { m{^src/(\w+)/(?:.*/)?([^/]+\.h)\z} ? ($2 => $1) : () } @c;
rule('includes follow the arrows of the design',
     lines_that(\%lines, \@c, sub {
         my ($line, $path) = @_;
         my ($header) = $line =~ /^\s*#\s*include\s+"(?:.*\/)?([^"\/]+)"/ or return '';
         my ($from) = $path =~ m{^src/(\w+)/} or return '';
         my $to = $folder_of{$header} // return '';
         return '' if $to eq $from || grep { $_ eq $to } @{ $MAY_INCLUDE{$from} || [] };
         return "$from includes $header of $to";
     }));

rule('no utility dump', grep { m{/(?:\w+_)?(?:utils?|misc|common|helpers?)\.[ch]\z} } @c);

# Functions

SKIP: {
    skip 'ctags is missing', 1 if !`ctags --version 2>/dev/null`;

    my @long;
    for my $row (@c ? split /\n/, `ctags -x --_xformat='%F %n %{end} %N' --kinds-C=f @c` : ()) {
        my ($path, $from, $to, $name) = split ' ', $row;
        next if ($to // '') !~ /^\d+$/;
        my $length = $to - $from + 1;
        push @long, "$path:$from: $name has $length lines" if $length > FUNCTION_LINES;
    }
    rule('no function is longer than ' . FUNCTION_LINES . ' lines', @long);
}

# Symbols of the objects that the build left

sub objects {
    return grep { !m{/nginx-src/} } sources(qr/\.o\z/, @_);
}

# All symbols that the objects define, read in one go: [object, type, name].
sub symbols {
    return map { /^(.+?):\S*\s+(\w)\s+(\S+)$/ ? [$1, $2, $3] : () } `nm -A --defined-only @_`;
}

# Secrets (improvements.md I-45): what keys of the services that are spoken to look like,
# and what keys look like anyway.  Tests plant keys of their own, which say so.
my $SECRET = qr{
    -----BEGIN\ (?:[A-Z]+\ )?PRIVATE\ KEY-----
    | \b sk-(?:or-v1-|proj-|lf-)? [A-Za-z0-9-]{24,}   | \b pk-lf-[0-9a-f-]{24,}
    | \b gh[pousr]_[A-Za-z0-9]{30,}                    | \b AKIA[0-9A-Z]{16} \b
    | \b eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{40,}
}x;

rule('no secret is kept in the repository',
     lines_that(\%lines, [@c, @tests, @other, @texts], sub {
         $_[0] =~ /($SECRET)/ && $1 !~ /planted|-test-/ ? 'looks like a key' : '';
     }));
like('sk-or-v1-' . '0123456789abcdef' x 4, $SECRET, 'a key would be found');

SKIP: {
    my @objects = objects('build/nginx', 'build/unit/core');
    skip 'nothing is built', 2 if !@objects;

    my @alien = grep { $_->[2] !~ $PREFIX } symbols(@objects);

    rule('every global symbol has the prefix',
         map { "$_->[0]: $_->[2]" } grep { $_->[1] =~ /[TDBRCVW]/ } @alien);

    # Parts that the compiler splits off keep the name before the dot.
    rule('every static function has the prefix, too',
         map { "$_->[0]: $_->[2]" } grep { $_->[1] eq 't' } @alien);
}

SKIP: {
    my @objects = objects('build/unit/core');
    skip 'src/core is not built', 1 if !@objects;

    my ($object, @changing);
    for (`objdump -t @objects`) {
        $object = $1 if /^(\S+):\s+file format/;
        push @changing, "$object: $2"
            if /\sO\s+(\.t?bss\S*|\.t?data(?!\.rel\.ro)\S*|\*COM\*)\s+\S+\s+(\S+)$/;
    }
    rule('src/core has no data that changes', @changing);
}

done_testing();
