package HR::Dashboard;

# The dashboard of conf/monitoring drawn as a page from what a Prometheus answers: each
# panel with its own expressions, so that they can be looked at without Grafana.
#
#   my $board = HR::Dashboard->new(port => 9090, job => 'hr', range => '10s');
#   for my $panel ($board->panels) { ...$panel->{title}, $panel->{series}, $panel->{faults} }
#   my $html = $board->page($seconds);

use strict;
use warnings;

use HR::Client ();
use JSON::PP ();
use Time::HiRes qw( time );

my @COLOURS = ('#7eb26d', '#eab839', '#6ed0e0', '#ef843c', '#e24d42', '#1f78c1', '#ba43a9',
               '#705da0', '#508642', '#cca300');

sub new {
    my ($class, %opt) = @_;

    open my $in, '<:raw', 'conf/monitoring/dashboard.json' or die "dashboard.json: $!\n";
    local $/;
    return bless { %opt, board => JSON::PP->new->utf8->decode(scalar readline $in),
                   client => HR::Client->new(port => $opt{port}) }, $class;
}

sub escape {
    my ($text) = @_;
    return $text =~ s/([^\w.:-])/sprintf '%%%02X', ord $1/ger;
}

# Prometheus' answer to a query over the last seconds, or of now.
sub query {
    my ($self, $expr, $seconds) = @_;

    $expr =~ s/\$__rate_interval/$self->{range}/g;
    $expr =~ s/\$job/$self->{job}/g;
    my $now = time;
    my $url = $seconds
        ? sprintf '/api/v1/query_range?query=%s&start=%.3f&end=%.3f&step=%.3f', escape($expr),
                  $now - $seconds, $now, $seconds / 60
        : '/api/v1/query?query=' . escape($expr);
    return $self->{client}->get($url)->{json} // {};
}

# Every panel with its place, series (name, points) and faults.
sub panels {
    my ($self, $seconds) = @_;

    my @panels;
    for my $panel (@{ $self->{board}{panels} }) {
        my @series;
        my @faults;
        for my $target (@{ $panel->{targets} || [] }) {
            my $answer = $self->query($target->{expr}, $seconds);
            push @faults, "$target->{expr}: " . ($answer->{error} // 'no answer')
                if ($answer->{status} // '') ne 'success';
            for my $result (@{ $answer->{data}{result} || [] }) {
                my $name = $target->{legendFormat}
                           =~ s/\{\{(\w+)\}\}/$result->{metric}{$1} \/\/ ''/ger;
                my @points = grep { $_->[1] =~ /\A-?[\d.]+(?:e[-+]?\d+)?\z/ }
                             @{ $result->{values} || [$result->{value}] };
                push @series, { name => $name, points => \@points } if @points;
            }
        }
        push @panels, { title => $panel->{title}, kind => $panel->{type}, at => $panel->{gridPos},
                        unit => $panel->{fieldConfig}{defaults}{unit} // '', series => \@series,
                        faults => \@faults };
    }

    return @panels;
}

sub amount {
    my ($value, $unit) = @_;

    return sprintf '%.1f %%', $value * 100 if $unit eq 'percentunit';
    return $value ? 'on' : 'off' if $unit eq 'bool_on_off';
    return $value < 1 ? sprintf '%.2f ms', $value * 1000 : sprintf '%.2f s', $value
        if $unit eq 's';
    return sprintf '$ %.2f', $value if $unit eq 'currencyUSD';
    my $scale = $unit =~ /bytes|Bps/ ? 1024 : 1000;
    for my $step ([$scale ** 3, 'G'], [$scale ** 2, 'M'], [$scale, 'k']) {
        return sprintf '%.1f %s', $value / $step->[0], $step->[1] if $value >= $step->[0];
    }
    return $value == int $value ? $value : sprintf '%.2f', $value;
}

sub _chart {
    my ($panel, $w, $h, $from, $to) = @_;

    my ($max) = sort { $b <=> $a } map { $_->[1] } map { @{ $_->{points} } } @{ $panel->{series} };
    $max ||= 1;
    my $svg = qq{<svg viewBox="0 0 $w $h">};
    for my $part (0, 0.5, 1) {
        my $y = $h - 6 - $part * ($h - 18);
        $svg .= qq{<line x1="0" x2="$w" y1="$y" y2="$y"/><text x="2" y="} . ($y - 2) . '">'
                . amount($max * $part, $panel->{unit}) . '</text>';
    }
    for my $i (0 .. $#{ $panel->{series} }) {
        my $points = join ' ', map {
            sprintf '%.1f,%.1f', ($_->[0] - $from) / ($to - $from) * $w,
                    $h - 6 - $_->[1] / $max * ($h - 18) } @{ $panel->{series}[$i]{points} };
        $svg .= qq{<polyline points="$points" style="stroke:$COLOURS[$i % @COLOURS]"/>};
    }
    return "$svg</svg>";
}

# One page, without anything from elsewhere.
sub page {
    my ($self, $seconds) = @_;

    my ($to, $cell, $row) = (time, 50, 22);
    my $from = $to - $seconds;
    my $body = '';
    for my $panel ($self->panels($seconds)) {
        my ($x, $y, $w, $h) = ($panel->{at}{x} * $cell, $panel->{at}{y} * $row,
                               $panel->{at}{w} * $cell - 8, $panel->{at}{h} * $row - 8);
        my $last = @{ $panel->{series} } ? $panel->{series}[0]{points}[-1][1] : undef;
        my $inside = $panel->{kind} eq 'row' ? ''
            : $panel->{kind} eq 'stat'
            ? '<b>' . (defined $last ? amount($last, $panel->{unit}) : 'no data') . '</b>'
            : !@{ $panel->{series} } ? '<i>no data</i>'
            : _chart($panel, $w - 16, $h - 56, $from, $to) . '<p>' . join(' ', map {
                  my $s = $panel->{series}[$_];
                  qq{<span style="color:$COLOURS[$_ % @COLOURS]">&#9644;</span> $s->{name} }
                      . amount($s->{points}[-1][1], $panel->{unit}) } 0 .. $#{ $panel->{series} })
              . '</p>';
        $body .= qq{<div class="$panel->{kind}" style="left:${x}px;top:${y}px;width:${w}px;}
                 . qq{height:${h}px"><h2>$panel->{title}</h2>$inside</div>\n};
    }

    return <<"HTML";
<!doctype html><meta charset="utf-8"><title>$self->{board}{title}</title><style>
body { background: #111217; color: #ccccdc; font: 12px sans-serif; margin: 8px; position: relative }
div { position: absolute; background: #181b1f; border: 1px solid #2c2f36; box-sizing: border-box;
      padding: 6px 8px; overflow: hidden }
div.row { background: none; border: none; padding: 0 }
h2 { font-size: 13px; margin: 0 0 4px } .row h2 { font-size: 15px }
b { display: block; font-size: 28px; text-align: center; color: #73bf69; font-weight: 500 }
i { color: #777 } p { margin: 2px 0; line-height: 15px }
svg { width: 100%; display: block } line { stroke: #2c2f36 } text { fill: #888; font-size: 10px }
polyline { fill: none; stroke-width: 1.5 }
</style>
$body
HTML
}

1;
