# Faults of the disk and of the database file.

use strict;
use utf8;
use warnings;

use Errno ();
use File::Copy qw( copy );
use HR::Fault;
use HR::Server ();
use Test::More;
use Time::HiRes qw( sleep time );

# Last frame that the index of the log knows: bytes of the log up to its end.
sub log_end {
    open my $in, '<:raw', $server->home . '/profiles.db-shm' or return 32;
    read $in, my $head, 48;
    return 32 + unpack('L', substr $head, 16, 4) * (4096 + 24);
}

# Up to where the log may be in the main file already: a checkpoint syncs it before it
# begins (nBackfillAttempted of the index), so that no power cut takes that part away.
sub log_moved {
    open my $in, '<:raw', $server->home . '/profiles.db-shm' or return 32;
    read $in, my $head, 132;
    return 32 + unpack('L', substr $head, 128, 4) * (4096 + 24);
}

sub log_salt {
    my ($path) = @_;

    open my $in, '<:raw', $path or return '';
    read $in, my $head, 32;
    return substr $head // '', 16, 8;
}

# The disk as it was at an instant, its log cut at a byte behind what was acknowledged.
sub power_cut {
    my ($rounds) = @_;

    prepare();
    my ($cuts, $lost, $damaged, $checked, $in_log) = (0) x 5;
    my ($db, $copy) = ($server->home . '/profiles.db', $server->home . '/copy.db');

    # a log that has just begun anew proves nothing: until one did
    my $done = 0;
    load_begin();
    while ($done < $rounds || !$in_log && $done < 20 * $rounds) {
        $done++;
        my @workers = $server->workers;
        my @known = acknowledged('writes');
        kill STOP => @workers;
        my ($end, $salt) = (log_end(), log_salt("$db-wal"));
        kill CONT => @workers;
        sleep 0.01 + rand 0.04;             # less than the log takes to begin anew
        kill STOP => @workers;
        copy($db, "$copy.kept") && copy("$db-wal", "$copy.log") or die "copy: $!\n";
        my ($now, $moved) = (log_end(), log_moved());
        kill CONT => @workers;

        # a log that began anew: everything known is in the main file already
        $end = 0 if $salt ne log_salt("$copy.log");
        $in_log += $end > 0;
        $end = $moved if $end < $moved;
        for (1 .. 10) {
            my $at = $end + int rand($now > $end ? $now - $end + 1 : 1);
            copy("$copy.kept", $copy);
            copy("$copy.log", "$copy-wal");
            unlink "$copy-shm";
            truncate "$copy-wal", $at;
            $cuts++;
            $damaged++ if sql('PRAGMA integrity_check', $copy) ne 'ok';
            $lost += lost_of($copy, @known);
            $checked += @known;
        }
    }
    cmp_ok($in_log, '>', 0, "power-cut: in $in_log of $done the log had acknowledged writes");
    is($damaged, 0, "power-cut: $cuts copies, all sound");
    is($lost, 0, "power-cut: $checked acknowledged writes looked up, none lost");
    check('power-cut', faults => $cuts);
}

sub foreign_lock {
    my ($rounds) = @_;

    prepare();
    load_begin();
    for (1 .. $rounds) {
        my $pid = open(my $lock, '|-', 'sqlite3', $server->home . '/profiles.db')
            // die "sqlite3: $!\n";
        $lock->autoflush(1);
        print {$lock} ".timeout 10000\nBEGIN IMMEDIATE;\n";
        sleep 0.5 + rand 0.5;
        is($server->client(login => 0)->get('/health')->{status}, 200, 'foreign-lock: alive');
        print {$lock} "ROLLBACK;\n.quit\n";
        close $lock;
        sleep 0.2;
    }
    check('foreign-lock', faults => $rounds, recovery => 12);
}

# A damaged file: the start is refused, and the message says what to do.
sub corrupted {
    my ($rounds) = @_;

    prepare();
    $server->stop;
    my $path = $server->home . '/profiles.db';
    sql('PRAGMA wal_checkpoint(TRUNCATE)');
    copy($path, "$path.kept");
    my $size = -s $path;

    for my $round (1 .. $rounds) {
        open my $file, '+<:raw', $path or die "$path: $!\n";
        if ($round % 2) { print {$file} 'this is no database' }
        else {
            seek $file, 4096 * (1 + int rand($size / 4096 - 1)), 0;
            print {$file} "\xff" x 4096;
        }
        close $file;
        my $ok = eval { $server->up; 1 };
        my $said = $@ . $server->log_tail;
        ok(!$ok, 'corrupted: the start is refused');
        like($said, qr/damaged|no database/, 'corrupted: it says why');
        like($said, qr/restore/, 'corrupted: and what to do');
        $server->stop if $ok;
        unlink "$path-wal", "$path-shm";
        copy("$path.kept", $path);
    }
    $server->up;
    is($server->client->get('/health')->{status}, 200, 'corrupted: a kept copy serves again');
    push @table, ['corrupted', $rounds, 0, 0, 0, 0, '-'];
}

# Every write, or every sync alone, of the database's files fails.
sub bad_disk {
    my ($name, $rounds, %fault) = @_;

    prepare();
    my $client = $server->client;
    load_begin();
    for (1 .. $rounds) {
        fault(%fault);
        sleep 0.2;
        my $answer = $client->put("/api/profiles/$run{profiles}[0]",
                                  { employee_name => 'full disk' });
        is($answer->{status}, 503, "$name: a write is refused");
        ok($answer->{headers}{'retry-after'}, "$name: it says when to try again");
        is($client->get('/api/profiles/')->{status}, 200, "$name: reads go on");
        fault();
        sleep 0.3;
    }
    check($name, faults => $rounds);
}

# Killed with a log that holds acknowledged writes: the next start takes them over.
sub log_left {
    my ($rounds) = @_;

    prepare();
    load_begin();
    my $held = 0;
    for (1 .. $rounds) {
        sleep 0.3 + rand 0.4;
        my @known = acknowledged('writes');
        $server->kill_all;
        my $db = $server->home . '/profiles.db';
        $held += -s "$db-wal" ? 1 : 0;
        unlink "$db-shm" if rand() < 0.5;
        $server->up;
        is(lost_of(undef, @known), 0, 'log-left: ' . @known . ' known writes are there');
    }
    cmp_ok($held, '>', 0, "log-left: a log was left $held times of $rounds");
    check('log-left', faults => $rounds, allowed => [qr/exited on signal 9/]);
}

(
    'power-cut'    => \&power_cut,
    'log-left'     => \&log_left,
    'disk-full'    => sub { bad_disk('disk-full', $_[0], write => Errno::ENOSPC()) },
    'read-only'    => sub { bad_disk('read-only', $_[0], write => Errno::EROFS()) },
    'io-error'     => sub { bad_disk('io-error', $_[0], write => Errno::EIO(),
                                     sync => Errno::EIO()) },
    'sync-error'   => sub { bad_disk('sync-error', $_[0], sync => Errno::EIO()) },
    'foreign-lock' => \&foreign_lock,
    'corrupted'    => \&corrupted,
);
