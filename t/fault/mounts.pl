# A file system of its own for the database, in a file of 24 MB (ext4 by a loop device):
# really full, and really read-only, as ext4 makes itself after an error of the disk.
# Needs root and the right to mount; where that is not given, the scenario is skipped and
# says why.

use strict;
use utf8;
use warnings;

use HR::Fault;
use HR::Server ();
use Test::More;
use Time::HiRes qw( sleep time );

use constant MEGABYTES => 24;

# Runs a command; its output, and whether it went well ($fine: codes that are fine too).
sub command {
    my ($fine, @command) = @_;

    open my $out, '-|', join(' ', map { "'$_'" } @command) . ' 2>&1' or return (0, "$!");
    my $said = do { local $/; readline $out } // '';
    close $out;
    chomp $said;
    return (!grep({ $_ == $? >> 8 } 0, @$fine) ? 0 : 1, $said);
}

# The file system, with the database in it; a reason when there can be none.
sub on_disk {
    my ($name) = @_;

    return 'needs root' if $> != 0;
    prepare();
    my $home = $server->home;
    $run{image} = "$home/disk.img";
    $run{disk} = "$home/disk";
    $run{clean} = sub { command([], 'umount', $run{disk}) };
    mkdir $run{disk};
    for my $step (['truncate', '-s', MEGABYTES . 'M', $run{image}],
                  ['mkfs.ext4', '-q', '-F', '-m', '0', $run{image}]) {
        my ($ok, $said) = command([], @$step);
        return "$step->[0]: $said" if !$ok;
    }
    my $why = mounted();
    return $why if $why;

    load_end();
    $server->stop;
    command([], 'cp', '-p', "$home/profiles.db", $run{disk});
    chmod 0777, $run{disk};
    $run{db} = "$run{disk}/profiles.db";
    up_on_disk();
    return '';
}

sub mounted {
    my ($ok, $said) = command([], 'mount', '-o', 'loop,errors=remount-ro', $run{image}, $run{disk});
    return $ok ? '' : "mount: $said";
}

sub up_on_disk {
    up_with(sub { s{(hr_database )"?[^"\s;]*"?}{$1$run{db}} or die "no hr_database\n" });
}

# A write is refused with 503 and Retry-After, and reads go on.
sub refused {
    my ($name, $client) = @_;

    my ($answer, %status);
    my $seen = HR::Server::wait_until(30, sub {
        $answer = $client->put("/api/profiles/$run{profiles}[0]", { employee_name => 'no room' });
        $status{ $answer->{status} }++;
        $answer->{status} == 503;
    });
    ok($seen, "$name: a write is refused") or diag(join ' ', %status);
    is_deeply([grep { !/\A(?:200|503)\z/ } keys %status], [],
              "$name: in the words of the contract");
    ok($answer->{headers}{'retry-after'}, "$name: it says when to try again");
    is($client->get('/api/profiles/?n=' . time)->{status}, 200, "$name: reads go on");
}

# Nothing but 200 and 503 while the server was there.
sub no_other {
    my ($name) = @_;

    my @other = grep { $_->[0] !~ /\A(?:200|503)\z/ } ledger('writes'), ledger('tasks');
    is(scalar @other, 0, "$name: no request had another answer")
        or diag(map { "@$_" } splice @other, 0, 10);
}

sub full {
    my ($rounds) = @_;

    my $why = on_disk('full-fs');
    return pass("full-fs: $why # skip") if $why;
    my $client = $server->client;
    load_begin();
    for (1 .. $rounds) {
        my $ballast = "$run{disk}/ballast";
        open my $out, '>:raw', $ballast or die "$ballast: $!\n";
        for my $size (1 << 20, 4096, 512) { 1 while syswrite $out, "\0" x $size }
        close $out;
        refused('full-fs', $client);
        unlink $ballast or die "$ballast: $!\n";
        sleep 0.3;
    }
    load_end();
    no_other('full-fs');
    check('full-fs', faults => $rounds);
}

# The journal of ext4 gives up, as after an error of the disk: what no sync had reached is
# gone after the repair.
sub read_only {
    my ($rounds) = @_;

    my $why = on_disk('readonly-fs');
    return pass("readonly-fs: $why # skip") if $why;
    load_begin();
    for (1 .. $rounds) {
        my $client = $server->client;
        sleep 0.3 + rand 0.4;
        my (undef, $device) = command([], 'findmnt', '-n', '-o', 'SOURCE', $run{disk});
        my $trigger = "/sys/fs/ext4/" . $device =~ s{.*/}{}r . '/trigger_fs_error';
        open my $out, '>', $trigger
            or return pass("readonly-fs: $trigger: $! # skip");
        print {$out} "1\n";
        close $out;
        refused('readonly-fs', $client);
        my @known = acknowledged('writes');
        load_end();

        $server->stop;
        my ($gone, $said) = command([], 'umount', $run{disk});
        ok($gone, 'readonly-fs: nobody holds it') or diag($said);
        my ($sound, $repaired) = command([1], 'e2fsck', '-f', '-y', $run{image});
        ok($sound, 'readonly-fs: it is repaired') or diag($repaired);
        die "mount\n" if mounted();
        is(lost_of(undef, @known), 0, 'readonly-fs: ' . @known . ' known writes are there');
        up_on_disk();
        load_begin();
    }
    sleep 0.5;
    load_end();
    no_other('readonly-fs');
    check('readonly-fs', faults => $rounds);
}

(
    'full-fs'     => \&full,
    'readonly-fs' => \&read_only,
);
