package HR::Test::Generation;

# Generations in the setup code of a block.

use strict;
use utf8;
use warnings;

use Exporter qw( import );
use HR::Test::State ();
use Time::HiRes qw( sleep time );

our @EXPORT = qw( start ended generate outcome events batch_ended position_id );

our $last;              # the task of the last outcome()

# Texts of a block are bytes.
sub _text {
    my ($value) = @_;

    utf8::decode($value) if defined $value && !ref $value && !utf8::is_utf8($value);
    return $value;
}

# Starts one; returns the task's id.  Members of the body; user => who.
sub start {
    my (%body) = @_;

    $body{$_} = _text($body{$_}) for grep { /\A(?:department|position|employee_name)\z/ }
                                     keys %body;

    my $user = delete $body{user} // 'admin';
    my $headers = delete $body{headers} // {};
    my $answer = HR::Test::State::api(POST => '/api/generation/start', {
        department => 'Отдел разработки', position => 'Программист', %body,
    }, user => $user, headers => $headers);
    return $answer->{task_id};
}


# Waits for the end of a task; returns its status.
sub ended {
    my ($id, %opt) = @_;

    my $deadline = time + ($opt{seconds} // 20);
    while (1) {
        my $answer = HR::Test::State::api(GET => "/api/generation/$id/status", undef,
                                          user => $opt{user} // 'admin');
        my $status = $answer->{task}{status};
        return $status if $status !~ /\A(?:queued|processing)\z/;
        die "task $id: still $status ($answer->{task}{current_step})\n" if time > $deadline;
        sleep 0.03;
    }
}


# Both; dies unless the task completes.  Returns the id.
sub generate {
    my (%body) = @_;

    my $id = start(%body);
    my $status = ended($id, user => $body{user});
    die "task $id: $status\n" if $status ne 'completed';
    return $id;
}

# A generation by a simulator with these words: "words=<ok or error code>/<attempts>".
sub outcome {
    my ($words, %body) = @_;

    $body{model} = "simulator/sim/$words" if !exists $body{model};
    delete $body{model} if !defined $body{model};

    # "first" counts from here
    HR::Test::State::api(POST => '/simulator/stats', undef, user => undef);
    $last = start(%body, force => \1);
    ended($last, seconds => 60);
    my ($code, $attempts) = split /\|/, HR::Test::State::sql(
        "SELECT coalesce(error_code, 'ok'), (SELECT count(*) FROM generation_history"
        . " WHERE task_id = '$last') FROM generation_tasks WHERE id = '$last'");
    return "$words=$code/$attempts";
}


# The events of a task up to its end, or until $each returns true.
sub events {
    my ($id, $each, %opt) = @_;

    my $client = HR::Test::State::client();
    $client->{token} = HR::Test::State::token(delete $opt{user} // 'admin');
    return $client->events("/api/generation/$id/events", $each, seconds => 20, %opt);
}


# Waits until nothing of a batch is open; returns the batch.
sub batch_ended {
    my ($id) = @_;

    my $deadline = time + 30;
    while (1) {
        my $batch = HR::Test::State::api(GET => "/api/generation/batch/$id")->{batch};
        return $batch if $batch->{status} !~ /\A(?:active|paused)\z/;
        die "batch $id: $batch->{queued} wait, $batch->{processing} run\n" if time > $deadline;
        sleep 0.05;
    }
}

# The id of a position, by default the one that start() generates.
sub position_id {
    my ($name) = map { _text($_) } $_[0] // 'Программист';

    my $list = HR::Test::State::api(GET => '/api/organization/positions')->{data}{items};
    my ($one) = grep { $_->{position_name} eq $name } @$list;
    return $one->{position_id};
}

1;
