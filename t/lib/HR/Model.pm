package HR::Model;

# The simulated model in an nginx of its own, which lives on whatever happens to
# the server under test.
#
#   my $model  = HR::Model->start(delay => 0.2);
#   my $server = HR::Server->start(HR_LLM_URL => $model->url,
#                                  HR_LLM_MODEL => 'vendor/model/sim/chaos:30');
#   my @lines  = $model->ledger;     # {task, status, input, output, cost, words}
#   my @bodies = $model->requests;   # with keep => 1: what was asked, as text
#   my $stats  = $model->stats;

use strict;
use warnings;

use Cwd qw( abs_path );
use File::Path qw( remove_tree );
use File::Temp qw( tempdir );
use HR::Client ();
use HR::Server ();
use POSIX ();

# delay: seconds of an answer; words: what goes wrong; keep: the bodies of the requests are kept
sub start {
    my ($class, %opt) = @_;

    my $self = bless { owner => $$, port => HR::Server::_free_port(),
                       home => tempdir('hr-model-XXXXXX', TMPDIR => 1) }, $class;
    my $module = abs_path($ENV{HR_TEST_BUILD} || 'build/nginx')
                 . '/ngx_http_hr_simulator_module.so';
    my $delay = $opt{delay} // 0;
    my $words = $opt{words} ? "hr_llm_simulator_words $opt{words};" : '';
    my $body  = $opt{keep} ? '$request_body' : '';

    chmod 0755, $self->{home};
    open my $out, '>', "$self->{home}/nginx.conf" or die "$self->{home}: $!\n";
    print $out <<"CONF";
load_module "$module";
worker_processes 1;
pid "$self->{home}/nginx.pid";
error_log "$self->{home}/error.log" notice;
events { worker_connections 4096; }
http {
    log_format ledger escape=json '{"task":"\$http_x_request_id","status":\$status,'
        '"input":\$hr_llm_simulator_input,"output":\$hr_llm_simulator_output,'
        '"cost":\$hr_llm_simulator_cost,"words":"\$hr_llm_simulator_words",'
        '"authorization":"\$http_authorization","body":"$body"}';
    client_body_temp_path "$self->{home}/body";
    proxy_temp_path "$self->{home}/proxy";
    fastcgi_temp_path "$self->{home}/fastcgi";
    uwsgi_temp_path "$self->{home}/uwsgi";
    scgi_temp_path "$self->{home}/scgi";
    keepalive_requests 100000;
    server {
        listen 127.0.0.1:$self->{port};
        location = /chat/completions {
            access_log "$self->{home}/ledger.log" ledger;
            client_max_body_size 8m;
            client_body_buffer_size 2m;
            hr_llm_simulator on;
            hr_llm_simulator_delay ${delay}s;
            $words
        }
        location = /stats { access_log off; hr_llm_simulator_stats; }
    }
}
CONF
    close $out or die "$self->{home}: $!\n";

    my $pid = fork() // die "fork: $!\n";
    if ($pid == 0) {
        open STDIN,  '<', '/dev/null';
        open STDOUT, '>', '/dev/null';
        open STDERR, '>&', \*STDOUT;
        { no warnings 'exec';
          exec 'nginx', '-p', $self->{home}, '-e', "$self->{home}/error.log",
               '-c', "$self->{home}/nginx.conf", '-g', 'daemon off;' }
        POSIX::_exit(127);
    }
    $self->{pid} = $pid;

    HR::Server::wait_until(10, sub { $self->stats })
        or die "the model does not start:\n" . _text("$self->{home}/error.log");
    return $self;
}


sub url { return "http://127.0.0.1:$_[0]{port}" }

sub stats {
    my ($self) = @_;
    return HR::Client->new(port => $self->{port}, timeout => 5)->get('/stats')->{json};
}


# A line for each request that has ended.
sub ledger {
    my ($self) = @_;

    my $json = JSON::PP->new->utf8;
    return map { $json->decode($_) } split /\n/, _text("$self->{home}/ledger.log");
}


sub requests { return map { $_->{body} } $_[0]->ledger }

sub _text {
    open my $in, '<:raw', $_[0] or return '';
    local $/;
    return <$in> // '';
}


sub stop {
    my ($self) = @_;

    my $pid = delete $self->{pid} // return;
    kill QUIT => $pid;
    HR::Server::wait_until(5, sub { waitpid($pid, POSIX::WNOHANG()) == $pid })
        or do { kill KILL => $pid; waitpid $pid, 0 };
    remove_tree($self->{home});
}


sub DESTROY {
    my ($self) = @_;

    local ($?, $@);
    $self->stop if $self->{owner} == $$;
}

1;
